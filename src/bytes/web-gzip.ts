// Opener: gzip streams through DecompressionStream, where Node's zlib is not there (in place of open-gzip.ts; package.json, `browser`).
// That takes one member and nothing behind it, so where one ends and the next begins (RFC 1952 section 2.2) is told here, by both.
import type { ChunkBuffer, StreamFault } from './chunk.ts';
import { turn } from './turn.ts';

/** Pieces in: one cannot grow to more than 1032 times its size (deflate's limit). Damage costs one of them, so they grow with what was read. */
const LARGEST_PIECE = 16 * 1024;
const SMALLEST_PIECE = 64;
/** A member begins with its magic number, deflate, and flags. */
const MARK_BYTES = 4;
/** It ends with the length of its content. */
const LENGTH_BYTES = 4;

/** The content of a gzip stream in chunks; ends with the reason when the stream is cut off or damaged. */
export async function* gunzip(input: ChunkBuffer): AsyncGenerator<Uint8Array, StreamFault | null, void> {
  let member = new Member();
  try {
    for (;;) {
      const { piece, ends } = await nextPiece(input);
      if (piece.length === 0) break;
      // a member has one beginning
      const mark = memberMark(piece, member.isEmpty ? 1 : 0);
      const length = mark >= 0 ? mark : ends ? piece.length : piece.length - MARK_BYTES + 1;
      let problem = await member.write(piece.slice(0, length));
      input.at += length;
      if (problem === null && mark >= 0) {
        if (await member.isComplete()) {
          problem = await member.end();
          if (problem === null) {
            yield* member.taken();
            member = new Member();
            continue;
          }
        } else {
          // the mark stands inside compressed bytes: the member goes on
          problem = await member.write(piece.slice(length, length + 1));
          input.at++;
        }
      }
      yield* member.taken();
      if (problem !== null) return damaged(input, problem);
    }
    if (input.fault !== null) return input.fault;
    const unfinished = await member.end();
    yield* member.taken();
    return unfinished === null ? null : cutOff(input);
  } finally {
    member.drop();
  }
}

/** The next bytes, not consumed, and whether they are the last ones. */
async function nextPiece(input: ChunkBuffer): Promise<{ piece: Uint8Array<ArrayBuffer>; ends: boolean }> {
  const wanted = Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, Math.floor(input.offset / 16)));
  const ends = !(await input.require(wanted));
  const piece = input.bytes.slice(input.at, input.at + Math.min(wanted, input.available));
  return { piece: piece as Uint8Array<ArrayBuffer>, ends };
}

/** Where a member may begin, at `from` or behind it; -1: nowhere. */
function memberMark(piece: Uint8Array, from: number): number {
  for (let at = piece.indexOf(0x1f, from); at >= 0 && at + MARK_BYTES <= piece.length; at = piece.indexOf(0x1f, at + 1))
    if (piece[at + 1] === 0x8b && piece[at + 2] === 8 && (piece[at + 3]! & 0xe0) === 0) return at;
  return -1;
}

/** One member on its way through a DecompressionStream. */
class Member {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #ended: Promise<void>;
  #ready: Uint8Array[] = [];
  #length = 0;
  #isEmpty = true;
  #tail = new Uint8Array(LENGTH_BYTES);

  constructor() {
    const stream = new DecompressionStream('gzip');
    this.#writer = stream.writable.getWriter() as WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
    this.#writer.closed.catch(() => {});
    this.#ended = this.#readAll(stream.readable.getReader() as ReadableStreamDefaultReader<Uint8Array>);
  }

  async #readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        this.#ready.push(value);
        this.#length += value.length;
      }
    } catch {
      // who writes is told
    }
  }

  /** Nothing was written yet. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Answers what was wrong. */
  async write(piece: Uint8Array<ArrayBuffer>): Promise<unknown> {
    if (piece.length === 0) return null;
    this.#isEmpty = false;
    const joined = new Uint8Array(LENGTH_BYTES + piece.length);
    joined.set(this.#tail);
    joined.set(piece, LENGTH_BYTES);
    this.#tail = joined.slice(-LENGTH_BYTES);
    try {
      await this.#writer.write(piece);
      return null;
    } catch (cause) {
      await this.#settled();
      return cause ?? new Error('not gzip');
    }
  }

  /** Whether the bytes written so far end with the length of what came out: by chance one time in four billion. */
  async isComplete(): Promise<boolean> {
    await this.#settled();
    return !this.#isEmpty && new DataView(this.#tail.buffer).getUint32(0, true) === this.#length % 2 ** 32;
  }

  /** What was decompressed comes in turns of the event loop. */
  async #settled(): Promise<void> {
    let quiet = 0;
    for (let before = this.#length; quiet < 2; before = this.#length) {
      await turn();
      quiet = this.#length === before ? quiet + 1 : 0;
    }
  }

  /** What came out since the last time. */
  taken(): Uint8Array[] {
    return this.#ready.splice(0);
  }

  /** Answers what was missing. */
  async end(): Promise<unknown> {
    try {
      await this.#writer.close();
      await this.#ended;
      return null;
    } catch (cause) {
      return cause ?? new Error('not gzip');
    }
  }

  drop(): void {
    this.#writer.abort().catch(() => {});
  }
}

function damaged(input: ChunkBuffer, cause: unknown): StreamFault {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return {
    kind: 'corrupt',
    message: `the gzip stream is damaged at or before compressed byte ${input.offset} (${reason})`,
    hint: 'what could be decompressed before it was read; copy the file again to get the rest',
    cause,
  };
}

function cutOff(input: ChunkBuffer): StreamFault {
  return { kind: 'cut-off', message: `the gzip stream is cut off after ${input.offset} bytes` };
}
