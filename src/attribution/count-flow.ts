// What a flow counts, each packet once: however many places saw it, however often each of them was captured (design section 4).

import type { FlowTable } from '../flow/flow-table.ts';
import { cutCopies } from '../flow/rows/cut-content.ts';
import type { RowRecords } from '../flow/rows/row-records.ts';
import { largestOf } from '../net/extremes.ts';
import type { PathFacts } from './path-facts.ts';
import type { CaptureSets } from './points/capture-sets.ts';
import type { CapturePoint, FlowTcp } from './vocabulary.ts';

export interface FlowCounts {
  packets: number;
  /** What `packets` may be: the same number twice but where nothing tells whether some are copies. */
  least: number;
  most: number;
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

interface Sum {
  rows: number[];
  packets: number;
  /** Packets that may be copies of others. */
  doubts: number;
  /** Packets that other ways of the kind have, and these may not: a capture dropped others on each. */
  missed: number;
  underlay: boolean;
  /** What headers tell that others may have cut off. */
  told: number;
  point: number;
}

const UDP = 17;
/** Pairs of rows of one flow from which it takes less to ask who shares a packet with whom than to look at each pair. */
const MANY_PAIRS = 4096;
const NOTHING: FlowCounts = { packets: 0, least: 0, most: 0, bytes: 0, rows: [] };

/**
 * What went one way through captures that hold different packets (pieces of one) adds up; and ways of one kind of place that share no
 * packets do (two slaves of a bond). Of the others, the sum with most packets counts; ties go to an underlay, then to what tells most.
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
    if ((paths.pointOf[rows.path(first)] ?? -1) < 0) return NOTHING;
    const packets = packetsOf(first);
    const least = packets - doubtsOf(rows, rows.doubts(first), [first]);
    return { packets, least, most: packets, bytes: rows.distinctBytes(first), rows: [first] };
  }
  const sums = sumsOf({ table, paths }, flow, packetsOf, (capture) => sets.of(capture));
  const best = largestFirst(sums)[0];
  if (best === undefined) return NOTHING;
  const bytes = best.rows.reduce((sum, row) => sum + rows.distinctBytes(row), 0);
  const others = sums.filter((sum) => sum !== best && shareRows(table, best, sum));
  const missed = others.reduce((all, sum) => all + missedBy(table, best, sum), best.missed);
  const perhaps = sets.perhaps;
  const joined = perhaps === null ? [] : sumsOf({ table, paths }, flow, packetsOf, perhaps, perhapsRole);
  return {
    packets: best.packets,
    least: largestOf(sums.map(({ packets, doubts, rows: own }) => packets - doubtsOf(rows, doubts, own))),
    most: Math.max(best.packets + missed, largestOf(joined.map(({ packets }) => packets))),
    bytes,
    rows: best.rows,
  };
}

/** Packets that may be copies, for whichever reason: of each there is one at least. */
function doubtsOf(rows: RowRecords, doubts: number, counted: readonly number[]): number {
  return Math.max(doubts, cutCopies(rows, counted));
}

/** A piece that does not tell its place may have that of the others. */
function perhapsRole({ role }: CapturePoint): string {
  return role === 'unknown' ? 'underlay' : role;
}

/** By kind of place and set of captures, what its ways add up to. */
function sumsOf(
  { table, paths }: Pick<CountInput, 'table' | 'paths'>,
  flow: number,
  packetsOf: (row: number) => number,
  setsOf: CaptureSets['of'],
  roleOf: (point: CapturePoint) => string = ({ role }) => role,
): Sum[] {
  const { rows } = table;
  const ways = new Map<string, { kind: string; sum: Sum }>();
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    const path = rows.path(row);
    const point = paths.point[path];
    if (point == null) continue;
    for (const set of setsOf(point.capture)) {
      const kind = `${set}|${roleOf(point)}`;
      const key = `${kind}|${paths.way[path]}`;
      const way = ways.get(key) ?? { kind, sum: emptySum() };
      ways.set(key, way);
      way.sum.rows.push(row);
      way.sum.packets += packetsOf(row);
      way.sum.doubts += rows.doubts(row);
      way.sum.underlay ||= paths.isUnderlay[path] === 1;
      way.sum.told += rows.requests(row) + rows.replies(row) + rows.data(row);
      way.sum.point = Math.min(way.sum.point, paths.pointOf[path] ?? 0);
    }
  }
  return differentWays(table, [...ways.values()]);
}

/** Null where the count is certain. */
export function rangeOf({ least, most }: FlowCounts): { least: number; most: number } | null {
  return least < most ? { least, most } : null;
}

function emptySum(): Sum {
  return { rows: [], packets: 0, doubts: 0, missed: 0, underlay: false, told: 0, point: Number.POSITIVE_INFINITY };
}

/** By kind, the sum of ways that share no packets: the largest ones first, and of those that hold the same packets, the first. */
function differentWays(table: FlowTable, ways: readonly { kind: string; sum: Sum }[]): Sum[] {
  const kinds = new Map<string, Sum[]>();
  for (const { kind, sum } of ways) {
    const own = kinds.get(kind);
    if (own === undefined) kinds.set(kind, [sum]);
    else own.push(sum);
  }
  return [...kinds.values()].map((own) => {
    const chosen: Sum[] = [];
    const isMany = own.length ** 2 > MANY_PAIRS;
    const holders = new Map<number, number>();
    for (const sum of largestFirst(own)) {
      const same = isMany ? chosen[firstHolder(table, holders, sum)] : chosen.find((one) => shareRows(table, one, sum));
      if (same !== undefined) {
        same.missed += missedBy(table, same, sum);
        continue;
      }
      for (const row of isMany ? sum.rows : []) holders.set(row, chosen.length);
      chosen.push(sum);
    }
    return chosen.length === 1 ? (chosen[0] ?? emptySum()) : added(chosen);
  });
}

/** The first of those chosen that shares packets with this one; -1 where none does. @param holders by row, which of them has it */
function firstHolder({ overlaps }: FlowTable, holders: ReadonlyMap<number, number>, { rows }: Sum): number {
  let first = -1;
  for (const row of rows)
    for (const other of overlaps.partners(row)) {
      const holder = holders.get(other);
      if (holder === undefined || (first >= 0 && holder >= first) || !overlaps.overlap(row, other)) continue;
      first = holder;
    }
  return first;
}

function shareRows({ overlaps }: FlowTable, a: Sum, b: Sum): boolean {
  if (a.rows.length * b.rows.length <= MANY_PAIRS)
    return a.rows.some((one) => b.rows.some((other) => overlaps.overlap(one, other)));
  const others = new Set(b.rows);
  return a.rows.some((one) =>
    overlaps.partners(one).some((other) => others.has(other) && overlaps.overlap(one, other)),
  );
}

/** What a way has that another one, which holds the same packets, has not. */
function missedBy({ rows, overlaps }: FlowTable, { rows: counted }: Sum, other: Sum): number {
  const isMany = counted.length * other.rows.length > MANY_PAIRS;
  const held = new Set(isMany ? counted : []);
  const ofRow = (row: number): number =>
    (isMany ? overlaps.partners(row).filter((one) => held.has(one)) : counted).reduce(
      (left, one) => left - overlaps.common(row, one),
      rows.distinct(row),
    );
  return other.rows.reduce((sum, row) => sum + Math.max(0, ofRow(row)), 0);
}

function added(sums: readonly Sum[]): Sum {
  const all = emptySum();
  for (const { rows, packets, doubts, missed, underlay, told, point } of sums) {
    for (const row of rows) all.rows.push(row);
    all.packets += packets;
    all.doubts += doubts;
    all.missed += missed;
    all.underlay ||= underlay;
    all.told += told;
    all.point = Math.min(all.point, point);
  }
  return all;
}

function largestFirst(sums: readonly Sum[]): Sum[] {
  const order = (a: Sum, b: Sum): number =>
    b.packets - a.packets || Number(b.underlay) - Number(a.underlay) || b.told - a.told || a.point - b.point;
  return [...sums].sort(order);
}

/** WireGuard's messages with a packet in them, of rows that hold different packets; 0 of what is not UDP. */
export function transportDataOf(table: FlowTable, flow: number, counted: readonly number[]): number {
  return table.protocolOf(flow) === UDP ? counted.reduce((sum, row) => sum + table.rows.data(row), 0) : 0;
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

/** Echo requests and replies of rows that hold different packets, for flows of ICMP. */
export function echoOf({ rows }: FlowTable, counted: readonly number[]): { requests: number; replies: number } {
  const echo = { requests: 0, replies: 0 };
  for (const row of counted) {
    echo.requests += rows.requests(row);
    echo.replies += rows.replies(row);
  }
  return echo;
}
