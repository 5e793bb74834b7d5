// HOT: per packet. No allocation.
// Which observation a later IP fragment belongs to: a bounded ring of the last first-fragments (RFC 791 section 3.2,
// RFC 8200 section 4.5: source, destination, protocol and identification make the datagram).

const CAPACITY = 8192;
const WORDS = 6;

export class Fragments {
  readonly #keys = new Uint32Array(CAPACITY * WORDS);
  readonly #observation = new Int32Array(CAPACITY).fill(-1);
  readonly key = new Uint32Array(WORDS);

  /** Remembers that the datagram in `key` belongs to `observation`. Two datagrams in one slot: the later one stays. */
  put(observation: number): void {
    const slot = this.#slot();
    for (let i = 0; i < WORDS; i++) this.#keys[slot * WORDS + i] = this.key[i]!;
    this.#observation[slot] = observation;
  }

  /** The observation of the datagram in `key`; -1 when its first fragment is not known (any more). */
  get(): number {
    const slot = this.#slot();
    for (let i = 0; i < WORDS; i++) if (this.#keys[slot * WORDS + i] !== this.key[i]) return -1;
    return this.#observation[slot]!;
  }

  #slot(): number {
    let h = 0x811c9dc5;
    for (let i = 0; i < WORDS; i++) {
      h = Math.imul(h ^ this.key[i]!, 0x85ebca6b);
      h ^= h >>> 13;
    }
    return (h >>> 0) % CAPACITY;
  }
}
