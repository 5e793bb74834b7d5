// HOT: per packet. No allocation.
// Headers of a frame, written byte by byte from the RFCs, with every checksum right; payload stays where it is.
import { type Cluster, MAC, MAC_MIDDLE, NODE_V6_PREFIX, POD_V6_PREFIX } from './cluster.ts';
import { CARRIERS } from './options.ts';
import { type Packet, PROTOCOL, TCP_FLAG } from './packet.ts';
import type { Payload } from './payload.ts';

const [ETHERNET, IPV4, IPV6, UDP, VXLAN] = [14, 20, 40, 8, 8] as const;
const [TYPE_IPV4, TYPE_IPV6] = [0x0800, 0x86dd] as const;
const VXLAN_PORT = 4789;
/** Calico's VNI, and the flag that says that there is one (RFC 7348). */
const [VNI, VNI_VALID] = [4096, 0x0800] as const;
const DONT_FRAGMENT = 0x4000;
/** A pod's packet has passed its node. */
const [POD_TTL, NODE_TTL] = [63, 64] as const;
/** NOP, NOP, timestamps; of a SYN: MSS, SACK permitted, timestamps, NOP, window scale 7. */
const [TCP_PLAIN, TCP_SYN] = [32, 40] as const;
const [MSS, MSS_V6] = [1398, 1358] as const;
const [WINDOW, SYN_WINDOW] = [501, 64_240] as const;
const CARRIER = { vxlan: CARRIERS.indexOf('vxlan'), ipip: CARRIERS.indexOf('ipip'), ipv6: CARRIERS.indexOf('ipv6') };
const POD_V6_SUM = POD_V6_PREFIX.reduce<number>((sum, word) => sum + word, 0);
const NODE_V6_SUM = NODE_V6_PREFIX.reduce<number>((sum, word) => sum + word, 0);

/** Bytes before the payload at most. */
export const LONGEST_HEAD = ETHERNET + IPV6 + UDP + VXLAN + ETHERNET + IPV6 + TCP_SYN;
/** Where the outer IPv4 header ends: what follows is cut in fragments. */
export const OUTER_END = ETHERNET + IPV4;

export class Frames {
  private readonly bytes: Uint8Array;
  private readonly cluster: Cluster;
  private readonly payload: Payload;
  /** Where the next header begins. */
  private at = 0;
  private outerId = 0;

  /** Writes to the start of `bytes`, LONGEST_HEAD at most. */
  constructor(bytes: Uint8Array, cluster: Cluster, payload: Payload) {
    this.bytes = bytes;
    this.cluster = cluster;
    this.payload = payload;
  }

  /** Writes all that comes before the payload, and gives the length of that. */
  write(packet: Packet): number {
    const { carrier } = packet;
    const isV6 = carrier === CARRIER.ipv6;
    const isUdp = packet.protocol === PROTOCOL.udp;
    const header = isUdp ? UDP : (packet.flags & TCP_FLAG.syn) !== 0 ? TCP_SYN : TCP_PLAIN;
    const segment = header + (packet.hasDnsId ? 2 : 0) + packet.length;
    this.at = 0;
    this.ethernet(MAC.nic, MAC.nic, packet, isV6 ? TYPE_IPV6 : TYPE_IPV4);
    if (carrier === CARRIER.vxlan) this.vxlan(packet, IPV4 + segment);
    else if (isV6) this.vxlanV6(packet, IPV6 + segment);
    else if (carrier === CARRIER.ipip) this.outerIpv4(packet, IPV4 + IPV4 + segment, PROTOCOL.ipip);
    if (isV6) this.podIpv6(packet, segment);
    else this.ipv4(packet.from, packet.to, IPV4 + segment, packet.id, DONT_FRAGMENT, POD_TTL, packet.protocol);
    const pseudo = packet.protocol + segment + words(packet.from) + words(packet.to) + (isV6 ? 2 * POD_V6_SUM : 0);
    if (isUdp) this.udp(packet, segment, pseudo);
    else this.tcp(packet, header, pseudo, isV6);
    return this.at;
  }

  /** Makes the outer IPv4 header just written that of a fragment: total length, flags with offset. */
  fragment(length: number, flags: number): void {
    const { bytes } = this;
    this.u16(ETHERNET + 2, length);
    this.u16(ETHERNET + 6, flags);
    this.u16(ETHERNET + 10, 0);
    let sum = 0;
    for (let at = ETHERNET; at < OUTER_END; at += 2) sum += (bytes[at]! << 8) | bytes[at + 1]!;
    this.u16(ETHERNET + 10, ~folded(sum));
  }

  private vxlan(packet: Packet, inner: number): void {
    const datagram = UDP + VXLAN + ETHERNET + inner;
    this.outerIpv4(packet, IPV4 + datagram, PROTOCOL.udp);
    this.ports(packet.outerPort, VXLAN_PORT);
    this.u16(this.at + 4, datagram);
    this.u16(this.at + 6, 0);
    this.at += UDP;
    this.vxlanHeader();
    this.ethernet(MAC.vtep, MAC.vtep, packet, TYPE_IPV4);
  }

  /** Over IPv6 the outer UDP has a checksum. That of what a correct TCP or UDP segment adds is its pseudo header's (RFC 1624). */
  private vxlanV6(packet: Packet, inner: number): void {
    const datagram = UDP + VXLAN + ETHERNET + inner;
    const [from, to] = [this.cluster.nodeV6(packet.fromNode), this.cluster.nodeV6(packet.toNode)];
    this.ipv6(NODE_V6_PREFIX, from, to, datagram, PROTOCOL.udp, NODE_TTL);
    this.ports(packet.outerPort, VXLAN_PORT);
    this.u16(this.at + 4, datagram);
    const segment = inner - IPV6;
    const pods = 2 * POD_V6_SUM + words(packet.from) + words(packet.to);
    // the segment and its pseudo header are 0xffff together, so that the segment is what is missing from the pseudo header
    const content = (~folded(pods + packet.protocol + segment) & 0xffff) + pods + 0x6000 + segment;
    const hops = (packet.protocol << 8) | POD_TTL;
    const frame = 2 * (MAC.vtepV6 + MAC_MIDDLE) + packet.fromNode + packet.toNode + TYPE_IPV6;
    const pseudo = 2 * NODE_V6_SUM + words(from) + words(to) + PROTOCOL.udp + datagram;
    const own = packet.outerPort + VXLAN_PORT + datagram + VNI_VALID + words(VNI << 8);
    this.u16(this.at + 6, nonZero(~folded(pseudo + own + frame + hops + content)));
    this.at += UDP;
    this.vxlanHeader();
    this.ethernet(MAC.vtepV6, MAC.vtepV6, packet, TYPE_IPV6);
  }

  private vxlanHeader(): void {
    this.u32(this.at, VNI_VALID << 16);
    this.u32(this.at + 4, VNI << 8);
    this.at += VXLAN;
  }

  private ethernet(to: number, from: number, packet: Packet, type: number): void {
    const { at } = this;
    this.u16(at, to);
    this.u16(at + 2, MAC_MIDDLE);
    this.u16(at + 4, packet.toNode);
    this.u16(at + 6, from);
    this.u16(at + 8, MAC_MIDDLE);
    this.u16(at + 10, packet.fromNode);
    this.u16(at + 12, type);
    this.at += ETHERNET;
  }

  private outerIpv4(packet: Packet, length: number, protocol: number): void {
    const [from, to] = [this.cluster.nodeAddress(packet.fromNode), this.cluster.nodeAddress(packet.toNode)];
    this.outerId = (this.outerId + 1) & 0xffff;
    this.ipv4(from, to, length, this.outerId, 0, NODE_TTL, protocol);
  }

  private ipv4(
    from: number,
    to: number,
    length: number,
    id: number,
    flags: number,
    ttl: number,
    protocol: number,
  ): void {
    const { at } = this;
    const hops = (ttl << 8) | protocol;
    this.u16(at, 0x4500);
    this.u16(at + 2, length);
    this.u16(at + 4, id);
    this.u16(at + 6, flags);
    this.u16(at + 8, hops);
    this.u16(at + 10, ~folded(0x4500 + length + id + flags + hops + words(from) + words(to)));
    this.u32(at + 12, from);
    this.u32(at + 16, to);
    this.at += IPV4;
  }

  private podIpv6(packet: Packet, length: number): void {
    this.ipv6(POD_V6_PREFIX, packet.from, packet.to, length, packet.protocol, POD_TTL);
  }

  private ipv6(prefix: readonly number[], from: number, to: number, length: number, next: number, hops: number): void {
    const { at } = this;
    this.u32(at, 0x6000_0000);
    this.u16(at + 4, length);
    this.u16(at + 6, (next << 8) | hops);
    for (let i = 0; i < 6; i++) {
      this.u16(at + 8 + 2 * i, prefix[i]!);
      this.u16(at + 24 + 2 * i, prefix[i]!);
    }
    this.u32(at + 20, from);
    this.u32(at + 36, to);
    this.at += IPV6;
  }

  private ports(from: number, to: number): void {
    this.u16(this.at, from);
    this.u16(this.at + 2, to);
  }

  private udp(packet: Packet, length: number, pseudo: number): void {
    this.ports(packet.fromPort, packet.toPort);
    this.u16(this.at + 4, length);
    const id = packet.hasDnsId ? packet.dnsId : 0;
    const content = id + this.payload.sum(packet.payloadAt, packet.length);
    this.u16(this.at + 6, nonZero(~folded(pseudo + packet.fromPort + packet.toPort + length + content)));
    this.at += UDP;
    if (!packet.hasDnsId) return;
    this.u16(this.at, id);
    this.at += 2;
  }

  private tcp(packet: Packet, length: number, pseudo: number, isV6: boolean): void {
    const { at } = this;
    const isSyn = length === TCP_SYN;
    const offset = (length << 10) | packet.flags;
    const window = isSyn ? SYN_WINDOW : WINDOW;
    this.ports(packet.fromPort, packet.toPort);
    this.u32(at + 4, packet.seq);
    this.u32(at + 8, packet.ack);
    this.u16(at + 12, offset);
    this.u16(at + 14, window);
    this.u16(at + 18, 0);
    const options = isSyn ? this.synOptions(at + 20, packet, isV6) : this.timestamps(at + 20, packet, 0x0101);
    const fields = packet.fromPort + packet.toPort + words(packet.seq) + words(packet.ack) + offset + window;
    const content = packet.length === 0 ? 0 : this.payload.sum(packet.payloadAt, packet.length);
    this.u16(at + 16, ~folded(pseudo + fields + options + content));
    this.at += length;
  }

  /** Writes and adds up. */
  private synOptions(at: number, packet: Packet, isV6: boolean): number {
    const mss = isV6 ? MSS_V6 : MSS;
    this.u32(at, 0x0204_0000 | mss);
    const times = this.timestamps(at + 4, packet, 0x0402);
    this.u32(at + 16, 0x0103_0307);
    return 0x0204 + mss + times + 0x0103 + 0x0307;
  }

  /** Two bytes of other options, then timestamps (RFC 7323). */
  private timestamps(at: number, packet: Packet, before: number): number {
    this.u16(at, before);
    this.u16(at + 2, 0x080a);
    this.u32(at + 4, packet.tsVal);
    this.u32(at + 8, packet.tsEcr);
    return before + 0x080a + words(packet.tsVal) + words(packet.tsEcr);
  }

  private u16(at: number, value: number): void {
    this.bytes[at] = value >>> 8;
    this.bytes[at + 1] = value;
  }

  private u32(at: number, value: number): void {
    this.u16(at, value >>> 16);
    this.u16(at + 2, value & 0xffff);
  }
}

/** The two 16-bit words of a u32, added. */
function words(value: number): number {
  return (value >>> 16) + (value & 0xffff);
}

/** One's complement sum in 16 bits (RFC 1071). */
function folded(sum: number): number {
  const once = (sum & 0xffff) + (sum >>> 16);
  return (once & 0xffff) + (once >>> 16);
}

/** UDP writes a checksum of 0 as its other zero. */
function nonZero(checksum: number): number {
  return (checksum & 0xffff) === 0 ? 0xffff : checksum;
}
