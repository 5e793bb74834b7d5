// HOT: per packet. No allocation.
// Text as bytes in one reused buffer: lines of `decode` are written digit by digit and copied out in large pieces.
// A string per packet would cost more than reading and walking the packet (measured: 3x).

const PIECE = 64 * 1024;
/** What a line may need: 16 layers with two names each; `startLine` makes sure of it. */
const LINE_ROOM = 16 * 1024;
const ZERO = 0x30;
const HEX = new TextEncoder().encode('0123456789abcdef');
const ENCODER = new TextEncoder();

/** `00` to `99`: two digits for one division. */
const PAIRS = new Uint8Array(200);
for (let i = 0; i < 100; i++) {
  PAIRS[2 * i] = ZERO + Math.floor(i / 10);
  PAIRS[2 * i + 1] = ZERO + (i % 10);
}

/** Bytes of a constant text, to be made once. */
export function asBytes(text: string): Uint8Array {
  return ENCODER.encode(text);
}

export class LineBuffer {
  #bytes = new Uint8Array(PIECE + LINE_ROOM);
  #length = 0;

  /** Bytes that wait to be taken. */
  get length(): number {
    return this.#length;
  }

  /** True when it is time to take what there is. */
  get isFull(): boolean {
    return this.#length >= PIECE;
  }

  /** What was written since the last time, as bytes of its own. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** Replaces what was written from `from` on. Allocates. */
  rewrite(from: number, change: (text: string) => string): void {
    const text = change(new TextDecoder().decode(this.#bytes.subarray(from, this.#length)));
    this.#length = from;
    this.text(text);
  }

  /** Makes room for a line; writes beyond it are cut off. */
  startLine(): void {
    this.#require(LINE_ROOM);
  }

  #require(room: number): void {
    if (this.#length + room <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + room));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  put(text: Uint8Array): void {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) bytes[at++] = text[i]!;
    this.#length = Math.min(at, bytes.length);
  }

  /** `length` bytes from `from` on. */
  putPart(text: Uint8Array, from: number, length: number): void {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = from; i < from + length; i++) bytes[at++] = text[i]!;
    this.#length = Math.min(at, bytes.length);
  }

  byte(value: number): void {
    this.#bytes[this.#length++] = value;
  }

  /** A whole number, 0 .. 2^53. */
  decimal(value: number): void {
    if (value > 0x7fffffff) {
      // Bit operations reach up to 2^31 only.
      const rest = Math.floor(value / 10);
      this.decimal(rest);
      this.#bytes[this.#length++] = ZERO + (value - rest * 10);
      return;
    }
    const bytes = this.#bytes;
    let at = this.#length + digitsOf(value);
    this.#length = at;
    let rest = value | 0;
    while (rest >= 100) {
      const hundreds = (rest / 100) | 0;
      const pair = (rest - hundreds * 100) << 1;
      bytes[--at] = PAIRS[pair + 1]!;
      bytes[--at] = PAIRS[pair]!;
      rest = hundreds;
    }
    if (rest >= 10) {
      bytes[--at] = PAIRS[(rest << 1) + 1]!;
      bytes[--at] = PAIRS[rest << 1]!;
    } else bytes[--at] = ZERO + rest;
  }

  /** The unsigned 32-bit number at `at`, network byte order: read here, so that large ones are never boxed. */
  decimalWord(bytes: Uint8Array, at: number): void {
    const high = (bytes[at]! << 8) | bytes[at + 1]!;
    const low = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (high < 0x8000) {
      this.decimal((high << 16) | low);
      return;
    }
    // By halves: 65536 = 6 * 10000 + 5536.
    const tail = high * 5536 + low;
    const carry = (tail / 10_000) | 0;
    this.decimal(high * 6 + carry);
    this.fourDigits(tail - carry * 10_000);
  }

  /** 0 .. 9999 with leading zeros. */
  fourDigits(value: number): void {
    const bytes = this.#bytes;
    const hundreds = (value / 100) | 0;
    const rest = (value - hundreds * 100) << 1;
    let at = this.#length;
    bytes[at++] = PAIRS[hundreds << 1]!;
    bytes[at++] = PAIRS[(hundreds << 1) + 1]!;
    bytes[at++] = PAIRS[rest]!;
    bytes[at++] = PAIRS[rest + 1]!;
    this.#length = at;
  }

  /** 0 .. 99 with a leading zero. */
  twoDigits(value: number): void {
    this.#bytes[this.#length++] = PAIRS[value << 1]!;
    this.#bytes[this.#length++] = PAIRS[(value << 1) + 1]!;
  }

  /** Filled with `fill` (a blank or a zero) on the left up to `width` digits. */
  padded(value: number, width: number, fill: number): void {
    for (let i = digitsOf(value); i < width; i++) this.byte(fill);
    this.decimal(value);
  }

  /** `0x1a2b`: `digits` hexadecimal digits. */
  hex(value: number, digits: number): void {
    this.byte(0x30);
    this.byte(0x78);
    this.hexDigits(value, digits);
  }

  hexDigits(value: number, digits: number): void {
    for (let shift = (digits - 1) * 4; shift >= 0; shift -= 4) this.byte(HEX[(value >>> shift) & 15]!);
  }

  /** Six bytes as `02:79:d5:90:06:0b`. */
  mac(bytes: Uint8Array, at: number): void {
    for (let i = 0; i < 6; i++) {
      if (i > 0) this.byte(0x3a);
      this.hexDigits(bytes[at + i]!, 2);
    }
  }

  /** For text that is rare or long, already escaped: allocates, and makes its own room. */
  text(text: string): void {
    const bytes = ENCODER.encode(text);
    this.#require(bytes.length + LINE_ROOM);
    this.put(bytes);
  }
}

function digitsOf(value: number): number {
  if (value < 100_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : value < 10_000 ? 4 : 5;
  if (value < 10_000_000_000) {
    if (value < 10_000_000) return value < 1_000_000 ? 6 : 7;
    return value < 100_000_000 ? 8 : value < 1_000_000_000 ? 9 : 10;
  }
  return 10 + digitsOf(Math.floor(value / 10_000_000_000));
}
