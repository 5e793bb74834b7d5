import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashWords, RowIndex } from '../../../src/flow/rows/row-index.ts';

type Key = readonly [number, number, number, number, number];
type Hash = (key: Key) => number;

const GOOD: Hash = ([a, b, c, d, e]) => hashWords(a, b, c, d, e);
/** Few values, negative ones among them. */
const WEAK: Hash = ([a]) => (a % 3) - 1;
const EQUAL: Hash = () => -1;

/** Keys and an index of them, as its users go about it. */
class Interned {
  readonly keys: Key[] = [];
  readonly index: RowIndex;
  readonly #hash: Hash;
  /** Slots whose key was looked at. */
  compared = 0;

  constructor(hash: Hash, capacity?: number) {
    this.#hash = hash;
    this.index = new RowIndex(capacity);
  }

  /** The number of a key, or where it belongs. */
  find(key: Key): { number: number; slot: number } {
    const hash = this.#hash(key);
    const { slots, mask } = this.index;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = slots[2 * slot + 1]!;
      if (number < 0) return { number: -1, slot };
      if (slots[2 * slot] !== hash) continue;
      this.compared++;
      if (this.keys[number]!.join() === key.join()) return { number, slot };
    }
  }

  intern(key: Key): number {
    const { number, slot } = this.find(key);
    if (number >= 0) return number;
    this.index.put(slot, this.#hash(key), this.keys.length);
    return this.keys.push(key) - 1;
  }
}

const WORD = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer());
const KEY: fc.Arbitrary<Key> = fc.tuple(WORD, WORD, WORD, WORD, WORD);

function used({ slots }: RowIndex): number {
  return slots.filter((value, i) => i % 2 === 1 && value >= 0).length;
}

describe('RowIndex', () => {
  it.each([
    ['a good hash', GOOD],
    ['a hash of three values', WEAK],
    ['equal hashes', EQUAL],
  ])('finds what a Map would, with %s', (_name, hash) => {
    fc.assert(
      fc.property(fc.array(KEY, { maxLength: 120 }), fc.constantFrom(1, 2, 256), (keys, capacity) => {
        const interned = new Interned(hash, capacity);
        const model = new Map<string, number>();
        for (const key of keys) {
          const known = model.get(key.join());
          expect(interned.find(key).number).toBe(known ?? -1);
          if (known === undefined) model.set(key.join(), model.size);
          expect(interned.intern(key)).toBe(known ?? model.size - 1);
        }
        for (const key of keys) expect(interned.find(key).number).toBe(model.get(key.join()));
        expect(used(interned.index)).toBe(model.size);
      }),
      { numRuns: 100 },
    );
  });

  it('grows by doubling and is never more than half full', () => {
    const interned = new Interned(GOOD, 1);
    for (let i = 0; i < 5000; i++) {
      interned.intern([i, 0, 0, i * 7919, 0]);
      const { slots, mask } = interned.index;
      expect(slots).toHaveLength(2 * (mask + 1));
      expect(mask & (mask + 1)).toBe(0);
      expect((i + 1) * 2).toBeLessThanOrEqual(mask + 1);
    }
    expect(used(interned.index)).toBe(5000);
    for (let i = 0; i < 5000; i++) expect(interned.find([i, 0, 0, i * 7919, 0]).number).toBe(i);
  });

  it('keeps different keys of one hash apart, through growth', () => {
    const interned = new Interned(() => 0x7fffffff, 2);
    for (let i = 0; i < 200; i++) expect(interned.intern([i, 0, 0, 0, 0])).toBe(i);
    for (let i = 0; i < 200; i++) expect(interned.find([i, 0, 0, 0, 0]).number).toBe(i);
  });

  it('refuses neighbours by their hash: a key is looked at only where the hash is the same', () => {
    const interned = new Interned(([a]) => a << 20);
    for (let i = 0; i < 50; i++) interned.intern([i, 0, 0, 0, 0]);
    interned.compared = 0;
    for (let i = 0; i < 50; i++) interned.find([i, 0, 0, 0, 0]);
    expect(interned.compared).toBe(50);
  });

  it('makes room at first for as many as it was asked for', () => {
    const interned = new Interned(GOOD, 64);
    const { slots } = interned.index;
    for (let i = 0; i < 63; i++) interned.intern([i, 0, 0, 0, 0]);
    expect(interned.index.slots).toBe(slots);
  });
});

describe('hashWords', () => {
  it('depends on every word and on its place', () => {
    const hashes = Array.from({ length: 5 }, (_, place) => {
      const key = [7, 7, 7, 7, 7];
      key[place] = 8;
      return hashWords(...(key as unknown as Key));
    });
    expect(new Set([...hashes, hashWords(7, 7, 7, 7, 7)]).size).toBe(6);
    expect(hashWords(0, 0, 0, 0, 0)).toBe(hashWords(0, 0, 0, 0, 0));
  });

  it('is the same for a word with and without its sign', () => {
    expect(hashWords(-1, 0xc0000201, 2, 3, 4)).toBe(hashWords(0xffffffff, 0xc0000201 | 0, 2, 3, 4));
  });

  it.each([0, 1, 2, 3, 4])('spreads keys that differ in word %d only, by small steps and by large ones', (place) => {
    for (const step of [1, 256, 65536]) {
      const slots = Array.from({ length: 4096 }, (_, i) => {
        const key = [0x0a300001, 0x0a300002, 0x9c400050, 6, 3];
        key[place] = (key[place]! + i * step) | 0;
        return hashWords(...(key as unknown as Key)) & 4095;
      });
      // At random it would be 63 of 100.
      expect(new Set(slots).size).toBeGreaterThan(4096 / 2);
    }
  });
});
