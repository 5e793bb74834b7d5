// HOT: per packet. No allocation.
// What flows need to know of an IP header in the stack beyond its fields: its end on the wire, fragments, what it carries.
import { type LayerStack, PROTOCOL } from '../decode/layer-stack.ts';
import { u16 } from '../wire/bytes.ts';
import { IPV4 } from '../wire/ipv4.ts';
import { IPV6 } from '../wire/ipv6.ts';

/** Upper-layer protocol of an IP header that carries a tunnel deeper in the stack. */
export function upperProtocol(stack: LayerStack, network: number): number {
  for (let layer = network + 1; layer < stack.depth; layer++) {
    const protocol = stack.protocol[layer]!;
    if (protocol === PROTOCOL.udp) return 17;
    if (protocol === PROTOCOL.gre) return 47;
    if (protocol === PROTOCOL.ipv4) return 4;
    if (protocol === PROTOCOL.ipv6) return 41;
  }
  return 0;
}

/** Where the IP payload ended on the wire, by the IP header's own length, whatever the snaplen kept. */
export function wireEnd(bytes: Uint8Array, stack: LayerStack, network: number): number {
  const at = stack.start[network]!;
  if (stack.protocol[network] === PROTOCOL.ipv6) {
    const length = IPV6.plen.read(bytes, at);
    return length === 0 ? stack.end[network]! : at + IPV6.headerLength + length;
  }
  const length = IPV4.len.read(bytes, at);
  return length === 0 ? stack.end[network]! : at + length;
}

export function isFirstFragment(bytes: Uint8Array, stack: LayerStack, layer: number): boolean {
  const protocol = stack.protocol[layer]!;
  if (protocol === PROTOCOL.ipv4) return (u16(bytes, stack.start[layer]! + 6) & 0x3fff) === 0x2000;
  if (protocol !== PROTOCOL.ipv6) return false;
  const header = fragmentHeader(stack, layer);
  return header >= 0 && (u16(bytes, stack.start[header]! + 2) & 0xfff9) === 1;
}

/** Stack index of the IPv6 fragment header that belongs to the IPv6 header at `layer`; -1 if it has none. */
export function fragmentHeader(stack: LayerStack, layer: number): number {
  for (let i = layer + 1; i < stack.depth; i++) {
    const protocol = stack.protocol[i]!;
    if (protocol === PROTOCOL.fragment) return i;
    if (protocol < PROTOCOL.hopByHop || protocol > PROTOCOL.ah) return -1;
  }
  return -1;
}

/** Bytes of the IP header at `layer`, IPv4 options included, IPv6 extension headers not. */
export function ipHeaderLength(bytes: Uint8Array, stack: LayerStack, layer: number): number {
  if (stack.protocol[layer] === PROTOCOL.ipv6) return IPV6.headerLength;
  return IPV4.hdr_len.read(bytes, stack.start[layer]!) << 2;
}
