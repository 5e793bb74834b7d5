// Captures of several places in one file or of one place in several files: nothing is called a bypass, nothing is counted twice.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { traceCaptures } from '../../src/trace.ts';
import { topologyIn } from '../support/loaded-topology.ts';

const LAB = 'test/fixtures/lab';
const SAMPLE = 'samples/10-missing-neighbour';
const folder = mkdtempSync(join(tmpdir(), 'overlens-merged-'));
const PCAP_HEADER = 24;

afterAll(() => rmSync(folder, { recursive: true }));

/** One classic pcap of two: as captures are merged without the names of their interfaces. */
function merge(name: string, first: string, second: string): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([readFileSync(first), readFileSync(second).subarray(PCAP_HEADER)]));
  return path;
}

describe('captures of several places', () => {
  it('a NIC and vxlan.calico in one interface: plain frames between VTEP MACs are no bypass', async () => {
    const capture = merge(
      'merged.pcap',
      `${SAMPLE}/ip-10-0-1-20-ens5.pcap`,
      `${SAMPLE}/ip-10-0-1-20-vxlan.calico.pcap`,
    );
    const trace = await traceCaptures({ captures: [capture], topology: await topologyIn(`${SAMPLE}/topology`) });
    expect(trace.summary.violation).toBe(0);
    expect(trace.captures[0]?.points.map((point) => point.role).sort()).toEqual(['tunnel', 'underlay']);
  });

  it('one NIC in two captures: what it sent counts once', async () => {
    const captures = ['control1-ens5', 'control1-any', 'worker1-ens5'].map((name) => `${LAB}/${name}.pcap.gz`);
    const trace = await traceCaptures({ captures, topology: await topologyIn(`${LAB}/topology`) });
    const arrivals = [...trace.flows()].map((flow) => flow.arrival).filter((arrival) => arrival !== null);
    expect(arrivals.length).toBeGreaterThan(0);
    expect(arrivals.filter((arrival) => arrival.lost)).toEqual([]);
    expect(arrivals.every((arrival) => arrival.sent === arrival.arrived)).toBe(true);
  });
});
