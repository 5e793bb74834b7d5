// zstd streams (RFC 8878), several frames in a row too; Node 20's zlib has none. Frames are walked here, block by block: a cut is told
// from damage, and a forged window size is refused. `zstd/` decodes blocks: whatever they say, none takes more than bounded work.
import type { ChunkBuffer, StreamFault } from './chunk.ts';
import { BlockDecoder } from './zstd/block.ts';
import { MAX_BLOCK } from './zstd/window.ts';

/** Window that the zstd program itself accepts without `--long`. */
const MAX_WINDOW = 128 * 1024 * 1024;
/** After so much content others get a turn. */
const TURN = 4 * 1024 * 1024;
const MAGIC = 0xfd2fb528;

/**
 * The content of a zstd stream in chunks, each valid until the next; ends with the reason when the stream is cut off or damaged. Decompressing
 * happens here and now, so `turn` is awaited every few megabytes for what else has to run.
 */
export async function* unzstd(
  input: ChunkBuffer,
  turn: () => Promise<void>,
): AsyncGenerator<Uint8Array, StreamFault | null, void> {
  let made = 0;
  const frames = readFrames(input);
  for (;;) {
    const result = await frames.next();
    if (result.done === true) return result.value;
    yield result.value;
    made += result.value.length;
    if (made < TURN) continue;
    made = 0;
    await turn();
  }
}

async function* readFrames(input: ChunkBuffer): AsyncGenerator<Uint8Array, StreamFault | null, void> {
  const decoder = new BlockDecoder();
  for (;;) {
    if (!(await input.require(4))) return input.available === 0 ? input.fault : ended(input);
    const magic = input.view.getUint32(input.at, true);
    if (magic === MAGIC) {
      const fault = yield* readFrame(input, decoder);
      if (fault !== null) return fault;
    } else if ((magic & 0xfffffff0) >>> 0 === 0x184d2a50) {
      if (!(await input.require(8))) return ended(input);
      if (!(await input.skip(8 + input.view.getUint32(input.at + 4, true)))) return ended(input);
    } else {
      return { kind: 'trailing', message: 'bytes that are no zstd stand behind the zstd stream; they were not read' };
    }
  }
}

/** One frame: header, blocks, checksum (which is not checked). RFC 8878 section 3.1.1. */
async function* readFrame(
  input: ChunkBuffer,
  decoder: BlockDecoder,
): AsyncGenerator<Uint8Array, StreamFault | null, void> {
  if (!(await input.require(6))) return ended(input);
  const descriptor = input.bytes[input.at + 4] ?? 0;
  const length = headerLength(descriptor);
  if (!(await input.require(length + 3))) return ended(input);
  const problem = headerProblem(input, descriptor);
  if (problem !== null) return problem;
  decoder.startFrame(windowSize(input, descriptor));
  input.at += length;
  for (let last = false; !last; ) {
    if (!(await input.require(3))) return ended(input);
    const header = blockHeader(input);
    last = (header & 1) === 1;
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type === 3 || size > MAX_BLOCK) return damaged(input, 'a block header makes no sense');
    const end = 3 + (type === 1 ? 1 : size);
    if (!(await input.require(end))) return ended(input);
    const content = decode(decoder, type, input.bytes.subarray(input.at + 3, input.at + end), size);
    if (content instanceof Error) return damaged(input, content.message, content);
    if (content.length > 0) yield content;
    input.at += end;
  }
  return (await input.skip((descriptor & 4) === 0 ? 0 : 4)) ? null : ended(input);
}

function decode(decoder: BlockDecoder, type: number, content: Uint8Array, size: number): Uint8Array | Error {
  try {
    return decoder.decode(type, content, size);
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause));
  }
}

function blockHeader({ bytes, at }: ChunkBuffer): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}

/** Magic, descriptor, window (unless single segment), dictionary id, content size. RFC 8878 section 3.1.1.1. */
function headerLength(descriptor: number): number {
  const single = (descriptor >> 5) & 1;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const content = [single, 2, 4, 8][descriptor >> 6] ?? 0;
  return 5 + (1 - single) + dictionary + content;
}

function headerProblem(input: ChunkBuffer, descriptor: number): StreamFault | null {
  if ((descriptor & 8) !== 0) return damaged(input, 'a frame header has its reserved bit set');
  if (dictionaryId(input, descriptor) !== 0) {
    return { kind: 'unsupported', message: 'the zstd stream was made with a dictionary', hint: DECOMPRESS };
  }
  const window = windowSize(input, descriptor);
  if (window <= MAX_WINDOW) return null;
  return {
    kind: 'unsupported',
    message: `the zstd stream needs a window of ${window} bytes, more than the limit of ${MAX_WINDOW}`,
    hint: DECOMPRESS,
  };
}

const DECOMPRESS = 'decompress it first: zstd -d --long=31 FILE';

function dictionaryId({ bytes, at }: ChunkBuffer, descriptor: number): number {
  const length = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const from = at + 6 - ((descriptor >> 5) & 1);
  return littleEndian(bytes, from, length);
}

/** Bytes of history that a frame needs: the window descriptor's, or the whole content in a single segment. */
function windowSize({ bytes, at }: ChunkBuffer, descriptor: number): number {
  if ((descriptor & 0x20) === 0) {
    const window = bytes[at + 5] ?? 0;
    const base = 2 ** (10 + (window >> 3));
    return base + (base / 8) * (window & 7);
  }
  const length = [1, 2, 4, 8][descriptor >> 6] ?? 0;
  const from = at + headerLength(descriptor) - length;
  return littleEndian(bytes, from, length) + (length === 2 ? 256 : 0);
}

function littleEndian(bytes: Uint8Array, from: number, length: number): number {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 256 + (bytes[from + i] ?? 0);
  return value;
}

function damaged(input: ChunkBuffer, problem: string, cause?: unknown): StreamFault {
  return {
    kind: 'corrupt',
    message: `the zstd stream is damaged near compressed byte ${input.offset} (${problem})`,
    hint: 'what could be decompressed before it was read; copy the file again to get the rest',
    cause,
  };
}

function ended(input: ChunkBuffer): StreamFault {
  if (input.fault !== null) return input.fault;
  return { kind: 'cut-off', message: `the zstd stream is cut off after ${input.offset + input.available} bytes` };
}
