// What a frame has made so far, as far back as its matches may reach: one buffer, written at its end, and moved when it is full.
import { damage } from './fse.ts';

/** No block makes more. RFC 8878 section 3.1.1.2.4. */
export const MAX_BLOCK = 128 * 1024;
/** A forged window costs nothing before there is content for it. */
const FIRST = 2 * MAX_BLOCK;
/** Room behind a small window at least: what is moved when it is full. */
const LEAST_ROOM = 512 * 1024;

/** The history of the frame at hand. Bytes `0 .. end-1` of `bytes` are the last that were made. */
export class Window {
  bytes = new Uint8Array(0);
  end = 0;
  #size = 0;

  /** Another frame. @param size bytes that its matches may reach back */
  startFrame(size: number): void {
    this.#size = size;
    this.end = 0;
  }

  /** Makes room for a block; what `bytes` held before is not valid any more. */
  startBlock(): void {
    if (this.end + MAX_BLOCK <= this.bytes.length) return;
    const most = this.#size + MAX_BLOCK + Math.max(LEAST_ROOM, this.#size >> 2);
    if (this.bytes.length < most) {
      const grown = new Uint8Array(Math.min(most, Math.max(FIRST, 2 * this.bytes.length)));
      grown.set(this.bytes.subarray(0, this.end));
      this.bytes = grown;
    }
    if (this.end + MAX_BLOCK <= this.bytes.length) return;
    this.bytes.copyWithin(0, this.end - this.#size, this.end);
    this.end = this.#size;
  }

  /** Content of a raw block. */
  append(content: Uint8Array): void {
    this.bytes.set(content, this.end);
    this.end += content.length;
  }

  /** Content of an RLE block. */
  repeat(value: number, count: number): void {
    if (count > MAX_BLOCK) throw damage('a block makes more than 128 KiB');
    this.bytes.fill(value, this.end, this.end + count);
    this.end += count;
  }
}
