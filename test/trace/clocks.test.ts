// Captures whose clocks differ say what they say with equal clocks: nothing is lost by it, and how far they are apart is told.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { traceCaptures } from '../../src/trace.ts';
import type { ClockReport } from '../../src/verdict/clocks/clock-report.ts';
import { verifyTrace } from '../../src/verdict/verify/verify.ts';
import { topologyIn } from '../support/loaded-topology.ts';
import { shiftClock } from '../support/shift-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-clocks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LAB = 'test/fixtures/lab';
const SAMPLES = ['01-vxlan-between-nodes', '03-crosssubnet', '07-pool-edited', '08-stale-fdb', '14-ip-in-ip'];
/** Of the first, second, ... node, seconds ahead. */
const SHIFTS = [
  [0, 0.3, -0.9],
  [0.9, 0, 60],
  [-3600, 3600, 0],
  [0, 0.0123, 0.05],
];

/** Node of a capture: the beginning of its name. */
const nodeOf = (name: string): string => name.replace(/-[^-]*$/, '');

async function say(from: string, names: readonly string[], shifts: readonly number[]) {
  const nodes = [...new Set(names.map(nodeOf))];
  const captures = names.map((name) => {
    const to = join(folder, name.replace('.gz', ''));
    shiftClock(join(from, name), to, shifts[nodes.indexOf(nodeOf(name))] ?? 0);
    return to;
  });
  const topology = await topologyIn(join(from, 'topology'));
  const trace = await traceCaptures({ captures, topology });
  const report = verifyTrace(trace, { expect: 'config', pools: [], strict: false, topology });
  const flows = [...trace.flows()].map((flow) =>
    JSON.stringify([
      [flow.protocol, flow.src.ip, flow.src.port, flow.dst.ip, flow.dst.port, flow.packets, flow.verdict, flow.outcome],
      [flow.arrival?.lost === true, flow.findings.map(({ code }) => code), flow.tcp?.retransmissions],
    ]),
  );
  const said = {
    flows: flows.sort(),
    causes: trace.causes.map(({ code, fromNode, toNode, packets }) => [code, fromNode, toNode, packets]),
    pairs: report.pairs.map(({ from: a, to: b, sent, arrived, lost }) => [a, b, sent, arrived, lost].join()).sort(),
    result: report.result,
  };
  return { said, clocks: trace.clocks, seconds: report.time.seconds };
}

function errorOf({ seconds, node, aheadOf }: ClockReport, shiftOf: (node: string | null) => number): number {
  return Math.abs((seconds ?? Number.NaN) - (shiftOf(node) - shiftOf(aheadOf)));
}

describe('clocks that differ', () => {
  for (const from of [...SAMPLES.map((name) => `samples/${name}`), LAB]) {
    it(`change nothing of what ${from} says`, async () => {
      const names = readdirSync(from).filter((name) => /-(ens5|any)\.pcap(\.gz)?$/.test(name));
      const nodes = [...new Set(names.map(nodeOf))];
      const equal = await say(from, names, []);
      expect(equal.clocks.map(({ seconds }) => seconds)).toEqual(nodes.slice(1).map(() => 0));
      for (const shifts of SHIFTS) {
        const shifted = await say(from, names, shifts);
        expect(shifted.said).toEqual(equal.said);
        expect(shifted.seconds).toBeCloseTo(equal.seconds, 1);
        expect(shifted.clocks).toHaveLength(nodes.length - 1);
        const shiftOf = (node: string | null): number => shifts[nodes.findIndex((one) => node?.startsWith(one))] ?? 0;
        for (const clock of shifted.clocks) expect(errorOf(clock, shiftOf)).toBeLessThan(1e-4);
      }
    });
  }

  it('of captures of one node are told apart by the packets in both', async () => {
    const [nic, device] = ['control1-ens5', 'control1-vxlan'].map((name) => {
      const to = join(folder, `${name}.pcap`);
      shiftClock(join(LAB, `${name}.pcap.gz`), to, name.endsWith('vxlan') ? 5 : 0);
      return to;
    }) as [string, string];
    const topology = await topologyIn(`${LAB}/topology`);
    const { clocks } = await traceCaptures({ captures: [nic, device], topology });
    expect(clocks).toHaveLength(1);
    expect(clocks[0]?.seconds).toBeCloseTo(5, 3);
    expect(clocks[0]).toMatchObject({ name: device, node: 'control1', captures: [1], aheadOf: nic });
  });
});
