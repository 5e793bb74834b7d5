// HOT: per packet. No allocation.
// Text as bytes in one reused buffer: lines of `decode` are written digit by digit and copied out in large pieces.
// A string per packet would cost more than reading and walking the packet (measured: 3x).

const PIECE = 64 * 1024;
/** What a line may need: 16 layers with two names each; `startLine` makes sure of it. */
const LINE_ROOM = 16 * 1024;
const ZERO = 0x30;
const HEX = new TextEncoder().encode('0123456789abcdef');
const ENCODER = new TextEncoder();

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

  /** Makes room for a line; writes beyond it are cut off. */
  startLine(): void {
    if (this.#length + LINE_ROOM <= this.#bytes.length) return;
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  put(text: Uint8Array): void {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) bytes[at++] = text[i]!;
    this.#length = Math.min(at, bytes.length);
  }

  byte(value: number): void {
    this.#bytes[this.#length++] = value;
  }

  /** A whole number, 0 .. 2^53. */
  decimal(value: number): void {
    const bytes = this.#bytes;
    let digits = 1;
    for (let bound = 10; value >= bound; bound *= 10) digits++;
    let at = this.#length + digits;
    this.#length = at;
    let rest = value;
    // Bit operations reach up to 2^31 only.
    while (rest > 0x7fffffff) {
      const quotient = Math.floor(rest / 10);
      bytes[--at] = ZERO + (rest - quotient * 10);
      rest = quotient;
    }
    do {
      const quotient = (rest / 10) | 0;
      bytes[--at] = ZERO + (rest - quotient * 10);
      rest = quotient;
    } while (rest > 0);
  }

  /** Filled with `fill` (a blank or a zero) on the left up to `width` digits. */
  padded(value: number, width: number, fill: number): void {
    let digits = 1;
    for (let bound = 10; value >= bound; bound *= 10) digits++;
    for (let i = digits; i < width; i++) this.byte(fill);
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

  /** For rare text, already escaped: allocates. */
  text(text: string): void {
    this.put(ENCODER.encode(text));
  }
}
