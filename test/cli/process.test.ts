// The program as a process of its own: streams, signals and exit codes as a shell sees them.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readVersion } from '../../src/cli/version.ts';
import { PROGRAM } from '../support/built-program.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const SAMPLE = `${ROOT}samples/01-vxlan-between-nodes`;
const CAPTURE = readFileSync(`${SAMPLE}/ip-10-0-1-20-ens5.pcap`);

function start(argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...argv], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

async function finish(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const texts = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...texts };
}

test('--version', async () => {
  expect(await finish(start(['--version']))).toEqual({ code: 0, stdout: `${readVersion()}\n`, stderr: '' });
});

test.runIf(existsSync('/dev/full'))('--version on a full disk says so, and is no bug', async () => {
  const child = spawn(process.execPath, [PROGRAM, '--version'], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
  });
  expect(await finish(child)).toMatchObject({ code: 2, stderr: 'overlens: cannot write: no space left on device\n' });
});

test('reads a capture from stdin', async () => {
  const child = start(['-', '-t', `${SAMPLE}/topology`, '-o', 'jsonl']);
  child.stdin?.end(CAPTURE);
  const { code, stdout } = await finish(child);
  const lines = stdout.trimEnd().split('\n');
  expect(code).toBe(0);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ type: 'capture', path: '-', complete: true });
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'summary', violation: 0 });
});

test('--follow of stdin answers as without it when that ends', async () => {
  const args = ['trace', '-', '-t', `${SAMPLE}/topology`, '-o', 'json'];
  const [plain, followed] = [start(args), start([...args, '--follow'])];
  plain.stdin?.end(CAPTURE);
  followed.stdin?.write(CAPTURE.subarray(0, 1000));
  followed.stdin?.end(CAPTURE.subarray(1000));
  const [one, other] = await Promise.all([finish(followed), finish(plain)]);
  expect(one).toEqual(other);
});

test('a reader that goes away ends it quietly', async () => {
  const child = start([`${SAMPLE}/ip-10-0-1-20-ens5.pcap`, '-o', 'json']);
  child.stdout?.destroy();
  expect(await finish(child)).toMatchObject({ code: 0, stderr: '' });
});

test('Ctrl-C prints what there is, whole, and exits 130 although stdin stays open', async () => {
  const child = start(['-', '-t', `${SAMPLE}/topology`, '-o', 'json']);
  const ended = finish(child);
  child.stdin?.on('error', () => {});
  child.stdin?.write(CAPTURE);
  // More than a pipe holds: once the first of it is taken, the program reads, and from then on it is interrupted.
  const more = Buffer.concat(Array.from({ length: 100 }, () => CAPTURE.subarray(24)));
  child.stdin?.write(more, () => {
    child.kill('SIGINT');
    const feed = setInterval(() => child.stdin?.write(more), 20);
    child.once('exit', () => clearInterval(feed));
  });
  const { code, stdout, stderr } = await ended;
  expect({ code, stderr }).toEqual({
    code: 130,
    stderr: 'overlens: stopped by Ctrl-C: this is what had been read by then\n',
  });
  expect((JSON.parse(stdout) as { captures: { complete: boolean }[] }).captures[0]?.complete).toBe(false);
});

test.each(['0', '1'])('Ctrl-C ends the waiting for a pipe that has become silent, with %s threads', async (workers) => {
  const child = start(['-', '-t', `${SAMPLE}/topology`, '-o', 'json', '--workers', workers]);
  const ended = finish(child);
  // More than a pipe holds: once all of it is written, the program reads.
  const more = Buffer.concat(Array.from({ length: 100 }, () => CAPTURE.subarray(24)));
  child.stdin?.write(Buffer.concat([CAPTURE, more]), () => setTimeout(() => child.kill('SIGINT'), 500));
  const { code, stdout, stderr } = await ended;
  expect({ code, stderr }).toEqual({
    code: 130,
    stderr: 'overlens: stopped by Ctrl-C: this is what had been read by then\n',
  });
  const { captures } = JSON.parse(stdout) as { captures: { complete: boolean; packets: number }[] };
  expect(captures[0]?.complete).toBe(false);
  expect(captures[0]?.packets).toBeGreaterThan(0);
});
