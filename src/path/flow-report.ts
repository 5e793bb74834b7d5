// One journey as it is shown: whose packets, and what was counted at each place.
import type { FlowTable } from '../flow/flow-table.ts';
import type { FlowBrief, TraceIndex } from '../verdict/trace-types.ts';
import { directionOf } from './direction.ts';
import type { Journey, Stop } from './journey.ts';
import type { PathFlow, PathPacket, PathStop, StopState, Translation } from './path-model.ts';
import { type StopCounts, slotOf } from './stop-counts.ts';

/** What all flows of a report are made from. */
export interface Shared {
  index: TraceIndex;
  counts: StopCounts;
  shown: ReadonlyMap<Journey, readonly PathPacket[]>;
  briefOf(flow: number): FlowBrief | null;
}

export function flowOf(journey: Journey, { index, counts, shown, briefOf }: Shared): PathFlow | null {
  const direction = directionOf(journey.flows, briefOf);
  if (direction === null) return null;
  const { brief, dst, dstPort } = direction;
  const stops = journey.route.stops.map((stop) => stopOf(journey, stop, counts, index.table));
  return {
    ids: journey.flows.map(index.idOf),
    conversation: brief.conversation,
    protocol: brief.protocol,
    src: brief.src,
    dst,
    srcPort: brief.srcPort,
    dstPort,
    verdict: brief.verdict,
    encapsulation: brief.observed.encapsulation,
    stops,
    packets: journey.packets,
    lost: stops.reduce((sum, { lost }) => sum + lost, 0),
    shown: shown.get(journey) ?? [],
  };
}

function stopOf(journey: Journey, stop: Stop, counts: StopCounts, table: FlowTable): PathStop {
  const { side, role, node, sites } = stop;
  const slot = slotOf(journey, stop);
  return {
    ...{ side, role, node, state: stateOf(journey, stop, counts) },
    devices: sites.flatMap(({ devices }) => devices),
    captures: [...new Set(sites.flatMap(({ captures }) => captures))],
    packets: counts.packets[slot] ?? 0,
    frames: counts.frames[slot] ?? 0,
    lost: counts.lost[slot] ?? 0,
    unknown: counts.unknown[slot] ?? 0,
    firstLost: counts.firstLost(slot),
    delay: counts.delays(slot)?.stats() ?? null,
    translated: translation(table, journey.flowAt, stop.index),
  };
}

/** Its captures may overlap the flow's time, and yet none of the moments at which it had packets. */
function stateOf(journey: Journey, stop: Stop, { due, lost, unknown }: StopCounts): StopState {
  const slot = slotOf(journey, stop);
  const isMissed = (due[slot] ?? 0) + (lost[slot] ?? 0) + (unknown[slot] ?? 0) > 0;
  const isUnseen = journey.packets > 0 && journey.route.unseen.includes(stop);
  return isUnseen && !isMissed ? 'other-time' : stop.state;
}

/** Against the last place before that saw any of its packets. */
function translation(table: FlowTable, flowAt: Int32Array | null, stop: number): Translation | null {
  const to = flowAt?.[stop] ?? -1;
  const from = flowAt?.subarray(0, stop).findLast((flow) => flow >= 0) ?? -1;
  if (from < 0 || to < 0 || from === to) return null;
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
