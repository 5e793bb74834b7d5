// HOT: per packet. No allocation.
// What flows need to know of an IP header in the stack beyond its fields: its end on the wire, fragments, what it carries, read or not.

import { u16 } from '../wire/bytes.ts';
import { ipEnd } from '../wire/ip-end.ts';
import { IPV4 } from '../wire/ipv4.ts';
import { IPV6 } from '../wire/ipv6.ts';
import { FRAGMENT } from '../wire/ipv6-extensions.ts';
import { PROTOCOL, protocolsThat } from '../wire/protocols.ts';
import { TRUNCATED } from './faults.ts';
import { type LayerStack, MAX_LAYERS, OUTCOME } from './layer-stack.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const P = PROTOCOL;
const FAULTY = OUTCOME.faulty;
const IPV4_CUT = TRUNCATED[P.ipv4]!;
const IPV6_CUT = TRUNCATED[P.ipv6]!;
/** Extension headers of IPv6; and all that may stand below the inner header of IP-in-IP. */
const EXTENSIONS = protocolsThat(({ place }) => place === 'extension');
const NETWORK = protocolsThat(({ place }) => place === 'network' || place === 'extension');
const LAYERS = MAX_LAYERS;
const IPV6_LENGTH = IPV6.headerLength;
const FRAGMENT_FLAGS = IPV4.flags.bit >> 3;
const FRAGMENT_OFFSET = FRAGMENT.offset.bit >> 3;

/** Upper-layer protocol of an IP header that carries a tunnel deeper in the stack. */
export function upperProtocol(stack: LayerStack, network: number): number {
  for (let layer = network + 1; layer < stack.depth; layer++) {
    const protocol = stack.protocol[layer]!;
    if (protocol === P.udp) return 17;
    if (protocol === P.gre) return 47;
    if (protocol === P.ipv4) return 4;
    if (protocol === P.ipv6) return 41;
  }
  return 0;
}

/**
 * Where the IP payload ended on the wire, by the IP header's own length, whatever the snaplen kept. A length of 0 (more
 * than 65535 bytes: segmentation offload, BIG TCP) reaches to the frame's end, of which `cut` bytes were not captured.
 */
export function wireEnd(bytes: Uint8Array, stack: LayerStack, network: number, cut: number): number {
  const own = ipEnd(bytes, stack.start[network]!, stack.protocol[network] === P.ipv6);
  if (own > 0) return own;
  const end = stack.end[network]!;
  return end === stack.end[0] ? end + cut : end;
}

export function isFirstFragment(bytes: Uint8Array, stack: LayerStack, layer: number): boolean {
  const protocol = stack.protocol[layer]!;
  if (protocol === P.ipv4) return (u16(bytes, stack.start[layer]! + FRAGMENT_FLAGS) & 0x3fff) === 0x2000;
  if (protocol !== P.ipv6) return false;
  const header = fragmentHeader(stack, layer);
  return header >= 0 && (u16(bytes, stack.start[header]! + FRAGMENT_OFFSET) & 0xfff9) === 1;
}

/** Stack index of the IPv6 fragment header that belongs to the IPv6 header at `layer`; -1 if it has none. */
export function fragmentHeader(stack: LayerStack, layer: number): number {
  for (let i = layer + 1; i < stack.depth; i++) {
    const protocol = stack.protocol[i]!;
    if (protocol === P.fragment) return i;
    if (EXTENSIONS[protocol] === 0) return -1;
  }
  return -1;
}

/** Bytes of the IP header at `layer`, IPv4 options included, IPv6 extension headers not. */
export function ipHeaderLength(view: DataView, stack: LayerStack, layer: number): number {
  return stack.protocol[layer] === P.ipv6 ? IPV6_LENGTH : (view.getUint8(stack.start[layer]!) & 15) << 2;
}

/**
 * Stack index of a tunnel of which nothing inside can be read, because it was cut off or is damaged; -1 when there is none.
 * IP-in-IP has no header of its own: where an inner IP header began and was cut, the index is the one it would have had,
 * `stack.depth`.
 */
export function unreadTunnel(stack: LayerStack): number {
  if (stack.outcome !== FAULTY) return -1;
  const { tunnels, depth } = stack;
  if (tunnels > 0 && stack.tunnel[tunnels - 1]! > stack.network) return stack.tunnel[tunnels - 1]!;
  const isInner = stack.fault === IPV4_CUT || stack.fault === IPV6_CUT;
  if (!isInner || stack.have === 0 || depth === 0 || depth === LAYERS) return -1;
  const below = stack.protocol[depth - 1]!;
  return NETWORK[below] === 1 ? depth : -1;
}
