// HOT: per packet. No allocation.
// Open addressing over 32-bit words: keys of a fixed number of words become small dense indexes (0, 1, 2, ...).
// Linear probing, at most half full, grown by doubling; entries are never removed. (Amortised growth is the one allocation.)

/** Interns keys of `words` 32-bit words. Write the words into `key`, then call `intern()` or `find()`. */
export class WordTable {
  readonly words: number;
  /** The key to look up next: filled by the caller. */
  readonly key: Uint32Array;
  /** Number of keys held; the next new key gets this index. */
  count = 0;
  /** Whether the last `intern()` added its key. */
  added = false;
  #keys: Uint32Array;
  #slots: Int32Array;
  #mask: number;

  constructor(words: number, capacity = 256) {
    this.words = words;
    this.key = new Uint32Array(words);
    this.#keys = new Uint32Array(words * capacity);
    this.#slots = new Int32Array(capacity * 2).fill(-1);
    this.#mask = capacity * 2 - 1;
  }

  /** Index of `key`, added if it is new. */
  intern(): number {
    const slot = this.#probe();
    const found = this.#slots[slot]!;
    if (found >= 0) {
      this.added = false;
      return found;
    }
    this.added = true;
    return this.#insert(slot);
  }

  /** Index of `key`, -1 if it is not held. */
  find(): number {
    return this.#slots[this.#probe()]!;
  }

  /** Word `word` of the key with this index. */
  word(index: number, word: number): number {
    return this.#keys[index * this.words + word]!;
  }

  #hash(): number {
    const key = this.key;
    let h = 0x9e3779b9;
    for (let i = 0; i < key.length; i++) {
      h = Math.imul(h ^ key[i]!, 0x85ebca6b);
      h ^= h >>> 15;
    }
    h = Math.imul(h, 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  }

  /** The slot that holds `key`, or the empty one where it belongs. */
  #probe(): number {
    const { key, words } = this;
    const keys = this.#keys;
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = this.#hash() & mask;
    for (;;) {
      const index = slots[slot]!;
      if (index < 0) return slot;
      const at = index * words;
      let i = 0;
      while (i < words && keys[at + i] === key[i]) i++;
      if (i === words) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #insert(slot: number): number {
    const index = this.count++;
    if (this.count * this.words > this.#keys.length) this.#growKeys();
    this.#keys.set(this.key, index * this.words);
    this.#slots[slot] = index;
    if (this.count * 2 > this.#mask) this.#rehash();
    return index;
  }

  #growKeys(): void {
    const keys = new Uint32Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
  }

  #rehash(): void {
    this.#slots = new Int32Array((this.#mask + 1) * 2).fill(-1);
    this.#mask = this.#slots.length - 1;
    const saved = this.key.slice();
    for (let index = 0; index < this.count; index++) {
      for (let i = 0; i < this.words; i++) this.key[i] = this.#keys[index * this.words + i]!;
      this.#slots[this.#probe()] = index;
    }
    this.key.set(saved);
  }
}
