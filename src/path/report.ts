// What was counted, as it is shown: flows with losses first, then those with most packets.
import { areComparable, clockName } from '../attribution/clocks/clocks.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { Trace, TraceIndex } from '../verdict/trace-types.ts';
import type { Funnel, JourneyCount } from './funnel.ts';
import type { Journey, Stop } from './journey.ts';
import type { PacketRef, PathFlow, PathReport, PathStop, Translation } from './path-model.ts';

export interface ReportInput {
  trace: Trace;
  /** Packets that are asked for by number. */
  packets: readonly PacketRef[];
  index: TraceIndex;
  journeys: readonly Journey[];
  onePlace: number;
  funnel: Funnel;
  asked: readonly number[];
}

export function reportOf({ trace, packets, index, journeys, onePlace, funnel, asked }: ReportInput): PathReport {
  const flows = journeys.map((journey) => flowOf(journey, funnel.counts.get(journey), index));
  flows.sort((a, b) => b.lost - a.lost || unknownOf(b) - unknownOf(a) || (a.ids[0] ?? 0) - (b.ids[0] ?? 0));
  return {
    captures: trace.captures.map(({ path }) => ({ path })),
    clocks: trace.clocks,
    uncompared: uncomparedClocks(index, journeys, (capture) => trace.captures[capture]?.path ?? ''),
    flows,
    pairs: funnel.pairs().sort((a, b) => b.lost - a.lost || (a.from + a.to < b.from + b.to ? -1 : 1)),
    onePlace,
    notFound: packets.filter((_, i) => (asked[i] ?? -1) < 0),
  };
}

function uncomparedClocks(
  { clocks }: TraceIndex,
  journeys: readonly Journey[],
  pathOf: (capture: number) => string,
): string[] {
  const missed = new Set<number>();
  for (const { stops } of journeys) {
    const captured = stops.filter(({ state }) => state === 'captured');
    const own = [...new Set(captured.flatMap(({ sites }) => sites.flatMap(({ captures }) => captures)))];
    for (const a of own) if (own.some((b) => !areComparable(clocks, a, b))) missed.add(clocks.ofCapture[a] ?? -1);
  }
  return [...missed].sort((a, b) => a - b).map((clock) => clockName(clocks, clock, pathOf));
}

function unknownOf({ stops }: PathFlow): number {
  return stops.reduce((sum, { unknown }) => sum + unknown, 0);
}

function flowOf(journey: Journey, count: JourneyCount | undefined, { table, idOf }: TraceIndex): PathFlow {
  const { brief, dst, dstPort, stops } = journey;
  return {
    ids: journey.flows.map(idOf),
    conversation: brief.conversation,
    protocol: brief.protocol,
    src: brief.src,
    dst,
    srcPort: brief.srcPort,
    dstPort,
    verdict: brief.verdict,
    encapsulation: brief.observed.encapsulation,
    stops: stops.map((stop, i) => stopOf(stop, count?.stops[i], flowBefore(stops, i), table)),
    packets: count?.packets ?? 0,
    lost: count?.lost ?? 0,
    shown: [...(count?.shown ?? [])],
  };
}

/** The flow that its packets have at the last place before that saw any; -1 without one. */
function flowBefore(stops: readonly Stop[], index: number): number {
  for (let i = index - 1; i >= 0; i--) if ((stops[i]?.flow ?? -1) >= 0) return stops[i]?.flow ?? -1;
  return -1;
}

function stopOf(
  stop: Stop,
  count: JourneyCount['stops'][number] | undefined,
  before: number,
  table: FlowTable,
): PathStop {
  const { side, role, node, state, sites } = stop;
  return {
    ...{ side, role, node, state },
    devices: sites.flatMap(({ devices }) => devices),
    captures: [...new Set(sites.flatMap(({ points }) => points.map(({ capture }) => capture)))],
    packets: count?.packets ?? 0,
    frames: count?.frames ?? 0,
    lost: count?.lost ?? 0,
    unknown: count?.unknown ?? 0,
    firstLost: count?.firstLost ?? null,
    delay: count?.delays?.stats() ?? null,
    translated: before < 0 || stop.flow < 0 ? null : translation(table, before, stop.flow),
  };
}

function translation(table: FlowTable, from: number, to: number): Translation | null {
  if (from === to) return null;
  const end = (flow: number, isSource: boolean): string => {
    const { source, destination, addresses } = table.ends;
    const address = addresses[(isSource ? source : destination)[flow] ?? -1] ?? '';
    const port = isSource ? table.sourcePortOf(flow) : table.destinationPortOf(flow);
    if (port === null || port === 0) return address;
    return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  };
  const changed = (isSource: boolean): string | null =>
    end(from, isSource) === end(to, isSource) ? null : end(to, isSource);
  return { source: changed(true), destination: changed(false) };
}
