// The filters of `decode` mean what those of `trace` mean: the packets shown are those of the flows listed.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildPcap } from '../support/capture-builder.ts';
import { ip, ipip, POD, plain, vxlan } from '../support/cluster-frames.ts';
import { ethernet, ipv4, udp } from '../support/packet-builder.ts';
import { runCli } from '../support/run-cli.ts';
import { IS_WHOLE } from '../support/whole-matrix.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
/** Cooked frames of all interfaces, a wrong table at three nodes, outer fragments. */
const SAMPLES = ['06-any-interface', '08-stale-fdb', '11-outer-fragments'];

const FILTERS: readonly (readonly string[])[] = [
  ['--pod', 'yaobank/customer'],
  ['--from-pod', 'yaobank/database'],
  ['--to-pod', 'database'],
  ['--node', 'ip-10-0-1-30'],
  ['--ip', '10.48.0.128/26'],
  ['--port', '80'],
  ['--port', '0'],
  ['--protocol', 'icmp'],
  ['--protocol', 'tcp', '--from-pod', 'yaobank/'],
  ['--ip', '10.0.1.0/24'],
  ['--since', '0.4', '--until', '1.2'],
  ['--verdict', 'ok'],
  ['--verdict', 'violation'],
  ['--verdict', 'unverifiable', '--protocol', 'udp'],
  ['--finding', 'wrong-destination-vtep'],
];

interface TraceDocument {
  captures: { outcomes: { notFlow: number } }[];
  flows: { observations: { capture: number; packets: number }[] }[];
}

describe.each(SAMPLES)('samples/%s', (sample) => {
  // two of three, each another third left out
  const filters = FILTERS.filter((_, i) => IS_WHOLE || i % SAMPLES.length !== SAMPLES.indexOf(sample));
  const folder = `${ROOT}samples/${sample}`;
  const captures = readdirSync(folder)
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .map((name) => `${folder}/${name}`);

  it.each(filters.map((filter) => ({ given: filter.join(' '), filter })))(
    'shows the packets that trace counts: $given',
    async ({ filter }) => {
      const traced = await runCli(['trace', ...captures, '-t', `${folder}/topology`, ...filter, '-o', 'json']);
      const decoded = await runCli(['decode', ...captures, '-t', `${folder}/topology`, ...filter, '-o', 'json']);
      expect(traced.code).toBe(0);
      expect(decoded.code).toBe(0);
      const isTimeOnly = filter[0] === '--since';
      expect(shownPerCapture(decoded.stdout, captures.length, isTimeOnly)).toEqual(
        countedPerCapture(JSON.parse(traced.stdout) as TraceDocument),
      );
    },
  );
});

/** Packets shown of each capture; without a filter of flows also those that are none, which trace does not count. */
function shownPerCapture(lines: string, captures: number, flowsOnly: boolean): number[] {
  const counts = new Array<number>(captures).fill(0);
  for (const line of lines.split('\n').filter((text) => text !== '')) {
    const packet = JSON.parse(line) as { capture: number; outcome: string };
    if (flowsOnly && packet.outcome === 'notFlow') continue;
    counts[packet.capture] = (counts[packet.capture] ?? 0) + 1;
  }
  return counts;
}

function countedPerCapture({ captures, flows }: TraceDocument): number[] {
  const counts = captures.map(() => 0);
  for (const { observations } of flows) {
    for (const { capture, packets } of observations) counts[capture] = (counts[capture] ?? 0) + packets;
  }
  return counts;
}

describe('captures of frames', () => {
  const folder = mkdtempSync(join(tmpdir(), 'overlens-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const write = (name: string, frames: readonly Uint8Array[], kept = 262144): string => {
    const path = join(folder, name);
    const packets = frames.map((frame, i) => ({
      data: frame.subarray(0, kept),
      original: frame.length,
      seconds: 1_700_000_000 + i,
    }));
    writeFileSync(path, buildPcap(packets));
    return path;
  };

  async function countsOf(captures: readonly string[], filter: readonly string[]): Promise<[number[], number[]]> {
    const traced = await runCli(['trace', ...captures, ...filter, '-o', 'json']);
    const decoded = await runCli(['decode', ...captures, ...filter, '-o', 'json']);
    return [
      shownPerCapture(decoded.stdout, captures.length, false),
      countedPerCapture(JSON.parse(traced.stdout) as TraceDocument),
    ];
  }

  it.each([
    ['--port', '53'],
    ['--port', '0'],
    ['--verdict', 'unverifiable', '--port', '53'],
  ])('later fragments fit when their first one did, in their own capture: %s %s', async (...filter) => {
    const first = ethernet({}, ipv4({ id: 7, 'flags.mf': true }, udp({ length: 3008 }, new Uint8Array(992))));
    const later = ethernet({}, ipv4({ id: 7, frag_offset: 125 }, new Uint8Array(1000)));
    const captures = [write('first.pcap', [first, later]), write('later.pcap', [later, later])];
    const [shown, counted] = await countsOf(captures, filter);
    expect(shown).toEqual(counted);
    expect(shown).toEqual(filter.includes('53') ? [2, 0] : [0, 2]);
  });

  it.each([60, 64, 70, 82])('a tunnel whose inside was cut off has one name everywhere: %i bytes', async (kept) => {
    const inner = ip({ src: POD.a, dst: POD.b });
    const path = write(`cut${kept}.pcap`, [vxlan(inner), ipip(inner).subarray(0, 14 + 20 + 19), plain(inner)], kept);
    for (const kind of ['vxlan', 'none']) {
      const [shown, counted] = await countsOf([path], ['--encapsulation', kind]);
      expect(shown, kind).toEqual(counted);
      expect(shown, kind).toEqual([1]);
    }
    for (const [number, kind] of [
      [1, 'vxlan'],
      [3, 'none'],
    ] as const) {
      const { stdout } = await runCli(['explain', path, '-p', `${number}`, '-o', 'json']);
      expect((JSON.parse(stdout) as { encapsulation: string }).encapsulation).toBe(kind);
    }
  });
});
