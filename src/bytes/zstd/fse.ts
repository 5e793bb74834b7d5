// Finite state entropy tables of zstd. RFC 8878 section 4.1. Every loop here is bounded by the size of a table, whatever the bytes say.

/** A decoding table; an entry is `base << 16 | bits << 8 | symbol`: the next state is `base` plus so many bits. */
export interface FseTable {
  log: number;
  entries: Uint32Array;
}

export interface FseLimits {
  largestLog: number;
  largestSymbol: number;
}

/** Damage, told by the one who reads frames. */
export function damage(problem: string): Error {
  return new Error(problem);
}

/** Position of the highest bit that is set; -1 for 0. */
export function highestBit(value: number): number {
  return 31 - Math.clz32(value);
}

/** `count` bits (at most 24) from bit `position` on; four bytes beyond them must be readable. */
export function bitsAt(view: DataView, position: number, count: number): number {
  return (view.getUint32(position >> 3, true) >>> (position & 7)) & ((1 << count) - 1);
}

/** A table's description at `at`, which ends before `end`; answers where it ends, too. @throws Error for damage */
export function readFseTable(
  view: DataView,
  at: number,
  end: number,
  limits: FseLimits,
): { table: FseTable; end: number } {
  const log = (at < end ? view.getUint8(at) & 15 : 15) + 5;
  if (log > limits.largestLog) throw damage('a table is larger than it may be');
  const shares: number[] = [];
  let position = at * 8 + 4;
  let left = 1 << log;
  while (left > 0) {
    if (shares.length > limits.largestSymbol || position > end * 8)
      throw damage('a table has more symbols than it may');
    const width = highestBit(left + 1);
    // Of the numbers 0 .. left+1 the smallest take one bit less.
    const short = 2 ** (width + 1) - 2 - left;
    let value = bitsAt(view, position, width + 1);
    if ((value & (2 ** width - 1)) < short) {
      value &= 2 ** width - 1;
      position += width;
    } else {
      if (value >= 2 ** width) value -= short;
      position += width + 1;
    }
    const share = value - 1;
    left -= Math.abs(share);
    shares.push(share);
    if (share === 0) position = skipZeros(view, position, end, shares, limits.largestSymbol);
  }
  if (left < 0 || position > end * 8) throw damage('a table does not add up');
  return { table: fseTable(shares, log), end: (position + 7) >> 3 };
}

/** Two bits say how many more symbols do not occur; 3: and two more bits follow. */
function skipZeros(view: DataView, from: number, end: number, shares: number[], largestSymbol: number): number {
  let position = from;
  for (let more = 3; more === 3; position += 2) {
    if (shares.length > largestSymbol || position > end * 8) throw damage('a table has more symbols than it may');
    more = bitsAt(view, position, 2);
    for (let i = 0; i < more; i++) shares.push(0);
  }
  return position;
}

/** The table of shares that add up to `2 ** log`; -1 is a share of less than one. RFC 8878 section 4.1.1. */
export function fseTable(shares: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = shares.map(Math.abs);
  let high = size;
  for (const [symbol, share] of shares.entries()) if (share === -1) symbols[--high] = symbol;
  const step = (size >> 1) + (size >> 3) + 3;
  let place = 0;
  for (const [symbol, share] of shares.entries()) {
    for (let i = 0; i < share; i++) {
      symbols[place] = symbol;
      // `high` places are below it, and the step leads through all: where one is to be filled, one is found.
      do place = (place + step) & (size - 1);
      while (place >= high);
    }
  }
  const entries = new Uint32Array(size);
  for (const [state, symbol] of symbols.entries()) {
    const count = next[symbol] ?? 1;
    next[symbol] = count + 1;
    const bits = log - highestBit(count);
    entries[state] = (((count << bits) - size) << 16) | (bits << 8) | symbol;
  }
  return { log, entries };
}

/** Always the same symbol, for no bits. */
export function singleSymbolTable(symbol: number): FseTable {
  return { log: 0, entries: Uint32Array.of(symbol) };
}

/** The first bit of a stream that is read backwards: the highest that is set in its last byte is its mark. */
export function backwardStart(view: DataView, start: number, end: number): number {
  const last = end > start ? view.getUint8(end - 1) : 0;
  if (last === 0) throw damage('a stream of bits has no end mark');
  return (end - 1) * 8 + highestBit(last);
}
