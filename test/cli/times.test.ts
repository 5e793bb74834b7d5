// --since, --until and --split say what the captures cover when they lie outside; times may count from the last packet.
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const FOLDER = 'samples/01-vxlan-between-nodes';
const [FIRST = '', SECOND = ''] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.pcap'))
  .map((name) => `${FOLDER}/${name}`);
const LATE = '--since 11:00:00 is after the last packet (2026-11-22 09:50:07.0 UTC)';

it.each([['trace'], ['decode']])('%s: a time behind the last packet is said to be so', async (command) => {
  const { code, stderr } = await runCli([command, FIRST, '--since', '11:00:00']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: `overlens: ${LATE}\n` });
});

it('explain has nothing to explain then', async () => {
  const { code, stderr } = await runCli(['explain', FIRST, '--since', '11:00:00']);
  expect({ code, stderr }).toEqual({ code: 2, stderr: `overlens: ${LATE}\n` });
});

it('a split outside is bad usage, named as it was given', async () => {
  const { code, stderr, stdout } = await runCli(['diff', FIRST, '--split', '11:00:00']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe('overlens: --split 11:00:00 is after the last packet (2026-11-22 09:50:07.0 UTC)\n');
});

it('a time before the last packet: what tcpdump -r would show from there', async () => {
  const { stdout } = await runCli(['decode', FIRST, '--since', '-0.1s', '--time', 'none']);
  const numbers = stdout.match(/^ +\d+/gm)?.map(Number);
  expect(numbers).toEqual(Array.from({ length: 14 }, (_, i) => 50 + i));
});

it('of a pipe the last packet is not known', async () => {
  const { code, stderr } = await runCli(['decode', '/dev/null', '--since', '-1s']);
  expect(code).toBe(2);
  expect(stderr).toContain('--since -1s: a pipe tells its last packet when it is too late');
});

it('diff of two nodes at one time says that they are no before and after', async () => {
  const given = ['-t', `${FOLDER}/topology`];
  const { stdout } = await runCli(['diff', FIRST, SECOND, ...given]);
  expect(stdout).toContain('These overlap in time and are two places');
  expect((await runCli(['diff', FIRST, FIRST, ...given])).stdout).not.toContain('two places');
  const split = await runCli(['diff', FIRST, '--split', '09:50:06.5', ...given]);
  expect(split.stdout).not.toContain('two places');
});
