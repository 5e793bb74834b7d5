// What the first packets of a TCP connection tell of its times, at one place: moments of different captures are of different clocks.

import type { FlowTable } from '../../flow/flow-table.ts';
import type { RowRecords } from '../../flow/rows/row-records.ts';
import type { PathFacts } from '../path-facts.ts';
import type { HandshakeTimes } from '../vocabulary.ts';

export interface TcpTimes {
  handshake: HandshakeTimes | null;
  firstByte: number | null;
}

/** First moments of one direction at one place; infinite where nothing was seen. */
interface Moments {
  opened: number;
  acknowledged: number;
  data: number;
  /** SYNs or SYN-ACKs, the most of a row: of several nobody knows which one was answered. */
  openings: number;
}

const never = Number.POSITIVE_INFINITY;
const NOTHING: TcpTimes = { handshake: null, firstByte: null };

/** @param client the flow that sent the SYN; of several places, the one nearest to the client counts: there the server is farthest. */
export function tcpTimes(table: FlowTable, paths: PathFacts, client: number, server: number): TcpTimes {
  if (client < 0 || server < 0) return NOTHING;
  const only = timesOfOnlyRows(table, paths, client, server);
  if (only !== null) return only;
  const [asking, answering] = [momentsByPoint(table, paths, client), momentsByPoint(table, paths, server)];
  let best: (TcpTimes & { handshake: HandshakeTimes }) | null = null;
  for (const [index, one] of asking) {
    const other = answering.get(index);
    if (other === undefined || one.opened === never) continue;
    const times = timesAt(one, other, pointOf(paths, table, client, index));
    if (best === null || (times.handshake.server ?? -1) > (best.handshake.server ?? -1)) best = times;
  }
  return best ?? NOTHING;
}

/** The usual case, without tables: one row each way, at one place. Null where it is another one. */
function timesOfOnlyRows(table: FlowTable, paths: PathFacts, client: number, server: number): TcpTimes | null {
  const { rows } = table;
  const [one, other] = [table.firstRow(client), table.firstRow(server)];
  if (rows.next(one) >= 0 || rows.next(other) >= 0) return null;
  const [path, back] = [rows.path(one), rows.path(other)];
  const point = paths.point[path];
  if (point == null || paths.pointOf[path] !== paths.pointOf[back]) return NOTHING;
  const asking = addMoments(nothingYet(), rows, one);
  if (asking.opened === never) return NOTHING;
  return timesAt(asking, addMoments(nothingYet(), rows, other), { capture: point.capture, point: point.local });
}

function timesAt(
  client: Moments,
  server: Moments,
  place: { capture: number; point: number },
): TcpTimes & { handshake: HandshakeTimes } {
  const isSure = client.openings === 1 && server.openings === 1;
  return {
    handshake: {
      server: isSure ? between(client.opened, server.opened) : null,
      client: server.openings > 0 ? between(server.opened, client.acknowledged) : null,
      ...place,
    },
    firstByte: between(client.data, server.data),
  };
}

function between(from: number, to: number): number | null {
  const seconds = to - from;
  return seconds >= 0 && Number.isFinite(seconds) ? seconds : null;
}

function momentsByPoint(table: FlowTable, paths: PathFacts, flow: number): Map<number, Moments> {
  const { rows } = table;
  const found = new Map<number, Moments>();
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    const point = paths.pointOf[rows.path(row)] ?? -1;
    if (point < 0) continue;
    found.set(point, addMoments(found.get(point) ?? nothingYet(), rows, row));
  }
  return found;
}

function nothingYet(): Moments {
  return { opened: never, acknowledged: never, data: never, openings: 0 };
}

function addMoments(to: Moments, rows: RowRecords, row: number): Moments {
  to.opened = Math.min(to.opened, rows.openedAt(row) || never);
  to.acknowledged = Math.min(to.acknowledged, rows.acknowledgedAt(row) || never);
  to.data = Math.min(to.data, rows.dataAt(row) || never);
  to.openings = Math.max(to.openings, rows.requests(row) + rows.replies(row));
  return to;
}

function pointOf(paths: PathFacts, table: FlowTable, flow: number, index: number): { capture: number; point: number } {
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
    const path = table.rows.path(row);
    const point = paths.point[path];
    if (paths.pointOf[path] === index && point != null) return { capture: point.capture, point: point.local };
  }
  return { capture: 0, point: 0 };
}
