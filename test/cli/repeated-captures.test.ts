// The same capture given twice is said and counted once; what only looks alike is not.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { buildPcap, buildPcapng, interfaceBlock, packetBlock, sectionBlock } from '../support/capture-builder.ts';
import { readCaptureFile, writeCaptureFile } from '../support/capture-rewriter.ts';
import { runCli } from '../support/run-cli.ts';
import { IS_WHOLE } from '../support/whole-matrix.ts';

const SAMPLE = 'samples/01-vxlan-between-nodes';
const WHOLE = join(SAMPLE, 'ip-10-0-1-20-ens5.pcap');
const folder = mkdtempSync(join(tmpdir(), 'overlens-repeated-'));
const file = (name: string): string => join(folder, name);

beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(file(name), { recursive: true });
  cpSync(join(SAMPLE, 'topology'), file('topology'), { recursive: true });
  copyFileSync(WHOLE, file('x.pcap'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Summed {
  captures: { path: string }[];
  summary: object;
  flows: { packets: number }[];
}

async function traced(...argv: string[]): Promise<Summed & { stderr: string }> {
  const { code, stdout, stderr } = await runCli([...argv, '-t', file('topology'), '-o', 'json']);
  expect(code).toBe(0);
  const { captures, summary, flows } = JSON.parse(stdout) as Summed;
  return {
    captures: captures.map(({ path }) => ({ path })),
    summary,
    flows: flows.map(({ packets }) => ({ packets })),
    stderr,
  };
}

/** Packets of the sample, and what is done with each. */
function cut(name: string, count: number, bytes = Number.POSITIVE_INFINITY, from = 0): void {
  const whole = readCaptureFile(WHOLE);
  const frames = whole.frames.slice(from, count).map((frame) => ({ ...frame, data: frame.data.slice(0, bytes) }));
  writeFileSync(file(name), writeCaptureFile({ ...whole, frames }));
}

/** The rewriter keeps a record's two words: here seconds, and the microseconds behind them. */
function splitTime(time: bigint): { seconds: number; nanos: number } {
  return { seconds: Number(time / 1_000_000_000n), nanos: Number(time % 1_000_000_000n) * 1000 };
}

/** The sample with times of nine digits, so many nanoseconds later. */
function rewritten(name: string, later: number): void {
  const { frames } = readCaptureFile(WHOLE);
  const packets = frames.map(({ data, original, time }) => ({
    ...{ data, original, ...splitTime(time) },
    nanos: splitTime(time).nanos + later,
  }));
  writeFileSync(file(name), buildPcap(packets, { precision: 'nano' }));
}

describe('counts once', () => {
  let alone: Promise<Summed> | null = null;

  test.each<[string, string, string, () => void]>([
    ['a link', 'y.pcap', 'the same file as', () => symlinkSync(file('x.pcap'), file('y.pcap'))],
    ['a second name', 'y.pcap', 'a copy of', () => linkSync(file('x.pcap'), file('y.pcap'))],
    ['a copy', 'other.pcap', 'a copy of', () => copyFileSync(WHOLE, file('other.pcap'))],
    ['the first packets', 'x-first.pcap', 'a cut of', () => cut('x-first.pcap', 20)],
    ['some packets under another name', 'small.pcap', 'a cut of', () => cut('small.pcap', 20)],
    ['packets out of its middle', 'b.pcap', 'a cut of', () => cut('b.pcap', 40, 2000, 12)],
    ['less of each packet under another name', 'b.pcap', 'a cut of', () => cut('b.pcap', 63, 96)],
    ['the first bytes of each', 'x_s96.pcap', 'a cut of', () => cut('x_s96.pcap', 63, 96)],
    ['with times of nine digits', 'nano.pcap', 'a copy of', () => rewritten('nano.pcap', 0)],
    [
      'a copy with times of six digits of one with nine',
      'micro.pcap',
      'a copy of',
      () => {
        rewritten('x.pcap', 321);
        copyFileSync(WHOLE, file('micro.pcap'));
      },
    ],
    [
      'as pcapng that names its interface',
      'ens5.pcapng',
      'a copy of',
      () => {
        const blocks = readCaptureFile(WHOLE).frames.map(({ data, original, time }) =>
          packetBlock({
            data,
            original,
            units: BigInt(splitTime(time).seconds) * 1_000_000n + (time % 1_000_000_000n),
          }),
        );
        writeFileSync(file('ens5.pcapng'), buildPcapng([sectionBlock(), interfaceBlock({ name: 'ens5' }), ...blocks]));
      },
    ],
    [
      'a compressed copy',
      'x.pcap.gz',
      'a copy of',
      () => writeFileSync(file('x.pcap.gz'), gzipSync(readFileSync(WHOLE))),
    ],
  ])('%s', async (_, name, is, make) => {
    alone ??= traced(file('x.pcap'));
    const { flows, summary } = await alone;
    make();
    const orders = [
      ['x.pcap', name],
      [name, 'x.pcap'],
    ];
    // one of them for each, in `npm run matrix` both
    for (const order of orders.filter((_order, i) => IS_WHOLE || i === name.length % 2)) {
      const twice = await traced(...order.map(file));
      expect(twice.stderr).toMatch(new RegExp(`: ${is} .*: counted once`));
      expect(twice.captures).toHaveLength(1);
      expect({ flows: twice.flows, summary: twice.summary }).toEqual({ flows, summary });
    }
  });
});

describe('is another capture', () => {
  test.each<[string, string, () => void]>([
    [
      'with one time that differs',
      'x-copy.pcap',
      () => {
        const whole = readCaptureFile(WHOLE);
        const bytes = writeCaptureFile(whole);
        bytes[24 + 4] = (bytes[24 + 4] ?? 0) ^ 1;
        writeFileSync(file('x-copy.pcap'), bytes);
      },
    ],
    [
      'with one packet that is not in the other',
      'x-copy.pcap',
      () => {
        const whole = readCaptureFile(WHOLE);
        const other = whole.frames.map(({ data, ...frame }, i) => ({
          ...frame,
          data: i === 40 ? data.map((byte) => byte ^ 1) : data,
        }));
        writeFileSync(file('x-copy.pcap'), writeCaptureFile({ ...whole, frames: other }));
      },
    ],
    [
      'a cut that is called after another device: a bond has the packets of its NIC',
      'bond0.pcap',
      () => cut('bond0.pcap', 20),
    ],
    ['without a packet', 'x-empty.pcap', () => cut('x-empty.pcap', 0)],
  ])('%s', async (_, name, make) => {
    make();
    const { captures, stderr } = await traced(file('x.pcap'), file(name));
    expect(captures).toHaveLength(2);
    expect(stderr).not.toContain('counted once');
  });

  test('a cut that is called by one pattern with it, as another node', async () => {
    copyFileSync(WHOLE, file('n1-nic.pcap'));
    cut('n2-nic.pcap', 20);
    expect((await traced(file('n1-nic.pcap'), file('n2-nic.pcap'))).captures).toHaveLength(2);
  });

  test('what the user says is at another place', async () => {
    copyFileSync(WHOLE, file('y.pcap'));
    const { captures } = await traced(file('x.pcap'), file('y.pcap'), '--at', `${file('y.pcap')}=ip-10-0-1-20:ens6`);
    expect(captures).toHaveLength(2);
  });
});

test('a proof counts it once', async () => {
  copyFileSync(WHOLE, file('y.pcap'));
  const { stdout } = await runCli(['verify', file('x.pcap'), file('y.pcap'), '-t', file('topology')]);
  expect(stdout).toContain('by          1 NIC');
});

interface Input {
  argument: string;
  repeated: { path: string; of: string; is: string }[];
}

async function inputsOf(...argv: string[]): Promise<{ captures: string[]; inputs: Input[]; stderr: string }> {
  const { code, stdout, stderr } = await runCli([...argv, '-t', file('topology'), '-o', 'json']);
  expect(code).toBe(0);
  const { captures, inputs } = JSON.parse(stdout) as { captures: { path: string }[]; inputs: Input[] };
  return { captures: captures.map(({ path }) => path), inputs, stderr };
}

describe('JSON says what counts no more', () => {
  test('of files', async () => {
    cut('small.pcap', 20);
    const { inputs } = await inputsOf(file('x.pcap'), file('small.pcap'));
    expect(inputs.map(({ repeated }) => repeated)).toEqual([
      [],
      [{ path: file('small.pcap'), of: file('x.pcap'), is: 'a cut of' }],
    ]);
  });

  test('of a folder', async () => {
    mkdirSync(file('more'));
    copyFileSync(WHOLE, file('more/y.pcap'));
    const { inputs } = await inputsOf(file('x.pcap'), file('more'));
    expect(inputs[1]?.repeated).toEqual([{ path: file('more/y.pcap'), of: file('x.pcap'), is: 'a copy of' }]);
  });

  test('of an archive, and of a file that is in one, too', async () => {
    copyFileSync(WHOLE, file('y.pcap'));
    cut('z.pcap', 20);
    execFileSync('tar', ['-C', folder, '-czf', file('b.tgz'), 'x.pcap', 'y.pcap', 'z.pcap']);
    const [x, y, z] = ['x', 'y', 'z'].map((name) => `${file('b.tgz')}!${name}.pcap`) as [string, string, string];
    const alone = await inputsOf(file('b.tgz'));
    expect(alone.captures).toHaveLength(1);
    expect(alone.inputs[0]?.repeated).toContainEqual({ path: z, of: x, is: 'a cut of' });
    expect(alone.inputs[0]?.repeated).toContainEqual({ path: y, of: x, is: 'a copy of' });
    const beside = await inputsOf(file('x.pcap'), file('b.tgz'));
    expect(beside.captures).toHaveLength(1);
    expect(beside.stderr.match(/counted once/g)).toHaveLength(3);
  });

  test('and an argument that is given twice is said', async () => {
    const { captures, stderr } = await inputsOf(file('x.pcap'), file('x.pcap'));
    expect(captures).toHaveLength(1);
    expect(stderr).toContain('given more than once: counted once');
  });
});

test.each([96, 128])('a proof is the same beside a copy with %i bytes of each packet', async (bytes) => {
  cut('b.pcap', 63, bytes);
  const { stdout, code } = await runCli(['verify', file('x.pcap'), file('b.pcap'), '-t', file('topology')]);
  const alone = await runCli(['verify', file('x.pcap'), '-t', file('topology')]);
  expect(code).toBe(alone.code);
  expect(stdout).not.toContain('-s 1');
  expect(stdout).toContain('by          1 NIC');
});
