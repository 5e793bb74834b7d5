// Captures changed as if tcpdump had been run differently: through a filter, with a snaplen, on one direction, stopped earlier,
// as Linux cooked v1. Reads and writes the files itself and shares no code with src/capture.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { LINK, type OuterHeader, outerHeader } from './outer-header.ts';

export interface Frame {
  /** Record header of pcap, or block of pcapng up to the packet's bytes: kept as it is but for the lengths. */
  head: Uint8Array;
  data: Uint8Array;
  original: number;
  outer: OuterHeader;
  /** Epoch microseconds or nanoseconds as the file has them. */
  time: bigint;
}

export interface CaptureFile {
  format: 'pcap' | 'pcapng';
  linkType: number;
  little: boolean;
  /** pcap: the file header. pcapng: every block before the first packet. */
  header: Uint8Array;
  frames: readonly Frame[];
}

/** Reads pcap, or pcapng of one section with Enhanced Packet Blocks, plain or gzip. */
export function readCaptureFile(path: string): CaptureFile {
  const file = readFileSync(path);
  const bytes = new Uint8Array(file[0] === 0x1f ? gunzipSync(file) : file);
  return bytes[0] === 0x0a ? readPcapng(bytes) : readPcap(bytes);
}

function readPcap(bytes: Uint8Array): CaptureFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0xd4 || bytes[0] === 0x4d;
  const linkType = view.getUint32(20, little) & 0xffff;
  const frames: Frame[] = [];
  for (let at = 24; at + 16 <= bytes.length; ) {
    const captured = view.getUint32(at + 8, little);
    const data = bytes.slice(at + 16, at + 16 + captured);
    const time = BigInt(view.getUint32(at, little)) * 1_000_000_000n + BigInt(view.getUint32(at + 4, little));
    const outer = outerHeader(linkType, data);
    frames.push({ head: bytes.slice(at, at + 8), data, original: view.getUint32(at + 12, little), outer, time });
    at += 16 + captured;
  }
  return { format: 'pcap', linkType, little, header: bytes.slice(0, 24), frames };
}

function readPcapng(bytes: Uint8Array): CaptureFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[8] === 0x4d;
  const frames: Frame[] = [];
  const header: Uint8Array[] = [];
  let linkType = LINK.ethernet as number;
  for (let at = 0; at + 12 <= bytes.length; at += view.getUint32(at + 4, little)) {
    const type = view.getUint32(at, little);
    if (type === 1) linkType = view.getUint16(at + 8, little);
    if (type === 6) {
      const captured = view.getUint32(at + 20, little);
      const data = bytes.slice(at + 28, at + 28 + captured);
      const time = (BigInt(view.getUint32(at + 12, little)) << 32n) | BigInt(view.getUint32(at + 16, little));
      const outer = outerHeader(linkType, data);
      frames.push({ head: bytes.slice(at, at + 20), data, original: view.getUint32(at + 24, little), outer, time });
    } else if (frames.length === 0) header.push(bytes.slice(at, at + view.getUint32(at + 4, little)));
  }
  return { format: 'pcapng', linkType, little, header: join(header), frames };
}

/** The file's bytes again. */
export function writeCaptureFile(file: CaptureFile): Uint8Array {
  const parts = file.frames.map((frame) => (file.format === 'pcap' ? record(file, frame) : block(file, frame)));
  return join([file.header, ...parts]);
}

function record({ little }: CaptureFile, { head, data, original }: Frame): Uint8Array {
  const lengths = new DataView(new ArrayBuffer(8));
  lengths.setUint32(0, data.length, little);
  lengths.setUint32(4, original, little);
  return join([head, new Uint8Array(lengths.buffer), data]);
}

function block({ little }: CaptureFile, { head, data, original }: Frame): Uint8Array {
  const padding = (4 - (data.length % 4)) % 4;
  const length = 32 + data.length + padding;
  const whole = new Uint8Array(length);
  whole.set(head);
  whole.set(data, 28);
  const view = new DataView(whole.buffer);
  view.setUint32(4, length, little);
  view.setUint32(20, data.length, little);
  view.setUint32(24, original, little);
  view.setUint32(length - 4, length, little);
  return whole;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Keeps the frames that pass. */
export function filterFrames(file: CaptureFile, keep: (outer: OuterHeader, index: number) => boolean): CaptureFile {
  return { ...file, frames: file.frames.filter((frame, i) => keep(frame.outer, i)) };
}

/** `tcpdump -s length`. */
export function cutFrames(file: CaptureFile, length: number): CaptureFile {
  const header = file.header.slice();
  if (file.format === 'pcap') new DataView(header.buffer).setUint32(16, length, file.little);
  return { ...file, header, frames: file.frames.map((f) => ({ ...f, data: f.data.slice(0, length) })) };
}

/** Changes bytes of frames; `change` gets a copy and may return another one. */
export function changeFrames(
  file: CaptureFile,
  change: (data: Uint8Array, outer: OuterHeader, index: number) => Uint8Array,
): CaptureFile {
  const frames = file.frames.map((frame, i) => {
    const data = change(frame.data.slice(), frame.outer, i);
    const original = frame.original + data.length - frame.data.length;
    return { ...frame, data, original, outer: outerHeader(file.linkType, data) };
  });
  return { ...file, frames };
}

/** `-i any` in Linux cooked v2 as older tcpdumps write it: v1, without the interface. */
export function toCookedV1(file: CaptureFile): CaptureFile {
  if (file.linkType !== LINK.sll2) throw new Error('not Linux cooked v2');
  const header = file.header.slice();
  new DataView(header.buffer).setUint32(20, LINK.sll, file.little);
  const frames = file.frames.map((frame) => {
    const d = frame.data;
    const cooked = new Uint8Array(d.length - 4);
    cooked.set([0, d[10] ?? 0, d[8] ?? 0, d[9] ?? 0, 0, d[11] ?? 0]);
    cooked.set(d.subarray(12, 20), 6);
    cooked.set(d.subarray(0, 2), 14);
    cooked.set(d.subarray(20), 16);
    return { ...frame, data: cooked, original: frame.original - 4, outer: outerHeader(LINK.sll, cooked) };
  });
  return { ...file, header, linkType: LINK.sll, frames };
}
