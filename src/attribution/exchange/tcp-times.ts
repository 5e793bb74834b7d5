// What the first packets of a TCP connection tell of its times, at one place: moments of different captures are of different clocks.

import type { FlowTable } from '../../flow/flow-table.ts';
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

const NOTHING: TcpTimes = { handshake: null, firstByte: null };

/** @param client the flow that sent the SYN; of several places, the one nearest to the client counts: there the server is farthest. */
export function tcpTimes(table: FlowTable, paths: PathFacts, client: number, server: number): TcpTimes {
  if (client < 0 || server < 0) return NOTHING;
  const [asking, answering] = [momentsByPoint(table, paths, client), momentsByPoint(table, paths, server)];
  let best: (TcpTimes & { handshake: HandshakeTimes }) | null = null;
  for (const [index, one] of asking) {
    const other = answering.get(index);
    if (other === undefined || one.opened === Number.POSITIVE_INFINITY) continue;
    const times = timesAt(one, other, pointOf(paths, table, client, index));
    if (best === null || (times.handshake.server ?? -1) > (best.handshake.server ?? -1)) best = times;
  }
  return best ?? NOTHING;
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
    const own = found.get(point) ?? { opened: never, acknowledged: never, data: never, openings: 0 };
    own.opened = Math.min(own.opened, rows.openedAt(row) || never);
    own.acknowledged = Math.min(own.acknowledged, rows.acknowledgedAt(row) || never);
    own.data = Math.min(own.data, rows.dataAt(row) || never);
    own.openings = Math.max(own.openings, rows.requests(row) + rows.replies(row));
    found.set(point, own);
  }
  return found;
}

const never = Number.POSITIVE_INFINITY;

function pointOf(paths: PathFacts, table: FlowTable, flow: number, index: number): { capture: number; point: number } {
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
    const path = table.rows.path(row);
    const point = paths.point[path];
    if (paths.pointOf[path] === index && point != null) return { capture: point.capture, point: point.local };
  }
  return { capture: 0, point: 0 };
}
