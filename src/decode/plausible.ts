// HOT: per packet. No allocation.
// Is this really a tunnel? Ports are shared with other traffic (a DNS answer to a client that happens to use port 8472),
// so the header and the inner frame must both make sense.
import { u16 } from '../wire/bytes.ts';
import { ETHER_TYPE, FIRST_ETHER_TYPE, isNonIpEtherType } from '../wire/ether-type.ts';
import { ETHERNET } from '../wire/ethernet.ts';
import { VXLAN } from '../wire/vxlan.ts';
import type { LayerStack } from './layer-stack.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time (measured: 2x).
const readVniValid = VXLAN.flag_i.read;
const readReserved = VXLAN.reserved8.read;
const readFlags = VXLAN.flags.read;
const readGroup = VXLAN.gbp.read;

/**
 * The I flag is set, and either the header is as RFC 7348 or the group policy draft asks senders to write it, or the inner
 * frame is recognised: reserved bits are ignored on receipt (RFC 7348 §5), so they alone refute nothing.
 */
export function looksLikeVxlan(bytes: Uint8Array, stack: LayerStack): boolean {
  const at = stack.at;
  if (readVniValid(bytes, at) === 0) return false;
  return asSendersWriteIt(bytes, at) || holdsKnownFrame(bytes, at + VXLAN.headerLength, stack.bound);
}

/** Protocol types of GRE and Geneve whose content the walk follows. */
export function isTunnelled(type: number): boolean {
  switch (type) {
    case ETHER_TYPE.ipv4:
    case ETHER_TYPE.ipv6:
    case ETHER_TYPE.transparentEthernet:
    case ETHER_TYPE.erspan2:
    case ETHER_TYPE.erspan3:
    case ETHER_TYPE.vlan:
    case ETHER_TYPE.serviceVlan:
    case ETHER_TYPE.arp:
    case ETHER_TYPE.mplsUnicast:
    case ETHER_TYPE.mplsMulticast:
      return true;
    default:
      return false;
  }
}

/** As RFC 7348 or the group policy draft asks senders to write it. */
export function asSendersWriteIt(bytes: Uint8Array, at: number): boolean {
  if (readReserved(bytes, at) !== 0) return false;
  const flags = readFlags(bytes, at);
  if (flags === 0x0800) return readGroup(bytes, at) === 0;
  return (flags & ~0x0048) === 0x8800;
}

/** True when 18 bytes or more of an Ethernet frame are there and its type agrees with what follows it. */
export function holdsKnownFrame(bytes: Uint8Array, at: number, end: number): boolean {
  const inner = at + ETHERNET.headerLength;
  if (end - inner < 4) return false;
  const type = ETHERNET.type.read(bytes, at);
  if (type === ETHER_TYPE.vlan || type === ETHER_TYPE.serviceVlan) {
    const tagged = u16(bytes, inner + 2);
    return tagged >= FIRST_ETHER_TYPE && end - inner >= 5 && agrees(bytes, tagged, inner + 4);
  }
  return agrees(bytes, type, inner);
}

function agrees(bytes: Uint8Array, type: number, at: number): boolean {
  const first = bytes[at]!;
  if (type === ETHER_TYPE.ipv4) return first >= 0x45 && first <= 0x4f;
  if (type === ETHER_TYPE.ipv6) return first >> 4 === 6;
  return isNonIpEtherType(type);
}
