// A header that is cut off -> the fields that are there all the same: after `tcpdump -s 96` the inner TCP header of a VXLAN
// packet ends in the middle, and its ports and sequence number are what people look for.
import { ARP_FIXED } from '../../wire/arp.ts';
import { ERSPAN2 } from '../../wire/erspan.ts';
import { ESP } from '../../wire/esp.ts';
import { ETHERNET } from '../../wire/ethernet.ts';
import { GENEVE } from '../../wire/geneve.ts';
import { GRE } from '../../wire/gre.ts';
import type { HeaderInfo } from '../../wire/header.ts';
import { ICMP } from '../../wire/icmp.ts';
import { ICMPV6 } from '../../wire/icmpv6.ts';
import { IGMP } from '../../wire/igmp.ts';
import { IPV4 } from '../../wire/ipv4.ts';
import { IPV6 } from '../../wire/ipv6.ts';
import { AH, DESTINATION_OPTIONS, FRAGMENT, HOP_BY_HOP, ROUTING } from '../../wire/ipv6-extensions.ts';
import { LLC } from '../../wire/llc.ts';
import { OSPF } from '../../wire/ospf.ts';
import { SCTP } from '../../wire/sctp.ts';
import { SLL } from '../../wire/sll.ts';
import { SLL2 } from '../../wire/sll2.ts';
import { TCP } from '../../wire/tcp.ts';
import { UDP } from '../../wire/udp.ts';
import { VLAN } from '../../wire/vlan.ts';
import { VXLAN } from '../../wire/vxlan.ts';
import { FAULT } from '../faults.ts';
import { type LayerStack, PROTOCOL, PROTOCOL_NAMES } from '../layer-stack.ts';
import { viewHeader } from './field-view.ts';
import type { LayerView } from './packet-view.ts';

/** Which header it was that could not be read whole. */
const CUT: ReadonlyMap<number, readonly [protocol: number, header: HeaderInfo]> = new Map([
  [FAULT.ethernetTruncated, [PROTOCOL.ethernet, ETHERNET]],
  [FAULT.vlanTruncated, [PROTOCOL.vlan, VLAN]],
  [FAULT.llcTruncated, [PROTOCOL.llc, LLC]],
  [FAULT.arpTruncated, [PROTOCOL.arp, ARP_FIXED]],
  [FAULT.sllTruncated, [PROTOCOL.sll, SLL]],
  [FAULT.sll2Truncated, [PROTOCOL.sll2, SLL2]],
  [FAULT.ipv4HeaderTruncated, [PROTOCOL.ipv4, IPV4]],
  [FAULT.ipv6HeaderTruncated, [PROTOCOL.ipv6, IPV6]],
  [FAULT.hopByHopTruncated, [PROTOCOL.hopByHop, HOP_BY_HOP]],
  [FAULT.routingTruncated, [PROTOCOL.routing, ROUTING]],
  [FAULT.fragmentTruncated, [PROTOCOL.fragment, FRAGMENT]],
  [FAULT.destinationOptionsTruncated, [PROTOCOL.destinationOptions, DESTINATION_OPTIONS]],
  [FAULT.ahTruncated, [PROTOCOL.ah, AH]],
  [FAULT.icmpTruncated, [PROTOCOL.icmp, ICMP]],
  [FAULT.icmpv6Truncated, [PROTOCOL.icmpv6, ICMPV6]],
  [FAULT.udpTruncated, [PROTOCOL.udp, UDP]],
  [FAULT.tcpTruncated, [PROTOCOL.tcp, TCP]],
  [FAULT.sctpTruncated, [PROTOCOL.sctp, SCTP]],
  [FAULT.igmpTruncated, [PROTOCOL.igmp, IGMP]],
  [FAULT.espTruncated, [PROTOCOL.esp, ESP]],
  [FAULT.ospfTruncated, [PROTOCOL.ospf, OSPF]],
  [FAULT.vxlanTruncated, [PROTOCOL.vxlan, VXLAN]],
  [FAULT.greTruncated, [PROTOCOL.gre, GRE]],
  [FAULT.erspanTruncated, [PROTOCOL.erspan, ERSPAN2]],
  [FAULT.geneveTruncated, [PROTOCOL.geneve, GENEVE]],
]);

/** Bytes before which tshark and people alike see no header at all. */
const LEAST = 1;

/**
 * The header that ended the walk, with the fields that lie wholly before the end; null where none was cut off or no byte of it
 * is there. Its `length` is what there is of it.
 */
export function viewCutLayer(bytes: Uint8Array, start: number, stack: LayerStack): LayerView | null {
  const found = CUT.get(stack.fault);
  if (found === undefined || stack.have < LEAST) return null;
  const [number, header] = found;
  const at = stack.faultAt;
  const end = at + stack.have;
  // Reads beyond what is there never leave this copy.
  const padded = new Uint8Array(header.headerLength);
  padded.set(bytes.subarray(at, Math.min(end, at + header.headerLength)));
  const fields = viewHeader(header, padded, 0).filter((field) => field.bit + field.width <= stack.have * 8);
  if (fields.length === 0) return null;
  return {
    index: stack.faultLayer,
    number,
    protocol: number === PROTOCOL.sll2 ? 'sll' : (PROTOCOL_NAMES[number] ?? 'data'),
    offset: at - start,
    length: stack.have,
    end: end - start,
    fields,
    parts: [{ header, at }],
  };
}
