// What of a flow arrived, and whether its questions found silence, as far as the captures show it.

import { countFlow } from '../../attribution/count-flow.ts';
import type { Outcome } from '../../attribution/vocabulary.ts';
import type { Who } from '../../attribution/who/who.ts';
import { BIT } from '../../flow/rows/row-layout.ts';
import { type Arrival, isSeenItself } from '../arrivals.ts';
import type { Shared } from '../judging-context.ts';

/** Null also when the receiver saw the flow at other times only, or where it is not known to be its NIC: then it did arrive. */
export function arrivalOf({ input, arrivals, pathFacts }: Shared, flow: number, src: Who, dst: Who): Arrival | null {
  const from = src.node;
  // what was sent to a node and never got there says nothing of who has the address
  const to = dst.node ?? dst.presumed?.node ?? null;
  const arrival = arrivals?.of(flow, from, to) ?? null;
  if (arrival === null || arrival.arrived > 0) return arrival;
  const { rows } = input.table;
  for (let row = input.table.firstRow(flow); row >= 0; row = rows.next(row)) {
    const point = pathFacts.point[rows.path(row)];
    if (point != null && point.topologyNode === to) return null;
  }
  return arrival;
}

const SILENT: ReadonlySet<Outcome | null> = new Set(['no-answer', 'unreachable', 'one-way', 'sent-never-arrived']);

/**
 * Requests (a SYN, an echo) without an answer, also where an answer could not have been seen. Who acknowledges was answered, whatever
 * way that took (an eBPF node's answers to NodePort clients have other addresses).
 */
export function isUnanswered(
  { input }: Pick<Shared, 'input'>,
  counted: readonly number[],
  outcome: Outcome | null,
): boolean {
  const { rows } = input.table;
  if (!SILENT.has(outcome) || counted.some((row) => (rows.bits(row) & BIT.acknowledgementKnown) !== 0)) return false;
  return counted.some((row) => rows.requests(row) > 0);
}

/** What a node's NICs saw of a flow in all the time they were captured: packets, each once, and the largest of them. */
export function onNics(
  { counting, pathFacts }: Pick<Shared, 'counting' | 'pathFacts'>,
  flow: number,
  node: string,
): { packets: number; largest: number } {
  const { rows } = counting.table;
  const mayBeCopies = isSeenItself({ table: counting.table, paths: pathFacts }, flow);
  const isHere = (row: number): boolean => {
    const path = rows.path(row);
    const point = pathFacts.point[path];
    if (mayBeCopies && pathFacts.isStrange[path] === 1) return false;
    return point?.role === 'underlay' && point.topologyNode?.name === node;
  };
  const { packets, rows: counted } = countFlow(counting, flow, (row) =>
    isHere(row) ? Math.max(0, rows.distinct(row) - rows.outerFragments(row)) : 0,
  );
  return {
    packets,
    largest: counted.reduce((most, row) => (isHere(row) ? Math.max(most, rows.largest(row)) : most), 0),
  };
}

/**
 * Packets that never arrived. What arrived outside the common time, by clocks that differ, arrived too; and where segments were merged or
 * split on the way, their numbers tell nothing.
 */
export function lostOnWay(
  shared: Shared,
  flow: number,
  { src, dst, arrival }: { src: Who; dst: Who; arrival: Arrival | null },
): number {
  if (arrival?.lost !== true) return 0;
  if (arrival.arrived === 0) return arrival.sent;
  const [from, to] = [src.node, dst.node ?? dst.presumed?.node ?? null];
  if (from === null || to === null) return 0;
  const [there, here] = [from, to].map(({ name }) => onNics(shared, flow, name)) as [Nics, Nics];
  if (there.largest !== here.largest) return 0;
  return Math.max(0, arrival.sent - Math.max(arrival.arrived, here.packets));
}

type Nics = ReturnType<typeof onNics>;
