// `path` and `explain` read a pipe from where they put it: what is known of it beside its bytes counts there too.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type CliRun, runCli } from '../support/run-cli.ts';

const SAMPLE = 'samples/01-vxlan-between-nodes';
const [NAME, OTHER] = ['ip-10-0-1-20-ens5.pcap', 'ip-10-0-1-30-ens5.pcap'];
const folder = mkdtempSync(join(tmpdir(), 'overlens-elsewhere-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command on a capture in a pipe, of any name, and what stands behind it. */
async function piped(bytes: Buffer, name: string, command: string, ...more: string[]): Promise<CliRun> {
  const pipe = join(mkdtempSync(join(folder, 'pipe-')), name);
  execFileSync('mkfifo', [pipe]);
  const written = writeFile(pipe, bytes);
  const run = await runCli([
    command,
    pipe,
    ...more.map((word) => word.replace('PIPE', pipe)),
    '-t',
    `${SAMPLE}/topology`,
  ]);
  await written;
  return run;
}

/** A log beside the pipe, as `NAME.log` beside NAME. */
async function withLog(text: string, command: string, ...more: string[]): Promise<CliRun> {
  const pipe = join(mkdtempSync(join(folder, 'pipe-')), NAME);
  execFileSync('mkfifo', [pipe]);
  writeFileSync(`${pipe}.log`, text);
  const written = writeFile(pipe, readFileSync(join(SAMPLE, NAME)));
  const run = await runCli([command, pipe, `${pipe}.log`, ...more, '-t', `${SAMPLE}/topology`]);
  await written;
  return run;
}

const DROPS = '63 packets captured\n70 packets received by filter\n7 packets dropped by kernel\n';

test('its log: what the kernel dropped there is no loss', async () => {
  const { stdout } = await withLog(DROPS, 'path', join(SAMPLE, OTHER), '-o', 'json');
  const { flows } = JSON.parse(stdout) as { flows: { stops: { captures: number[]; state: string }[] }[] };
  const states = flows.flatMap(({ stops }) => stops.filter(({ captures }) => captures.includes(0)));
  expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['dropping']));
});

test('its log: its device is the place that explain names', async () => {
  const { stdout } = await withLog(
    `tcpdump: listening on ens7, link-type EN10MB (Ethernet)\n${DROPS}`,
    'explain',
    '-p',
    '3',
  );
  expect(stdout).toContain('ens7');
});

test('its name: --unfiltered and --at mean it by the name that was given', async () => {
  const bytes = readFileSync(join(SAMPLE, NAME));
  const run = await piped(
    bytes,
    'x.pcap',
    'path',
    '--at',
    'x.pcap=ip-10-0-1-20.eu-west-1.compute.internal:ens5',
    '--unfiltered',
    'x.pcap',
  );
  expect({ code: run.code, stderr: run.stderr }).toMatchObject({ code: 0 });
  const whole = await piped(
    bytes,
    'x.pcap',
    'explain',
    '--at',
    'PIPE=ip-10-0-1-20.eu-west-1.compute.internal:ens9',
    '-p',
    '3',
  );
  expect(whole.stdout).toContain('ens9');
});

test('what is wrong with it is said of the name that was given', async () => {
  const bad = readFileSync('test/fixtures/bad/captured-length-forged.pcap');
  const { code, stderr } = await piped(bad, 'x.pcap', 'path');
  expect(code).toBe(2);
  expect(stderr).toMatch(/pipe-\w+\/x\.pcap: packet \d+ at byte offset/);
});

test('an archive in a pipe is walked as one on stdin is', async () => {
  const bytes = execFileSync('tar', ['-C', SAMPLE, '-cz', NAME, OTHER]);
  for (const command of ['trace', 'path', 'explain']) {
    const run = await piped(bytes, 'x.tgz', command);
    expect({ code: run.code, stderr: run.stderr.includes('no such file') }).toEqual({ code: 0, stderr: false });
  }
});
