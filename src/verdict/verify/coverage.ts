// How much of the cluster a proof covers, and what it leaves out: the pairs of nodes nobody saw, folded by node, since of 500 nodes
// they may be hundreds of thousands.

/** Unproven pairs that one node explains. */
export interface Unproven {
  node: string;
  /** `both`: nothing that it sent or received was judged; `from`: not to these others; `to`: not from these others. */
  side: 'both' | 'from' | 'to';
  /** Ordered pairs, none of them counted twice. */
  pairs: number;
  /** The other ends, the first few. */
  others: string[];
}

export interface Coverage {
  nodes: { total: number; covered: number };
  pairs: { total: number; covered: number };
  /** The pairs that are missing, the first of them. */
  uncovered: { from: string; to: string }[];
  /** All of them, folded by node; largest first. */
  unproven: Unproven[];
  /** Pairs beyond those. */
  more: number;
}

const UNCOVERED_KEPT = 10_000;
const UNPROVEN_KEPT = 500;
const OTHERS_KEPT = 6;

/**
 * @param names all nodes
 * @param judged ordered pairs of which a flow was judged
 */
export function coverageOf(names: readonly string[], judged: Iterable<{ from: string; to: string }>): Coverage {
  const index = new Map(names.map((name, i) => [name, i]));
  const missing = new Missing(names.length);
  const total = missing.left;
  const senders = new Set<number>();
  for (const { from, to } of judged) {
    const [i, j] = [index.get(from), index.get(to)];
    if (i === undefined || j === undefined) continue;
    senders.add(i);
    missing.clear(i, j);
  }
  const covered = total - missing.left;
  const uncovered = missing.list(UNCOVERED_KEPT).map(([i, j]) => ({ from: names[i] ?? '', to: names[j] ?? '' }));
  const unproven = fold(missing, names);
  return {
    nodes: { total: names.length, covered: senders.size },
    pairs: { total, covered },
    uncovered,
    unproven,
    more: missing.left,
  };
}

/** Silent nodes first; then, again and again, the row or column that explains most of what is left. */
function fold(missing: Missing, names: readonly string[]): Unproven[] {
  const unproven: Unproven[] = [];
  const all = names.length - 1;
  const silent = names.flatMap((_, i) => (missing.rows[i] === all && missing.columns[i] === all ? [i] : []));
  for (const i of silent.slice(0, UNPROVEN_KEPT)) {
    const pairs = missing.clearRow(i).length + missing.clearColumn(i).length;
    if (pairs > 0) unproven.push({ node: names[i] ?? '', side: 'both', pairs, others: [] });
  }
  while (missing.left > 0 && unproven.length < UNPROVEN_KEPT) {
    const [row, column] = [largest(missing.rows), largest(missing.columns)];
    const isRow = (missing.rows[row] ?? 0) >= (missing.columns[column] ?? 0);
    const ends = isRow ? missing.clearRow(row) : missing.clearColumn(column);
    const others = ends.slice(0, OTHERS_KEPT).map((i) => names[i] ?? '');
    unproven.push({ node: names[isRow ? row : column] ?? '', side: isRow ? 'from' : 'to', pairs: ends.length, others });
  }
  return unproven.sort((a, b) => b.pairs - a.pairs);
}

function largest(counts: Int32Array): number {
  let best = 0;
  for (let i = 1; i < counts.length; i++) if ((counts[i] ?? 0) > (counts[best] ?? 0)) best = i;
  return best;
}

/** Which ordered pairs are missing, one byte a pair, with their number by row (sender) and column (receiver). */
class Missing {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  left: number;
  readonly #size: number;
  readonly #pairs: Uint8Array;

  constructor(size: number) {
    this.#size = size;
    this.#pairs = new Uint8Array(size * size).fill(1);
    this.rows = new Int32Array(size).fill(size - 1);
    this.columns = new Int32Array(size).fill(size - 1);
    this.left = size * Math.max(0, size - 1);
    for (let i = 0; i < size; i++) this.#pairs[i * size + i] = 0;
  }

  clear(from: number, to: number): boolean {
    const at = from * this.#size + to;
    if (this.#pairs[at] !== 1) return false;
    this.#pairs[at] = 0;
    this.left--;
    this.rows[from] = (this.rows[from] ?? 0) - 1;
    this.columns[to] = (this.columns[to] ?? 0) - 1;
    return true;
  }

  /** The first pairs that are missing. */
  list(most: number): [number, number][] {
    const pairs: [number, number][] = [];
    for (let at = this.#pairs.indexOf(1); at >= 0 && pairs.length < most; at = this.#pairs.indexOf(1, at + 1))
      pairs.push([Math.floor(at / this.#size), at % this.#size]);
    return pairs;
  }

  /** Receivers that were missing. */
  clearRow(from: number): number[] {
    return this.#every((to) => this.clear(from, to));
  }

  /** Senders that were missing. */
  clearColumn(to: number): number[] {
    return this.#every((from) => this.clear(from, to));
  }

  #every(clear: (i: number) => boolean): number[] {
    const cleared: number[] = [];
    for (let i = 0; i < this.#size; i++) if (clear(i)) cleared.push(i);
    return cleared;
  }
}
