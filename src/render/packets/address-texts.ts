// HOT: per packet. No allocation.
// Addresses -> the bytes of their text, kept in a table of fixed size: a capture has few addresses and shows them often.
import { formatIPv4, formatIPv6 } from '../../net/ip.ts';
import { u32 } from '../../wire/bytes.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import { escapeText } from '../text/escape.ts';
import { shortenMiddle } from '../text/text-width.ts';
import { asBytes, type LineBuffer } from './line-buffer.ts';

/** What an address is called; null when its own text is all there is. */
export type AddressNames = (address: string) => string | null;

const SLOTS = 1 << 14;
/** Pairs of addresses kept, and what one takes: its words, a byte of length, its text. */
const PAIRS = 1 << 13;
const PAIR_BYTES = 128;
const PAIR_LENGTH = 8;
const PAIR_TEXT = 9;
/** Lengths with a meaning of their own; slots looked at before one is given up for a new pair. */
const FREE = 0;
const TOO_LONG = 255;
const PROBES = 8;
const LONGEST_NAME = 120;
const ARROW = asBytes(' > ');

export class AddressTexts {
  readonly #names: AddressNames | null;
  readonly #v4Keys = new Int32Array(SLOTS);
  readonly #v4Texts: Uint8Array[];
  readonly #pairs = new Uint8Array(PAIRS * PAIR_BYTES);
  readonly #pairWords = new Int32Array(this.#pairs.buffer);
  readonly #v6Keys = new Uint32Array(SLOTS * 4);
  readonly #v6Texts: Uint8Array[];

  constructor(names: AddressNames | null) {
    this.#names = names;
    this.#v4Texts = new Array<Uint8Array>(SLOTS).fill(this.#make('0.0.0.0'));
    this.#v6Texts = new Array<Uint8Array>(SLOTS).fill(this.#make('::'));
  }

  /** Writes `source > destination` of the IP header at `at`; `protocol` is PROTOCOL.ipv4 or ipv6. */
  writePair(out: LineBuffer, protocol: number, bytes: Uint8Array, at: number): void {
    if (protocol === PROTOCOL.ipv4) {
      this.#writePair4(out, bytes, at + 12);
      return;
    }
    out.put(this.ipv6(bytes, at + 8));
    out.put(ARROW);
    out.put(this.ipv6(bytes, at + 24));
  }

  /**
   * Two IPv4 addresses in a row: most lines have pairs that lines before had too. A pair and its text lie together, so that
   * they cost one access to memory: two words of addresses, a length, the text.
   */
  #writePair4(out: LineBuffer, bytes: Uint8Array, at: number): void {
    const source = u32(bytes, at) | 0;
    const destination = u32(bytes, at + 4) | 0;
    const hash = Math.imul(Math.imul(source, 0x9e3779b1) ^ destination, 0x85ebca6b);
    const words = this.#pairWords;
    let slot = (hash >>> 19) * PAIR_BYTES;
    for (let tries = PROBES; ; slot = (slot + PAIR_BYTES) & ((PAIRS - 1) * PAIR_BYTES)) {
      const isFree = this.#pairs[slot + PAIR_LENGTH] === FREE;
      if (!isFree && words[slot >> 2] === source && words[(slot >> 2) + 1] === destination) break;
      if (!isFree && --tries > 0) continue;
      this.#makePair(slot, bytes, at);
      break;
    }
    const length = this.#pairs[slot + PAIR_LENGTH]!;
    if (length < TOO_LONG) {
      out.putPart(this.#pairs, slot + PAIR_TEXT, length);
      return;
    }
    out.put(this.ipv4(bytes, at));
    out.put(ARROW);
    out.put(this.ipv4(bytes, at + 4));
  }

  /** A text that does not fit is put together anew each time. */
  #makePair(slot: number, bytes: Uint8Array, at: number): void {
    this.#pairWords[slot >> 2] = u32(bytes, at) | 0;
    this.#pairWords[(slot >> 2) + 1] = u32(bytes, at + 4) | 0;
    const parts = [this.ipv4(bytes, at), ARROW, this.ipv4(bytes, at + 4)];
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const fits = length <= PAIR_BYTES - PAIR_TEXT;
    this.#pairs[slot + PAIR_LENGTH] = fits ? length : TOO_LONG;
    if (!fits) return;
    let place = slot + PAIR_TEXT;
    for (const part of parts) {
      this.#pairs.set(part, place);
      place += part.length;
    }
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
