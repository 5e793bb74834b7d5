// Bytes to be written, little-endian, in one reused buffer that is copied out in large pieces.

const PIECE = 64 * 1024;
const ENCODER = new TextEncoder();

export class ByteBuffer {
  #bytes = new Uint8Array(2 * PIECE);
  #view = new DataView(this.#bytes.buffer);
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

  u8(value: number): void {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#room(2);
    this.#view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
  }

  /** A whole number below 2^53, as 64 bits; negative ones in two's complement. */
  i64(value: number): void {
    const at = this.#room(8);
    this.#view.setBigInt64(at, BigInt(value), true);
  }

  part(bytes: Uint8Array, from: number, to: number): void {
    const at = this.#room(to - from);
    this.#bytes.set(bytes.subarray(from, to), at);
  }

  /** The same in reverse: a number in the other byte order. */
  reversed(bytes: Uint8Array, from: number, to: number): void {
    for (let i = to - 1; i >= from; i--) this.u8(bytes[i]!);
  }

  /** Zeros up to a multiple of four bytes after `length` of them. */
  pad(length: number): void {
    for (let i = length; (i & 3) !== 0; i++) this.u8(0);
  }

  /** Puts a word where one was left open: `at` is a length from before. */
  setU32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  /** Where the next `count` bytes go. Ask before the view is: there is another one where the buffer grew. */
  #room(count: number): number {
    const at = this.#length;
    this.#length = at + count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

/** UTF-8, whole characters only, `most` bytes at most. */
export function encodeText(text: string, most: number): Uint8Array {
  const target = new Uint8Array(Math.min(most, 3 * text.length));
  return target.subarray(0, ENCODER.encodeInto(text, target).written);
}
