// HOT: per packet. No allocation.
// Records of pcap (version 2.4, microseconds) and pcapng (one section, one Ethernet interface, nanoseconds), little-endian.
import type { CaptureOptions } from './options.ts';

/** 29 November 2026, 12:00 UTC. */
const START_SECONDS = 1_795_953_600;
const ETHERNET_LINK = 1;
const [PCAP_RECORD, BLOCK_HEAD, BLOCK_TAIL] = [16, 28, 4] as const;
/** The longest frame and its record. */
const ROOM = 10_000;

/** What a file begins with. */
export function fileHead(format: CaptureOptions['format'], snaplen: number): Uint8Array {
  if (format === 'pcap') {
    const head = Buffer.alloc(24);
    head.writeUInt32LE(0xa1b2_c3d4, 0);
    head.writeUInt16LE(2, 4);
    head.writeUInt16LE(4, 6);
    head.writeUInt32LE(snaplen, 16);
    head.writeUInt32LE(ETHERNET_LINK, 20);
    return head;
  }
  const section = [0x0a0d_0d0a, 28, 0x1a2b_3c4d, 0x0000_0001, 0xffff_ffff, 0xffff_ffff, 28];
  // if_tsresol (option 9, one byte): 10^-9 s
  const description = [1, 32, ETHERNET_LINK, snaplen, 0x0001_0009, 9, 0, 32];
  return Buffer.from(Uint32Array.from([...section, ...description]).buffer);
}

export class Records {
  private readonly memory: Uint8Array;
  private readonly begin: number;
  private readonly snaplen: number;
  private readonly isBlock: boolean;
  private at: number;
  private micros = 0;

  /** Writes to `memory` from `begin` on. */
  constructor(memory: Uint8Array, begin: number, options: CaptureOptions) {
    this.memory = memory;
    this.begin = begin;
    this.at = begin;
    this.snaplen = options.snaplen;
    this.isBlock = options.format === 'pcapng';
  }

  clear(): void {
    this.at = this.begin;
  }

  /** Whether a packet in two fragments still fits. */
  hasRoom(): boolean {
    return this.at + 2 * ROOM <= this.memory.length;
  }

  end(): number {
    return this.at;
  }

  milliseconds(): number {
    return Math.floor(this.micros / 1000);
  }

  tick(micros: number): void {
    this.micros += micros;
  }

  /** One frame: the first `head` bytes of the memory, then `length` bytes at `payloadAt`. */
  add(head: number, payloadAt: number, length: number): void {
    const { memory } = this;
    const captured = Math.min(head + length, this.snaplen);
    const begin = this.at + (this.isBlock ? BLOCK_HEAD : PCAP_RECORD);
    if (this.isBlock) this.blockHead(captured, head + length);
    else this.recordHead(captured, head + length);
    memory.copyWithin(begin, 0, head);
    if (captured > head) memory.copyWithin(begin + head, payloadAt, payloadAt + captured - head);
    this.at = begin + captured;
    if (this.isBlock) this.blockTail(captured);
  }

  private recordHead(captured: number, original: number): void {
    const { at, micros } = this;
    this.u32(at, START_SECONDS + Math.floor(micros / 1_000_000));
    this.u32(at + 4, micros % 1_000_000);
    this.u32(at + 8, captured);
    this.u32(at + 12, original);
  }

  /** An Enhanced Packet Block. */
  private blockHead(captured: number, original: number): void {
    const { at, micros } = this;
    const second = START_SECONDS + Math.floor(micros / 1_000_000);
    // nanoseconds since 1970 in two words, of products that stay below 2^53
    const low = (second % 4096) * 1e9 + (micros % 1_000_000) * 1000;
    const high = Math.floor(second / 4096) * 1e9;
    const sum = (high % 0x10_0000) * 4096 + low;
    this.u32(at, 6);
    this.u32(at + 4, blockLength(captured));
    this.u32(at + 8, 0);
    this.u32(at + 12, Math.floor(high / 0x10_0000) + Math.floor(sum / 0x1_0000_0000));
    this.u32(at + 16, sum % 0x1_0000_0000);
    this.u32(at + 20, captured);
    this.u32(at + 24, original);
  }

  private blockTail(captured: number): void {
    while ((this.at - this.begin) % 4 !== 0) this.memory[this.at++] = 0;
    this.u32(this.at, blockLength(captured));
    this.at += BLOCK_TAIL;
  }

  private u32(at: number, value: number): void {
    const { memory } = this;
    memory[at] = value;
    memory[at + 1] = value >>> 8;
    memory[at + 2] = value >>> 16;
    memory[at + 3] = value >>> 24;
  }
}

function blockLength(captured: number): number {
  return BLOCK_HEAD + Math.ceil(captured / 4) * 4 + BLOCK_TAIL;
}
