// DNS over TCP (RFC 7766 section 8, RFC 1035 section 4.2.2): each message stands behind two bytes of length. One is read where it lies in one
// segment, with its length before it or in a segment of its own; of a longer answer the beginning is. Segments count in their order: where one
// is missing, what follows is not read until a segment holds whole messages, and nothing that was asked meanwhile is called unanswered.

import { u16 } from '../../wire/bytes.ts';
import { DNS } from '../../wire/dns.ts';

const LENGTH_BYTES = 2;
const HEADER = DNS.headerLength;
/** Connections that are followed at once. */
const MOST_STREAMS = 4096;
const UNKNOWN = -1;

/** One segment of a direction of a connection, as a row has it. */
export interface Segment {
  row: number;
  isOpening: boolean;
  /** Of its first byte, signed. */
  sequence: number;
  /** Bytes on the wire. */
  payload: number;
  /** What was captured of them: from, to. */
  from: number;
  end: number;
}

/** Where the next message begins: its length, or behind a length that came alone, itself. */
interface Next {
  sequence: number;
  length: number;
}

export class DnsStreams {
  readonly #next = new Map<number, Next>();
  /** Rows of which something could not be read. */
  readonly unread = new Set<number>();

  /** Messages of the segment that can be read: where each begins and ends in `bytes`. */
  messages(bytes: Uint8Array, segment: Segment): [from: number, end: number][] {
    const { row, isOpening, sequence, payload, from } = segment;
    if (isOpening) {
      this.#keep(row, { sequence: (sequence + 1) | 0, length: UNKNOWN });
      return [];
    }
    if (payload === 0) return [];
    const known = this.#next.get(row);
    const next = known ?? (isWhole(bytes, segment) ? { sequence, length: UNKNOWN } : null);
    const gap = next === null ? 0 : (sequence - next.sequence) | 0;
    // sent again, or the rest of a message that was read
    if (gap < 0) return [];
    if (next === null || gap > 0) {
      this.#lose(row);
      return gap > 0 && isWhole(bytes, segment) ? this.messages(bytes, segment) : [];
    }
    const found: [number, number][] = [];
    let at = from;
    let left = payload;
    let { length } = next;
    while (left > 0) {
      if (length === UNKNOWN) {
        if (left < LENGTH_BYTES || at + LENGTH_BYTES > segment.end) {
          this.#lose(row);
          return found;
        }
        length = u16(bytes, at);
        at += LENGTH_BYTES;
        left -= LENGTH_BYTES;
        if (left === 0) break;
      }
      const end = Math.min(at + Math.min(length, left), segment.end);
      if (isReadable(bytes, at, end, length)) found.push([at, end]);
      else this.unread.add(row);
      at += length;
      left -= length;
      length = UNKNOWN;
    }
    this.#keep(row, { sequence: (sequence + (at - from)) | 0, length });
    return found;
  }

  #keep(row: number, next: Next): void {
    if (this.#next.size >= MOST_STREAMS && !this.#next.has(row)) {
      const [oldest] = this.#next.keys();
      if (oldest !== undefined) this.#lose(oldest);
    }
    this.#next.set(row, next);
  }

  #lose(row: number): void {
    this.#next.delete(row);
    this.unread.add(row);
  }
}

/** Whether a segment holds one message and nothing else. */
function isWhole(bytes: Uint8Array, { payload, from, end }: Segment): boolean {
  return end - from >= LENGTH_BYTES + HEADER && u16(bytes, from) + LENGTH_BYTES === payload;
}

/** A query must be there whole, of an answer its header and the question. */
function isReadable(bytes: Uint8Array, at: number, end: number, length: number): boolean {
  if (end - at < HEADER) return false;
  return end - at >= length || DNS['flags.response'].read(bytes, at) === 1;
}
