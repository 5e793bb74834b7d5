// What a capture filter or a snaplen leaves of a classic little-endian pcap: on bytes, without the project's own decoder.

const RECORD_HEADER = 16;
const FILE_HEADER = 24;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_ARP = 0x0806;

/** Offset of the ethertype and of what follows the link header, by LINKTYPE. */
const LINK: Record<number, { type: number; payload: number }> = {
  1: { type: 12, payload: 14 },
  113: { type: 14, payload: 16 },
  276: { type: 0, payload: 20 },
};

export interface Frame {
  /** The outermost addresses as text; null for what is neither IPv4 nor ARP. */
  src: string | null;
  dst: string | null;
  arp: boolean;
  /** UDP ports of the outermost packet; null if it is no UDP, or a later fragment. */
  ports: readonly [number, number] | null;
}

export type Filter = (frame: Frame) => boolean;

/** Like the tcpdump expressions of these names. */
export const udpPort =
  (port: number): Filter =>
  ({ ports }) =>
    ports?.includes(port) ?? false;
export const host =
  (address: string): Filter =>
  ({ src, dst }) =>
    src === address || dst === address;
export const srcHost =
  (address: string): Filter =>
  ({ src }) =>
    src === address;

/** The frames that pass. Times, lengths and order stay. */
export function filterCapture(file: Buffer, filter: Filter): Buffer {
  const link = linkOf(file);
  const kept = [...records(file)].filter((record) => filter(frameOf(record.subarray(RECORD_HEADER), link)));
  return Buffer.concat([file.subarray(0, FILE_HEADER), ...kept]);
}

/** At most `snaplen` bytes of each frame, the original lengths kept: what `tcpdump -s` or `editcap -s` does. */
export function cutCapture(file: Buffer, snaplen: number): Buffer {
  const header = Buffer.from(file.subarray(0, FILE_HEADER));
  header.writeUInt32LE(snaplen, 16);
  const cut = [...records(file)].map((record) => {
    const short = Buffer.from(record.subarray(0, RECORD_HEADER + snaplen));
    short.writeUInt32LE(short.length - RECORD_HEADER, 8);
    return short;
  });
  return Buffer.concat([header, ...cut]);
}

function linkOf(file: Buffer): { type: number; payload: number } {
  if (file.readUInt32LE(0) !== 0xa1b2c3d4) throw new Error('only classic little-endian microsecond pcap here');
  const link = LINK[file.readUInt32LE(20) & 0xffff];
  if (link === undefined) throw new Error(`link type ${file.readUInt32LE(20)} is not known here`);
  return link;
}

function* records(file: Buffer): Generator<Buffer> {
  for (let at = FILE_HEADER; at + RECORD_HEADER <= file.length; ) {
    const end = at + RECORD_HEADER + file.readUInt32LE(at + 8);
    yield file.subarray(at, end);
    at = end;
  }
}

function frameOf(frame: Buffer, link: { type: number; payload: number }): Frame {
  const type = frame.readUInt16BE(link.type);
  const packet = frame.subarray(link.payload);
  if (type === ETHERTYPE_ARP) return { src: address(packet, 14), dst: address(packet, 24), arp: true, ports: null };
  if (type !== ETHERTYPE_IPV4) return { src: null, dst: null, arp: false, ports: null };
  const transport = ((packet[0] ?? 0) & 15) * 4;
  const first = (packet.readUInt16BE(6) & 0x1fff) === 0;
  const ports =
    packet[9] === 17 && first ? ([packet.readUInt16BE(transport), packet.readUInt16BE(transport + 2)] as const) : null;
  return { src: address(packet, 12), dst: address(packet, 16), arp: false, ports };
}

function address(bytes: Buffer, at: number): string {
  return [...bytes.subarray(at, at + 4)].join('.');
}
