import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEY_WORDS, WordTable } from '../../src/flow/word-table.ts';

const WORD = fc.oneof(
  fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff),
  fc.integer({ min: 0, max: 0xffffffff }),
);
/** Few different words, so that keys repeat and differ in one place only. */
const KEY = fc.array(fc.oneof(WORD, fc.integer({ min: 0, max: 2 })), { minLength: KEY_WORDS, maxLength: KEY_WORDS });

function setKey(table: WordTable, words: readonly number[]): void {
  words.forEach((word, i) => {
    table.key[i] = word;
  });
}

function wordsOf(table: WordTable, index: number): number[] {
  return Array.from({ length: KEY_WORDS }, (_, i) => table.word(index, i));
}

describe('WordTable', () => {
  it('gives the indexes that a Map would, in order of first appearance', () => {
    const operation = fc.record({ key: KEY, add: fc.boolean() });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 300 }), fc.constantFrom(1, 2, 64), (operations, capacity) => {
        const table = new WordTable(capacity);
        const model = new Map<string, number>();
        for (const { key, add } of operations) {
          setKey(table, key);
          const known = model.get(key.join());
          if (add) {
            if (known === undefined) model.set(key.join(), model.size);
            expect(table.intern()).toBe(known ?? model.size - 1);
            expect(table.added).toBe(known === undefined);
          } else expect(table.find()).toBe(known ?? -1);
          expect(table.count).toBe(model.size);
        }
        for (const [key, index] of model) expect(wordsOf(table, index).join()).toBe(key);
      }),
      { numRuns: 200 },
    );
  });

  it('grows without losing a key, and leaves the key that was asked for as it was', () => {
    const table = new WordTable(1);
    for (let i = 0; i < 5000; i++) {
      setKey(table, [i, 0, 0, 0, 0, 0, 0, i * 7919]);
      expect(table.intern()).toBe(i);
      expect([...table.key]).toEqual([i, 0, 0, 0, 0, 0, 0, i * 7919]);
    }
    for (let i = 0; i < 5000; i++) {
      setKey(table, [i, 0, 0, 0, 0, 0, 0, i * 7919]);
      expect(table.find()).toBe(i);
    }
  });

  it('holds the key of zeros only once it was added', () => {
    const table = new WordTable();
    expect(table.find()).toBe(-1);
    expect(table.intern()).toBe(0);
    expect(table.added).toBe(true);
    expect(table.find()).toBe(0);
    expect(table.intern()).toBe(0);
    expect(table.added).toBe(false);
  });

  it('gives words back without a sign', () => {
    const table = new WordTable();
    table.key[3] = 0xffffffff;
    expect(table.word(table.intern(), 3)).toBe(0xffffffff);
  });

  it('copies the first words of another key', () => {
    const [from, to] = [new WordTable(), new WordTable()];
    setKey(from, [1, 2, 3, 4, 5, 6, 7, 8]);
    const index = from.intern();
    setKey(from, [0, 0, 0, 0, 0, 0, 0, 0]);
    to.copyKey(from, index, 4);
    expect([...to.key]).toEqual([1, 2, 3, 4, 0, 0, 0, 0]);
  });
});
