// A trace as rows of Parquet: flows one by one, each as its observations, so that memory does not grow with them.
import { countFlow } from '../../attribution/count-flow.ts';
import { observationsOf, type SeenObservation } from '../../attribution/observe.ts';
import type { FirstPackets } from '../../flow/first-packets.ts';
import { KEPT_FIRST } from '../../flow/first-packets.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { isBefore, type Moment } from '../../net/time.ts';
import { communityIdOf } from '../../verdict/flow-community-id.ts';
import type { FlowBrief, FlowEnd, Trace, TraceIndex } from '../../verdict/trace-types.ts';
import { causeLetters } from './cause-letters.ts';
import type { Cell } from './observation-columns.ts';

/** A row, and the file that it belongs in. */
export interface ObservationRow {
  /** Index into `Trace.captures`. */
  capture: number;
  node: string | null;
  /** As OBSERVATION_COLUMNS has them. Valid until the next row. */
  cells: readonly Cell[];
}

/** @param captures what the rows say of each capture */
export function* observationRows(
  trace: Trace,
  captures: readonly { sha256: string; file: string }[],
): Generator<ObservationRow> {
  const { index } = trace;
  if (index === undefined) return;
  const { table, points } = index;
  const flowOf = flowNumbers(index);
  const letterOf = causeLetters(trace.causes);
  const namesFrom = nameSources();
  const ids = communityIds(table);
  const nanoseconds = nanosecondClock();
  const cells: Cell[] = [];
  for (const brief of trace.flows.briefs?.() ?? []) {
    const flow = flowOf[brief.id] ?? -1;
    // what only answers prove was seen nowhere
    if (flow < 0) continue;
    const observations = observationsOf(table, points, [], flow);
    const counted = new Set(countFlow(index.counting, flow).rows);
    const { src, dst, expected } = brief;
    const tail = {
      ends: [...endCells(src), ...endCells(dst)],
      judged: [brief.verdict, brief.codes.join(' ') || null, letterOf(brief), expected.encapsulation, expected.reason],
      id: ids(brief, flow),
      names: namesFrom(src, dst),
    };
    const isTcp = brief.protocol === 'tcp';
    for (const o of observations) {
      const { pointInfo: point } = o;
      const { sha256 = '', file = '' } = captures[o.capture] ?? {};
      const sums = sumsOf(table, o.rows, counted);
      cells.length = 0;
      cells.push(sha256, file, point.node, point.interface, point.role);
      cells.push(nanoseconds(o.firstMoment), nanoseconds(o.lastMoment));
      cells.push(src.ip, brief.srcPort, dst.ip, brief.dstPort, brief.protocol, ...tail.ends);
      cells.push(o.encapsulation, o.vni, o.outerSrc, o.outerDst, o.udpPort);
      cells.push(o.packets, o.bytes - o.overheadBytes, o.bytes);
      if (isTcp) cells.push(sums.requests, sums.fin, sums.rst, sums.again);
      else cells.push(null, null, null, null);
      cells.push(...tail.judged, o.firstPacket, offsetOf(index.firsts, o), tail.id, tail.names);
      pushFirsts(cells, index.firsts, o.rows, nanoseconds);
      cells.push(src.kind, dst.kind, sums.distinct, sums.counted, sums.countedBytes);
      cells.push(isTcp ? sums.replies : null);
      yield { capture: o.capture, node: point.node, cells };
    }
  }
}

/** By id, the flow's number in the table; -1 for one that was not seen. */
function flowNumbers({ table, idOf }: TraceIndex): Int32Array {
  const { flowCount } = table;
  // what was seen comes first, and has the ids from 1 on
  const numbers = new Int32Array(flowCount + 1).fill(-1);
  for (let flow = 0; flow < flowCount; flow++) {
    const id = idOf(flow);
    if (id > 0 && id <= flowCount) numbers[id] = flow;
  }
  return numbers;
}

const cellsOfEnd = new WeakMap<FlowEnd, readonly Cell[]>();

function endCells(end: FlowEnd): readonly Cell[] {
  let cells = cellsOfEnd.get(end);
  if (cells === undefined) {
    cells = [end.namespace, end.pod, end.node, end.pool];
    cellsOfEnd.set(end, cells);
  }
  return cells;
}

interface Sums {
  distinct: number;
  counted: number;
  countedBytes: number;
  requests: number;
  replies: number;
  fin: number;
  rst: number;
  again: number;
}

function sumsOf({ rows }: FlowTable, own: readonly number[], counted: ReadonlySet<number>): Sums {
  const sums: Sums = {
    ...{ distinct: 0, counted: 0, countedBytes: 0 },
    ...{ requests: 0, replies: 0, fin: 0, rst: 0, again: 0 },
  };
  for (const row of own) {
    const distinct = rows.distinct(row);
    sums.distinct += distinct;
    if (counted.has(row)) {
      sums.counted += distinct;
      sums.countedBytes += rows.distinctBytes(row);
    }
    sums.requests += rows.requests(row);
    sums.replies += rows.replies(row);
    sums.fin += rows.fin(row);
    sums.rst += rows.rst(row);
    sums.again += rows.retransmissions(row);
  }
  return sums;
}

/** Of the row that had the first packet. */
function offsetOf(firsts: FirstPackets | undefined, { rows: [first, ...others] }: SeenObservation): number | null {
  if (firsts === undefined || first === undefined) return null;
  const offset = others.reduce((least, row) => Math.min(least, firsts.offset(row)), firsts.offset(first));
  return offset < 0 ? null : offset;
}

type Clock = (moment: Moment) => bigint | null;

/** The first packets of all rows of an observation, in the order of time. */
function pushFirsts(cells: Cell[], firsts: FirstPackets | undefined, rows: readonly number[], clock: Clock): void {
  const [only = -1, ...others] = rows;
  let kept = 0;
  if (firsts !== undefined && others.length === 0) {
    kept = firsts.count(only);
    for (let i = 0; i < kept; i++) {
      const moment = { seconds: firsts.seconds(only, i), nanos: firsts.nanos(only, i) };
      cells.push(firsts.fingerprint(only, i), clock(moment));
    }
  } else if (firsts !== undefined) {
    const all = rows.flatMap((row) =>
      Array.from({ length: firsts.count(row) }, (_, i) => ({
        fingerprint: firsts.fingerprint(row, i),
        seconds: firsts.seconds(row, i),
        nanos: firsts.nanos(row, i),
      })),
    );
    const first = all.sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0)).slice(0, KEPT_FIRST);
    for (const one of first) cells.push(one.fingerprint, clock(one));
    kept = first.length;
  }
  for (; kept < KEPT_FIRST; kept++) cells.push(null, null);
}

/** Flows share seconds: the last one's number is kept. */
function nanosecondClock(): Clock {
  let [last, whole] = [Number.NaN, 0n];
  return ({ seconds, nanos }) => {
    if (!Number.isFinite(seconds)) return null;
    if (seconds !== last) {
      last = seconds;
      whole = BigInt(seconds) * 1_000_000_000n;
    }
    return whole + BigInt(nanos);
  };
}

/** What tells whose both ends are, each word once. */
function nameSources(): (src: FlowEnd, dst: FlowEnd) => string | null {
  const ofEnd = new WeakMap<FlowEnd, string>();
  const ofBoth = new Map<string, string | null>();
  const wordsOf = (end: FlowEnd): string => {
    let words = ofEnd.get(end);
    if (words === undefined) {
      words = [...new Set(end.evidence.map(({ source }) => source))].join(' ');
      ofEnd.set(end, words);
    }
    return words;
  };
  return (src, dst) => {
    // few words in few orders: so many texts at most
    const both = `${wordsOf(src)} ${wordsOf(dst)}`.trim();
    let words = ofBoth.get(both);
    if (words === undefined) {
      words = [...new Set(both.split(' '))].join(' ') || null;
      ofBoth.set(both, words);
    }
    return words;
  };
}

/** Both directions have the same one, and are near each other in the list. */
function communityIds(table: FlowTable): (brief: FlowBrief, flow: number) => string | null {
  const known = new Map<number, string | null>();
  return ({ conversation, protocol, src, dst, srcPort, dstPort }, flow) => {
    const isEcho = protocol === 'icmp' || protocol === 'icmpv6';
    const echo = isEcho ? echoOf(table, flow) : null;
    const before = isEcho ? undefined : known.get(conversation);
    if (before !== undefined) {
      known.delete(conversation);
      return before;
    }
    const ends = { src: { ip: src.ip, port: srcPort }, dst: { ip: dst.ip, port: dstPort } };
    const id = communityIdOf({ protocol, ...ends, echo });
    if (known.size > KEPT_IDS) known.clear();
    if (!isEcho) known.set(conversation, id);
    return id;
  };
}

const KEPT_IDS = 1 << 12;

/** Echo messages of a flow, at any of its places. */
function echoOf(table: FlowTable, flow: number): { requests: number; replies: number } {
  const echo = { requests: 0, replies: 0 };
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
    echo.requests += table.rows.requests(row);
    echo.replies += table.rows.replies(row);
  }
  return echo;
}
