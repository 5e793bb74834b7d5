// What a flow counts, each packet once: however many places saw it, however often each of them was captured (design section 4).

import type { FlowTable } from '../flow/flow-table.ts';
import type { PathFacts } from './path-facts.ts';
import type { CaptureSets } from './points/capture-sets.ts';
import type { FlowTcp } from './vocabulary.ts';

export interface FlowCounts {
  packets: number;
  bytes: number;
  /** Rows that the counts are of: none holds a packet that another one has. */
  rows: number[];
}

/** What counting needs of the analysis. */
export interface CountInput {
  table: FlowTable;
  paths: PathFacts;
  sets: CaptureSets;
}

/** Rows of one capture, or of several that hold different packets. */
interface Sum {
  rows: number[];
  packets: number;
  underlay: boolean;
  /** What headers tell that others may have cut off. */
  told: number;
  point: number;
}

const NOTHING: FlowCounts = { packets: 0, bytes: 0, rows: [] };

/**
 * Rows that share no packets add up if they are of one capture and one kind of place (two slaves of a bond), or of captures that hold
 * different packets (pieces of one). Of the others, the sum with most packets counts; ties go to an underlay, then to what tells most.
 * @param packetsOf what of a row counts, and 0 if it does not
 */
export function countFlow(
  { table, paths, sets }: CountInput,
  flow: number,
  packetsOf: (row: number) => number = (row) => table.rows.distinct(row),
): FlowCounts {
  const { rows } = table;
  const first = table.firstRow(flow);
  if (rows.next(first) < 0) {
    const known = (paths.pointOf[rows.path(first)] ?? -1) >= 0;
    return known ? { packets: packetsOf(first), bytes: rows.distinctBytes(first), rows: [first] } : NOTHING;
  }
  const byCapture = new Map<number, Map<string, number[]>>();
  for (let row = first; row >= 0; row = rows.next(row)) {
    const point = paths.point[rows.path(row)];
    if (point == null) continue;
    const roles = byCapture.get(point.capture) ?? new Map<string, number[]>();
    byCapture.set(point.capture, roles);
    const own = roles.get(point.role);
    if (own === undefined) roles.set(point.role, [row]);
    else own.push(row);
  }
  const sumOf = (list: readonly number[]): Sum => ({
    rows: [...list],
    packets: list.reduce((sum, row) => sum + packetsOf(row), 0),
    underlay: list.some((row) => paths.isUnderlay[rows.path(row)] === 1),
    told: list.reduce((sum, row) => sum + rows.requests(row) + rows.replies(row) + rows.data(row), 0),
    point: Math.min(...list.map((row) => paths.pointOf[rows.path(row)] ?? 0)),
  });
  const totals = new Map<number, Sum>();
  for (const [capture, roles] of byCapture) {
    const best = largest([...roles.values()].map((own) => sumOf(differentRows(table, own, packetsOf))));
    if (best === null) continue;
    for (const set of sets.of(capture)) {
      const known = totals.get(set);
      totals.set(set, known === undefined ? best : sumOf([...known.rows, ...best.rows]));
    }
  }
  const best = largest([...totals.values()]);
  if (best === null) return NOTHING;
  const bytes = best.rows.reduce((sum, row) => sum + rows.distinctBytes(row), 0);
  return { packets: best.packets, bytes, rows: best.rows };
}

/** The largest rows first; of those that hold the same packets, the first one. */
function differentRows(table: FlowTable, own: readonly number[], packetsOf: (row: number) => number): number[] {
  if (own.length === 1) return [...own];
  const chosen: number[] = [];
  for (const row of [...own].sort((a, b) => packetsOf(b) - packetsOf(a) || a - b))
    if (!chosen.some((one) => table.overlaps.overlap(one, row))) chosen.push(row);
  return chosen;
}

function largest(sums: readonly Sum[]): Sum | null {
  const order = (a: Sum, b: Sum): number =>
    b.packets - a.packets || Number(b.underlay) - Number(a.underlay) || b.told - a.told || a.point - b.point;
  return [...sums].sort(order)[0] ?? null;
}

/** TCP's facts of rows that hold different packets. */
export function tcpOf({ rows }: FlowTable, counted: readonly number[]): Omit<FlowTcp, 'handshake'> {
  const facts = { syn: 0, synAck: 0, fin: 0, rst: 0, data: 0, retransmissions: 0, largeRetransmissions: 0 };
  for (const row of counted) {
    facts.syn += rows.requests(row);
    facts.synAck += rows.replies(row);
    facts.fin += rows.fin(row);
    facts.rst += rows.rst(row);
    facts.data += rows.data(row);
    facts.retransmissions += rows.retransmissions(row);
    facts.largeRetransmissions += rows.largeRetransmissions(row);
  }
  return facts;
}
