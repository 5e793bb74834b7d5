// A capture in pieces says what the whole says, in however many pieces, in whatever order, whatever tool named them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Topology } from '../../src/topology/model.ts';
import { traceCaptures } from '../../src/trace.ts';
import { topologyIn } from '../support/loaded-topology.ts';
import { shuffled, splitCapture } from '../support/split-capture.ts';
import { IS_WHOLE } from '../support/whole-matrix.ts';

const LAB = 'test/fixtures/lab';
const folder = mkdtempSync(join(tmpdir(), 'overlens-rotated-'));
afterAll(() => rmSync(folder, { recursive: true }));

const number = (i: number): string => String(i).padStart(5, '0');
const NAMES: Record<string, (i: number) => string> = {
  'editcap -c': (i) => `x_${number(i)}_20261122082950.pcap`,
  'tcpdump -C': (i) => `x.pcap${i === 0 ? '' : i}`,
  'tcpdump -W': (i) => `x.pcap${String(i).padStart(2, '0')}`,
};
const ODD = (i: number): string => `${String.fromCharCode(97 + (i % 26), 97 + ((i * 7) % 26), 97 + i / 26)}.pcap`;

interface Said {
  flows: string[];
  causes: string[];
  points: string[];
  pieces: string[][];
}

async function say(captures: readonly string[], topology: Topology | null): Promise<Said> {
  const trace = await traceCaptures({ captures, topology });
  const flows = [...trace.flows()].map((flow) =>
    JSON.stringify([
      [flow.protocol, flow.src.ip, flow.src.port, flow.dst.ip, flow.dst.port, flow.first],
      [flow.packets, flow.bytes, flow.overheadBytes, flow.verdict, flow.outcome, flow.observed, flow.tcp],
      [flow.unverified?.reason, flow.findings.map(({ code }) => code), flow.arrival],
    ]),
  );
  const pieces = trace.captures.map(({ points }) => points.map((p) => `${p.role} ${p.node} ${p.interface}`));
  return {
    flows: flows.sort(),
    causes: trace.causes.map(
      ({ code, fromNode, toNode, flows: count, packets }) => `${code} ${fromNode} ${toNode} ${count} ${packets}`,
    ),
    points: [...new Set(pieces.flat())].sort(),
    pieces,
  };
}

/** What the whole says, by a name that tells nothing either: it is the same for pieces of every size. */
const wholes = new Map<string, Said>();

async function whole(name: string, tool: string, snapshot: Topology | null): Promise<Omit<Said, 'pieces'>> {
  const key = `${name} ${tool} ${snapshot !== null}`;
  let said = wholes.get(key);
  if (said === undefined) {
    const at = mkdtempSync(join(folder, 'w-'));
    said = await say(splitCapture(`${LAB}/${name}.pcap.gz`, 1e6, at, NAMES[tool] ?? ODD), snapshot);
    wholes.set(key, said);
  }
  const { pieces: _, ...expected } = said;
  return expected;
}

const topology = await topologyIn(`${LAB}/topology`);
const FILES = ['control1-ens5', 'worker1-ens5', 'worker1-any', 'control1-vxlan', 'control1-calic628ed26868'];

/** Each capture by each tool in pieces of two sizes; in `npm test` a fourth of that, in which there is each of them. */
const ROTATED = FILES.flatMap((name, file) =>
  Object.keys(NAMES).flatMap((tool, k) =>
    [5, 30]
      .map((size, turn) => ({ name, tool, size, turn: file + k + turn }))
      .filter(({ turn }) => IS_WHOLE || turn % 4 === 0),
  ),
);

describe('a rotated capture', () => {
  it.each(ROTATED)('$name by $tool in pieces of $size is what it was whole', async ({ name, tool, size }) => {
    const at = mkdtempSync(join(folder, 'p-'));
    const pieces = splitCapture(`${LAB}/${name}.pcap.gz`, size, at, NAMES[tool] ?? ODD);
    for (const snapshot of [null, topology]) {
      const expected = await whole(name, tool, snapshot);
      const { pieces: inOrder, ...said } = await say(pieces, snapshot);
      expect(said).toEqual(expected);
      const order = shuffled(pieces, size);
      const { pieces: anyOrder, ...again } = await say(order, snapshot);
      expect(again).toEqual(expected);
      expect(anyOrder).toEqual(order.map((piece) => inOrder[pieces.indexOf(piece)]));
    }
  });

  it('adds up when the pieces have names that have nothing in common', async () => {
    for (const name of ['control1-ens5', 'worker1-ens5', 'worker2-ens5']) {
      const at = mkdtempSync(join(folder, 'o-'));
      const pieces = splitCapture(`${LAB}/${name}.pcap.gz`, 7, at, ODD);
      for (const snapshot of [null, topology]) {
        const { flows, causes } = await whole(name, 'names that have nothing in common', snapshot);
        expect(await say(shuffled(pieces, 3), snapshot)).toMatchObject({ flows, causes });
      }
    }
  });

  it('two NICs rotated side by side are what they were, with what was sent and what arrived', async () => {
    const at = mkdtempSync(join(folder, 'n-'));
    const whole = ['control1-ens5', 'worker1-ens5'].map((name) => `${LAB}/${name}.pcap.gz`);
    const pieces = whole.flatMap((path, i) => splitCapture(path, 20, at, (n) => `cap${i}_${number(n)}.pcap`));
    const { pieces: _, points: __, ...expected } = await say(whole, topology);
    expect(await say(pieces, topology)).toMatchObject(expected);
    expect(await say(shuffled(pieces, 11), topology)).toMatchObject(expected);
  });
});
