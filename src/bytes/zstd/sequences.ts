// HOT: per sequence. No allocation in `copySequences`.
// Sequences of a zstd block: literals and matches, which make the content. RFC 8878 sections 3.1.1.3.2 and 3.1.1.4.
import { backwardStart, bitsAt, damage, type FseTable, fseTable, readFseTable, singleSymbolTable } from './fse.ts';
import type { Stretch } from './huffman.ts';
import { MAX_BLOCK, type Window } from './window.ts';

/** Tables of literal lengths, offsets and match lengths: those of the block before may be used again. */
export interface SequenceTables {
  literals: FseTable | null;
  offsets: FseTable | null;
  matches: FseTable | null;
}

/** What is kept from block to block of a frame. */
export interface SequenceState {
  tables: SequenceTables;
  /** The last three offsets. */
  recent: [number, number, number];
}

/** At the beginning of a frame. */
export function newSequenceState(): SequenceState {
  return { tables: { literals: null, offsets: null, matches: null }, recent: [1, 4, 8] };
}

const ones = (count: number): number[] => new Array(count).fill(1);
const twos = (count: number): number[] => new Array(count).fill(2);
const rare = (count: number): number[] => new Array(count).fill(-1);

/** In the order in which the modes are given; usual shares of RFC 8878 section 3.1.1.3.2.2. */
const KINDS = [
  {
    name: 'literals',
    limits: { largestLog: 9, largestSymbol: 35 },
    usual: fseTable([4, 3, ...twos(11), ...ones(3), ...twos(9), 3, 2, ...ones(5), ...rare(4)], 6),
  },
  {
    name: 'offsets',
    limits: { largestLog: 8, largestSymbol: 31 },
    usual: fseTable([...ones(6), ...twos(3), ...ones(15), ...rare(5)], 5),
  },
  {
    name: 'matches',
    limits: { largestLog: 9, largestSymbol: 52 },
    usual: fseTable([1, 4, 3, ...twos(6), ...ones(37), ...rare(7)], 6),
  },
] as const;

/** Bits that follow a code, and the length that the code stands for without them. RFC 8878 section 3.1.1.3.2.1.1. */
const LITERAL_BITS = Uint8Array.of(
  ...new Array<number>(16).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
);
const MATCH_BITS = Uint8Array.of(
  ...new Array<number>(32).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
);
const LITERAL_BASE = basesOf(LITERAL_BITS, 0);
const MATCH_BASE = basesOf(MATCH_BITS, 3);

function basesOf(bits: Uint8Array, first: number): Int32Array {
  let base = first;
  return Int32Array.from(bits, (count) => {
    base += 2 ** count;
    return base - 2 ** count;
  });
}

/** Literals of the block at hand. */
export interface Literals {
  bytes: Uint8Array;
  start: number;
  end: number;
}

/**
 * Reads the sequences in a stretch of the input and makes the block's content at the end of the window. Nothing is written
 * beyond `MAX_BLOCK`, so the work is bounded, too. @throws Error for damage
 */
export function runSequences(
  view: DataView,
  input: Stretch,
  literals: Literals,
  state: SequenceState,
  window: Window,
): void {
  const { end } = input;
  let at = input.start;
  if (at >= end) throw damage('a block ends before its sequences');
  let count = view.getUint8(at++);
  if (count > 127) {
    const long = count === 255;
    if (at + (long ? 2 : 1) > end) throw damage('a block ends before its sequences');
    count = long ? view.getUint16(at, true) + 0x7f00 : ((count - 128) << 8) + view.getUint8(at);
    at += long ? 2 : 1;
  }
  if (count === 0) {
    if (at !== end) throw damage('bytes follow the literals of a block');
    window.append(literals.bytes.subarray(literals.start, literals.end));
    return;
  }
  const start = readTables(view, at, end, state.tables);
  copySequences(view, { start, end }, count, literals, state, window);
}

function readTables(view: DataView, from: number, end: number, tables: SequenceTables): number {
  const modes = from < end ? view.getUint8(from) : 3;
  if ((modes & 3) !== 0) throw damage('the modes of sequences make no sense');
  let at = from + 1;
  for (const [i, { name, limits, usual }] of KINDS.entries()) {
    const mode = (modes >> (6 - 2 * i)) & 3;
    if (mode === 0) tables[name] = usual;
    else if (mode === 1) {
      const symbol = at < end ? view.getUint8(at++) : 255;
      if (symbol > limits.largestSymbol) throw damage('a code of sequences does not exist');
      tables[name] = singleSymbolTable(symbol);
    } else if (mode === 2) {
      const read = readFseTable(view, at, end, limits);
      tables[name] = read.table;
      at = read.end;
    } else if (tables[name] === null) throw damage('a table is used again that was never there');
  }
  return at;
}

function copySequences(
  view: DataView,
  { start, end }: Stretch,
  count: number,
  literals: Literals,
  { tables, recent }: SequenceState,
  window: Window,
): void {
  const { literals: ofLiterals, offsets: ofOffsets, matches: ofMatches } = tables;
  if (ofLiterals === null || ofOffsets === null || ofMatches === null) throw damage('a table is missing');
  const literalEntries = ofLiterals.entries;
  const offsetEntries = ofOffsets.entries;
  const matchEntries = ofMatches.entries;
  const first = start * 8;
  const out = window.bytes;
  const limit = window.end + MAX_BLOCK;
  const source = literals.bytes;
  const lastLiteral = literals.end;
  let [recent0, recent1, recent2] = recent;
  let literal = literals.start;
  let to = window.end;
  let position = backwardStart(view, start, end);
  position -= ofLiterals.log;
  let literalState = bitsAt(view, position, ofLiterals.log);
  position -= ofOffsets.log;
  let offsetState = bitsAt(view, position, ofOffsets.log);
  position -= ofMatches.log;
  let matchState = bitsAt(view, position, ofMatches.log);
  for (let left = count; ; ) {
    const literalEntry = literalEntries[literalState]!;
    const offsetEntry = offsetEntries[offsetState]!;
    const matchEntry = matchEntries[matchState]!;
    const offsetBits = offsetEntry & 255;
    position -= offsetBits;
    let value = (1 << offsetBits) >>> 0;
    if (offsetBits > 24) value += bitsAt(view, position + 16, offsetBits - 16) * 65536 + bitsAt(view, position, 16);
    else value += bitsAt(view, position, offsetBits);
    const matchCode = matchEntry & 255;
    const literalCode = literalEntry & 255;
    const matchBits = MATCH_BITS[matchCode]!;
    const literalBits = LITERAL_BITS[literalCode]!;
    let match = MATCH_BASE[matchCode]!;
    let length = LITERAL_BASE[literalCode]!;
    if (matchBits > 0) {
      position -= matchBits;
      match += bitsAt(view, position, matchBits);
    }
    if (literalBits > 0) {
      position -= literalBits;
      length += bitsAt(view, position, literalBits);
    }
    let offset = value - 3;
    if (value <= 3) {
      const place = length === 0 ? value + 1 : value;
      offset = place === 1 ? recent0 : place === 2 ? recent1 : place === 3 ? recent2 : recent0 - 1;
      if (place > 2) recent2 = recent1;
      if (place > 1) recent1 = recent0;
    } else {
      recent2 = recent1;
      recent1 = recent0;
    }
    recent0 = offset;
    if (position < first || literal + length > lastLiteral || to + length + match > limit)
      throw damage('the sequences of a block do not add up');
    if (length > 32) out.set(source.subarray(literal, literal + length), to);
    else for (let i = 0; i < length; i++) out[to + i] = source[literal + i]!;
    literal += length;
    to += length;
    let from = to - offset;
    if (offset < 1 || from < 0) throw damage('a match begins before the frame');
    const stop = to + match;
    if (match > 48 && offset >= match) {
      out.copyWithin(to, from, from + match);
      to = stop;
    } else while (to < stop) out[to++] = out[from++]!;
    if (--left === 0) break;
    // The states are set anew for all but the last.
    const more = (literalEntry >>> 8) & 255;
    const moreMatch = (matchEntry >>> 8) & 255;
    const moreOffset = (offsetEntry >>> 8) & 255;
    position -= more + moreMatch;
    const bits = bitsAt(view, position, more + moreMatch);
    literalState = (literalEntry >>> 16) + (bits >>> moreMatch);
    matchState = (matchEntry >>> 16) + (bits & ((1 << moreMatch) - 1));
    position -= moreOffset;
    offsetState = (offsetEntry >>> 16) + bitsAt(view, position, moreOffset);
    if (position < first) throw damage('the sequences of a block are cut off');
  }
  if (position !== first) throw damage('the sequences of a block do not end where they should');
  if (to + lastLiteral - literal > limit) throw damage('a block makes more than 128 KiB');
  out.set(source.subarray(literal, lastLiteral), to);
  window.end = to + lastLiteral - literal;
  recent[0] = recent0;
  recent[1] = recent1;
  recent[2] = recent2;
}
