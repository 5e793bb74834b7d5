// Command lines that print JSON, over samples and fixtures of every kind, by the schema that each output names.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../support/run-cli.ts';

/** Captures and the snapshot of their cluster. */
export interface World {
  folder: string;
  captures: string[];
  snapshot: string[];
}

const CAPTURE = /\.(pcap|pcapng)(\.gz|\.zst)?$/;

function worldOf(folder: string): World[] {
  const captures = readdirSync(folder)
    .filter((name) => CAPTURE.test(name))
    .sort()
    .map((name) => join(folder, name));
  const snapshot = [join(folder, 'topology'), join(folder, '../topology')].filter(existsSync).slice(0, 1);
  return captures.length === 0 ? [] : [{ folder, captures, snapshot }];
}

function foldersIn(root: string): string[] {
  const below = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [root, ...below.filter(({ name }) => !name.startsWith('topology')).map(({ name }) => join(root, name))];
}

const SAMPLES = foldersIn('samples')
  .filter((folder) => folder !== 'samples/challenges')
  .flatMap(foldersIn);
const CASES = foldersIn('test/fixtures/cases');
const FAULTS = foldersIn('test/fixtures/lab-faults');

/** Of the samples; of the single cases and of the lab. */
export const SAMPLE_WORLDS = [...new Set(SAMPLES)].flatMap(worldOf);
export const CASE_WORLDS = [...CASES, ...FAULTS, 'test/fixtures/lab'].flatMap(worldOf);

const SAMPLE = 'samples/01-vxlan-between-nodes';

/** All outputs of one world, in this order: schema and arguments. */
export function outputsOf({ captures, snapshot }: World): [schema: string, argv: string[]][] {
  const given = [...captures, ...snapshot.flatMap((path) => ['-t', path])];
  return [
    ['trace', ['trace', ...given, '-o', 'json']],
    ['verify', ['verify', ...given, '-o', 'json']],
    ['trace-line', ['trace', ...given, '-o', 'jsonl']],
    ['path', ['path', ...given, '-o', 'json']],
    ['packet', ['decode', ...given, '-o', 'json']],
    ['hubble', ['trace', ...given, '-o', 'hubble']],
    ['hubble', ['trace', ...given, '-o', 'hubble', '--per', 'packet']],
    ['explain', ['explain', ...given, '-o', 'json']],
    ['topology', snapshot.length === 0 ? [] : ['topology', ...snapshot, '-o', 'json']],
  ].filter((one): one is [string, string[]] => (one[1]?.length ?? 0) > 0);
}

/** What worlds do not show: single packets, comparisons, errors, other inputs. */
export const OTHER_OUTPUTS: readonly [schema: string, argv: string[]][] = [
  [
    'explain',
    [
      'explain',
      'samples/06-any-interface/ip-10-0-1-20-any.pcap',
      '-t',
      'samples/06-any-interface/topology',
      '-p',
      '3',
      '-o',
      'json',
    ],
  ],
  [
    'compare',
    [
      'explain',
      'samples/06-any-interface/ip-10-0-1-20-any.pcap',
      '-t',
      'samples/06-any-interface/topology',
      '-p',
      '3,7',
      '-o',
      'json',
    ],
  ],
  ['compare', ['explain', `${SAMPLE}/ip-10-0-1-20-ens5.pcap`, '-t', `${SAMPLE}/topology`, '-p', '3,4', '-o', 'json']],
  ['predict', ['explain', '--from', 'customer', '--to', 'ledger', '-t', `${SAMPLE}/topology`, '-o', 'json']],
  [
    'predict',
    [
      'explain',
      '--from',
      'customer',
      '--to',
      'ledger',
      '--port',
      '80',
      '-t',
      'samples/03-crosssubnet/topology',
      '-o',
      'json',
    ],
  ],
  ['path', ['path', SAMPLE, '-p', '3,4', '-o', 'json']],
  ['path', ['path', 'samples/11-outer-fragments', '--flow', '1', '-o', 'json']],
  ['diff', ['diff', SAMPLE, 'samples/04-overlay-bypassed', '-o', 'json']],
  [
    'diff',
    [
      'diff',
      'samples/16-where-it-stops/slow',
      'samples/16-where-it-stops/no-answer',
      '-t',
      'samples/16-where-it-stops/topology',
      '-o',
      'json',
    ],
  ],
  [
    'snapshot-diff',
    ['diff', 'samples/07-pool-edited/topology-before', 'samples/07-pool-edited/topology', '-o', 'json'],
  ],
  ['snapshot-diff', ['diff', `${SAMPLE}/topology`, 'samples/08-stale-fdb/topology', '-o', 'json']],
  [
    'trace',
    [
      'trace',
      'test/fixtures/bad/record-cut-off.pcap',
      'test/fixtures/bad/notes.txt',
      'test/fixtures/bad/captured-length-forged.pcap',
      '-o',
      'json',
    ],
  ],
  ['trace', ['trace', 'test/fixtures/dated-snapshots', SAMPLE, '-o', 'json']],
  ['trace', ['trace', SAMPLE, `${SAMPLE}/ip-10-0-1-20-ens5.pcap`, '-o', 'json']],
  ['trace-line', ['trace', 'test/fixtures/bad/record-cut-off.pcap', '-o', 'jsonl']],
  ['packet', ['decode', 'test/fixtures/bad/record-cut-off.pcap', '-o', 'json', '--hex']],
  ['verify', ['verify', SAMPLE, '--expect', 'none', '--require', 'delivery', '--cover', 'node-pairs', '-o', 'json']],
  ['quiz', ['quiz', SAMPLE, 'samples/08-stale-fdb', '-o', 'json']],
  ['quiz', ['quiz', 'samples/03-crosssubnet', '--seed', '7', '-o', 'json']],
  ['topology', ['topology', 'test/fixtures/dated-snapshots/after', '-o', 'json']],
];

/** The documents that a command line prints: one, or one a line. */
export async function documentsOf(argv: readonly string[]): Promise<unknown[]> {
  const { stdout } = await runCli(argv);
  if (stdout === '') return [];
  const isLines = argv.includes('jsonl') || argv.includes('hubble') || argv[0] === 'decode';
  return isLines
    ? stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)
    : [JSON.parse(stdout) as unknown];
}
