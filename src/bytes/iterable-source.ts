// A byte source over whatever comes in chunks: stdin, a pipe, a decompressor.
import type { ByteSource, StreamFault } from './chunk.ts';
import type { ByteStream } from './opened-file.ts';

/** Chunks of bytes; a generator may end with the reason why it ended early. */
export type ByteChunks = AsyncIterator<Uint8Array, StreamFault | null | undefined>;

/** Copies chunks of any size into the reader's buffer. `close` is called once, when nobody reads on. */
export function iterableSource(chunks: ByteChunks, close: () => void): ByteSource {
  let chunk = new Uint8Array(0);
  let used = 0;
  let ended = false;
  let fault: StreamFault | null = null;

  function copy(target: Uint8Array, start: number, end: number): number {
    const count = Math.min(end - start, chunk.length - used);
    target.set(chunk.subarray(used, used + count), start);
    used += count;
    return count;
  }

  async function next(): Promise<void> {
    try {
      const result = await chunks.next();
      if (result.done === true) {
        ended = true;
        fault ??= result.value ?? null;
      } else {
        chunk = asBytes(result.value);
        used = 0;
      }
    } catch (cause) {
      ended = true;
      fault = { kind: 'unreadable', message: cause instanceof Error ? cause.message : String(cause), cause };
    }
  }

  async function readNext(target: Uint8Array, start: number, end: number): Promise<number> {
    while (used === chunk.length && !ended) await next();
    return ended ? 0 : copy(target, start, end);
  }

  return {
    read: (target, start, end) => (used < chunk.length ? copy(target, start, end) : readNext(target, start, end)),
    get fault() {
      return fault;
    },
    close() {
      ended = true;
      // Not awaited: behind a read that waits for a silent pipe it would wait for ever.
      Promise.resolve(chunks.return?.()).catch(() => {});
      close();
    },
  };
}

/** A source over a stream; closing it ends the stream. */
export function streamSource(stream: ByteStream): ByteSource {
  const close = (): void => {
    if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy();
  };
  return iterableSource(chunksOf(stream), close);
}

/** Not every browser's ReadableStream can be iterated. */
export function chunksOf(stream: ByteStream): ByteChunks {
  if (Symbol.asyncIterator in stream) return stream[Symbol.asyncIterator]() as ByteChunks;
  const reader = stream.getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      return done || value === undefined ? { done: true, value: null } : { done: false, value };
    },
    async return() {
      await reader.cancel();
      return { done: true, value: null };
    },
  };
}

/** Streams with an encoding set hand out strings; their bytes are lost, but the message must not be a crash. */
function asBytes(value: unknown): Uint8Array<ArrayBuffer> {
  if (value instanceof Uint8Array) return value as Uint8Array<ArrayBuffer>;
  throw new TypeError(`the stream gave ${typeof value} where bytes were expected`);
}
