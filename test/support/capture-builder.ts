// Builds captures byte by byte, as the drafts of pcap and pcapng lay them out. Shares no code with src/capture, so that
// both cannot be wrong together.

/** A packet to be written. Times are whole seconds and nanoseconds. */
export interface BuiltPacket {
  data: Uint8Array;
  /** Bytes on the wire; default: the data's length. */
  original?: number;
  seconds?: number;
  nanos?: number;
}

export interface PcapOptions {
  bigEndian?: boolean;
  precision?: 'micro' | 'nano';
  /** Kuznetzov's format: 24 bytes before each packet. */
  modified?: boolean;
  linkType?: number;
  snaplen?: number;
  version?: [major: number, minor: number];
  /** The original length first, as before version 2.3. */
  originalFirst?: boolean;
  /** Bytes behind the four words of a record header; 0, in Kuznetzov's format 8. */
  extra?: number;
  /** IXIA's magic number, and four bytes more in the file header. */
  ixia?: 'hardware' | 'software';
}

/** A classic pcap file. */
export function buildPcap(packets: readonly BuiltPacket[], options: PcapOptions = {}): Uint8Array {
  return joinBytes([pcapHeader(options), ...packets.map((packet) => pcapRecord(packet, options))]);
}

/** The 24 bytes at the start of a pcap file. */
export function pcapHeader(options: PcapOptions = {}): Uint8Array {
  const little = options.bigEndian !== true;
  const standard = options.modified ? 0xa1b2cd34 : options.precision === 'nano' ? 0xa1b23c4d : 0xa1b2c3d4;
  const magic = options.ixia === undefined ? standard : options.ixia === 'hardware' ? 0x1c0001ac : 0x1c0001ab;
  const [major, minor] = options.version ?? [2, 4];
  return joinBytes([
    u32(magic, little),
    u16(major, little),
    u16(minor, little),
    u32(0, little),
    u32(0, little),
    u32(options.snaplen ?? 262144, little),
    u32(options.linkType ?? 1, little),
    new Uint8Array(options.ixia === undefined ? 0 : 4),
  ]);
}

/** A record; `captured` forges the captured length. */
export function pcapRecord(packet: BuiltPacket & { captured?: number }, options: PcapOptions = {}): Uint8Array {
  const little = options.bigEndian !== true;
  const { data, seconds = 0, nanos = 0, captured = data.length, original = data.length } = packet;
  const extra = options.extra ?? (options.modified ? 8 : 0);
  const record = new Uint8Array(16 + extra + data.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, seconds, little);
  view.setUint32(4, options.precision === 'nano' ? nanos : Math.floor(nanos / 1000), little);
  view.setUint32(options.originalFirst ? 12 : 8, captured, little);
  view.setUint32(options.originalFirst ? 8 : 12, original, little);
  if (extra > 0)
    record.set(joinBytes([u32(7, little), u16(0x0800, little), Uint8Array.of(4, 0)]).subarray(0, extra), 16);
  record.set(data, 16 + extra);
  return record;
}

/** A block of a pcapng section, not yet in a byte order. */
export interface PcapngBlock {
  type: number;
  body: (little: boolean) => Uint8Array;
  /** Set on a section header: its byte order is that of all blocks up to the next one. */
  bigEndian?: boolean;
  /** Forged lengths at the block's start and end. */
  length?: number;
  trailer?: number;
}

/** A pcapng file: blocks in order, each section in its own byte order. */
export function buildPcapng(blocks: readonly PcapngBlock[]): Uint8Array {
  let little = true;
  return joinBytes(
    blocks.map((block) => {
      if (block.type === 0x0a0d0d0a) little = block.bigEndian !== true;
      const body = block.body(little);
      const length = body.length + 12;
      return joinBytes([
        u32(block.type, little),
        u32(block.length ?? length, little),
        body,
        u32(block.trailer ?? block.length ?? length, little),
      ]);
    }),
  );
}

/** An option: code and value; text is written as UTF-8. */
export type PcapngOption = [code: number, value: Uint8Array | string];

export function sectionBlock(
  fields: { bigEndian?: boolean; version?: [number, number]; options?: PcapngOption[] } = {},
): PcapngBlock {
  const [major, minor] = fields.version ?? [1, 0];
  return {
    type: 0x0a0d0d0a,
    bigEndian: fields.bigEndian === true,
    body: (little) =>
      joinBytes([
        u32(0x1a2b3c4d, little),
        u16(major, little),
        u16(minor, little),
        new Uint8Array(8).fill(0xff),
        optionList(fields.options ?? [], little),
      ]),
  };
}

export interface InterfaceFields {
  linkType?: number;
  snaplen?: number;
  name?: string;
  description?: string;
  /** if_tsresol's byte. */
  resolution?: number;
  /** if_tsoffset. */
  offset?: bigint;
  /** if_filter with its leading byte, or text, which gets a leading 0. */
  filter?: string | Uint8Array;
  options?: PcapngOption[];
}

export function interfaceBlock(fields: InterfaceFields = {}): PcapngBlock {
  return {
    type: 1,
    body: (little) => {
      const options: PcapngOption[] = [...(fields.options ?? [])];
      if (fields.name !== undefined) options.push([2, fields.name]);
      if (fields.description !== undefined) options.push([3, fields.description]);
      if (fields.resolution !== undefined) options.push([9, Uint8Array.of(fields.resolution)]);
      if (typeof fields.filter === 'string') options.push([11, `\0${fields.filter}`]);
      else if (fields.filter !== undefined) options.push([11, fields.filter]);
      if (fields.offset !== undefined) options.push([14, u64(BigInt.asUintN(64, fields.offset), little)]);
      return joinBytes([
        u16(fields.linkType ?? 1, little),
        u16(0, little),
        u32(fields.snaplen ?? 0, little),
        optionList(options, little),
      ]);
    },
  };
}

export interface PacketFields {
  data: Uint8Array;
  original?: number;
  /** Number of the interface in its section. */
  interface?: number;
  /** The timestamp as it stands in the file: a count of units. */
  units?: bigint;
  /** Forged captured length. */
  captured?: number;
  options?: PcapngOption[];
}

/** Enhanced Packet Block. */
export function packetBlock(fields: PacketFields): PcapngBlock {
  return { type: 6, body: (little) => packetBody(u32(fields.interface ?? 0, little), fields, little) };
}

/** The obsolete Packet Block: 16 bits of interface, 16 bits of drops. */
export function obsoletePacketBlock(fields: PacketFields): PcapngBlock {
  return {
    type: 2,
    body: (little) => packetBody(joinBytes([u16(fields.interface ?? 0, little), u16(0xffff, little)]), fields, little),
  };
}

/** Simple Packet Block: no time, no interface. */
export function simplePacketBlock(data: Uint8Array, original = data.length): PcapngBlock {
  return { type: 3, body: (little) => joinBytes([u32(original, little), padded(data)]) };
}

/** Interface Statistics Block. */
export function statisticsBlock(fields: { interface?: number; ifdrop?: bigint; osdrop?: bigint }): PcapngBlock {
  return {
    type: 5,
    body: (little) => {
      const options: PcapngOption[] = [];
      if (fields.osdrop !== undefined) options.push([7, u64(fields.osdrop, little)]);
      if (fields.ifdrop !== undefined) options.push([5, u64(fields.ifdrop, little)]);
      return joinBytes([u32(fields.interface ?? 0, little), new Uint8Array(8), optionList(options, little)]);
    },
  };
}

/** A block of any other type. */
export function otherBlock(type: number, body: Uint8Array): PcapngBlock {
  return { type, body: () => padded(body) };
}

/** The pcapng with one interface (nanoseconds) that holds the same packets as a classic pcap. */
export function pcapngTwin(
  packets: readonly BuiltPacket[],
  options: { bigEndian?: boolean; linkType?: number; snaplen?: number } = {},
): Uint8Array {
  const { linkType = 1, snaplen = 262144 } = options;
  return buildPcapng([
    sectionBlock(options.bigEndian === undefined ? {} : { bigEndian: options.bigEndian }),
    interfaceBlock({ linkType, snaplen, resolution: 9 }),
    ...packets.map(({ data, original = data.length, seconds = 0, nanos = 0 }) =>
      packetBlock({ data, original, units: BigInt(seconds) * 1_000_000_000n + BigInt(nanos) }),
    ),
  ]);
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function packetBody(interfaceBytes: Uint8Array, fields: PacketFields, little: boolean): Uint8Array {
  const { data, units = 0n, captured = data.length, original = data.length, options = [] } = fields;
  const list = optionList(options, little);
  const whole = Math.ceil(data.length / 4) * 4;
  const body = new Uint8Array(20 + whole + list.length);
  const view = new DataView(body.buffer);
  body.set(interfaceBytes);
  view.setUint32(4, Number(units >> 32n), little);
  view.setUint32(8, Number(units & 0xffffffffn), little);
  view.setUint32(12, captured, little);
  view.setUint32(16, original, little);
  body.set(data, 20);
  body.set(list, 20 + whole);
  return body;
}

function optionList(options: readonly PcapngOption[], little: boolean): Uint8Array {
  if (options.length === 0) return new Uint8Array(0);
  const written = options.map(([code, value]) => {
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    return joinBytes([u16(code, little), u16(bytes.length, little), padded(bytes)]);
  });
  return joinBytes([...written, new Uint8Array(4)]);
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  whole.set(bytes);
  return whole;
}

function u16(value: number, little: boolean): Uint8Array {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setUint16(0, value, little);
  return bytes;
}

function u32(value: number, little: boolean): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, little);
  return bytes;
}

function u64(value: bigint, little: boolean): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, little);
  return bytes;
}
