// HOT: per packet. No allocation.
// What stands between a link header and the packet it brings, each before a bar: VLAN tags, MPLS labels, PPPoE.
import type { Packet } from '../../decode/packet.ts';
import { MPLS } from '../../wire/mpls.ts';
import { PPPOE } from '../../wire/pppoe.ts';
import { VLAN } from '../../wire/vlan.ts';
import { asBytes } from './line-buffer.ts';
import { bar, type LineContext } from './line-context.ts';

const VLAN_ID = asBytes('VLAN ');
const MPLS_NAME = asBytes('MPLS ');
const PSEUDOWIRE_NAME = asBytes('pseudowire');
const PPPOE_NAME = asBytes('PPPoE ');

export function vlan(context: LineContext, { bytes, stack }: Packet, i: number): void {
  bar(context);
  context.out.put(VLAN_ID);
  context.out.decimal(VLAN.id.read(bytes, stack.start[i]!));
}

/** `MPLS 100`, once for each label. */
export function mpls(context: LineContext, { bytes, stack }: Packet, i: number): void {
  bar(context);
  context.out.put(MPLS_NAME);
  context.out.decimal(MPLS.label.read(bytes, stack.start[i]!));
}

export function pseudowire(context: LineContext): void {
  bar(context);
  context.out.put(PSEUDOWIRE_NAME);
}

/** `PPPoE 0x0011`: the session. */
export function pppoe(context: LineContext, { bytes, stack }: Packet, i: number): void {
  bar(context);
  context.out.put(PPPOE_NAME);
  context.out.hex(PPPOE.session_id.read(bytes, stack.start[i]!), 4);
}
