// The outermost headers of a frame, read the way a capture filter (pcap-filter(7)) reads them. For tests: shares no code with
// src/decode, so that both cannot be wrong together.

/** Link types of www.tcpdump.org/linktypes.html that the fixtures have. */
export const LINK = { ethernet: 1, raw: 101, sll: 113, sll2: 276 } as const;

export interface OuterHeader {
  /** 0x0800, 0x0806, 0x86dd, ...; null when it cannot be told. */
  etherType: number | null;
  /** Offset of what follows the link header. */
  at: number;
  srcMac: string | null;
  dstMac: string | null;
  /** Cooked packet type: 4 is outgoing; null without one. */
  packetType: number | null;
  ifindex: number | null;
  /** IP addresses (or ARP's sender and target) as text; null when cut off or neither. */
  src: string | null;
  dst: string | null;
  /** IP protocol; null when it is no IP. */
  protocol: number | null;
  srcPort: number | null;
  dstPort: number | null;
}

/** Reads what is there; what was cut off is null. */
export function outerHeader(linkType: number, data: Uint8Array): OuterHeader {
  const link = linkHeader(linkType, data);
  const nothing = { src: null, dst: null, protocol: null, srcPort: null, dstPort: null };
  const head: OuterHeader = { ...link, ...nothing };
  if (head.etherType === 0x0800) readIPv4(head, data);
  else if (head.etherType === 0x86dd) readIPv6(head, data);
  else if (head.etherType === 0x0806 && data.length >= head.at + 28) {
    head.src = ipv4(data, head.at + 14);
    head.dst = ipv4(data, head.at + 24);
  }
  return head;
}

type LinkPart = Pick<OuterHeader, 'etherType' | 'at' | 'srcMac' | 'dstMac' | 'packetType' | 'ifindex'>;

function linkHeader(linkType: number, data: Uint8Array): LinkPart {
  const none = { srcMac: null, dstMac: null, packetType: null, ifindex: null };
  if (linkType === LINK.raw) {
    const version = (data[0] ?? 0) >> 4;
    return { ...none, etherType: version === 4 ? 0x0800 : version === 6 ? 0x86dd : null, at: 0 };
  }
  if (linkType === LINK.sll)
    return { ...none, srcMac: mac(data, 6), packetType: u16(data, 0), etherType: u16(data, 14), at: 16 };
  if (linkType === LINK.sll2) {
    const ifindex = (u16(data, 4) ?? 0) * 65536 + (u16(data, 6) ?? 0);
    return { ...none, srcMac: mac(data, 12), packetType: data[10] ?? null, ifindex, etherType: u16(data, 0), at: 20 };
  }
  let at = 12;
  while (u16(data, at) === 0x8100 || u16(data, at) === 0x88a8) at += 4;
  return { ...none, dstMac: mac(data, 0), srcMac: mac(data, 6), etherType: u16(data, at), at: at + 2 };
}

function readIPv4(head: OuterHeader, data: Uint8Array): void {
  if (data.length < head.at + 20) return;
  head.src = ipv4(data, head.at + 12);
  head.dst = ipv4(data, head.at + 16);
  head.protocol = data[head.at + 9] ?? null;
  const laterFragment = ((u16(data, head.at + 6) ?? 0) & 0x1fff) !== 0;
  if (!laterFragment) readPorts(head, data, head.at + ((data[head.at] ?? 0) & 15) * 4);
}

function readIPv6(head: OuterHeader, data: Uint8Array): void {
  if (data.length < head.at + 40) return;
  head.src = ipv6(data, head.at + 8);
  head.dst = ipv6(data, head.at + 24);
  head.protocol = data[head.at + 6] ?? null;
  readPorts(head, data, head.at + 40);
}

function readPorts(head: OuterHeader, data: Uint8Array, at: number): void {
  if (head.protocol !== 6 && head.protocol !== 17 && head.protocol !== 132) return;
  head.srcPort = u16(data, at);
  head.dstPort = u16(data, at + 2);
}

function u16(data: Uint8Array, at: number): number | null {
  const [high, low] = [data[at], data[at + 1]];
  return high === undefined || low === undefined ? null : high * 256 + low;
}

function mac(data: Uint8Array, at: number): string | null {
  if (data.length < at + 6) return null;
  return [...data.subarray(at, at + 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function ipv4(data: Uint8Array, at: number): string {
  return data.subarray(at, at + 4).join('.');
}

function ipv6(data: Uint8Array, at: number): string {
  const words = Array.from({ length: 8 }, (_, i) => (u16(data, at + 2 * i) ?? 0).toString(16));
  return words.join(':');
}
