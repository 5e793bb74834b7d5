// HOT: per literal. No allocation in `decodeHuffman`.
// Huffman-coded literals of zstd. RFC 8878 section 4.2.
import { backwardStart, bitsAt, damage, highestBit, readFseTable } from './fse.ts';

/** Indexed by the next `log` bits; an entry is `bits << 8 | symbol`. */
export interface HuffmanTable {
  log: number;
  entries: Uint16Array;
}

const LONGEST_CODE = 11;
const MOST_WEIGHTS = 255;
const WEIGHTS = { largestLog: 6, largestSymbol: LONGEST_CODE };

/** A tree's description at `at`; answers where it ends, too. @throws Error for damage */
export function readHuffmanTable(view: DataView, at: number, end: number): { table: HuffmanTable; end: number } {
  const first = at < end ? view.getUint8(at) : 0;
  const length = first < 128 ? first : (first - 126) >> 1;
  const after = at + 1 + length;
  if (length === 0 || after > end) throw damage('a Huffman tree is longer than its block');
  const weights = first < 128 ? codedWeights(view, at + 1, after) : plainWeights(view, at + 1, first - 127);
  return { table: huffmanTable(weights), end: after };
}

function plainWeights(view: DataView, at: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const pair = view.getUint8(at + (i >> 1));
    return i % 2 === 0 ? pair >> 4 : pair & 15;
  });
}

/** Two states take turns until the bits have ended; each weight is counted, for a state that takes no bits never ends. */
function codedWeights(view: DataView, at: number, end: number): number[] {
  const { table, end: start } = readFseTable(view, at, end, WEIGHTS);
  const weights: number[] = [];
  const first = start * 8;
  let position = backwardStart(view, start, end) - 2 * table.log;
  if (position < first) throw damage('the weights of a Huffman tree are cut off');
  let state = bitsAt(view, position + table.log, table.log);
  let other = bitsAt(view, position, table.log);
  for (;;) {
    if (weights.length >= MOST_WEIGHTS) throw damage('a Huffman tree has more symbols than there are');
    const entry = table.entries[state] ?? 0;
    const bits = (entry >>> 8) & 255;
    weights.push(entry & 255);
    if (position - bits < first) break;
    position -= bits;
    state = other;
    other = (entry >>> 16) + bitsAt(view, position, bits);
  }
  weights.push((table.entries[other] ?? 0) & 255);
  return weights;
}

/** The last symbol's weight is what is missing to a power of two. RFC 8878 section 4.2.1. */
function huffmanTable(weights: number[]): HuffmanTable {
  let sum = 0;
  for (const weight of weights) sum += weight > 0 ? 2 ** (weight - 1) : 0;
  const log = highestBit(sum) + 1;
  const rest = 2 ** log - sum;
  if (sum === 0 || log > LONGEST_CODE || (rest & (rest - 1)) !== 0 || weights.length > MOST_WEIGHTS)
    throw damage('the weights of a Huffman tree do not add up');
  weights.push(highestBit(rest) + 1);
  const entries = new Uint16Array(1 << log);
  let place = 0;
  for (let weight = 1; weight <= log; weight++) {
    for (const [symbol, own] of weights.entries()) {
      if (own !== weight) continue;
      entries.fill(((log + 1 - weight) << 8) | symbol, place, place + (1 << (weight - 1)));
      place += 1 << (weight - 1);
    }
  }
  return { log, entries };
}

/** A stretch of the input: bytes `start .. end-1`. */
export interface Stretch {
  start: number;
  end: number;
}

/** Decodes one stream of bits into `target[from .. to-1]`. @throws Error where it does not end with its last symbol */
export function decodeHuffman(
  view: DataView,
  { start, end }: Stretch,
  { log, entries }: HuffmanTable,
  target: Uint8Array,
  from: number,
  to: number,
): void {
  const first = start * 8;
  const mask = (1 << log) - 1;
  const above = 24 - log;
  let position = backwardStart(view, start, end);
  let at = from;
  // Two symbols take 22 bits at most, so one word has both.
  for (; at + 1 < to && position >= first; at += 2) {
    const word = view.getUint32((position - 24) >> 3, true) >>> ((position - 24) & 7);
    const one = entries[(word >>> above) & mask]!;
    const bits = one >> 8;
    const two = entries[(word >>> (above - bits)) & mask]!;
    target[at] = one;
    target[at + 1] = two;
    position -= bits + (two >> 8);
  }
  for (; at < to && position >= first; at++) {
    const entry = entries[bitsAt(view, position - log, log)]!;
    target[at] = entry;
    position -= entry >> 8;
  }
  if (at !== to || position !== first) throw damage('coded literals do not end where they should');
}
