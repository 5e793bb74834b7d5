// tcpdump's log beside a capture: its expression is the filter, its device the place, its drops the kernel's, and what it never wrote
// is missing at the end.
import { copyFileSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { splitCapture } from '../support/split-capture.ts';

const SAMPLE = 'samples/01-vxlan-between-nodes';
const folder = mkdtempSync(join(tmpdir(), 'overlens-logs-'));
const file = (name: string): string => join(folder, name);
const COUNTS = (captured: number, received: number, dropped: number): string =>
  `${captured} packets captured\n${received} packets received by filter\n${dropped} packets dropped by kernel\n`;
const LISTENING = 'tcpdump: listening on ens7, link-type EN10MB (Ethernet), snapshot length 160 bytes\n';

beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(file(name), { recursive: true });
  cpSync(join(SAMPLE, 'topology'), file('topology'), { recursive: true });
  copyFileSync(join(SAMPLE, 'ip-10-0-1-20-ens5.pcap'), file('x.pcap'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Captured {
  complete: boolean;
  dropped: number | null;
  filter: { expression: string; evidence: string; guessed: boolean } | null;
  points: { interface: string | null }[];
  warnings: string[];
}

async function captured(log: string, ...paths: string[]): Promise<Captured> {
  writeFileSync(file('x.pcap.log'), log);
  const argv = paths.length === 0 ? [file('x.pcap'), file('x.pcap.log'), '-t', file('topology')] : paths;
  const { code, stdout } = await runCli([...argv, '-o', 'json']);
  expect(code).toBe(0);
  const { captures } = JSON.parse(stdout) as { captures: [Captured] };
  expect(captures).toHaveLength(1);
  return captures[0];
}

describe('the log of a capture', () => {
  test('names its device and its drops', async () => {
    const { points, dropped, complete } = await captured(LISTENING + COUNTS(63, 70, 7));
    expect(points[0]?.interface).toBe('ens7');
    expect({ dropped, complete }).toEqual({ dropped: 7, complete: true });
  });

  test('tells a filter, and that there was none', async () => {
    const filtered = await captured(`tcpdump -i ens7 -w x.pcap 'udp port 4789'\n${LISTENING}`);
    expect(filtered.filter).toMatchObject({ expression: 'udp port 4789', guessed: false });
    expect(filtered.filter?.evidence).toContain('x.pcap.log');
    const proof = await runCli(['verify', file('x.pcap'), file('x.pcap.log'), '-t', file('topology')]);
    expect(proof.code).toBe(3);
    expect(proof.stdout).toContain('kept out by a filter');
  });

  test('tells that its end is missing, which a proof says too', async () => {
    const { complete, warnings } = await captured(LISTENING + COUNTS(63, 80, 2));
    expect(complete).toBe(false);
    expect(warnings[0]).toContain('captured 63 of the 80 packets');
    const proof = await runCli(['verify', file('x.pcap'), file('x.pcap.log'), '-t', file('topology'), '-o', 'json']);
    const { cutOff } = JSON.parse(proof.stdout) as { cutOff: string[] };
    expect(cutOff.join()).toContain('its end is missing');
  });

  test('but not where tcpdump was told how many to capture', async () => {
    expect(await captured(`tcpdump -c 63 -w x.pcap\n${LISTENING}${COUNTS(63, 80, 0)}`)).toMatchObject({
      complete: true,
    });
  });

  test('is found in a folder, and is no text of the snapshot', async () => {
    const { dropped } = await captured(LISTENING + COUNTS(63, 64, 1), folder);
    expect(dropped).toBe(1);
  });

  test('of another capture says nothing of this one', async () => {
    writeFileSync(file('y.pcap.log'), LISTENING + COUNTS(1, 90, 30));
    const { dropped } = await captured(LISTENING, file('x.pcap'), file('y.pcap.log'), '-t', file('topology'));
    expect(dropped).toBeNull();
  });
});

describe('the log of a rotated capture', () => {
  interface Piece {
    path: string;
    dropped: number | null;
    droppedWith?: string;
    complete: boolean;
    warnings: string[];
  }

  /** The sample in pieces of 20 packets, the last one given first. */
  async function pieces(log: string, nameOf: (piece: number) => string, ...more: string[]) {
    rmSync(file('x.pcap'));
    const paths = splitCapture(join(SAMPLE, 'ip-10-0-1-20-ens5.pcap'), 20, folder, nameOf);
    writeFileSync(file('tcpdump.log'), log);
    return runCli([...more, ...paths.toReversed(), file('tcpdump.log'), '-t', file('topology')]);
  }

  test.each([
    ['-C counts', (i: number) => `x.pcap${i === 0 ? '' : i}`, 'tcpdump -i ens5 -C 1 -w x.pcap'],
    ['-G dates', (i: number) => `n1-0829${i}0.pcap`, 'tcpdump -i ens5 -G 10 -w /tmp/n1-%H%M%S.pcap'],
    ['that has no command line', (i: number) => `x.pcap0${i}`, ''],
  ])("%s: its drops are counted once, and its end is the last piece's", async (_, nameOf, command) => {
    const { stdout, code } = await pieces(`${command}\n${LISTENING}${COUNTS(63, 80, 7)}`, nameOf, '-o', 'json');
    expect(code).toBe(0);
    const { captures } = JSON.parse(stdout) as { captures: Piece[] };
    expect(captures.map(({ dropped }) => dropped)).toEqual([7, 0, 0, 0]);
    expect(captures.map(({ droppedWith }) => droppedWith)).toEqual([undefined, ...Array(3).fill(captures[0]?.path)]);
    // given in the reverse order
    expect(captures.map(({ complete }) => complete)).toEqual([false, true, true, true]);
    expect(
      captures.flatMap(({ warnings }) => warnings.filter((one) => one.includes('its end is missing'))),
    ).toHaveLength(1);
  });

  test('is one sum in a proof', async () => {
    const { stdout } = await pieces(`${LISTENING}${COUNTS(63, 70, 7)}`, (i) => `x.pcap${i}`, 'verify');
    expect(stdout).toContain('7 packets that the kernel dropped');
  });
});
