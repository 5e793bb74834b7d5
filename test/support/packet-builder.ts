// Builds packets for tests from the same definitions that decode them; vectors typed by hand keep both honest.
// Lengths and checksums are filled in unless a value says otherwise, so that a test states only what it is about.

import { ARP } from '../../src/wire/arp.ts';
import { ETHERNET, ETHERNET_802_3 } from '../../src/wire/ethernet.ts';
import { GENEVE } from '../../src/wire/geneve.ts';
import { GRE } from '../../src/wire/gre.ts';
import type { Field, FieldSpec, Header, HeaderInfo } from '../../src/wire/header.ts';
import { ICMP_ECHO } from '../../src/wire/icmp.ts';
import { IPV4 } from '../../src/wire/ipv4.ts';
import { IPV6 } from '../../src/wire/ipv6.ts';
import { MPLS } from '../../src/wire/mpls.ts';
import { PPP, PPPOE } from '../../src/wire/pppoe.ts';
import { TCP } from '../../src/wire/tcp.ts';
import { UDP } from '../../src/wire/udp.ts';
import { VLAN } from '../../src/wire/vlan.ts';
import { VXLAN } from '../../src/wire/vxlan.ts';
import { joinBytes } from './capture-builder.ts';

/** Raw numbers (not multiplied by a field's unit), booleans for flags, addresses as text, plain bytes as bytes. */
export type FieldValue = number | boolean | string | Uint8Array;
export type Values<S> = { readonly [K in keyof S]?: FieldValue };

/** A header with these fields set and all others zero. Throws RangeError for a value that does not fit. */
export function encodeHeader<S extends Record<string, FieldSpec<Field>>>(
  header: Header<S>,
  values: Values<S>,
): Uint8Array {
  const bytes = new Uint8Array(header.headerLength);
  const fields = header as unknown as Record<string, Field>;
  for (const [key, value] of Object.entries(values)) {
    const field = fields[key];
    if (field === undefined) throw new RangeError(`${header.headerName} has no field ${key}`);
    encodeField(bytes, field, value as FieldValue);
  }
  return bytes;
}

/** Sets one field by its definition: whole bytes at once, all else bit by bit, slow and obvious. */
export function encodeField(bytes: Uint8Array, field: Field, value: FieldValue): void {
  if ('byte' in field) {
    bytes.set(addressBytes(field.kind, value, field.lengthBytes), field.byte);
    return;
  }
  const number = typeof value === 'string' ? ipv4Number(value) : Number(value);
  if (number < 0 || number >= 2 ** field.width)
    throw new RangeError(`${field.name}: ${number} is no ${field.width} bits`);
  const ordered = field.littleEndian ? swapped(number, field.width / 8) : number;
  if (field.bit % 8 === 0 && field.width % 8 === 0) {
    for (let i = field.width / 8 - 1, left = ordered; i >= 0; i--, left = Math.floor(left / 256))
      bytes[field.bit / 8 + i] = left % 256;
    return;
  }
  for (let i = 0; i < field.width; i++) {
    const bit = Math.floor(ordered / 2 ** (field.width - 1 - i)) % 2;
    const at = field.bit + i;
    const mask = 0x80 >> (at & 7);
    bytes[at >> 3] = bit === 1 ? bytes[at >> 3]! | mask : bytes[at >> 3]! & ~mask;
  }
}

/** `de ad be ef` (any spacing, `# comments` to the end of a line) as bytes. */
export function hex(text: string): Uint8Array {
  const digits = text.replace(/#.*$/gm, '').replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) throw new RangeError(`not bytes: ${text}`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

const MAC_A = '02:00:00:00:00:0a';
const MAC_B = '02:00:00:00:00:0b';

export function ethernet(values: Values<typeof ETHERNET>, ...payload: Uint8Array[]): Uint8Array {
  return joinBytes([encodeHeader(ETHERNET, { dst: MAC_B, src: MAC_A, type: 0x0800, ...values }), ...payload]);
}

export function ethernet8023(...payload: Uint8Array[]): Uint8Array {
  const body = joinBytes(payload);
  return joinBytes([encodeHeader(ETHERNET_802_3, { dst: MAC_B, src: MAC_A, len: body.length }), body]);
}

export function vlan(values: Values<typeof VLAN>, ...payload: Uint8Array[]): Uint8Array {
  return joinBytes([encodeHeader(VLAN, { id: 100, etype: 0x0800, ...values }), ...payload]);
}

export function mpls(values: Values<typeof MPLS>, ...payload: Uint8Array[]): Uint8Array {
  return joinBytes([encodeHeader(MPLS, { label: 16, bottom: true, ttl: 64, ...values }), ...payload]);
}

/** A session's frame: PPPoE and PPP, by default with IPv4. */
export function pppoe(values: Values<typeof PPPOE> & { protocol?: number }, ...payload: Uint8Array[]): Uint8Array {
  const { protocol = 0x0021, ...rest } = values;
  const body = joinBytes([encodeHeader(PPP, { protocol }), ...payload]);
  const fixed = { version: 1, type: 1, session_id: 0x11, payload_length: body.length };
  return joinBytes([encodeHeader(PPPOE, { ...fixed, ...rest }), body]);
}

export function arp(values: Values<typeof ARP> = {}): Uint8Array {
  return encodeHeader(ARP, {
    'hw.type': 1,
    'proto.type': 0x0800,
    'hw.size': 6,
    'proto.size': 4,
    opcode: 1,
    'src.hw_mac': MAC_A,
    'src.proto_ipv4': '10.0.0.1',
    'dst.proto_ipv4': '10.0.0.2',
    ...values,
  });
}

const NO_BYTES = new Uint8Array(0);

/** Padded to a multiple of four bytes. */
function toWords(options: Uint8Array): Uint8Array {
  return options.length % 4 === 0 ? options : joinBytes([options, new Uint8Array(4 - (options.length % 4))]);
}

/** IPv4; `options` are bytes, padded to a multiple of four. Default: 10.0.0.1 to 10.0.0.2, UDP. */
export function ipv4(values: Values<typeof IPV4> & { options?: Uint8Array }, ...payload: Uint8Array[]): Uint8Array {
  const { options = NO_BYTES, ...rest } = values;
  const body = joinBytes(payload);
  const padded = toWords(options);
  const length = 20 + padded.length;
  const fixed = {
    version: 4,
    hdr_len: length / 4,
    len: length + body.length,
    ttl: 64,
    proto: 17,
    src: '10.0.0.1',
    dst: '10.0.0.2',
  };
  const plain = encodeHeader(IPV4, { ...fixed, ...rest });
  const header = padded.length === 0 ? plain : joinBytes([plain, padded]);
  if (rest.checksum === undefined) encodeField(header, IPV4.checksum, checksum(header));
  return joinBytes([header, body]);
}

/** IPv6, by default fd00::1 to fd00::2, UDP. Addresses are 16 bytes. */
export function ipv6(values: Values<typeof IPV6>, ...payload: Uint8Array[]): Uint8Array {
  const body = joinBytes(payload);
  const fixed = { version: 6, plen: body.length, nxt: 17, hlim: 64, src: ipv6Bytes(1), dst: ipv6Bytes(2) };
  return joinBytes([encodeHeader(IPV6, { ...fixed, ...values }), body]);
}

export function udp(values: Values<typeof UDP>, ...payload: Uint8Array[]): Uint8Array {
  const body = joinBytes(payload);
  return joinBytes([encodeHeader(UDP, { srcport: 40000, dstport: 53, length: 8 + body.length, ...values }), body]);
}

/** TCP; `options` are bytes, padded to a multiple of four. */
export function tcp(values: Values<typeof TCP> & { options?: Uint8Array }, ...payload: Uint8Array[]): Uint8Array {
  const { options = NO_BYTES, ...rest } = values;
  const padded = toWords(options);
  const fixed = {
    srcport: 40000,
    dstport: 80,
    hdr_len: 5 + padded.length / 4,
    'flags.ack': true,
    window_size_value: 512,
  };
  return joinBytes([encodeHeader(TCP, { ...fixed, ...rest }), padded, ...payload]);
}

export function icmpEcho(values: Values<typeof ICMP_ECHO> = {}, ...payload: Uint8Array[]): Uint8Array {
  return joinBytes([encodeHeader(ICMP_ECHO, { type: 8, ident: 7, seq: 1, ...values }), ...payload]);
}

export function vxlan(values: Values<typeof VXLAN>, ...payload: Uint8Array[]): Uint8Array {
  return joinBytes([encodeHeader(VXLAN, { flag_i: true, vni: 4096, ...values }), ...payload]);
}

export function geneve(values: Values<typeof GENEVE> & { options?: Uint8Array }, ...payload: Uint8Array[]): Uint8Array {
  const { options = new Uint8Array(0), ...rest } = values;
  const fixed = { 'option.length': options.length / 4, proto_type: 0x6558, vni: 4096 };
  return joinBytes([encodeHeader(GENEVE, { ...fixed, ...rest }), options, ...payload]);
}

export function gre(values: Values<typeof GRE>, ...payload: Uint8Array[]): Uint8Array {
  return joinBytes([encodeHeader(GRE, { proto: 0x0800, ...values }), ...payload]);
}

/** Ethernet / IPv4 / UDP to port 4789 / VXLAN around an inner frame. */
export function vxlanFrame(...inner: Uint8Array[]): Uint8Array {
  return ethernet({}, ipv4({ src: '10.0.1.20', dst: '10.0.1.30' }, udp({ dstport: 4789 }, vxlan({}, ...inner))));
}

/** `header` around `place` bytes of other things: what reads at 0 must read here too. */
export function inBuffer(bytes: Uint8Array, place: number): Uint8Array {
  const buffer = new Uint8Array(place + bytes.length + 5).fill(0xa5);
  buffer.set(bytes, place);
  return buffer;
}

/** Packets one after the other in one buffer, as a batch holds them. */
export function joinPackets(packets: readonly Uint8Array[]): {
  bytes: Uint8Array;
  starts: number[];
  lengths: number[];
} {
  const starts = packets.map((_, i) => packets.slice(0, i).reduce((sum, packet) => sum + packet.length, 0));
  return { bytes: joinBytes(packets), starts, lengths: packets.map((packet) => packet.length) };
}

/** RFC 1071, the plain way; independent of src/decode. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) sum += i % 2 === 0 ? bytes[i]! * 256 : bytes[i]!;
  while (sum > 0xffff) sum = (sum % 65536) + Math.floor(sum / 65536);
  return 0xffff - sum;
}

export function ipv6Bytes(last: number): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes[0] = 0xfd;
  bytes[15] = last;
  return bytes;
}

/** Every definition's own fields, groups left out, in order of position. */
export function tiles(header: HeaderInfo): Field[] {
  return header.headerFields.filter((field) => !field.group).sort((a, b) => a.bit - b.bit);
}

function addressBytes(kind: string, value: FieldValue, lengthBytes: number): Uint8Array {
  if (value instanceof Uint8Array) {
    if (value.length !== lengthBytes) throw new RangeError(`${value.length} bytes for a field of ${lengthBytes}`);
    return value;
  }
  if (kind === 'mac') return macBytes(String(value));
  throw new RangeError(`a ${kind} field takes bytes`);
}

const macs = new Map<string, Uint8Array>();

function macBytes(text: string): Uint8Array {
  const bytes = macs.get(text) ?? hex(text.replaceAll(':', ''));
  macs.set(text, bytes);
  return bytes;
}

function ipv4Number(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function swapped(number: number, lengthBytes: number): number {
  let result = 0;
  for (let i = 0, rest = number; i < lengthBytes; i++, rest = Math.floor(rest / 256))
    result = result * 256 + (rest % 256);
  return result;
}
