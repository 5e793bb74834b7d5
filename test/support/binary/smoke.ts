// What every way of installing the program must do, run as users run it: an empty environment, somewhere else, no other packages.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmokeRun {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface SmokeFiles {
  version: string;
  samples: string;
  fixtures: string;
}

interface SmokeLine {
  words: (files: SmokeFiles) => string[];
  /** Null: as it should be. */
  problem: (run: SmokeRun, files: SmokeFiles) => string | null;
}

const SAMPLE = '01-vxlan-between-nodes';
const captures = ({ samples }: SmokeFiles): string[] =>
  ['20', '30', '31'].map((node) => join(samples, SAMPLE, `ip-10-0-1-${node}-ens5.pcap`));
const snapshot = ({ samples }: SmokeFiles): string => join(samples, SAMPLE, 'topology');
const first = (files: SmokeFiles): string => captures(files)[0] ?? '';

/** Exit 0, nothing on stderr, and this on stdout. */
const prints =
  (expected: string | ((files: SmokeFiles) => string)) =>
  ({ status, stdout, stderr }: SmokeRun, files: SmokeFiles): string | null => {
    if (status !== 0 || stderr !== '') return `exit ${status}: ${stderr}`;
    const text = typeof expected === 'string' ? expected : expected(files);
    return stdout.includes(text) ? null : `not in its answer: ${text}`;
  };

export const SMOKE: readonly SmokeLine[] = [
  { words: () => ['--version'], problem: prints(({ version }) => `${version}\n`) },
  { words: () => ['version'], problem: prints(({ version }) => `${version}\n`) },
  { words: (files) => ['trace', ...captures(files), '-t', snapshot(files), '-o', 'json'], problem: traced },
  {
    words: (files) => ['trace', ...captures(files), '-t', snapshot(files), '-o', 'json', '--workers', '2'],
    problem: traced,
  },
  { words: (files) => ['verify', ...captures(files), '-t', snapshot(files)], problem: prints('PASS') },
  { words: (files) => ['trace', first(files), '--reader', 'pcap-parser', '-o', 'summary'], problem: prints(' flow') },
  {
    words: ({ fixtures }) => ['trace', join(fixtures, 'cases/frag.pcap.gz'), '-o', 'summary'],
    problem: prints(' flow'),
  },
  {
    words: ({ fixtures }) => ['trace', join(fixtures, 'compressed/n20-any1-level-19.pcap.zst'), '-o', 'summary'],
    problem: prints(' flow'),
  },
  { words: (files) => ['decode', '-nr', first(files), 'port', '80'], problem: prints('VXLAN 4096') },
  { words: (files) => ['explain', first(files), '-t', snapshot(files), '-p', '3'], problem: prints('VXLAN') },
  { words: (files) => ['path', ...captures(files), '-t', snapshot(files)], problem: prints('ip-10-0-1-20') },
  { words: (files) => ['topology', snapshot(files)], problem: prints('default-ipv4-ippool') },
  { words: (files) => ['view', first(files), '-w', '-'], problem: prints('data-name="ip-10-0-1-20-ens5.pcap"') },
  { words: () => ['headers', 'vxlan'], problem: prints('VXLAN') },
  { words: () => ['completion', 'bash'], problem: prints('complete -F') },
  { words: () => ['man'], problem: prints('.TH OVERLENS') },
];

function traced({ status, stdout, stderr }: SmokeRun): string | null {
  if (status !== 0 || stderr !== '') return `exit ${status}: ${stderr}`;
  const { schema, summary } = JSON.parse(stdout) as { schema: string; summary: Record<string, number> };
  const isRight = schema === 'overlens.trace/1' && summary['violation'] === 0 && (summary['ok'] ?? 0) > 0;
  return isRight ? null : `an answer that is not right: ${JSON.stringify(summary)}`;
}

/** What an executable does not do as it should, a line each; under its second name too. */
export function problemsOf(program: string, files: SmokeFiles): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'overlens-binary-'));
  const second = join(folder, 'kubectl-overlens');
  symlinkSync(program, second);
  try {
    return SMOKE.flatMap(({ words, problem }, i) => {
      const line = words(files);
      const run = spawnSync(i % 2 === 0 ? program : second, line, {
        ...{ cwd: folder, encoding: 'utf8', env: { NO_COLOR: '1' }, maxBuffer: 64 * 1024 * 1024 },
      });
      const found = problem(run, files);
      return found === null ? [] : [`overlens ${line.join(' ')}: ${found}`];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
