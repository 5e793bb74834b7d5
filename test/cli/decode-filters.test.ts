// The filters of `decode` mean what those of `trace` mean: the packets shown are those of the flows listed.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

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
  const folder = `${ROOT}samples/${sample}`;
  const captures = readdirSync(folder)
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .map((name) => `${folder}/${name}`);

  it.each(FILTERS.map((filter) => ({ given: filter.join(' '), filter })))(
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
