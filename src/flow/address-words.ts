// HOT: per packet. No allocation.
// Addresses as one 32-bit word: an IPv4 address is its own word, an IPv6 address the index of its four words.
import { PROTOCOL } from '../decode/layer-stack.ts';
import { formatIPv4, formatIPv6 } from '../net/ip.ts';
import { u32 } from '../wire/bytes.ts';
import { IPV4 } from '../wire/ipv4.ts';
import { WordTable } from './word-table.ts';

const IPV6_SOURCE = 8;
const IPV6_DESTINATION = 24;

export class AddressWords {
  readonly #v6 = new WordTable(4);

  /** The word of the source address of the IP header at `at` (PROTOCOL.ipv4 or ipv6). */
  source(protocol: number, bytes: Uint8Array, at: number): number {
    return protocol === PROTOCOL.ipv4 ? IPV4.src.read(bytes, at) : this.intern6(bytes, at + IPV6_SOURCE);
  }

  /** The word of the destination address. */
  destination(protocol: number, bytes: Uint8Array, at: number): number {
    return protocol === PROTOCOL.ipv4 ? IPV4.dst.read(bytes, at) : this.intern6(bytes, at + IPV6_DESTINATION);
  }

  intern6(bytes: Uint8Array, at: number): number {
    const key = this.#v6.key;
    key[0] = u32(bytes, at);
    key[1] = u32(bytes, at + 4);
    key[2] = u32(bytes, at + 8);
    key[3] = u32(bytes, at + 12);
    return this.#v6.intern();
  }

  /** Text of a word; `family` 4 or 6. */
  text(word: number, family: number): string {
    if (family === 4) return formatIPv4(word);
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < 4; i++) view.setUint32(i * 4, this.#v6.word(word, i));
    return formatIPv6(bytes, 0);
  }
}
