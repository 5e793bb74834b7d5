// What a writer of captures is given, and the time of a packet in its interface's own units.
import { blockAround } from '../pcapng/packet-in-block.ts';
import type { CaptureInterface } from '../source.ts';

/** A packet as it was read, or a part of it. */
export interface WrittenPacket {
  bytes: Uint8Array;
  start: number;
  captured: number;
  /** Bytes on the wire. */
  original: number;
  /** Epoch seconds; NaN for a packet without a time. */
  seconds: number;
  nanos: number;
}

/** A packet that still lies where it was read: its block has its time and options as they were. Of other formats and parts there is none. */
export type SourceBlock = ReturnType<typeof blockAround>;

export function sourceBlock(
  format: 'pcap' | 'pcapng' | null,
  packet: Omit<WrittenPacket, 'seconds' | 'nanos'>,
): SourceBlock {
  return format === 'pcapng' ? blockAround(packet) : null;
}

/** The words of a 64-bit timestamp. */
export interface TimeWords {
  high: number;
  low: number;
}

/**
 * The timestamp in units of 10^-digits seconds, exact without BigInt: every product stays under 2^53. As it was read, where its block
 * is there.
 */
export function timeWords(
  { seconds, nanos }: WrittenPacket,
  { timeDigits }: Pick<CaptureInterface, 'timeDigits'>,
  block: SourceBlock,
  into: TimeWords,
): TimeWords {
  if (block !== null) {
    into.high = block.view.getUint32(block.time, block.little);
    into.low = block.view.getUint32(block.time + 4, block.little);
    return into;
  }
  const perSecond = 10 ** timeDigits;
  const fraction = Math.floor(nanos / 10 ** (9 - timeDigits));
  const upperSeconds = Math.floor(seconds / 0x10000);
  const lower = (seconds - upperSeconds * 0x10000) * perSecond + fraction;
  const upper = upperSeconds * perSecond + Math.floor(lower / 0x10000);
  into.high = Math.floor(upper / 0x10000) >>> 0;
  into.low = ((upper % 0x10000) * 0x10000 + (lower % 0x10000)) >>> 0;
  return into;
}
