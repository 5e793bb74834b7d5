// HOT: per packet. No allocation.
// What stands between a link header and the packet it brings: VLAN tags, MPLS labels, PPPoE. No tunnels: the packet behind
// them is the frame's own.
import { FIRST_ETHER_TYPE } from '../wire/ether-type.ts';
import { MPLS, MPLS_PAYLOAD, PSEUDOWIRE } from '../wire/mpls.ts';
import { FIRST_PPP_CONTROL, PPP, PPP_PROTOCOL, PPPOE, PPPOE_SESSION_DATA } from '../wire/pppoe.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import { VLAN } from '../wire/vlan.ts';
import { LIMIT, NUMBER_SPACE } from './faults.ts';
import type { LayerStack } from './layer-stack.ts';
import { holdsKnownFrame } from './plausible.ts';
import { cutOff, narrow, notFlow, push, unsupported } from './step.ts';
import { byEtherType } from './step-link.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time (measured: 2x).
const P = PROTOCOL;
const L = LIMIT;
const MPLS_LENGTH = MPLS.headerLength;

export function vlan(bytes: Uint8Array, stack: LayerStack): number {
  if (stack.bound - stack.at < VLAN.headerLength) return cutOff(stack, P.vlan, VLAN.headerLength);
  const type = VLAN.etype.read(bytes, stack.at);
  if (type < FIRST_ETHER_TYPE) narrow(stack, VLAN.headerLength + type, L.ethernetLength);
  push(stack, P.vlan, VLAN.headerLength);
  return byEtherType(stack, type);
}

/** One layer per label. The last one needs a byte behind it, which alone says what it carries. */
export function mpls(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  const have = stack.bound - at;
  if (have < MPLS_LENGTH) return cutOff(stack, P.mpls, MPLS_LENGTH);
  if (MPLS.bottom.read(bytes, at) === 0) {
    push(stack, P.mpls, MPLS_LENGTH);
    return P.mpls;
  }
  if (have === MPLS_LENGTH) return cutOff(stack, P.mpls, MPLS_LENGTH + 1);
  push(stack, P.mpls, MPLS_LENGTH);
  const nibble = bytes[stack.at]! >> 4;
  if (nibble === MPLS_PAYLOAD.ipv4) return P.ipv4;
  if (nibble === MPLS_PAYLOAD.ipv6) return P.ipv6;
  const isPseudowire =
    nibble === MPLS_PAYLOAD.controlWord && holdsKnownFrame(bytes, stack.at + PSEUDOWIRE.headerLength, stack.bound);
  return isPseudowire ? P.pseudowire : unsupported(stack, nibble, NUMBER_SPACE.mplsPayload);
}

/** Only where a whole Ethernet header is behind it. */
export function pseudowire(stack: LayerStack): number {
  push(stack, P.pseudowire, PSEUDOWIRE.headerLength);
  return P.ethernet;
}

export function pppoe(bytes: Uint8Array, stack: LayerStack): number {
  const at = stack.at;
  if (stack.bound - at < PPPOE.headerLength) return cutOff(stack, P.pppoe, PPPOE.headerLength);
  narrow(stack, PPPOE.headerLength + PPPOE.payload_length.read(bytes, at), L.pppoeLength);
  push(stack, P.pppoe, PPPOE.headerLength);
  const code = PPPOE.code.read(bytes, at);
  return code === PPPOE_SESSION_DATA ? P.ppp : unsupported(stack, code, NUMBER_SPACE.pppoeCode);
}

/** What negotiates and supervises the link is no flow; compressed and multilink datagrams hide some, so they are unsupported. */
export function ppp(bytes: Uint8Array, stack: LayerStack): number {
  if (stack.bound - stack.at < PPP.headerLength) return cutOff(stack, P.ppp, PPP.headerLength);
  const protocol = PPP.protocol.read(bytes, stack.at);
  push(stack, P.ppp, PPP.headerLength);
  switch (protocol) {
    case PPP_PROTOCOL.ipv4:
      return P.ipv4;
    case PPP_PROTOCOL.ipv6:
      return P.ipv6;
    case PPP_PROTOCOL.mplsUnicast:
    case PPP_PROTOCOL.mplsMulticast:
      return P.mpls;
    default:
      return protocol >= FIRST_PPP_CONTROL ? notFlow(stack) : unsupported(stack, protocol, NUMBER_SPACE.pppProtocol);
  }
}
