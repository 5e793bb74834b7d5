// Who decodes what: captures as a whole, plain pcaps in parts, by turns.

import { fileId, fileSize } from '../bytes/open-file.ts';
import { diskFileOf } from '../bytes/open-path.ts';
import type { CaptureInfo, CaptureReader } from '../capture/source.ts';
import { type ByteMemory, byteMemory } from './byte-ring.ts';

/** One capture, and how it is read. */
export interface CaptureOrder {
  capture: number;
  path: string;
  /** Its first bytes, by which it was recognised; none where its bytes are handed over, which are the same ones. */
  head: Uint8Array;
  /** Where the bytes of what can be read once only are handed over; null for files. */
  once: ByteMemory | null;
  /** Null: as a whole. */
  parts: PartsOrder | null;
  /** Number of its first job; a capture as a whole is one, else each part is. */
  firstJob: number;
}

/** A plain pcap in parts of `length` bytes. */
export interface PartsOrder {
  /** See `fileId`. */
  id: string;
  size: number;
  length: number;
}

/** What a decoding thread is told. Of `every` threads it takes each job whose number has the rest `mine`. */
export interface DecodeOrders {
  captures: CaptureOrder[];
  /** Where the content of `-` and of pipes was put, by path. */
  elsewhere: ReadonlyMap<string, string>;
  ports: { kind: Uint8Array; vnis: number[] };
  every: number;
  mine: number;
}

export function partsOf({ size, length }: PartsOrder): { from: number; until: number }[] {
  const count = Math.max(1, Math.ceil(size / length));
  return Array.from({ length: count }, (_, i) => ({
    from: i * length,
    until: i + 1 < count ? (i + 1) * length : size,
  }));
}

/** How to read what can be read by another thread: plain pcaps in parts of `part` bytes where there are several threads. */
export function ordersFor(readers: readonly CaptureReader[], threads: number, part: number): CaptureOrder[] {
  let firstJob = 0;
  return readers.flatMap(({ info, head, once }, capture) => {
    if (head === null && once?.canRewind !== true) return [];
    // what was given is in the memory of this thread
    if (head !== null && diskFileOf(info.path) === null) return [];
    const parts = threads > 1 && head !== null ? partsFor(info, part) : null;
    const memory = head === null ? byteMemory() : null;
    const order = { capture, path: info.path, head: head ?? new Uint8Array(0), once: memory, parts, firstJob };
    firstJob += parts === null ? 1 : partsOf(parts).length;
    return [order];
  });
}

function partsFor({ path, format, compression }: CaptureInfo, length: number): PartsOrder | null {
  if (format !== 'pcap' || compression !== 'none') return null;
  const [size, id] = [fileSize(path), fileId(path)];
  return size === null || id === null ? null : { id, size, length };
}

/** How many jobs orders have in all. */
export function jobsOf(orders: readonly CaptureOrder[]): number {
  const last = orders.at(-1);
  return last === undefined ? 0 : last.firstJob + (last.parts === null ? 1 : partsOf(last.parts).length);
}
