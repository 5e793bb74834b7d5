// Opener: gzip streams, several members in a row too (RFC 1952 section 2.2), through Node's zlib (web-gzip.ts in a
// browser).
import { createGunzip, type Gunzip } from 'node:zlib';
import type { ChunkBuffer, StreamFault } from './chunk.ts';

/** Largest pieces in and out. One piece in cannot grow to more than 1032 times its size (deflate's limit). */
const LARGEST_PIECE = 16 * 1024;
const SMALLEST_PIECE = 16;
const CHUNK = 64 * 1024;

/**
 * The content of a gzip stream in chunks; ends with the reason when the stream is cut off or damaged. While one piece's content is read the
 * next piece is decompressed, if it is there.
 */
export async function* gunzip(input: ChunkBuffer): AsyncGenerator<Uint8Array, StreamFault | null, void> {
  const stream = createGunzip({ chunkSize: CHUNK });
  const state: GunzipState = { ready: [], error: null, ended: false };
  stream.on('data', (chunk: Uint8Array) => state.ready.push(chunk));
  stream.on('error', (error) => {
    state.error = error;
  });
  stream.on('end', () => {
    state.ended = true;
  });
  try {
    let written: Promise<void> | null = null;
    while (written !== null || input.available > 0 || (await input.fill(1)) > 0) {
      await (written ?? write(stream, takePiece(input)));
      const content = state.ready.splice(0);
      const { error, ended } = state;
      const goesOn = error === null && !ended && input.available > 0;
      written = goesOn ? write(stream, takePiece(input)) : null;
      yield* content;
      if (error !== null) return damaged(input, error);
      if (ended) return await trailing(input);
    }
    if (input.fault !== null) return input.fault;
    // The end is given apart from the last bytes: an error would take what was decompressed with it.
    await end(stream);
    yield* state.ready.splice(0);
    return state.error === null ? null : cutOff(input);
  } finally {
    stream.destroy();
  }
}

interface GunzipState {
  ready: Uint8Array[];
  error: Error | null;
  ended: boolean;
}

/** zlib gives up a whole piece for one damaged byte in it: pieces grow with what was read, so that little is lost. */
function takePiece(input: ChunkBuffer): Uint8Array {
  const wanted = Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, Math.floor(input.offset / 16)));
  const piece = input.bytes.subarray(input.at, input.at + Math.min(wanted, input.available));
  input.at += piece.length;
  return piece;
}

/** Resolves when the piece has been decompressed, or the stream has ended or failed and takes no more. */
function write(stream: Gunzip, piece: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('end', done).off('close', done);
      resolve();
    };
    stream.once('end', done).once('close', done);
    stream.write(piece, done);
  });
}

function end(stream: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    stream.once('end', resolve).once('close', resolve);
    stream.end();
  });
}

function damaged(input: ChunkBuffer, error: Error): StreamFault {
  return {
    kind: 'corrupt',
    message: `the gzip stream is damaged at or before compressed byte ${input.offset} (zlib: ${error.message})`,
    hint: 'what could be decompressed before it was read; copy the file again to get the rest',
    cause: error,
  };
}

function cutOff(input: ChunkBuffer): StreamFault {
  return { kind: 'cut-off', message: `the gzip stream is cut off after ${input.offset} bytes` };
}

/** Zeros behind a stream are padding (tapes, block devices); anything else is worth a word. */
async function trailing(input: ChunkBuffer): Promise<StreamFault | null> {
  for (;;) {
    const at = input.bytes.subarray(input.at, input.end).findIndex((byte) => byte !== 0);
    if (at >= 0) {
      return { kind: 'trailing', message: `bytes that are no gzip stand behind the gzip stream; they were not read` };
    }
    input.at = input.end;
    if ((await input.fill(1)) === 0) return input.fault;
  }
}
