// HOT: per packet. No allocation.
// packets -> layers: the one walk, by which `trace` and `decode` cannot disagree. From the link type it follows the
// next-protocol fields. Guarantees: never throws, never reads outside start .. start + captured, ends after MAX_LAYERS.
import { FAULT, NUMBER_SPACE } from './faults.ts';
import { type LayerStack, MAX_LAYERS, OUTCOME, PROTOCOL } from './layer-stack.ts';
import { DONE, data, reset, stop } from './step.ts';
import { arp, ethernet, llc, nullLoopback, raw, sll, sll2, vlan } from './step-link.ts';
import { authentication, extension, fragment, ipv4, ipv6 } from './step-network.ts';
import { esp, icmp, icmpv6, igmp, ospf, sctp, tcp, udp } from './step-transport.ts';
import { erspan, geneve, gre, VXLAN_GPE_STEP, vxlan, vxlanGpe, wireguard } from './step-tunnel.ts';
import type { WalkPorts } from './walk-ports.ts';

/**
 * Fills `stack` with the layers of one packet: `captured` bytes of `bytes` from `start`, `original` bytes on the wire.
 *
 * Every layer pushed has its fixed header complete (20 bytes of TCP, options may be cut). `outcome` is
 * - `complete`: a flow's packet (also an IP protocol that is not known, a later fragment, GRE that is not followed);
 * - `notFlow`: no IP by design, anywhere (ARP, LLC, LLDP, ..., also inside a tunnel: the layers are there);
 * - `unsupported`: a link type, EtherType or GPE protocol that is not known, also inside a tunnel: no flow, not even an
 *   outer one, since the outer datagram is only its carrier;
 * - `faulty`: cut off or malformed at `faultLayer`; layers below it are good. `network` may still give a flow.
 */
export function walk(
  bytes: Uint8Array,
  start: number,
  captured: number,
  original: number,
  linkType: number,
  stack: LayerStack,
  ports: WalkPorts,
): void {
  reset(stack, start, captured, original);
  let next = firstProtocol(linkType);
  if (next === DONE) {
    stack.outcome = OUTCOME.unsupported;
    stack.unsupported = linkType;
    stack.unsupportedSpace = NUMBER_SPACE.linkType;
  }
  while (next !== DONE) {
    next = stack.depth < MAX_LAYERS ? step(bytes, stack, ports, next) : stop(stack, FAULT.tooDeep, 0);
  }
}

/** LINKTYPE_ values (www.tcpdump.org/linktypes.html) and the protocol they begin with; DONE for unknown ones. */
export function firstProtocol(linkType: number): number {
  switch (linkType) {
    case 1: // ETHERNET
      return PROTOCOL.ethernet;
    case 113: // LINUX_SLL
      return PROTOCOL.sll;
    case 276: // LINUX_SLL2
      return PROTOCOL.sll2;
    case 12: // DLT_RAW on most systems, seen in files
    case 14: // DLT_RAW on OpenBSD
    case 101: // RAW
    case 228: // IPV4
    case 229: // IPV6
      return PROTOCOL.raw;
    case 0: // NULL
    case 108: // LOOP
      return PROTOCOL.null;
    default:
      return DONE;
  }
}

/** Longer than other functions by design: one line per protocol, the most frequent ones first. */
function step(bytes: Uint8Array, stack: LayerStack, ports: WalkPorts, protocol: number): number {
  switch (protocol) {
    case PROTOCOL.ethernet:
      return ethernet(bytes, stack);
    case PROTOCOL.ipv4:
      return ipv4(bytes, stack);
    case PROTOCOL.udp:
      return udp(bytes, stack, ports);
    case PROTOCOL.tcp:
      return tcp(bytes, stack);
    case PROTOCOL.vxlan:
      return vxlan(stack);
    case PROTOCOL.ipv6:
      return ipv6(bytes, stack);
    case PROTOCOL.icmp:
      return icmp(stack);
    case PROTOCOL.icmpv6:
      return icmpv6(stack);
    case PROTOCOL.sll2:
      return sll2(bytes, stack);
    case PROTOCOL.sll:
      return sll(bytes, stack);
    case PROTOCOL.vlan:
      return vlan(bytes, stack);
    case PROTOCOL.arp:
      return arp(bytes, stack);
    case PROTOCOL.data:
      return data(stack);
    case PROTOCOL.raw:
      return raw(bytes, stack);
    case PROTOCOL.null:
      return nullLoopback(bytes, stack);
    case PROTOCOL.llc:
      return llc(bytes, stack);
    case PROTOCOL.hopByHop:
      return extension(bytes, stack, PROTOCOL.hopByHop, FAULT.hopByHopTruncated);
    case PROTOCOL.routing:
      return extension(bytes, stack, PROTOCOL.routing, FAULT.routingTruncated);
    case PROTOCOL.destinationOptions:
      return extension(bytes, stack, PROTOCOL.destinationOptions, FAULT.destinationOptionsTruncated);
    case PROTOCOL.fragment:
      return fragment(bytes, stack);
    case PROTOCOL.ah:
      return authentication(bytes, stack);
    case PROTOCOL.gre:
      return gre(bytes, stack);
    case PROTOCOL.geneve:
      return geneve(bytes, stack);
    case PROTOCOL.erspan:
      return erspan(bytes, stack);
    case PROTOCOL.wireguard:
      return wireguard(stack);
    case VXLAN_GPE_STEP:
      return vxlanGpe(bytes, stack);
    case PROTOCOL.sctp:
      return sctp(stack);
    case PROTOCOL.esp:
      return esp(stack);
    case PROTOCOL.igmp:
      return igmp(stack);
    case PROTOCOL.ospf:
      return ospf(stack);
    default:
      return DONE;
  }
}
