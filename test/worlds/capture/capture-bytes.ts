// Capture files as bytes: classic pcap in every byte order and resolution, pcapng with several interfaces, and cooked headers.

export const LINK_TYPE = { ethernet: 1, raw: 101, cooked: 113, cooked2: 276 };

export interface Packet {
  /** Seconds since the epoch, and microseconds in them. */
  seconds: number;
  micros: number;
  frame: Buffer;
  /** Bytes on the wire. */
  length: number;
  /** Of a pcapng; 0 in a classic file. */
  interface: number;
}

export interface ClassicForm {
  bigEndian: boolean;
  nanoseconds: boolean;
}

/** Classic pcap (draft-ietf-opsawg-pcap). */
export function pcapBytes(linkType: number, snaplen: number, form: ClassicForm, packets: readonly Packet[]): Buffer {
  const put32 = writer(form.bigEndian);
  const out = Buffer.alloc(24 + packets.reduce((sum, { frame }) => sum + 16 + frame.length, 0));
  put32(out, 0, form.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
  if (form.bigEndian) out.writeUInt32BE(0x00020004, 4);
  else out.writeUInt32LE(0x00040002, 4);
  put32(out, 16, snaplen);
  put32(out, 20, linkType);
  let at = 24;
  for (const { seconds, micros, frame, length } of packets) {
    put32(out, at, seconds);
    put32(out, at + 4, form.nanoseconds ? micros * 1000 : micros);
    put32(out, at + 8, frame.length);
    put32(out, at + 12, length);
    frame.copy(out, at + 16);
    at += 16 + frame.length;
  }
  return out;
}

function writer(bigEndian: boolean): (out: Buffer, at: number, value: number) => void {
  return (out, at, value) => {
    if (bigEndian) out.writeUInt32BE(value >>> 0, at);
    else out.writeUInt32LE(value >>> 0, at);
  };
}

export interface NgInterface {
  name: string;
  linkType: number;
  snaplen: number;
  filter: string | null;
}

/** pcapng (draft-ietf-opsawg-pcapng), little endian, microseconds. */
export function pcapngBytes(interfaces: readonly NgInterface[], packets: readonly Packet[]): Buffer {
  const section = Buffer.alloc(16);
  section.writeUInt32LE(0x1a2b3c4d, 0);
  section.writeUInt32LE(1, 4);
  section.fill(0xff, 8);
  const blocks = [block(0x0a0d0d0a, section), ...interfaces.map((one) => block(1, description(one)))];
  for (const packet of packets) blocks.push(block(6, enhanced(packet)));
  return Buffer.concat(blocks);
}

function block(type: number, body: Buffer): Buffer {
  const length = 12 + body.length;
  const out = Buffer.alloc(length);
  out.writeUInt32LE(type, 0);
  out.writeUInt32LE(length, 4);
  body.copy(out, 8);
  out.writeUInt32LE(length, length - 4);
  return out;
}

function description({ name, linkType, snaplen, filter }: NgInterface): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(linkType, 0);
  head.writeUInt32LE(snaplen, 4);
  const options = [option(2, Buffer.from(name))];
  if (filter !== null) options.push(option(11, Buffer.concat([Buffer.from([0]), Buffer.from(filter)])));
  return Buffer.concat([head, ...options, option(0, Buffer.alloc(0))]);
}

function option(code: number, value: Buffer): Buffer {
  const out = Buffer.alloc(4 + 4 * Math.ceil(value.length / 4));
  out.writeUInt16LE(code, 0);
  out.writeUInt16LE(value.length, 2);
  value.copy(out, 4);
  return out;
}

function enhanced({ seconds, micros, frame, length, interface: index }: Packet): Buffer {
  const time = BigInt(seconds) * 1_000_000n + BigInt(micros);
  const out = Buffer.alloc(20 + 4 * Math.ceil(frame.length / 4));
  out.writeUInt32LE(index, 0);
  out.writeUInt32LE(Number(time >> 32n), 4);
  out.writeUInt32LE(Number(time & 0xffffffffn), 8);
  out.writeUInt32LE(frame.length, 12);
  out.writeUInt32LE(length, 16);
  frame.copy(out, 20);
  return out;
}

export interface CookedFacts {
  /** 0 for us, 1 broadcast, 3 for another host, 4 sent by us. */
  packetType: number;
  ifindex: number;
  etherType: number;
  /** 6 bytes, or none for devices without link addresses. */
  source: Buffer;
}

/** LINUX_SLL and LINUX_SLL2: what `-i any` puts instead of the link header. */
export function cooked(version: 1 | 2, facts: CookedFacts, payload: Buffer): Buffer {
  const { packetType, ifindex, etherType, source } = facts;
  // ARPHRD_ETHER, ARPHRD_TUNNEL for the IPIP device
  const hardware = source.length === 6 ? 1 : 768;
  const address = Buffer.alloc(8);
  source.copy(address);
  if (version === 1) {
    const head = Buffer.alloc(6);
    head.writeUInt16BE(packetType, 0);
    head.writeUInt16BE(hardware, 2);
    head.writeUInt16BE(source.length, 4);
    return Buffer.concat([head, address, Buffer.from([etherType >> 8, etherType & 255]), payload]);
  }
  const head = Buffer.alloc(12);
  head.writeUInt16BE(etherType, 0);
  head.writeUInt32BE(ifindex, 4);
  head.writeUInt16BE(hardware, 8);
  head[10] = packetType;
  head[11] = source.length;
  return Buffer.concat([head, address, payload]);
}
