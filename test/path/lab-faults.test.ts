// Where packets stop in the lab's captures of every place (test/fixtures/lab-faults). What was lost between NICs, and how long the wire
// took, is from tshark: identifications of the outer packets at one NIC that the other one lacks.
import { describe, expect, it } from 'vitest';
import type { PathFlow } from '../../src/path/path-model.ts';
import { capturesOf, changedPath, funnelOf, lostIn, type PathDocument, pathOf } from '../support/path-captures.ts';

const LAB = 'test/fixtures/lab-faults';
const DB = '10.48.0.200';
const WEB = '10.48.0.130';

function faultPath(fault: string): Promise<PathDocument> {
  return pathOf(capturesOf(`${LAB}/${fault}`), `${LAB}/${fault}/topology`);
}

/** `icmp 8`: of web and db, by protocol and web's port, both directions. */
function nameOf({ protocol, src, srcPort, dstPort }: PathFlow): string {
  const port = protocol === 'tcp' ? ` ${src.ip === DB ? dstPort : srcPort}` : '';
  return `${src.ip === DB ? 'from' : 'to'} db ${protocol}${port}`;
}

function ofDb({ flows }: PathDocument): PathFlow[] {
  return flows.filter(({ src, dst }) => (src.ip === DB && dst.ip === WEB) || (src.ip === WEB && dst.ip === DB));
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
      'to db tcp 55928': [9, 1],
      'to db tcp 55944': [11, 3],
      'to db tcp 55960': [9, 2],
      'from db icmp': [32, 6],
      'from db tcp 55928': [8, 2],
      'from db tcp 55944': [9, 1],
      // two SYN-ACKs without an identification, 1.6 ms apart: their datagrams tell them apart
      'from db tcp 55960': [7, 2],
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
    // tshark, all packets: 5.21 ms there, 5.20 ms back
    expect(medianAt(flow, 3)).toBeGreaterThan(5);
    if (flow.protocol === 'icmp') expect(medianAt(flow, 3)).toBeLessThan(5.3);
    for (const stop of [1, 2, 4, 5]) expect(medianAt(flow, stop)).toBeLessThan(1);
  }
});

it('half-open: the SYN-ACK that stops is followed as the SYN is', async () => {
  const report = await pathOf(capturesOf(`${LAB}/half-open`), `${LAB}/half-open/topology`, '--finding', 'A');
  expect(report.flows.map((flow) => [nameOf(flow), funnelOf(flow)])).toEqual([
    ['from db tcp 41526', '5 5 5 5 5 0(-4)'],
    ['to db tcp 41526', '3 3 3 3 3 3'],
  ]);
});

/** What web asks db, and nobody answers: packets at each place. */
const STOPPED: readonly [fault: string, funnels: string[]][] = [
  // before the tunnel device
  ['drop-in-node', ['4 4 4 4 0(-4) 0', '3 3 3 3 0(-3) 0']],
  ['reject', ['4 4 4 4 0(-4) 0', '3 3 3 3 0(-3) 0']],
  // behind it
  ['policy-drop', ['4 4 4 4 4 0(-4)', '3 3 3 3 3 0(-3)']],
];

it.each(STOPPED)('%s: lost at the place where it is dropped', async (fault, funnels) => {
  const asking = ofDb(await faultPath(fault)).filter(({ dst }) => dst.ip === DB);
  expect(asking.map(funnelOf)).toEqual(funnels);
});

it('captures without a packet: the place is told, but they may have run at another time', async () => {
  const isBehind = (name: string): boolean => /1-30-(cali|vxlan)/.test(name);
  const report = await changedPath(`${LAB}/drop-in-node`, (file, name) =>
    isBehind(name) ? { ...file, frames: [] } : file,
  );
  const asking = ofDb(report).filter(({ dst }) => dst.ip === DB);
  expect(asking.map(funnelOf)).toEqual(['4 4 4 4 empty empty', '3 3 3 3 empty empty']);
  expect(asking.map(({ stops }) => stops[4]?.unknown)).toEqual([4, 3]);
  expect(lostIn(report)).toBe(0);
});

it.each(['healthy', 'masquerade'])('%s: nothing is lost, nothing is in doubt', async (fault) => {
  const { flows } = await faultPath(fault);
  expect(flows.length).toBeGreaterThan(0);
  expect(flows.filter(({ stops }) => stops.some(({ lost, unknown }) => lost + unknown > 0))).toEqual([]);
});
