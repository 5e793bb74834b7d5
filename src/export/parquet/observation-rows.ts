// A trace as rows of Parquet: flows one by one, each as its observations, so that memory does not grow with them.
import { countFlow } from '../../attribution/count-flow.ts';
import { type SeenObservation, timelessObservations } from '../../attribution/observe.ts';
import type { FirstPackets } from '../../flow/first-packets.ts';
import { KEPT_FIRST } from '../../flow/first-packets.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { isBefore } from '../../net/time.ts';
import { communityIdOf } from '../../verdict/flow-community-id.ts';
import type { FlowBrief, FlowEnd, Trace, TraceIndex } from '../../verdict/trace-types.ts';
import { causeLetters } from './cause-letters.ts';
import { type Cell, OBSERVATION_COLUMNS } from './observation-columns.ts';

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
  const row = new RowCells();
  const sums = new Sums();
  for (const brief of trace.flows.briefs?.() ?? []) {
    const flow = flowOf[brief.id] ?? -1;
    // what only answers prove was seen nowhere
    if (flow < 0) continue;
    const counted = countFlow(index.counting, flow).rows;
    const { src, dst, expected } = brief;
    const finding = brief.codes.join(' ') || null;
    const letter = letterOf(brief);
    const id = ids(brief, flow);
    const names = namesFrom(src, dst);
    const isTcp = brief.protocol === 'tcp';
    const ofTcp = (value: number): Cell => (isTcp ? value : null);
    for (const o of timelessObservations(table, points, flow)) {
      const { pointInfo: point } = o;
      const { sha256 = '', file = '' } = captures[o.capture] ?? {};
      sums.add(table, o.rows, counted);
      row.begin();
      row.put(sha256).put(file).put(point.node).put(point.interface).put(point.role);
      row.put(nanoseconds(o.firstMoment.seconds, o.firstMoment.nanos));
      row.put(nanoseconds(o.lastMoment.seconds, o.lastMoment.nanos));
      row.put(src.ip).put(brief.srcPort).put(dst.ip).put(brief.dstPort).put(brief.protocol);
      row.put(src.namespace).put(src.pod).put(src.node).put(src.pool);
      row.put(dst.namespace).put(dst.pod).put(dst.node).put(dst.pool);
      row.put(o.encapsulation).put(o.vni).put(o.outerSrc).put(o.outerDst).put(o.udpPort);
      row
        .put(o.packets)
        .put(o.bytes - o.overheadBytes)
        .put(o.bytes);
      row.put(ofTcp(sums.requests)).put(ofTcp(sums.fin)).put(ofTcp(sums.rst)).put(ofTcp(sums.again));
      row.put(brief.verdict).put(finding).put(letter).put(expected.encapsulation).put(expected.reason);
      row.put(o.firstPacket).put(offsetOf(index.firsts, o)).put(id).put(names);
      putFirsts(row, index.firsts, o.rows, nanoseconds);
      row.put(src.kind).put(dst.kind).put(sums.distinct).put(sums.counted).put(sums.countedBytes);
      row.put(ofTcp(sums.replies));
      yield { capture: o.capture, node: point.node, cells: row.cells };
    }
  }
}

/** One row after the other in the same array: a row that is an object of its own costs more than what is in it. */
class RowCells {
  readonly cells: Cell[] = OBSERVATION_COLUMNS.map(() => null);
  #next = 0;

  begin(): void {
    this.#next = 0;
  }

  put(cell: Cell): this {
    this.cells[this.#next++] = cell;
    return this;
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

/** What the rows of an observation count together. */
class Sums {
  distinct = 0;
  counted = 0;
  countedBytes = 0;
  requests = 0;
  replies = 0;
  fin = 0;
  rst = 0;
  again = 0;

  /** Of these rows alone; `counted` are those that make up the flow. */
  add({ rows }: FlowTable, own: readonly number[], counted: readonly number[]): void {
    this.distinct = this.counted = this.countedBytes = 0;
    this.requests = this.replies = this.fin = this.rst = this.again = 0;
    for (const row of own) {
      const distinct = rows.distinct(row);
      this.distinct += distinct;
      if (counted.includes(row)) {
        this.counted += distinct;
        this.countedBytes += rows.distinctBytes(row);
      }
      this.requests += rows.requests(row);
      this.replies += rows.replies(row);
      this.fin += rows.fin(row);
      this.rst += rows.rst(row);
      this.again += rows.retransmissions(row);
    }
  }
}

/** Of the row that had the first packet. */
function offsetOf(firsts: FirstPackets | undefined, { rows }: SeenObservation): number | null {
  if (firsts === undefined || rows.length === 0) return null;
  let least = Number.POSITIVE_INFINITY;
  for (const row of rows) least = Math.min(least, firsts.offset(row));
  return least < 0 ? null : least;
}

type Clock = (seconds: number, nanos: number) => bigint | null;

/** The first packets of all rows of an observation, in the order of time. */
function putFirsts(cells: RowCells, firsts: FirstPackets | undefined, rows: readonly number[], clock: Clock): void {
  let kept = 0;
  if (firsts !== undefined && rows.length === 1) {
    const only = rows[0] ?? -1;
    kept = firsts.count(only);
    for (let i = 0; i < kept; i++)
      cells.put(firsts.fingerprint(only, i)).put(clock(firsts.seconds(only, i), firsts.nanos(only, i)));
  } else if (firsts !== undefined) {
    const all = rows.flatMap((row) =>
      Array.from({ length: firsts.count(row) }, (_, i) => ({
        fingerprint: firsts.fingerprint(row, i),
        seconds: firsts.seconds(row, i),
        nanos: firsts.nanos(row, i),
      })),
    );
    const first = all.sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0)).slice(0, KEPT_FIRST);
    for (const { fingerprint, seconds, nanos } of first) cells.put(fingerprint).put(clock(seconds, nanos));
    kept = first.length;
  }
  for (; kept < KEPT_FIRST; kept++) cells.put(null).put(null);
}

/** Flows share seconds: the last one's number is kept. */
function nanosecondClock(): Clock {
  let [last, whole] = [Number.NaN, 0n];
  return (seconds, nanos) => {
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
