// ICMP errors that quote packets of flows that were seen.

import type { FlowTable } from '../../flow/flow-table.ts';
import type { IcmpError } from '../../flow/rare/icmp-errors.ts';
import { flowOfQuote } from '../../flow/rare/quoted-packet.ts';

/** By flow of the table, in the order of the captures. */
export function errorsByFlow(table: FlowTable): Map<number, IcmpError[]> {
  const byFlow = new Map<number, IcmpError[]>();
  for (const error of table.icmpErrors.list) {
    const flow = flowOfQuote(table, error);
    if (flow < 0) continue;
    const list = byFlow.get(flow);
    if (list === undefined) byFlow.set(flow, [error]);
    else list.push(error);
  }
  return byFlow;
}
