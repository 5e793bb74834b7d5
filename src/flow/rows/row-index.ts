// HOT: per packet. No allocation.
// Open addressing whose slots hold the hash beside the index, so that a neighbour is refused without touching its key. The keys
// are elsewhere: whoever looks up compares them. Linear probing, at most half full, grown by doubling.

export class RowIndex {
  /** Hash and index of each slot; index -1 where it is empty. */
  slots: Int32Array;
  /** Slots less one. */
  mask: number;
  #count = 0;

  /** @param capacity entries to make room for at first: a power of two. */
  constructor(capacity = 256) {
    this.slots = new Int32Array(capacity * 4).fill(-1);
    this.mask = capacity * 2 - 1;
  }

  /** Puts an entry into the slot where a search for it ended. */
  put(slot: number, hash: number, index: number): void {
    this.slots[2 * slot] = hash;
    this.slots[2 * slot + 1] = index;
    if (++this.#count * 2 > this.mask) this.#grow();
  }

  #grow(): void {
    const old = this.slots;
    const slots = new Int32Array(old.length * 2).fill(-1);
    const mask = this.mask * 2 + 1;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1]! < 0) continue;
      let slot = old[from]! & mask;
      while (slots[2 * slot + 1]! >= 0) slot = (slot + 1) & mask;
      slots[2 * slot] = old[from]!;
      slots[2 * slot + 1] = old[from + 1]!;
    }
    this.slots = slots;
    this.mask = mask;
  }
}

/** Hash of five words. Odd multipliers without a pattern: the products do not wait for each other, as a chained hash would. */
export function hashWords(a: number, b: number, c: number, d: number, e: number): number {
  const sum =
    Math.imul(a, 0x9e3779b1) +
    Math.imul(b, 0x85ebca77) +
    Math.imul(c, 0xc2b2ae3d) +
    Math.imul(d, 0x27d4eb2f) +
    Math.imul(e, 0x165667b1);
  const mixed = Math.imul(sum ^ (sum >>> 15), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}
