// Probes of the way (traceroute): packets sent with few hops on purpose, which routers on the way answer with "time exceeded". That is what they
// ask for, so it is their answer.

import type { FlowTable } from '../../flow/flow-table.ts';
import type { IcmpError } from '../../flow/rare/icmp-errors.ts';
import { largestOf } from '../../net/extremes.ts';

/** Hop limits that hosts begin with are larger, 64 and up: a packet with fewer than these has them on purpose. */
const FEW_HOPS = 32;
/** ICMP types of "time exceeded" (RFC 792; RFC 4443 section 3.3). */
const [TIME_EXCEEDED, TIME_EXCEEDED6] = [11, 3] as const;

export function isTimeExceeded({ family, type }: IcmpError): boolean {
  return type === (family === 4 ? TIME_EXCEEDED : TIME_EXCEEDED6);
}

/** Errors "time exceeded" that answer a flow's probes, each once however many places saw it; 0 of a flow that has hops enough. */
export function answeredOnTheWay(table: FlowTable, flow: number, errors: readonly IcmpError[]): number {
  const { rows } = table;
  if (errors.length === 0) return 0;
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) if (rows.ttlMax(row) >= FEW_HOPS) return 0;
  const byRouter = new Map<number, Map<number, number>>();
  for (const error of errors.filter(isTimeExceeded)) {
    const router = rows.flow(error.observation);
    const seen = byRouter.get(router) ?? new Map<number, number>();
    byRouter.set(router, seen.set(error.observation, (seen.get(error.observation) ?? 0) + 1));
  }
  const once = ([row, errors]: [number, number]): number => Math.max(1, errors - rows.copies(row));
  return [...byRouter.values()].reduce((sum, seen) => sum + largestOf([...seen].map(once)), 0);
}
