// Yes-or-no facts of one flow that outcome, scope and warnings rest on.

import { isTimeExceeded } from '../../attribution/exchange/probes.ts';
import type { SeenObservation } from '../../attribution/observe.ts';
import { EBPF_NODEPORT_VNI } from '../../cluster/calico.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { IcmpError } from '../../flow/rare/icmp-errors.ts';
import { FLOW_MARK as MARK } from '../../flow/rows/flow-marks.ts';
import { BIT } from '../../flow/rows/row-layout.ts';

/** ICMP codes of "port unreachable" (RFC 792; RFC 4443 section 3.1). */
const UNREACHABLE_PORT = 3;
const UNREACHABLE_PORT6 = 4;
/** ICMP types (RFC 792; RFC 4443 section 3), and the code of "does not fit" (RFC 1191). */
const [UNREACHABLE, UNREACHABLE6] = [3, 1] as const;
const FRAGMENTATION_NEEDED = 4;

export function hasHandshake(table: FlowTable, flow: number): boolean {
  const reverse = table.reverseOf(flow);
  const [own, other] = [table.marks[flow]!, reverse < 0 ? 0 : table.marks[reverse]!];
  const began = (client: number, server: number): boolean =>
    (client & MARK.requests) !== 0 && (server & MARK.replies) !== 0;
  return began(own, other) || began(other, own);
}

export function isRefusal({ family, type, code }: IcmpError): boolean {
  if (family === 4) return type === UNREACHABLE && code === UNREACHABLE_PORT;
  return type === UNREACHABLE6 && code === UNREACHABLE_PORT6;
}

/** That a packet got nowhere: no route, no host, forbidden, or its time was over on the way. Of one that was too large, see warnings. */
export function isUnreachable(error: IcmpError): boolean {
  const { family, type, code } = error;
  if (isTimeExceeded(error)) return true;
  if (family === 4) return type === UNREACHABLE && code !== FRAGMENTATION_NEEDED && code !== UNREACHABLE_PORT;
  return type === UNREACHABLE6 && code !== UNREACHABLE_PORT6;
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
    if (rows.largeRetransmissions(row) === 0) continue;
    const own = rows.largeSequence(row);
    if (sequence === null || ((own - sequence) | 0) > 0) sequence = own;
  }
  if (sequence === null || reverse < 0) return false;
  for (let row = table.firstRow(reverse); row >= 0; row = rows.next(row)) {
    const known = (rows.bits(row) & BIT.acknowledgementKnown) !== 0;
    if (known && ((rows.acknowledged(row) - sequence) | 0) > 0) return true;
  }
  return false;
}
