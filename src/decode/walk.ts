// HOT: per packet. No allocation.
// packets -> layers: the one walk, by which `trace` and `decode` cannot disagree. From the link type it follows the
// next-protocol fields. Guarantees: never throws, never reads outside start .. start + captured, ends after MAX_LAYERS.
import { PROTOCOL, type ProtocolNumber } from '../wire/protocols.ts';
import { FAULT, NUMBER_SPACE } from './faults.ts';
import { type LayerStack, MAX_LAYERS, OUTCOME } from './layer-stack.ts';
import { DONE, data, reset, stop } from './step.ts';
import { arp, ethernet, llc, nullLoopback, raw, sll, sll2 } from './step-link.ts';
import { authentication, extension, fragment, ipv4, ipv6 } from './step-network.ts';
import { mpls, ppp, pppoe, pseudowire, vlan } from './step-tag.ts';
import { esp, icmp, icmpv6, igmp, ospf, sctp, tcp, udp } from './step-transport.ts';
import { erspan, geneve, gre, VXLAN_GPE_STEP, vxlan, vxlanGpe, wireguard } from './step-tunnel.ts';
import type { WalkPorts } from './walk-ports.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time (measured: 2x).
const P = PROTOCOL;
const END = DONE;
const LAYERS = MAX_LAYERS;
/** Layers that one round of the loop in `walk` may push. */
const IN_LINE = 3;

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
  if (next === END) {
    stack.outcome = OUTCOME.unsupported;
    stack.unsupported = linkType;
    stack.unsupportedSpace = NUMBER_SPACE.linkType;
  }
  while (next !== END) {
    if (stack.depth > LAYERS - IN_LINE) {
      next = stack.depth < LAYERS ? step(bytes, stack, ports, next as ProtocolNumber) : stop(stack, FAULT.tooDeep, 0);
      continue;
    }
    // The usual protocols in their usual order: branches that are predicted well take half the time of a bare switch.
    if (next === P.ethernet) next = ethernet(bytes, stack);
    if (next === P.ipv4) next = ipv4(bytes, stack);
    if (next === P.tcp) next = tcp(bytes, stack);
    else if (next === P.udp) next = udp(bytes, stack, ports);
    else if (next !== END) next = step(bytes, stack, ports, next as ProtocolNumber);
  }
}

/** LINKTYPE_ values (www.tcpdump.org/linktypes.html) and the protocol they begin with; DONE for unknown ones. */
export function firstProtocol(linkType: number): number {
  switch (linkType) {
    case 1: // ETHERNET
      return P.ethernet;
    case 113: // LINUX_SLL
      return P.sll;
    case 276: // LINUX_SLL2
      return P.sll2;
    case 12: // DLT_RAW on most systems, seen in files
    case 14: // DLT_RAW on OpenBSD
    case 101: // RAW
    case 228: // IPV4
    case 229: // IPV6
      return P.raw;
    case 0: // NULL
    case 108: // LOOP
      return P.null;
    default:
      return DONE;
  }
}

/**
 * Longer than other functions by design: one line per protocol, the most frequent ones first. A protocol without a line does
 * not compile.
 */
function step(
  bytes: Uint8Array,
  stack: LayerStack,
  ports: WalkPorts,
  protocol: ProtocolNumber | typeof VXLAN_GPE_STEP,
): number {
  switch (protocol) {
    case P.ethernet:
      return ethernet(bytes, stack);
    case P.ipv4:
      return ipv4(bytes, stack);
    case P.udp:
      return udp(bytes, stack, ports);
    case P.tcp:
      return tcp(bytes, stack);
    case P.vxlan:
      return vxlan(stack);
    case P.ipv6:
      return ipv6(bytes, stack);
    case P.icmp:
      return icmp(stack);
    case P.icmpv6:
      return icmpv6(stack);
    case P.sll2:
      return sll2(bytes, stack);
    case P.sll:
      return sll(bytes, stack);
    case P.vlan:
      return vlan(bytes, stack);
    case P.arp:
      return arp(bytes, stack);
    case P.mpls:
      return mpls(bytes, stack);
    case P.pseudowire:
      return pseudowire(stack);
    case P.pppoe:
      return pppoe(bytes, stack);
    case P.ppp:
      return ppp(bytes, stack);
    case P.data:
      return data(stack);
    case P.raw:
      return raw(bytes, stack);
    case P.null:
      return nullLoopback(bytes, stack);
    case P.llc:
      return llc(bytes, stack);
    case P.hopByHop:
      return extension(bytes, stack, P.hopByHop);
    case P.routing:
      return extension(bytes, stack, P.routing);
    case P.destinationOptions:
      return extension(bytes, stack, P.destinationOptions);
    case P.fragment:
      return fragment(bytes, stack);
    case P.ah:
      return authentication(bytes, stack);
    case P.gre:
      return gre(bytes, stack);
    case P.geneve:
      return geneve(bytes, stack);
    case P.erspan:
      return erspan(bytes, stack);
    case P.wireguard:
      return wireguard(stack);
    case VXLAN_GPE_STEP:
      return vxlanGpe(bytes, stack);
    case P.sctp:
      return sctp(stack);
    case P.esp:
      return esp(stack);
    case P.igmp:
      return igmp(stack);
    case P.ospf:
      return ospf(stack);
    case P.none:
      return DONE;
    default:
      return protocol satisfies never;
  }
}
