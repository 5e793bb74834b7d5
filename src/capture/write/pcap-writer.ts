// Classic pcap as bytes: one link type, microseconds or nanoseconds, little-endian. draft-ietf-opsawg-pcap section 4.
import { PCAP_MICRO, PCAP_NANO } from '../../bytes/sniff.ts';
import { ByteBuffer } from './byte-buffer.ts';
import type { WrittenPacket } from './written-packet.ts';

const [MAJOR, MINOR] = [2, 4] as const;
/** The snaplen of a file whose packets say nothing of one; tcpdump's own. */
const NO_LIMIT = 262_144;

export interface PcapFile {
  linkType: number;
  /** 0: no limit. */
  snaplen: number;
  nanoseconds: boolean;
}

/** What keeps a packet out of a file that has begun; null: nothing. */
export type PcapProblem = 'link-type' | 'no-time' | 'time-range' | 'nanoseconds' | null;

export class PcapWriter {
  readonly #out = new ByteBuffer();
  readonly #file: PcapFile;

  constructor(file: PcapFile) {
    this.#file = file;
    const out = this.#out;
    out.u32(file.nanoseconds ? PCAP_NANO : PCAP_MICRO);
    out.u16(MAJOR);
    out.u16(MINOR);
    // time zone and accuracy, which nobody uses
    out.u32(0);
    out.u32(0);
    out.u32(file.snaplen === 0 ? NO_LIMIT : file.snaplen);
    out.u32(file.linkType);
  }

  /** Bytes that wait to be taken. */
  get length(): number {
    return this.#out.length;
  }

  get isFull(): boolean {
    return this.#out.isFull;
  }

  take(): Uint8Array {
    return this.#out.take();
  }

  /** Why a packet cannot be written without a change. */
  problemOf({ seconds, nanos }: WrittenPacket, linkType: number): PcapProblem {
    if (linkType !== this.#file.linkType) return 'link-type';
    if (Number.isNaN(seconds)) return 'no-time';
    if (seconds < 0 || seconds > 0xffffffff) return 'time-range';
    return !this.#file.nanoseconds && nanos % 1000 !== 0 ? 'nanoseconds' : null;
  }

  /** One without a problem. */
  packet({ bytes, start, captured, original, seconds, nanos }: WrittenPacket): void {
    const out = this.#out;
    out.u32(seconds);
    out.u32(this.#file.nanoseconds ? nanos : nanos / 1000);
    out.u32(captured);
    out.u32(original);
    out.part(bytes, start, start + captured);
  }
}
