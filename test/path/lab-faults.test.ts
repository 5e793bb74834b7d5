// Where packets stop in the lab's captures of every place (test/fixtures/lab-faults). What was lost between NICs, and how long the wire
// took, is from tshark: identifications of the inner packets at one NIC that the other one lacks.
import { describe, expect, it } from 'vitest';
import type { PathFlow } from '../../src/path/path-model.ts';
import { capturesOf, funnelOf, lostIn, type PathDocument, pathOf } from '../support/path-captures.ts';

const LAB = 'test/fixtures/lab-faults';
const DB = '10.48.0.200';

function faultPath(fault: string): Promise<PathDocument> {
  return pathOf(capturesOf(`${LAB}/${fault}`), `${LAB}/${fault}/topology`);
}

/** `icmp 8`: of web and db, by protocol and web's port, both directions. */
function nameOf({ protocol, src, srcPort, dstPort }: PathFlow): string {
  const port = protocol === 'tcp' ? ` ${src.ip === DB ? dstPort : srcPort}` : '';
  return `${src.ip === DB ? 'from' : 'to'} db ${protocol}${port}`;
}

function ofDb({ flows }: PathDocument): PathFlow[] {
  return flows.filter(({ src, dst, protocol }) => (src.ip === DB || dst.ip === DB) && protocol !== 'udp');
}

/** Median of the delay at a place, in milliseconds. */
function medianAt({ stops }: PathFlow, index: number): number {
  return (stops[index]?.delay?.median ?? Number.NaN) * 1000;
}

describe('a wire that loses every fifth frame', () => {
  it('is where packets are lost, as many as tshark counts', async () => {
    const report = await faultPath('loss');
    const counts = ofDb(report).map((flow) => {
      const arrival = flow.stops[3];
      return [nameOf(flow), [flow.stops[2]?.packets, (arrival?.lost ?? 0) + (arrival?.unknown ?? 0)]] as const;
    });
    // sent at one NIC, not seen at the other
    expect(Object.fromEntries(counts)).toEqual({
      'to db icmp': [40, 8],
      'to db tcp 39132': [10, 1],
      'to db tcp 39142': [11, 3],
      'to db tcp 39152': [9, 2],
      'from db icmp': [32, 6],
      'from db tcp 39132': [9, 2],
      'from db tcp 39142': [9, 2],
      'from db tcp 39152': [10, 3],
    });
    for (const { stops } of ofDb(report))
      for (const [i, { lost }] of stops.entries()) if (i !== 3) expect(lost).toBe(0);
  });

  it('takes about the millisecond that it was made to take, whatever was sent again', async () => {
    for (const { stops } of ofDb(await faultPath('loss'))) {
      expect(stops[3]?.delay?.median).toBeGreaterThan(0.001);
      expect(stops[3]?.delay?.max).toBeLessThan(0.1);
    }
  });
});

it('a slow wire is the hop that takes 5 ms, and loses nothing', async () => {
  const report = await faultPath('delay');
  expect(lostIn(report)).toBe(0);
  for (const flow of ofDb(report)) {
    // tshark: 5.29 ms there, 5.28 ms back
    expect(Math.abs(medianAt(flow, 3) - 5.28)).toBeLessThan(1);
    for (const stop of [1, 2, 4, 5]) expect(medianAt(flow, stop)).toBeLessThan(1);
  }
});

/** What asks db and is not answered: packets at each place. */
const STOPPED: readonly [fault: string, funnels: string[]][] = [
  // dropped before the tunnel device, whose capture holds no packet
  ['drop-in-node', ['4 4 4 4 empty empty', '3 3 3 3 empty empty']],
  ['reject', ['4 4 4 4 empty empty', '3 3 3 3 empty empty']],
  // behind it
  ['policy-drop', ['4 4 4 4 4 empty', '3 3 3 3 3 empty']],
];

it.each(STOPPED)('%s: the place behind which nothing was seen', async (fault, funnels) => {
  const report = await faultPath(fault);
  const asking = ofDb(report).filter(({ dst }) => dst.ip === DB);
  expect(asking.map(funnelOf)).toEqual(funnels);
  const missing = asking.map(({ stops }) => stops.find(({ state }) => state === 'empty')?.unknown);
  expect(missing).toEqual([4, 3]);
  // an empty capture may have run at another time
  expect(lostIn(report)).toBe(0);
});

it.each(['healthy', 'masquerade'])('%s: nothing is lost, nothing is in doubt', async (fault) => {
  const { flows } = await faultPath(fault);
  expect(flows.length).toBeGreaterThan(0);
  expect(flows.filter(({ stops }) => stops.some(({ lost, unknown }) => lost + unknown > 0))).toEqual([]);
});
