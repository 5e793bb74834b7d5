// HOT: per packet. No allocation.
// pcapng timestamps: 64-bit counts of units of 10^-n or 2^-n seconds in two words, split into seconds and nanoseconds.
// Exact without BigInt: every product below stays under 2^53. draft-ietf-opsawg-pcapng section 4.2 (if_tsresol), 4.3.
import type { PacketBatch } from '../source.ts';

/** The unit of an interface's timestamps, prepared once per interface. */
export interface TimeUnit {
  /** Units are 2^-bits seconds; -1 when they are decimal. */
  readonly bits: number;
  /** Decimal units in a second, at most 10^9: finer ones are first divided by `finer`, then by `finest`. */
  readonly perSecond: number;
  readonly nanosPerUnit: number;
  readonly finer: number;
  readonly finest: number;
  /** if_tsoffset: seconds to add. */
  readonly offset: number;
  /** Digits after the second that such timestamps carry, at most 9. */
  readonly digits: number;
  /** The second of the last timestamp and the count it began at: most packets share it with the one before. */
  second: number;
  secondHigh: number;
  secondLow: number;
}

/** `resolution` is if_tsresol's byte (6 when absent: microseconds), `offset` if_tsoffset in seconds. */
export function timeUnit(resolution: number, offset: number): TimeUnit {
  const exponent = resolution & 0x7f;
  const decimal = Math.min(exponent, 9);
  return {
    bits: resolution & 0x80 ? exponent : -1,
    perSecond: 10 ** decimal,
    nanosPerUnit: 10 ** (9 - decimal),
    finer: 10 ** Math.min(exponent - decimal, 11),
    finest: 10 ** Math.min(Math.max(exponent - decimal - 11, 0), 11),
    offset,
    digits: decimal,
    second: 0,
    secondHigh: -1,
    secondLow: 0,
  };
}

/** Writes the time `high * 2^32 + low` units to entry `index` of the batch; what is finer than a nanosecond is cut. */
export function storeTime(batch: PacketBatch, index: number, unit: TimeUnit, high: number, low: number): void {
  const units = low - unit.secondLow;
  if (high === unit.secondHigh && units >= 0 && units < unit.perSecond) {
    batch.seconds[index] = unit.second;
    batch.nanos[index] = units * unit.nanosPerUnit;
  } else if (unit.bits >= 0) {
    storeBinaryTime(batch, index, unit, high, low);
  } else {
    storeDecimalTime(batch, index, unit, high, low);
  }
}

function storeDecimalTime(batch: PacketBatch, index: number, unit: TimeUnit, high: number, low: number): void {
  // The count as upper * 2^16 + lower, divided like on paper, sixteen bits at a time.
  let upper = high * 0x10000 + (low >>> 16);
  let lower = low & 0xffff;
  if (unit.finer !== 1) {
    const first = Math.floor(high / unit.finer);
    const middle = (high - first * unit.finer) * 0x10000 + (low >>> 16);
    const second = Math.floor(middle / unit.finer);
    upper = first * 0x10000 + second;
    lower = Math.floor(((middle - second * unit.finer) * 0x10000 + lower) / unit.finer);
  }
  if (unit.finest !== 1) {
    const count = Math.floor((upper * 0x10000 + lower) / unit.finest);
    upper = Math.floor(count / 0x10000);
    lower = count - upper * 0x10000;
  }
  const quotient = Math.floor(upper / unit.perSecond);
  const rest = (upper - quotient * unit.perSecond) * 0x10000 + lower;
  const seconds = Math.floor(rest / unit.perSecond);
  const fraction = rest - seconds * unit.perSecond;
  batch.seconds[index] = quotient * 0x10000 + seconds + unit.offset;
  batch.nanos[index] = fraction * unit.nanosPerUnit;
  if (unit.finer !== 1) return;
  unit.second = quotient * 0x10000 + seconds + unit.offset;
  unit.secondHigh = high;
  unit.secondLow = low - fraction;
}

/** Units of 2^-bits: the whole seconds are a shift; the fraction, moved to the left end of 64 bits, times 10^9 / 2^64. */
function storeBinaryTime(batch: PacketBatch, index: number, unit: TimeUnit, high: number, low: number): void {
  const bits = unit.bits;
  let seconds = 0;
  let upper = high;
  let lower = low;
  if (bits === 0) {
    seconds = high * 0x100000000 + low;
    upper = 0;
    lower = 0;
  } else if (bits < 32) {
    seconds = high * 2 ** (32 - bits) + (low >>> bits);
    upper = (low << (32 - bits)) >>> 0;
    lower = 0;
  } else if (bits === 32) {
    seconds = high;
    upper = low;
    lower = 0;
  } else if (bits < 64) {
    seconds = high >>> (bits - 32);
    upper = ((high << (64 - bits)) | (low >>> (bits - 32))) >>> 0;
    lower = (low << (64 - bits)) >>> 0;
  }
  let nanos = Math.floor(((lower & 0xffff) * 1e9) / 0x10000);
  nanos = Math.floor(((lower >>> 16) * 1e9 + nanos) / 0x10000);
  nanos = Math.floor(((upper & 0xffff) * 1e9 + nanos) / 0x10000);
  nanos = Math.floor(((upper >>> 16) * 1e9 + nanos) / 0x10000);
  if (bits > 64) nanos = Math.floor(nanos / 2 ** (bits - 64));
  batch.seconds[index] = seconds + unit.offset;
  batch.nanos[index] = nanos;
}
