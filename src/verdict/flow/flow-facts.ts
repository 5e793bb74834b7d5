// Yes-or-no facts of one flow that outcome, scope and warnings rest on.

import { directionFacts } from '../../attribution/directions.ts';
import type { SeenObservation } from '../../attribution/observe.ts';
import { EBPF_NODEPORT_VNI } from '../../cluster/calico.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { IcmpError } from '../../flow/rare/icmp-errors.ts';
import { BIT } from '../../flow/rows/row-layout.ts';

/** ICMP codes of "port unreachable" (RFC 792; RFC 4443 section 3.1). */
const UNREACHABLE_PORT = 3;
const UNREACHABLE_PORT6 = 4;

export function hasHandshake(table: FlowTable, flow: number): boolean {
  const own = directionFacts(table, flow);
  const other = directionFacts(table, table.reverseOf(flow));
  return (own.requests > 0 && other.replies > 0) || (other.requests > 0 && own.replies > 0);
}

export function isRefusedByIcmp(errors: readonly IcmpError[]): boolean {
  return errors.some(
    (e) =>
      (e.family === 4 && e.type === 3 && e.code === UNREACHABLE_PORT) ||
      (e.family === 6 && e.type === 1 && e.code === UNREACHABLE_PORT6),
  );
}

export function isEbpfNodePort(observations: readonly SeenObservation[]): boolean {
  const underlay = observations.filter((o) => o.pointInfo.role === 'underlay');
  return underlay.length > 0 && underlay.every((o) => o.vni === EBPF_NODEPORT_VNI);
}

/** Whether the other direction acknowledged beyond the last large segment that was sent again. */
export function largeAcknowledged(table: FlowTable, flow: number, reverse: number): boolean {
  const { rows } = table;
  let sequence: number | null = null;
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    if (rows.largeRetransmissions(row) > 0) sequence = rows.largeSequence(row);
  }
  if (sequence === null || reverse < 0) return false;
  for (let row = table.firstRow(reverse); row >= 0; row = rows.next(row)) {
    const known = (rows.bits(row) & BIT.acknowledgementKnown) !== 0;
    if (known && ((rows.acknowledged(row) - sequence) | 0) > 0) return true;
  }
  return false;
}
