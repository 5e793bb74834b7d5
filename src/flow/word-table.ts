// HOT: per packet. No allocation.
// Open addressing over 32-bit words: keys of eight words become small dense indexes (0, 1, 2, ...). Linear probing, at most
// half full, grown by doubling; entries are never removed. (Amortised growth is the one allocation.)

import { type Fields, must, type SavedFields } from '../store/saved.ts';

/** Words of every key. A fixed number: the optimiser makes straight code of it, and a key is half a cache line. */
export const KEY_WORDS = 8;

// Local name: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const WORDS = KEY_WORDS;

/** Interns keys. Write the words into `key` (those never written are zero), then call `intern()` or `find()`. */
export class WordTable {
  /** The key to look up next. Signed inside, which compares faster; `word()` gives unsigned values. */
  readonly key = new Int32Array(WORDS);
  /** Number of keys held; the next new key gets this index. */
  count = 0;
  /** Whether the last `intern()` added its key. */
  added = false;
  #keys: Int32Array;
  #slots: Int32Array;
  #mask: number;

  /** @param capacity keys to make room for at first: a power of two. */
  constructor(capacity = 256) {
    this.#keys = new Int32Array(WORDS * capacity);
    this.#slots = new Int32Array(capacity * 2).fill(-1);
    this.#mask = capacity * 2 - 1;
  }

  /** Index of `key`, added if it is new. */
  intern(): number {
    const slot = this.#probe();
    const found = this.#slots[slot]!;
    this.added = found < 0;
    return found < 0 ? this.#insert(slot) : found;
  }

  /** Index of `key`, -1 if it is not held. */
  find(): number {
    return this.#slots[this.#probe()]!;
  }

  /** Word `word` of the key with this index: 0 .. 4294967295. */
  word(index: number, word: number): number {
    return this.#keys[index * WORDS + word]! >>> 0;
  }

  /** Sets the first `words` words of `key` to those of the key with this index in `from`. */
  copyKey(from: WordTable, index: number, words: number): void {
    for (let i = 0; i < words; i++) this.key[i] = from.#keys[index * WORDS + i]!;
  }

  save(): SavedFields {
    return { keys: this.#keys.subarray(0, this.count * WORDS) };
  }

  /** Makes an empty table what another one was when it was saved. Throws DamagedStore. */
  restore(saved: Fields): void {
    const keys = saved.words('keys');
    must(keys.length % WORDS === 0, 'a key is cut off');
    for (let index = 0; index * WORDS < keys.length; index++) {
      this.key.set(keys.subarray(index * WORDS, (index + 1) * WORDS));
      must(this.intern() === index, 'a key stands twice');
    }
    this.key.fill(0);
  }

  /** The slot that holds `key`, or the empty one where it belongs. Written out: a loop costs three times as much. */
  #probe(): number {
    const key = this.key;
    const k0 = key[0]!;
    const k1 = key[1]!;
    const k2 = key[2]!;
    const k3 = key[3]!;
    const k4 = key[4]!;
    const k5 = key[5]!;
    const k6 = key[6]!;
    const k7 = key[7]!;
    const keys = this.#keys;
    const slots = this.#slots;
    const mask = this.#mask;
    // Odd multipliers without a pattern: the products do not wait for each other, as the steps of a chained hash would.
    const low =
      Math.imul(k0, 0x9e3779b1) + Math.imul(k1, 0x85ebca77) + Math.imul(k2, 0xc2b2ae3d) + Math.imul(k3, 0x27d4eb2f);
    const high =
      Math.imul(k4, 0x165667b1) + Math.imul(k5, 0xd3a2646d) + Math.imul(k6, 0xfd7046c5) + Math.imul(k7, 0xb55a4f09);
    const sum = (low + high) | 0;
    const mixed = Math.imul(sum ^ (sum >>> 15), 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 13)) & mask;
    for (;;) {
      const index = slots[slot]!;
      if (index < 0) return slot;
      const at = index * WORDS;
      if (
        keys[at] === k0 &&
        keys[at + 1] === k1 &&
        keys[at + 2] === k2 &&
        keys[at + 3] === k3 &&
        keys[at + 4] === k4 &&
        keys[at + 5] === k5 &&
        keys[at + 6] === k6 &&
        keys[at + 7] === k7
      )
        return slot;
      slot = (slot + 1) & mask;
    }
  }

  #insert(slot: number): number {
    const index = this.count++;
    if (this.count * WORDS > this.#keys.length) this.#growKeys();
    this.#keys.set(this.key, index * WORDS);
    this.#slots[slot] = index;
    if (this.count * 2 > this.#mask) this.#rehash();
    return index;
  }

  #growKeys(): void {
    const keys = new Int32Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
  }

  #rehash(): void {
    this.#slots = new Int32Array((this.#mask + 1) * 2).fill(-1);
    this.#mask = this.#slots.length - 1;
    const saved = this.key.slice();
    for (let index = 0; index < this.count; index++) {
      this.copyKey(this, index, WORDS);
      this.#slots[this.#probe()] = index;
    }
    this.key.set(saved);
  }
}
