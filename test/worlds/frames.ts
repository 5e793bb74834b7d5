// Bytes of frames, written from the RFCs and not with the program's own header definitions: what it reads here it did not write.
import { ipBytes, isIpv6, macBytes } from './address.ts';

/** An IP packet without its hop limit, which every router changes. */
export interface IpPacket {
  src: string;
  dst: string;
  protocol: number;
  id: number;
  dontFragment: boolean;
  /** The transport header and what follows it, its checksum right. */
  body: Buffer;
}

const ETHER_TYPE = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd, mirror: 0x88be, bridged: 0x6558 };

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value >>> 0);
  return out;
}

/** RFC 1071. */
export function internetChecksum(...parts: readonly Buffer[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) sum += ((part[i] ?? 0) << 8) + (part[i + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** Puts the checksum of a transport segment (TCP, UDP, ICMPv6: with the pseudo header; ICMP: without) at `at`. */
function checked(protocol: number, src: string, dst: string, segment: Buffer, at: number): Buffer {
  const pseudo = isIpv6(src)
    ? [ipBytes(src), ipBytes(dst), u32(segment.length), u32(protocol)]
    : [ipBytes(src), ipBytes(dst), u16(protocol), u16(segment.length)];
  const sum = internetChecksum(...(protocol === 1 ? [] : pseudo), segment);
  u16(protocol === 17 && sum === 0 ? 0xffff : sum).copy(segment, at);
  return segment;
}

export interface Ports {
  src: number;
  dst: number;
}

export function udp(src: string, dst: string, ports: Ports, payload: Buffer, hasChecksum = true): Buffer {
  const segment = Buffer.concat([u16(ports.src), u16(ports.dst), u16(8 + payload.length), u16(0), payload]);
  return hasChecksum ? checked(17, src, dst, segment, 6) : segment;
}

export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 };

export interface TcpHeader {
  seq: number;
  ack: number;
  flags: number;
}

export function tcp(src: string, dst: string, ports: Ports, { seq, ack, flags }: TcpHeader, payload: Buffer): Buffer {
  const fixed = [u16(ports.src), u16(ports.dst), u32(seq), u32(ack), Buffer.from([0x50, flags]), u16(64240), u32(0)];
  return checked(6, src, dst, Buffer.concat([...fixed, payload]), 16);
}

/** An echo request or its answer. */
export function echo(src: string, dst: string, request: boolean, id: number, seq: number, payload: Buffer): Buffer {
  const v6 = isIpv6(src);
  const type = v6 ? (request ? 128 : 129) : request ? 8 : 0;
  const segment = Buffer.concat([Buffer.from([type, 0, 0, 0]), u16(id), u16(seq), payload]);
  return checked(v6 ? 58 : 1, src, dst, segment, 2);
}

/** An ICMP error (RFC 792): destination unreachable, or time exceeded, with the packet it is about. */
export function icmpError(type: 3 | 11, code: number, quote: Buffer): Buffer {
  return checked(1, '0.0.0.0', '0.0.0.0', Buffer.concat([Buffer.from([type, code, 0, 0]), u32(0), quote]), 2);
}

/** RFC 791 and RFC 8200. */
export function ip({ src, dst, protocol, id, dontFragment, body }: IpPacket, ttl: number): Buffer {
  if (isIpv6(src)) {
    const head = [u32(0x60000000), u16(body.length), Buffer.from([protocol, ttl]), ipBytes(src), ipBytes(dst)];
    return Buffer.concat([...head, body]);
  }
  const flags = dontFragment ? 0x4000 : 0;
  const front = [Buffer.from([0x45, 0]), u16(20 + body.length), u16(id), u16(flags), Buffer.from([ttl, protocol])];
  const header = Buffer.concat([...front, u16(0), ipBytes(src), ipBytes(dst)]);
  u16(internetChecksum(header)).copy(header, 10);
  return Buffer.concat([header, body]);
}

export function ethernet(src: string, dst: string, type: keyof typeof ETHER_TYPE, payload: Buffer): Buffer {
  return Buffer.concat([macBytes(dst), macBytes(src), u16(ETHER_TYPE[type]), payload]);
}

export function ethernetIp(src: string, dst: string, packet: Buffer): Buffer {
  return ethernet(src, dst, (packet[0] ?? 0) >> 4 === 6 ? 'ipv6' : 'ipv4', packet);
}

/** RFC 826. */
export function arp(request: boolean, from: { mac: string; ip: string }, to: { mac: string; ip: string }): Buffer {
  const target = request ? '00:00:00:00:00:00' : to.mac;
  const head = [u16(1), u16(ETHER_TYPE.ipv4), Buffer.from([6, 4]), u16(request ? 1 : 2)];
  const body = [macBytes(from.mac), ipBytes(from.ip), macBytes(target), ipBytes(to.ip)];
  return ethernet(from.mac, request ? 'ff:ff:ff:ff:ff:ff' : to.mac, 'arp', Buffer.concat([...head, ...body]));
}

/** RFC 7348. */
export function vxlan(vni: number, frame: Buffer): Buffer {
  return Buffer.concat([u32(0x08000000), u32(vni * 256), frame]);
}

/** RFC 8926, no options, an Ethernet frame inside. */
export function geneve(vni: number, frame: Buffer): Buffer {
  return Buffer.concat([u16(0), u16(ETHER_TYPE.bridged), u32(vni * 256), frame]);
}

/** RFC 2784: an IP packet inside. */
export function gre(packet: Buffer): Buffer {
  return Buffer.concat([u16(0), u16(ETHER_TYPE.ipv4), packet]);
}

/** gretap: RFC 2784 with transparent Ethernet bridging. */
export function gretap(frame: Buffer): Buffer {
  return Buffer.concat([u16(0), u16(ETHER_TYPE.bridged), frame]);
}

/** ERSPAN type II: GRE with a sequence number (RFC 2890), then 8 bytes of session. */
export function erspan(session: number, sequence: number, frame: Buffer): Buffer {
  const header = [u16(0x1000), u16(ETHER_TYPE.mirror), u32(sequence)];
  return Buffer.concat([...header, u16(0x1001), u16(session & 0x3ff), u32(0), frame]);
}

/** A WireGuard transport data message (type 4): what it carries cannot be read. */
export function wireguardData(receiver: number, counter: number, sealed: Buffer): Buffer {
  const count = Buffer.alloc(8);
  count.writeUInt32LE(counter >>> 0);
  const index = Buffer.alloc(4);
  index.writeUInt32LE(receiver >>> 0);
  return Buffer.concat([Buffer.from([4, 0, 0, 0]), index, count, sealed]);
}

/** A tunnel's UDP source port: some hash of the inner flow in the kernel's port range. */
export function flowPort(flow: string): number {
  let hash = 7;
  for (let i = 0; i < flow.length; i++) hash = (Math.imul(hash, 31) + flow.charCodeAt(i)) >>> 0;
  return 32768 + (hash % 28232);
}
