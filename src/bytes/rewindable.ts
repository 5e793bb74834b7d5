// What can be read once only, from its beginning once more as long as little of it has been read: who recognises a capture need not be
// who reads it.
import type { ByteSource, StreamFault } from './chunk.ts';

/** Read at once. */
const PIECE = 128 * 1024;
/** Bytes that recognising takes at most, if it is to be undone. */
const MOST_KEPT = 1024 * 1024;

export class Rewindable implements ByteSource {
  readonly #source: ByteSource;
  /** Pieces as they came: where compressed bytes are cut decides how much of a damaged stream is lost. */
  #kept: Uint8Array[] = [];
  #bytes = 0;
  /** The piece to read on in, and bytes of it that were read. */
  #piece = 0;
  #used = 0;
  #isKeeping = true;
  #isRewound = false;
  #next: Promise<number> | null = null;
  /** To read into: one for all pieces that are short. */
  #spare: Uint8Array | null = null;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** For who recognises it; nothing once it was rewound, also of what is waited for by then. */
  read(target: Uint8Array, start: number, end: number): number | Promise<number> {
    return this.#isRewound ? 0 : this.#read(target, start, end, () => !this.#isRewound);
  }

  #read(target: Uint8Array, start: number, end: number, isAsked: () => boolean): number | Promise<number> {
    if (this.#piece < this.#kept.length) return this.#take(target, start, end);
    if (!this.#isKeeping && this.#next === null) return this.#source.read(target, start, end);
    const got = this.#readOn();
    return typeof got === 'number'
      ? this.#take(target, start, end)
      : got.then(() => (isAsked() ? this.#take(target, start, end) : 0));
  }

  /** That of the source, once what is kept was read. */
  get fault(): StreamFault | null {
    return this.#piece < this.#kept.length ? null : this.#source.fault;
  }

  close(): void {
    this.forget();
    this.#source.close();
  }

  /** Whether its beginning is still there. */
  get canRewind(): boolean {
    return this.#isKeeping;
  }

  /** From now on it is read once. */
  forget(): void {
    this.#isKeeping = false;
    this.#spare = null;
    this.#kept.splice(0, this.#piece);
    this.#piece = 0;
  }

  /** All of it from the beginning, where that is still there, to be read once. Whoever has read it so far gets nothing more. */
  rewind(): ByteSource {
    this.#isRewound = true;
    this.#piece = 0;
    this.#used = 0;
    this.forget();
    const fault = (): StreamFault | null => this.fault;
    return {
      read: (target, start, end) => this.#read(target, start, end, () => true),
      get fault() {
        return fault();
      },
      close: () => this.close(),
    };
  }

  /**
   * Reads ahead what comes within `patience` ms, `most` bytes at most, to be read later. Answers whether that is all there is; what was not
   * waited for is not lost.
   */
  async readAhead(most: number, patience: number): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), patience);
    });
    try {
      const began = performance.now();
      while (this.#bytes < most && performance.now() - began < patience) {
        const got = await Promise.race([this.#readOn(), late]);
        if (got === null) return false;
        if (got === 0) return true;
      }
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  /** One more piece; answers its bytes. */
  #readOn(): number | Promise<number> {
    if (this.#next !== null) return this.#next;
    const buffer = this.#spare ?? new Uint8Array(PIECE);
    this.#spare = null;
    const got = this.#source.read(buffer, 0, PIECE);
    if (typeof got === 'number') return this.#keep(buffer, got);
    this.#next = got.then((bytes) => {
      this.#next = null;
      return this.#keep(buffer, bytes);
    });
    return this.#next;
  }

  #keep(buffer: Uint8Array, count: number): number {
    if (count < PIECE && this.#isKeeping) this.#spare = buffer;
    if (count > 0) this.#kept.push(count < PIECE ? buffer.slice(0, count) : buffer);
    this.#bytes += count;
    return count;
  }

  #take(target: Uint8Array, start: number, end: number): number {
    const piece = this.#kept[this.#piece];
    if (piece === undefined) return 0;
    const count = Math.min(end - start, piece.length - this.#used);
    target.set(piece.subarray(this.#used, this.#used + count), start);
    this.#used += count;
    if (this.#used === piece.length) this.#turnTo(this.#piece + 1);
    return count;
  }

  #turnTo(piece: number): void {
    this.#piece = piece;
    this.#used = 0;
    if (!this.#isKeeping || this.#bytes > MOST_KEPT) this.forget();
  }
}
