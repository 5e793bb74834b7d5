// NetObserv CLI writes whole seconds and all nodes on one interface, Inspektor Gadget the times at which its program got to the packets: such
// a capture gives names and flows, and changes nothing of clocks, order, loss and delay.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readCaptureFile } from '../support/capture-rewriter.ts';
import { type CommentedFrame, commentedCapture, netobservComments } from '../support/commented-capture.ts';
import { runCli } from '../support/run-cli.ts';

const SAMPLE = 'samples/16-where-it-stops/slow';
const TOPOLOGY = 'samples/16-where-it-stops/topology';
const NICS = capturesIn(SAMPLE);
const folder = mkdtempSync(join(tmpdir(), 'overlens-untimed-'));
afterAll(() => rmSync(folder, { recursive: true }));

function capturesIn(path: string): string[] {
  return readdirSync(path)
    .filter((name) => name.endsWith('.pcap'))
    .sort()
    .map((name) => join(path, name));
}

type Change = (frame: CommentedFrame, i: number) => CommentedFrame;

/** The sample's frames, of all captures in turn, as another program would write them. */
function framesAs(change: Change): CommentedFrame[] {
  const all = NICS.flatMap((path) => readCaptureFile(path).frames);
  return all
    .toSorted((a, b) => Number(a.time - b.time))
    .map(({ data, time }, i) =>
      change({ data, time: Number(time / 1_000_000n), micros: Number(time % 1_000_000n) }, i),
    );
}

const COMMENTS = netobservComments({ ip: '10.48.0.130', kind: 'Pod' }, { ip: '10.48.0.4' });
const WRITERS = {
  NetObserv: () => commentedCapture(framesAs((frame) => ({ ...frame, micros: 0, comments: COMMENTS }))),
  'Inspektor Gadget': () =>
    commentedCapture(
      framesAs((frame, i) => ({ ...frame, time: (frame.time ?? 0) + 3 * (i % 2), micros: i })),
      [],
      { name: 'virtual', description: 'worker9;web;web-1;app=web;containerd' },
    ),
} as const;

interface Traced {
  captures: { first: string | null; untimed?: string; warnings: string[] }[];
  clocks: unknown[];
  flows: {
    id: number;
    duration: number | null;
    handshake: unknown;
    firstByte: unknown;
    findings: { code: string }[];
  }[];
}

async function traced(...captures: string[]): Promise<Traced> {
  const { code, stdout } = await runCli([...captures, '-t', TOPOLOGY, '-o', 'json']);
  expect(code).toBe(0);
  return JSON.parse(stdout) as Traced;
}

describe.each(Object.entries(WRITERS))('a capture of %s', (writer, write) => {
  const file = join(folder, `${writer.replace(' ', '-')}.pcapng`);
  writeFileSync(file, write());

  test('has no times', async () => {
    const { captures, flows, clocks } = await traced(file);
    expect(captures[0]).toMatchObject({ first: null, untimed: writer });
    expect(captures[0]?.warnings.join()).toContain('names and flows');
    expect(flows.length).toBeGreaterThan(0);
    expect(flows.map(({ duration, handshake, firstByte }) => handshake ?? firstByte ?? duration)).toEqual(
      flows.map(() => null),
    );
    expect(clocks.length).toBeLessThanOrEqual(1);
  });

  test('changes nothing of what captures with times tell', async () => {
    const [alone, beside] = [await traced(...NICS), await traced(...NICS, file)];
    const told = ({ flows }: Traced): unknown[] =>
      flows.map(({ duration, handshake, firstByte, findings }) => ({
        duration,
        handshake,
        firstByte,
        codes: findings.map(({ code }) => code),
      }));
    expect(told(beside)).toEqual(told(alone));
    expect(beside.clocks.slice(0, alone.clocks.length)).toEqual(alone.clocks);
  });

  test('is no place on the way of packets', async () => {
    const path = async (...captures: string[]): Promise<unknown> => {
      const { stdout } = await runCli(['path', ...captures, '-t', TOPOLOGY, '-o', 'json']);
      return (JSON.parse(stdout) as { flows: unknown }).flows;
    };
    expect(await path(...NICS, file)).toEqual(await path(...NICS));
  });

  test('is shown as it is by decode', async () => {
    const { stdout } = await runCli(['decode', file, '-c', '1']);
    expect(stdout).toMatch(/\d\d:\d\d:\d\d/);
  });
});
