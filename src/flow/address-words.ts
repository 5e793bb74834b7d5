// HOT: per packet. No allocation.
// Addresses as one 32-bit word: an IPv4 address is its own word, an IPv6 address the index of its four words.
import { formatIPv4, formatIPv6 } from '../net/ip.ts';
import type { Fields, SavedFields } from '../store/saved.ts';
import { u32 } from '../wire/bytes.ts';
import { IPV4 } from '../wire/ipv4.ts';
import { IPV6 } from '../wire/ipv6.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import { WordTable } from './word-table.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const P = PROTOCOL;
const IPV4_SOURCE = IPV4.src.bit >> 3;
const IPV4_DESTINATION = IPV4.dst.bit >> 3;
const IPV6_SOURCE = IPV6.src.bit >> 3;
const IPV6_DESTINATION = IPV6.dst.bit >> 3;

export class AddressWords {
  readonly #v6 = new WordTable();

  /** IPv6 addresses numbered so far. */
  get count(): number {
    return this.#v6.count;
  }

  /** The word of the source address of the IP header at `at` (PROTOCOL.ipv4 or ipv6). */
  source(protocol: number, bytes: Uint8Array, at: number): number {
    return protocol === P.ipv4 ? u32(bytes, at + IPV4_SOURCE) : this.#bytes6(bytes, at + IPV6_SOURCE);
  }

  /** The word of the destination address. */
  destination(protocol: number, bytes: Uint8Array, at: number): number {
    return protocol === P.ipv4 ? u32(bytes, at + IPV4_DESTINATION) : this.#bytes6(bytes, at + IPV6_DESTINATION);
  }

  /** As `source`, faster; the word is signed. */
  viewedSource(protocol: number, view: DataView, at: number): number {
    return protocol === P.ipv4 ? view.getInt32(at + IPV4_SOURCE) : this.#view6(view, at + IPV6_SOURCE);
  }

  /** As `destination`, faster; the word is signed. */
  viewedDestination(protocol: number, view: DataView, at: number): number {
    return protocol === P.ipv4 ? view.getInt32(at + IPV4_DESTINATION) : this.#view6(view, at + IPV6_DESTINATION);
  }

  /** Text of a word; `family` 4 or 6. */
  text(word: number, family: number): string {
    if (family === 4) return formatIPv4(word);
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < 4; i++) view.setUint32(i * 4, this.#v6.word(word, i));
    return formatIPv6(bytes, 0);
  }

  save(): SavedFields {
    return this.#v6.save();
  }

  restore(saved: Fields): void {
    this.#v6.restore(saved);
  }

  #bytes6(bytes: Uint8Array, at: number): number {
    for (let i = 0; i < 4; i++) this.#v6.key[i] = u32(bytes, at + 4 * i);
    return this.#v6.intern();
  }

  #view6(view: DataView, at: number): number {
    const key = this.#v6.key;
    key[0] = view.getInt32(at);
    key[1] = view.getInt32(at + 4);
    key[2] = view.getInt32(at + 8);
    key[3] = view.getInt32(at + 12);
    return this.#v6.intern();
  }
}
