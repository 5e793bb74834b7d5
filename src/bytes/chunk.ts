// Bytes on their way in: one bounded buffer that is read into, framed in place, and read into again.
// It grows only when a record that is known to be sane does not fit.

/** Why a stream of bytes ended otherwise than at its end. */
export interface StreamFault {
  /**
   * `trailing` bytes behind a complete stream harm nothing; after `stopped` nobody wants the rest. What grows ends with `so-far`: all that
   * is there was read; `lost`: the same, and why nothing more can come.
   */
  kind: 'cut-off' | 'corrupt' | 'unsupported' | 'unreadable' | 'trailing' | 'stopped' | 'so-far' | 'lost';
  /** What was wrong; names neither the file nor what to do. */
  message: string;
  hint?: string;
  cause?: unknown;
}

/** Where bytes come from. Answers at once where it can, so that reading a file costs no promise per piece. */
export interface ByteSource {
  /** Puts up to `end - start` bytes at `target[start]`; answers how many, 0 at the end. Never throws: see `fault`. */
  read(target: Uint8Array, start: number, end: number): number | Promise<number>;
  /** Set when `read` has answered 0 and that was not the end that was meant. */
  readonly fault: StreamFault | null;
  close(): void;
}

/** Bytes asked for at once. Larger pieces leave the second-level cache before they are decoded. */
export const PIECE = 128 * 1024;
const LEAST_PIECE = 8 * 1024;

/** Bytes to ask for at once of a file of `size` bytes (null: not known), at most `most`: no buffer is much larger than its file. */
export function pieceOf(size: number | null, most: number = PIECE): number {
  return Math.min(most, Math.max(LEAST_PIECE, 2 * (size ?? most)));
}

/** Buffers that a reader reads into, each in its turn: what is in one stays there until its packets were counted. */
export interface BufferSupply {
  /** Bytes asked for at once; a buffer has half as many more. */
  readonly piece: number;
  /** The buffer to go on in. */
  next(): Uint8Array;
}

/** The one buffer of a capture. Bytes `at .. end-1` are read and not yet consumed. */
export class ChunkBuffer {
  bytes: Uint8Array;
  view: DataView;
  at = 0;
  end = 0;
  readonly #source: ByteSource;
  readonly #piece: number;
  #supply: BufferSupply | null = null;
  /** Offset in the stream of `bytes[0]`. */
  #base = 0;

  /** @param base offset in the stream of the first byte */
  constructor(source: ByteSource, piece: number = PIECE, base = 0) {
    this.#base = base;
    this.#source = source;
    this.#piece = piece;
    // Half a piece more for what the one before left over: most records fit without growing.
    this.bytes = new Uint8Array(piece + piece / 2);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Offset in the stream of the next byte to consume. */
  get offset(): number {
    return this.#base + this.at;
  }

  get available(): number {
    return this.end - this.at;
  }

  get fault(): StreamFault | null {
    return this.#source.fault;
  }

  /**
   * Reads once more behind what is there; moves what is there to the front when room is short, and grows the buffer
   * when `need` bytes from `at` on do not fit. Answers the bytes read, 0 at the end. The caller vouches for `need`.
   */
  fill(need: number): number | Promise<number> {
    this.#makeRoom(need);
    const got = this.#source.read(this.bytes, this.end, Math.min(this.bytes.length, this.end + this.#piece));
    if (typeof got !== 'number') return got.then((count) => this.#take(count));
    return this.#take(got);
  }

  /** Reads until `need` bytes from `at` on are there; false when the stream ends before. */
  async require(need: number): Promise<boolean> {
    while (this.available < need) if ((await this.fill(need)) === 0) return false;
    return true;
  }

  /** Consumes `count` bytes without ever holding them all; false when the stream ends before. */
  async skip(count: number): Promise<boolean> {
    let left = count;
    while (left > this.available) {
      left -= this.available;
      this.at = this.end;
      if ((await this.fill(1)) === 0) return false;
    }
    this.at += left;
    return true;
  }

  /** From now on `turn` goes on in the next of these. */
  useBuffers(supply: BufferSupply): void {
    this.#supply = supply;
    this.turn();
  }

  /** Leaves the bytes as they are to who was given them, and goes on in another buffer. Without a supply there is one. */
  turn(): void {
    const next = this.#supply?.next();
    if (next === undefined) return;
    const rest = this.bytes.subarray(this.at, this.end);
    const bytes = rest.length <= next.length ? next : new Uint8Array(rest.length + this.#piece);
    bytes.set(rest);
    this.#base += this.at;
    this.end = rest.length;
    this.at = 0;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  close(): void {
    this.#source.close();
  }

  #take(count: number): number {
    this.end += count;
    return count;
  }

  #makeRoom(need: number): void {
    const short = this.bytes.length - this.end < this.#piece || this.at + need > this.bytes.length;
    if (this.at > 0 && (short || this.at === this.end)) {
      this.bytes.copyWithin(0, this.at, this.end);
      this.#base += this.at;
      this.end -= this.at;
      this.at = 0;
    }
    if (this.at + need <= this.bytes.length) return;
    // `at` is 0 here: growing follows moving.
    const grown = new Uint8Array(need + this.#piece);
    grown.set(this.bytes.subarray(0, this.end));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
