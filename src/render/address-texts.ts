// HOT: per packet. No allocation.
// Addresses -> the bytes of their text, kept in a table of fixed size: a capture has few addresses and shows them often.
import { PROTOCOL } from '../decode/layer-stack.ts';
import { formatIPv4, formatIPv6 } from '../net/ip.ts';
import { u32 } from '../wire/bytes.ts';
import { escapeText } from './escape.ts';
import { asBytes, type LineBuffer } from './line-buffer.ts';
import { shortenMiddle } from './text-width.ts';

/** What an address is called; null when its own text is all there is. */
export type AddressNames = (address: string) => string | null;

const SLOTS = 1 << 14;
const LONGEST_NAME = 120;

export class AddressTexts {
  readonly #names: AddressNames | null;
  readonly #v4Keys = new Int32Array(SLOTS);
  readonly #v4Texts: Uint8Array[] = [];
  readonly #v6Keys = new Uint32Array(SLOTS * 4);
  readonly #v6Texts: Uint8Array[] = [];

  constructor(names: AddressNames | null) {
    this.#names = names;
    const zero = this.#make('0.0.0.0');
    for (let i = 0; i < SLOTS; i++) this.#v4Texts.push(zero);
    const unspecified = this.#make('::');
    for (let i = 0; i < SLOTS; i++) this.#v6Texts.push(unspecified);
  }

  /** Writes the source address (or destination) of the IP header at `at`; `protocol` is PROTOCOL.ipv4 or ipv6. */
  write(out: LineBuffer, protocol: number, bytes: Uint8Array, at: number, destination: boolean): void {
    if (protocol === PROTOCOL.ipv4) out.put(this.ipv4(bytes, at + (destination ? 16 : 12)));
    else out.put(this.ipv6(bytes, at + (destination ? 24 : 8)));
  }

  /** The text of the four address bytes at `at`. */
  ipv4(bytes: Uint8Array, at: number): Uint8Array {
    const key = u32(bytes, at) | 0;
    const slot = (Math.imul(key, 0x9e3779b1) >>> 18) & (SLOTS - 1);
    if (this.#v4Keys[slot] !== key) {
      this.#v4Keys[slot] = key;
      this.#v4Texts[slot] = this.#make(formatIPv4(key));
    }
    return this.#v4Texts[slot]!;
  }

  /** The text of the sixteen address bytes at `at`. */
  ipv6(bytes: Uint8Array, at: number): Uint8Array {
    const keys = this.#v6Keys;
    let hash = 0;
    for (let i = 0; i < 16; i += 4) hash = Math.imul(hash ^ u32(bytes, at + i), 0x9e3779b1);
    const slot = (hash >>> 18) & (SLOTS - 1);
    let isKnown = true;
    for (let i = 0; i < 4; i++) {
      const word = u32(bytes, at + 4 * i);
      if (keys[slot * 4 + i] === word) continue;
      keys[slot * 4 + i] = word;
      isKnown = false;
    }
    if (!isKnown) this.#v6Texts[slot] = this.#make(formatIPv6(bytes, at));
    return this.#v6Texts[slot]!;
  }

  #make(address: string): Uint8Array {
    const name = this.#names?.(address) ?? null;
    return asBytes(name === null ? address : visibleName(name));
  }
}

/** Harmless, of one word and short enough: a name must neither obey nor imitate what stands around it. */
export function visibleName(name: string): string {
  const word = escapeText(name).replace(
    /[\s|>]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return shortenMiddle(word, LONGEST_NAME);
}
