// What stands in a line where there is no IP: ARP, LLC, bytes of unknown protocols. Rare, so texts are made as needed.

import { OUTCOME } from '../../decode/layer-stack.ts';
import type { Packet } from '../../decode/packet.ts';
import { ARP, isEthernetArp } from '../../wire/arp.ts';
import { u16 } from '../../wire/bytes.ts';
import { etherTypeName, FIRST_ETHER_TYPE } from '../../wire/ether-type.ts';
import { ipProtocolName } from '../../wire/ip-protocol.ts';
import { LLC } from '../../wire/llc.ts';
import { pppProtocolName } from '../../wire/pppoe.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import { asBytes } from './line-buffer.ts';
import { type LineContext, separate } from './line-context.ts';

const P = PROTOCOL;
const ARROW = asBytes(' > ');

/** Link addresses only where nothing above says who talks: no IP and no ARP. */
export function macs(context: LineContext, { bytes, stack }: Packet, i: number): void {
  if (stack.network > i || stack.protocol[stack.depth - 1] === P.arp) return;
  const { out } = context;
  const at = stack.start[i]!;
  separate(context);
  out.mac(bytes, at + 6);
  out.put(ARROW);
  out.mac(bytes, at);
}

/** The access point, where no IP is behind it. */
export function llc(context: LineContext, { bytes, stack }: Packet, i: number): void {
  if (stack.network > i) return;
  separate(context);
  const sap = LLC.dsap.read(bytes, stack.start[i]!);
  context.out.text(`LLC ${LLC.dsap.meaning?.(sap) ?? `0x${sap.toString(16).padStart(2, '0')}`}`);
}

const WHO_HAS = asBytes('ARP who has ');
const TELL = asBytes('? tell ');
const ARP_NAME = asBytes('ARP ');
const IS_AT = asBytes(' is at ');
const REQUEST = 1;
const REPLY = 2;

/** `ARP who has 10.0.1.30? tell 10.0.1.20`, `ARP 10.0.1.30 is at 02:85:fc:c5:96:85`. */
export function arp(context: LineContext, { bytes, stack }: Packet, i: number): void {
  const { out, addresses } = context;
  const at = stack.start[i]!;
  separate(context);
  const operation = ARP.opcode.read(bytes, at);
  if (!isEthernetArp(bytes, at) || (operation !== REQUEST && operation !== REPLY)) {
    out.text(`ARP ${ARP.opcode.meaning?.(operation) ?? `operation ${operation}`}`);
  } else if (operation === REQUEST) {
    out.put(WHO_HAS);
    out.put(addresses.ipv4(bytes, at + 24));
    out.put(TELL);
    out.put(addresses.ipv4(bytes, at + 14));
  } else {
    out.put(ARP_NAME);
    out.put(addresses.ipv4(bytes, at + 14));
    out.put(IS_AT);
    out.mac(bytes, at + 8);
  }
}

/** Bytes that nothing is known about: the number that announced them, and how many. */
export function data(context: LineContext, { bytes, stack }: Packet, i: number): void {
  const length = stack.end[i]! - stack.start[i]!;
  if (stack.outcome === OUTCOME.unsupported) return;
  separate(context);
  const below = i > 0 ? stack.protocol[i - 1]! : P.none;
  if (stack.outcome === OUTCOME.complete && below !== P.gre) {
    const number = stack.ipProtocol;
    context.out.text(`${ipProtocolName(number) ?? `IP protocol ${number}`} len ${length}`);
    return;
  }
  const typeAt = below === P.gre ? stack.start[i - 1]! + 2 : stack.start[i]! - 2;
  const name = below === P.llc ? null : below === P.ppp ? pppName(u16(bytes, typeAt)) : announced(u16(bytes, typeAt));
  context.out.text(name === null ? `${length} bytes` : `${name}, ${length} bytes`);
}

function pppName(protocol: number): string {
  return pppProtocolName(protocol) ?? `PPP protocol 0x${protocol.toString(16).padStart(4, '0')}`;
}

function announced(type: number): string | null {
  return type < FIRST_ETHER_TYPE ? null : (etherTypeName(type) ?? `EtherType 0x${type.toString(16).padStart(4, '0')}`);
}
