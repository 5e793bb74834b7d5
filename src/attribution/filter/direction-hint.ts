// Was only one direction captured (tcpdump -Q, or a filter on one sender)? Then every unicast frame comes from one MAC or
// goes to one; in a cooked capture, none was sent or none received (calico-facts 6: packet types).

import type { FlowTable } from '../../flow/flow-table.ts';
import { PACKET_TYPE } from '../../flow/frame-records.ts';
import { isUnicast } from '../points/mac-roles.ts';

interface Seen {
  packets: number;
  senders: Set<string>;
  receivers: Set<string>;
  cooked: { out: number; in: number };
}

/** What shows that a capture has one direction only, and how many frames show it; null where both were seen. */
export interface DirectionHint {
  evidence: string;
  packets: number;
}

/** One per ring of captures. */
export function directionHints(table: FlowTable, ringOf: Int32Array, rings: number): (DirectionHint | null)[] {
  const seen: Seen[] = Array.from({ length: rings }, () => ({
    packets: 0,
    senders: new Set(),
    receivers: new Set(),
    cooked: { out: 0, in: 0 },
  }));
  for (let i = 0; i < table.links.count; i++) {
    const { capture, src, dst, packetType, packets, carried } = table.links.record(i);
    const entry = seen[ringOf[capture] ?? -1];
    if (entry === undefined || carried) continue;
    if (packetType === PACKET_TYPE.outgoing) entry.cooked.out += packets;
    if (packetType === PACKET_TYPE.toUs) entry.cooked.in += packets;
    if (!isUnicast(src) || !isUnicast(dst)) continue;
    entry.packets += packets;
    entry.senders.add(src);
    entry.receivers.add(dst);
  }
  return seen.map(hintOf);
}

function hintOf({ packets, senders, receivers, cooked }: Seen): DirectionHint | null {
  const total = cooked.out + cooked.in;
  if (total > 0 && (cooked.out === 0 || cooked.in === 0))
    return { evidence: `all ${total} frames were ${cooked.in === 0 ? 'sent' : 'received'}`, packets: total };
  const [sender] = senders;
  const [receiver] = receivers;
  if (senders.size === 1) return { evidence: `all ${packets} unicast frames come from ${sender}`, packets };
  if (receivers.size === 1) return { evidence: `all ${packets} unicast frames go to ${receiver}`, packets };
  return null;
}
