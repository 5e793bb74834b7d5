// Files, snapshots and options whose names obey the terminal: whatever command prints them, in whatever form, shows them instead.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPcapng, interfaceBlock, packetBlock, sectionBlock } from '../support/capture-builder.ts';
import { harmfulCharacters } from '../support/hostile.ts';
import { runCli } from '../support/run-cli.ts';

const SAMPLE = 'samples/08-stale-fdb';
const NIC = 'ip-10-0-1-20-ens5.pcap';
const OTHER = 'ip-10-0-1-30-ens5.pcap';
/** What a file name may hold: a title, a colour, an override, a line feed, a formula, an element. */
const EVIL = '=1+1\u001b]0;x\u0007\u001b[31m\u202e\n@b\u0085<b>"&';

const folder = mkdtempSync(join(tmpdir(), 'overlens-names-'));
const at = (name: string): string => join(folder, name);
const [nic, other, snapshot, proof] = [at(`${EVIL}-${NIC}`), at(`${EVIL}-${OTHER}`), at(EVIL), at('proof.json')];

beforeAll(async () => {
  copyFileSync(`${SAMPLE}/${NIC}`, nic);
  copyFileSync(`${SAMPLE}/${OTHER}`, other);
  mkdirSync(snapshot);
  for (const file of ['ippools.yaml', 'nodes.yaml', 'pods.yaml']) {
    const evil = JSON.stringify(`a${EVIL}`);
    const text = readFileSync(`${SAMPLE}/topology/${file}`, 'utf8')
      .replace('name: customer-687b8d8f74-lmzqz', `name: ${evil}`)
      .replaceAll('name: default-ipv4-ippool', `name: ${evil}`);
    writeFileSync(join(snapshot, `${file}${EVIL}.yaml`), text);
  }
  writeFileSync(join(snapshot, `broken${EVIL}.yaml`), 'kind: Pod\nmetadata: {name: [\n');
  writeFileSync(at(`nothing${EVIL}`), 'hello');
  writeFileSync(at(`interfaces${EVIL}.pcapng`), interfaces());
  const route = '10.48.0.192/26 via 10.48.0.206 dev vxlan.calico onlink';
  writeFileSync(
    at('routes.txt'),
    [EVIL.replace('\n', ''), '\0\x01\x7f\x9b31m\u200b'].map((evil) => `${route} ${evil}\n`).join(''),
  );
  writeFileSync(at('waivers.yaml'), `- finding: ${JSON.stringify(EVIL)}\n  ${JSON.stringify(EVIL)}: 1\n`);
  writeFileSync(proof, (await runCli(['verify', nic, other, '-t', snapshot, '-o', 'json'])).stdout);
});

function interfaces(): Uint8Array {
  const data = readFileSync(`${SAMPLE}/${NIC}`).subarray(40, 140);
  const named = interfaceBlock({ name: EVIL, description: EVIL, filter: EVIL });
  return buildPcapng([sectionBlock(), named, packetBlock({ data, captured: data.length })]);
}

const BOTH = (): string[] => [nic, other, '-t', snapshot];
const COMMANDS: Record<string, () => string[]> = {
  ...Object.fromEntries(
    ['table', 'wide', 'json', 'jsonl', 'csv', 'summary', 'hubble', 'svg', 'html'].map((o) => [
      `trace ${o}`,
      () => [...BOTH(), '-o', o],
    ]),
  ),
  'trace --finding': () => [...BOTH(), '--finding', 'A'],
  'trace --by': () => [...BOTH(), '--by', 'workload'],
  ...Object.fromEntries(
    ['text', 'json', 'junit', 'markdown', 'html'].map((o) => [`verify ${o}`, () => ['verify', ...BOTH(), '-o', o]]),
  ),
  'verify --check': () => ['verify', '--check', proof],
  'verify --waive': () => ['verify', ...BOTH(), '--waive', at('waivers.yaml')],
  ...Object.fromEntries(
    ['text', 'json', 'svg', 'html'].flatMap((o) => [
      [`path ${o}`, () => ['path', ...BOTH(), '-o', o]],
      [`explain ${o}`, () => ['explain', ...BOTH(), '--finding', 'A', '-o', o]],
    ]),
  ),
  'diff text': () => ['diff', nic, other, '-t', snapshot, '--all'],
  'diff json': () => ['diff', nic, other, '-t', snapshot, '-o', 'json'],
  'decode text': () => ['decode', ...BOTH(), '-v', '-p', '1-4'],
  'decode json': () => ['decode', ...BOTH(), '-o', 'json', '-p', '1-4'],
  'decode of interfaces': () => ['decode', at(`interfaces${EVIL}.pcapng`), '-v', '-t', snapshot],
  'trace of interfaces': () => [at(`interfaces${EVIL}.pcapng`), '-t', snapshot],
  'topology text': () => ['topology', snapshot, '--all'],
  'topology json': () => ['topology', snapshot, '-o', 'json'],
  'topology --redact': () => ['topology', '--redact', join(snapshot, `broken${EVIL}.yaml`)],
  'topology --redact of such a pod': () => ['topology', '--redact', join(snapshot, `pods.yaml${EVIL}.yaml`)],
  'topology --redact of such lines': () => ['topology', '--redact', at('routes.txt')],
  quiz: () => ['quiz', ...BOTH()],
  'quiz json': () => ['quiz', ...BOTH(), '-o', 'json'],
  'quiz html': () => ['quiz', ...BOTH(), '-o', 'html'],
  decode: () => ['decode', ...BOTH()],
  'decode in full': () => ['decode', ...BOTH(), '-v', '-x'],
  diff: () => ['diff', nic, other, '-t', snapshot],
  'diff of snapshots': () => ['diff', snapshot, `${SAMPLE}/topology`],
  'a folder as argument': () => [folder],
  'what is no capture': () => [at(`nothing${EVIL}`)],
  'what is not there': () => [at(`missing${EVIL}`)],
  'a snapshot that is none': () => [nic, '-t', at(`nothing${EVIL}`)],
  'an output that cannot be written': () => ['verify', nic, '-o', `json=/nowhere/${EVIL}`],
  'options with such values': () => [nic, '--pod', EVIL],
  'options that do not exist': () => [nic, `--x${EVIL}`],
  'a value of no option': () => [nic, '-o', EVIL],
  'a label': () => [nic, '-l', EVIL],
  'a time': () => [nic, '--since', EVIL],
  'an address': () => [nic, '--from-ip', EVIL],
  'a prediction': () => ['explain', '-t', snapshot, '--from', EVIL, '--to', `shop/${EVIL}`],
};

describe('names that obey the terminal', () => {
  it.each(Object.entries(COMMANDS))('do nothing in %s', async (_name, argv) => {
    const { stdout, stderr } = await runCli(argv());
    expect(`${stdout}${stderr}`).not.toBe('');
    expect(harmfulCharacters(`${stdout}${stderr}`)).toEqual([]);
  });

  it('begin no formula in CSV', async () => {
    const { stdout } = await runCli(COMMANDS['trace csv']?.() ?? []);
    expect(stdout.split('\n').flatMap((line) => line.match(/(?<=^|,)"?[=+@-]\S*/g) ?? [])).toEqual([]);
  });

  it('open no element in pages', async () => {
    for (const name of ['path html', 'path svg', 'explain html', 'explain svg'])
      expect((await runCli(COMMANDS[name]?.() ?? [])).stdout).not.toContain('<b>"&');
  });
});
