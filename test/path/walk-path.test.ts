// The way of packets on real captures of the samples. Counts were taken with tshark, one display filter a place.
import { describe, expect, it } from 'vitest';
import type { PathFlow } from '../../src/path/path-model.ts';
import type { CaptureFile } from '../support/capture-rewriter.ts';
import {
  capturesOf,
  changedPath,
  funnelOf,
  lostIn,
  type PathDocument,
  pathOf,
  shifted,
  withChanged,
} from '../support/path-captures.ts';
import { runCli } from '../support/run-cli.ts';

const VXLAN = 'samples/01-vxlan-between-nodes';
const HEALTHY = [
  VXLAN,
  'samples/02-pool-never',
  'samples/03-crosssubnet',
  'samples/05-same-node',
  'samples/06-any-interface',
  'samples/11-outer-fragments',
  'samples/12-flannel-direct-routing',
  'samples/14-ip-in-ip',
  'samples/15-wireguard',
];

function funnels(report: PathDocument): Map<string, string> {
  return new Map(report.flows.map((flow) => [nameOf(flow), funnelOf(flow)]));
}

/** Ids follow the first packet, which clocks move. */
function nameOf({ protocol, src, dst, srcPort, dstPort }: PathFlow): string {
  return [protocol, src.ip, srcPort, dst.ip, dstPort].join(' ');
}

function delaysOf(report: PathDocument): number[] {
  const flows = [...report.flows].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return flows.flatMap(({ stops }) => stops.map(({ delay }) => delay?.max ?? 0));
}

describe('captures of several times', () => {
  const SAMPLE = 'samples/16-where-it-stops';
  const FOLDERS = ['', 'dns', 'new-connections', 'no-answer', 'one-direction', 'slow', 'tcp-dies'];
  const all = FOLDERS.flatMap((folder) => capturesOf(folder === '' ? SAMPLE : `${SAMPLE}/${folder}`));

  it('a place that was captured at another time only says so, and is no place of these packets', async () => {
    const { flows } = await pathOf(all, `${SAMPLE}/topology`);
    const flow = flows.find(({ srcPort }) => srcPort === 47428);
    expect(flow && funnelOf(flow)).toBe('other-time - 3 0(-3) other-time other-time');
    const answered = flows.find(({ srcPort }) => srcPort === 48914);
    expect(answered && funnelOf(answered)).toBe('other-time - 7 7 other-time other-time');
  });

  it('a flow of several of them: a place that ran in none of its moments', async () => {
    const { flows } = await pathOf(all, `${SAMPLE}/topology`);
    const pings = flows.find(({ protocol, src }) => protocol === 'icmp' && src.ip === '10.48.0.130');
    // tshark: customer's ICMP for database at control1's NIC and at worker1's, in all captures
    expect(pings && funnelOf(pings)).toBe('other-time - 21 14(-7) 3 4(-3)');
  });

  it('what ran then and saw none is still where they are missing', async () => {
    const { flows } = await pathOf(capturesOf(`${SAMPLE}/no-answer`), `${SAMPLE}/topology`);
    expect(flows.flatMap(({ stops }) => stops.map(({ state }) => state))).not.toContain('other-time');
    expect(lostIn({ flows } as PathDocument)).toBeGreaterThan(0);
  });
});

describe('healthy captures', () => {
  it.each(HEALTHY)('%s: no packet is called lost, none is in doubt', async (sample) => {
    const report = await pathOf(capturesOf(sample), `${sample}/topology`);
    expect(report.flows.filter(({ stops }) => stops.some(({ lost, unknown }) => lost + unknown > 0))).toEqual([]);
    expect(report.flows.length).toBeGreaterThan(0);
    expect(Math.min(...delaysOf(report))).toBeGreaterThanOrEqual(0);
  });

  it('-i any: every place of both nodes, in order', async () => {
    const report = await pathOf(
      capturesOf('samples/06-any-interface'),
      'samples/06-any-interface/topology',
      '--flow',
      '1',
    );
    const [flow] = report.flows;
    expect(flow && funnelOf(flow)).toBe('5 5 5 5 5 5');
    expect(flow?.stops.map(({ side, role }) => `${side} ${role}`)).toEqual([
      'sender workload',
      'sender tunnel',
      'sender underlay',
      'receiver underlay',
      'receiver tunnel',
      'receiver workload',
    ]);
    const seen = flow?.shown[0]?.sightings.map(({ number, ttl, encapsulation }) => `${number} ${ttl} ${encapsulation}`);
    expect(seen).toEqual(['3 64 none', '4 63 none', '7 63 vxlan', '3 63 vxlan', '4 63 none', '7 62 none']);
    // 25.236369, .236377, .236433, then .236437, .236437, .236479
    const micros = flow?.shown[0]?.sightings.map(({ delay }) => delay && Math.round(delay * 1e6));
    expect(micros).toEqual([null, 8, 56, 4, 0, 42]);
  });

  it('-i any without interfaces: a veth whose MAC nobody wrote stands where packets come in', async () => {
    const snapshot = 'samples/06-any-interface/topology';
    const report = await pathOf(
      ['samples/06-any-interface/ip-10-0-1-30-any.pcap'],
      `${snapshot}/ippools.yaml`,
      ...['nodes', 'pods'].flatMap((name) => ['-t', `${snapshot}/${name}.yaml`]),
    );
    const sent = report.flows.find(({ protocol, src }) => protocol === 'icmp' && src.ip === '10.48.0.200');
    expect(sent && funnelOf(sent)).toBe('5 5 5 - - -');
    expect(sent?.stops.slice(0, 3).map(({ role }) => role)).toEqual(['workload', 'tunnel', 'underlay']);
    expect(Math.min(...delaysOf(report))).toBeGreaterThanOrEqual(0);
  });

  it('one node: from veth to veth, no NIC on the way', async () => {
    const report = await pathOf(capturesOf('samples/05-same-node'), 'samples/05-same-node/topology', '--flow', '1');
    expect(report.flows.map(funnelOf)).toEqual(['2 2', '2 2']);
  });

  it('super-frames: bytes decide, the frames are counted beside', async () => {
    const sample = 'samples/03-crosssubnet';
    const report = await pathOf(capturesOf(sample), `${sample}/topology`, '--port', '49834');
    const answer = report.flows.find(({ srcPort }) => srcPort === 80);
    expect(answer && funnelOf(answer)).toBe('- - 7 7 - -');
    expect(answer?.stops.map(({ frames }) => frames)).toEqual([0, 0, 7, 11, 0, 0]);
  });
});

describe('clocks', () => {
  const reference = pathOf(capturesOf(VXLAN), `${VXLAN}/topology`);

  it.each([0.0008, 0.3, -0.9, 60, 3600])('%f s apart: the same packets, the same delays', async (seconds) => {
    const report = await changedPath(VXLAN, (file, name) =>
      name.includes('1-30') ? shifted(file, Math.round(seconds * 1e6)) : file,
    );
    expect(funnels(report)).toEqual(funnels(await reference));
    const delays = delaysOf(report);
    delaysOf(await reference).forEach((delay, i) => {
      expect(Math.abs((delays[i] ?? 0) - delay)).toBeLessThan(10e-6);
    });
    const clock = report.clocks.find(({ name }) => name.startsWith('ip-10-0-1-30'));
    expect(Math.abs((clock?.seconds ?? 0) - seconds)).toBeLessThan(100e-6);
  });

  it('are told as the trace tells them, whatever was captured', async () => {
    const sample = 'test/fixtures/lab-faults/healthy';
    const ahead: Record<string, number> = { 20: 0, 30: 250_000, 31: -40 };
    const byNode = (file: CaptureFile, name: string): CaptureFile => shifted(file, ahead[name.slice(10, 12)] ?? 0);
    const { path, trace } = await withChanged(sample, byNode, async (captures, snapshot) => {
      const run = await runCli(['trace', ...captures, '-t', snapshot, '-o', 'json']);
      return { path: await pathOf(captures, snapshot), trace: JSON.parse(run.stdout) };
    });
    expect(path.clocks).toEqual(trace.clocks);
    expect(path.clocks.length).toBeGreaterThan(0);
    expect(lostIn(path)).toBe(0);
  });
});

describe('loss', () => {
  /** TCP segments with payload that go into ip-10-0-1-30. */
  const isLost = (i: number): boolean => i > 6 && i < 12;

  it('what one place had and the next one not is counted there, packet by packet', async () => {
    const before = await pathOf(capturesOf(VXLAN), `${VXLAN}/topology`);
    const report = await changedPath(VXLAN, (file, name) =>
      name.includes('1-30') ? { ...file, frames: file.frames.filter((_, i) => !isLost(i)) } : file,
    );
    const seenBefore = before.flows.flatMap(({ stops }) => stops.filter(({ node }) => node?.includes('1-30')));
    const seen = report.flows.flatMap(({ stops }) => stops.filter(({ node }) => node?.includes('1-30')));
    const sum = (stops: typeof seen): number => stops.reduce((total, { packets }) => total + packets, 0);
    expect(sum(seenBefore) - sum(seen)).toBe(5);
    // those that the node itself had sent are not lost: they arrived
    const arriving = report.flows.filter(({ stops }) => stops.at(-3)?.node?.includes('1-30'));
    expect(lostIn(report)).toBe(arriving.reduce((total, { lost }) => total + lost, 0));
    expect(lostIn(report)).toBeGreaterThan(0);
    const [worst] = report.flows;
    expect(worst?.stops.find(({ lost }) => lost > 0)?.firstLost?.capture).not.toBe(1);
  });

  it('a fragment of the datagram around the tunnel is enough', async () => {
    const sample = 'samples/11-outer-fragments';
    let dropped = -1;
    const report = await changedPath(sample, (file, name) => {
      if (!name.includes('1-30')) return file;
      const isLater = (data: Uint8Array): boolean => ((data[20] ?? 0) & 0x1f) + (data[21] ?? 0) > 0;
      // from 10.0.1.20
      const later = file.frames.findIndex(({ data }) => data[12] === 8 && data[29] === 20 && isLater(data));
      dropped = later;
      return { ...file, frames: file.frames.filter((_, i) => i !== later) };
    });
    expect(dropped).toBeGreaterThan(-1);
    expect(lostIn(report)).toBe(1);
  });

  it('a capture that ended before is no loss', async () => {
    const report = await changedPath(VXLAN, (file, name) =>
      name.includes('1-30') ? { ...file, frames: file.frames.slice(0, 5) } : file,
    );
    expect(lostIn(report)).toBe(0);
  });

  it('a gap is no loss: what passed there is seen behind it', async () => {
    const sample = 'samples/08-stale-fdb';
    const report = await pathOf(capturesOf(sample), `${sample}/topology`, '--finding', 'A');
    // the wrong node gets them, the right one does not
    expect(report.flows.map(funnelOf)).toEqual(['- - 8 8 0(-8) - -', '- - 3 3 0(-3) - -', '- 2 2 0(-2) - -']);
  });
});
