// What was counted, as it is shown: flows with losses first, then those that may have some.
import { areComparable, clockName } from '../attribution/clocks/clocks.ts';
import type { FlowBrief, Trace, TraceIndex } from '../verdict/trace-types.ts';
import { flowOf, type Shared } from './flow-report.ts';
import type { Funnel } from './funnel.ts';
import type { Journey } from './journey.ts';
import type { Journeys } from './journeys.ts';
import type { PacketRef, PathFlow, PathFlows, PathReport } from './path-model.ts';
import type { StopCounts } from './stop-counts.ts';

export interface ReportInput {
  trace: Trace;
  /** Packets that are asked for by number. */
  packets: readonly PacketRef[];
  index: TraceIndex;
  journeys: Journeys;
  funnel: Funnel;
  asked: readonly number[];
  briefOf(flow: number): FlowBrief | null;
}

export function reportOf({ trace, packets, index, journeys, funnel, asked, briefOf }: ReportInput): PathReport {
  const { all, onePlace } = journeys;
  const routes = [...new Set(all.map(({ route }) => route))];
  return {
    captures: trace.captures.map(({ path }) => ({ path })),
    clocks: trace.clocks,
    uncompared: uncomparedClocks(index, routes, (capture) => trace.captures[capture]?.path ?? ''),
    flows: flowsOf(all, { index, counts: funnel.counts, shown: funnel.shown, briefOf }),
    nodes: [...new Set(routes.flatMap(({ stops }) => stops.flatMap(({ node }) => node ?? [])))],
    pairs: funnel.pairs().sort((a, b) => b.lost - a.lost || (a.from + a.to < b.from + b.to ? -1 : 1)),
    onePlace,
    notFound: packets.filter((_, i) => (asked[i] ?? -1) < 0),
  };
}

function uncomparedClocks(
  { clocks }: TraceIndex,
  routes: readonly Journey['route'][],
  pathOf: (capture: number) => string,
): string[] {
  const missed = new Set<number>();
  for (const { stops } of routes) {
    const captured = stops.filter(({ state }) => state === 'captured');
    const own = [...new Set(captured.flatMap(({ sites }) => sites.flatMap(({ captures }) => captures)))];
    for (const a of own) if (own.some((b) => !areComparable(clocks, a, b))) missed.add(clocks.ofCapture[a] ?? -1);
  }
  return [...missed].sort((a, b) => a - b).map((clock) => clockName(clocks, clock, pathOf));
}

function flowsOf(all: readonly Journey[], shared: Shared): PathFlows {
  const { idOf } = shared.index;
  const rows = all.map((journey) => ({
    journey,
    lost: lostOf(journey, shared.counts),
    doubtful: doubtfulOf(journey, shared.counts),
    id: idOf(journey.flows[0] ?? -1),
  }));
  rows.sort((a, b) => b.lost - a.lost || b.doubtful - a.doubtful || a.id - b.id);
  const sorted = rows.map(({ journey }) => journey);
  return {
    count: rows.length,
    lossy: rows.filter(({ lost }) => lost > 0).length,
    doubtful: rows.filter(({ lost, doubtful }) => lost + doubtful > 0).length,
    lost: rows.reduce((sum, { lost }) => sum + lost, 0),
    hasShown: shared.shown.size > 0,
    *slice(from, to): Generator<PathFlow> {
      for (let i = from; i < Math.min(to, sorted.length); i++) {
        const journey = sorted[i];
        const flow = journey === undefined ? null : flowOf(journey, shared);
        if (flow !== null) yield flow;
      }
    },
  };
}

function lostOf({ route, firstSlot }: Journey, { lost }: StopCounts): number {
  return route.stops.reduce((sum, { index }) => sum + (lost[firstSlot + index] ?? 0), 0);
}

/** Packets that may be lost, where nothing else tells why they are missing. */
function doubtfulOf({ route, firstSlot }: Journey, { unknown }: StopCounts): number {
  return route.stops.reduce(
    (sum, { index, state }) =>
      sum + (state === 'captured' || state === 'empty' ? (unknown[firstSlot + index] ?? 0) : 0),
    0,
  );
}
