// Opener: a path to a CaptureReader. What the bytes are is decided by the bytes, never by the name.

import { type BufferSupply, type ByteSource, ChunkBuffer, PIECE, pieceOf, type StreamFault } from '../bytes/chunk.ts';
import { contentOf } from '../bytes/decompress.ts';
import { fileSize } from '../bytes/open-file.ts';
import type { Follow } from '../bytes/open-growing.ts';
import { openPath } from '../bytes/open-path.ts';
import type { ByteStream, OpenedFile } from '../bytes/opened-file.ts';
import { Rewindable } from '../bytes/rewindable.ts';
import { type ContentKind, contentKind, DESCRIBE_BYTES, describeContent, MAGIC_BYTES } from '../bytes/sniff.ts';
import { stoppable } from '../bytes/stoppable.ts';
import { joinErrors, OverlensError } from '../errors.ts';
import { cannotFollow, captureName, streamError } from './capture-errors.ts';
import type { CaptureFormat, OpenedBytes } from './capture-format.ts';
import { FilePlace } from './file-place.ts';
import { pcapHeaderLength } from './pcap/file-header.ts';
import { openPcap } from './pcap/pcap.ts';
import { SECTION_LENGTH } from './pcapng/blocks.ts';
import { openPcapng } from './pcapng/pcapng.ts';
import type { CaptureInfo, CaptureReader, PacketBatch } from './source.ts';
import { withoutFalseTimes } from './untimed.ts';

export type ReaderName = 'builtin' | 'pcap-parser';

export interface OpenOptions {
  /** `pcap-parser` is the npm package of that name, for classic microsecond captures only. Default `builtin`. */
  reader?: ReaderName;
  /** What `-` reads instead of the process's stdin. */
  stdin?: ByteStream;
  /** Times that are not those of the packets (`withoutFalseTimes`) are left out. Default: every time as it is written. */
  trueTimes?: boolean;
  /** When aborted, reading ends at the next piece, also while a silent pipe is waited for; `complete` stays false. */
  signal?: AbortSignal;
  /** Files are waited for while they grow, until it is stopped. Readers of them read once. */
  follow?: Follow;
}

type Batches = AsyncIterable<PacketBatch>;

/** Bytes asked for at once to recognise a capture that is read later. */
const HEAD_PIECE = 2 * DESCRIBE_BYTES;

/**
 * Opens a capture, plain, gzip or zstd; `-` is stdin. Nothing is buffered whole. A file is looked at, closed, and opened
 * again for its batches, so that thousands of readers hold no file and no buffer; what can be read once stays open.
 * Throws OverlensError: E_UNREADABLE, E_NOT_A_CAPTURE, E_UNSUPPORTED_CAPTURE, E_CORRUPT_CAPTURE (compressed and damaged
 * before the first byte), E_USAGE (stdin is a terminal). What is wrong later is in `info.error` and `info.warnings`.
 */
export function openCapture(path: string, options: OpenOptions = {}): Promise<CaptureReader> {
  return open(path, options, false);
}

/** As `openCapture`, for who reads at once: the file stays open until its batches end. */
export function openToRead(path: string, options: OpenOptions = {}): Promise<CaptureReader> {
  return open(path, options, true);
}

async function open(path: string, options: OpenOptions, isReadNow: boolean): Promise<CaptureReader> {
  const { follow } = options;
  const file = await (follow === undefined ? openPath(path, options.stdin) : follow.open(path));
  if (!file.again && !isReadNow && follow === undefined) return openOnce(path, file.source, options);
  const isKept = isReadNow || !file.again;
  const opened = await openedBytes(path, file, options.signal, isKept ? PIECE : HEAD_PIECE);
  const { chunk } = opened;
  try {
    if (opened.compression !== 'none' && follow?.isGrowing(path)) throw cannotFollow(path, opened.compression);
    const format = await formatOf(opened, options.reader ?? 'builtin');
    const { info } = format;
    const timed = timesOf(options);
    const head = file.again ? chunk.bytes.slice(chunk.at, chunk.at + format.headLength) : null;
    const place = new FilePlace(opened.input);
    const position = (): number => place.offset;
    if (isKept || head === null)
      return { info, head, batches: () => timed(format.read(chunk), info), position, close: () => chunk.close() };
    chunk.close();
    place.leave();
    const batches = (): Batches => timed(readAgain(format, head, options.signal, place), info);
    return { info, head, batches, position, close() {} };
  } catch (error) {
    chunk.close();
    throw error;
  }
}

/** Opens what can be read once only: it stays open, and until its batches are asked for it can be read from its beginning elsewhere. */
async function openOnce(path: string, source: ByteSource, options: OpenOptions): Promise<CaptureReader> {
  const { signal } = options;
  const once = new Rewindable(signal === undefined ? source : stoppable(source, signal));
  try {
    const opened = await openedBytes(path, { source: once, size: null }, undefined, PIECE);
    const format = await formatOf(opened, options.reader ?? 'builtin');
    const batches = (): Batches => {
      once.forget();
      return timesOf(options)(format.read(opened.chunk), format.info);
    };
    const position = (): number => opened.input.offset;
    return { info: format.info, head: null, once, batches, position, close: () => opened.chunk.close() };
  } catch (error) {
    once.close();
    throw error;
  }
}

function timesOf({ trueTimes }: OpenOptions): typeof withoutFalseTimes {
  return trueTimes === true ? withoutFalseTimes : (batches) => batches;
}

/**
 * Opens a capture that was recognised by `head`, and reads it into these buffers, each batch into the next one, with true times. Throws
 * OverlensError, where another file has taken its place too.
 * @param source its bytes, where they come from elsewhere
 */
export async function openAgain(
  path: string,
  head: Uint8Array,
  buffers: BufferSupply,
  source: ByteSource | null = null,
): Promise<CaptureReader> {
  const file = source === null ? await openPath(path) : { source, size: null };
  const opened = await openedBytes(path, file, undefined, buffers.piece);
  const { chunk } = opened;
  try {
    if (!(await beginsWith(chunk, head))) throw otherFile(path);
    const { info, read } = await formatOf(opened, 'builtin');
    chunk.useBuffers(buffers);
    const position = (): number => opened.input.offset;
    const batches = (): Batches => withoutFalseTimes(read(chunk), info);
    return { info, head, batches, position, close: () => chunk.close() };
  } catch (error) {
    chunk.close();
    throw error;
  }
}

/**
 * Opens captures one after the other, so that no two files are open at a time. What is no capture, is not there or cannot be read has
 * a reader without packets, whose `info.error` says why.
 * @throws OverlensError where none of them is a capture: all errors in one
 */
export async function openCaptures(paths: readonly string[], options: OpenOptions = {}): Promise<CaptureReader[]> {
  const readers: CaptureReader[] = [];
  const errors: OverlensError[] = [];
  try {
    for (const path of paths) {
      const opened = await openCapture(path, options).catch((error: unknown) => ofOneFile(error, options));
      if (!(opened instanceof OverlensError)) readers.push(opened);
      else {
        errors.push(opened);
        readers.push(unusable(path, opened));
      }
    }
    const [first, ...more] = errors;
    if (first !== undefined && errors.length === paths.length) throw joinErrors([first, ...more]);
    return readers;
  } catch (error) {
    for (const reader of readers) reader.close();
    throw error;
  }
}

/** The error where it is one of this file alone: of others, and of a stop, nothing is read any more. */
function ofOneFile(error: unknown, { signal }: OpenOptions): OverlensError {
  if (!(error instanceof OverlensError) || error.code === 'E_USAGE' || signal?.aborted === true) throw error;
  return error;
}

function unusable(path: string, error: OverlensError): CaptureReader {
  const info: CaptureInfo = {
    ...{ path, format: null, compression: 'none', interfaces: [], complete: false, warnings: [], error },
    isEmpty: fileSize(path) === 0,
  };
  return { info, head: null, async *batches() {}, position: () => 0, close() {} };
}

/** The batches of a file that was recognised and closed. What has happened to it since is an error of the reading. */
async function* readAgain(
  format: CaptureFormat,
  head: Uint8Array,
  signal: AbortSignal | undefined,
  place: FilePlace,
): AsyncGenerator<PacketBatch, void, void> {
  const { info } = format;
  try {
    const { chunk, input } = await openedBytes(info.path, await openPath(info.path), signal, PIECE);
    place.enter(input);
    if (await beginsWith(chunk, head)) return yield* format.read(chunk);
    chunk.close();
    if (chunk.fault?.kind === 'stopped') return;
    throw otherFile(info.path);
  } catch (error) {
    if (!(error instanceof OverlensError)) throw error;
    info.error = error;
  } finally {
    place.leave();
  }
}

export function otherFile(path: string): OverlensError {
  return new OverlensError('E_UNREADABLE', `${path}: another file has taken its place since it was first read`, {
    hint: 'a running capture that writes into a ring does that: copy its files first',
  });
}

async function beginsWith(chunk: ChunkBuffer, head: Uint8Array): Promise<boolean> {
  if (!(await chunk.require(head.length))) return false;
  return head.every((byte, i) => chunk.bytes[chunk.at + i] === byte);
}

/** The content of a file, whatever it is compressed with, in pieces of `piece` bytes. */
async function openedBytes(
  path: string,
  file: Pick<OpenedFile, 'source' | 'size'>,
  signal: AbortSignal | undefined,
  piece: number,
): Promise<OpenedBytes & { input: ChunkBuffer }> {
  const source = signal === undefined ? file.source : stoppable(file.source, signal);
  const input = new ChunkBuffer(source, pieceOf(file.size, piece));
  return { path, input, ...(await contentOf(input, piece)) };
}

async function formatOf(opened: OpenedBytes, reader: ReaderName): Promise<CaptureFormat> {
  const { chunk } = opened;
  await chunk.require(MAGIC_BYTES);
  const kind = kindOf(chunk);
  if (kind !== 'pcap' && kind !== 'pcapng') {
    await chunk.require(DESCRIBE_BYTES);
    throw chunk.available === 0 ? nothingThere(opened) : notACapture(opened, kind);
  }
  const least = kind === 'pcap' ? pcapHeaderLength(chunk.view, chunk.at) : SECTION_LENGTH;
  if (!(await chunk.require(least))) throw cutOffHeader(opened, least);
  if (reader === 'pcap-parser') return (await import('./pcap-parser.ts')).openWithPcapParser(opened, kind);
  if (reader !== 'builtin')
    throw new OverlensError('E_USAGE', `there is no reader ${reader}: builtin and pcap-parser are the readers`);
  return kind === 'pcap' ? openPcap(opened) : openPcapng(opened);
}

function kindOf(chunk: ChunkBuffer): ContentKind {
  return contentKind(chunk.bytes.subarray(chunk.at, chunk.end));
}

/** Ends of bytes that are there. */
const ENDS: ReadonlySet<StreamFault['kind']> = new Set(['cut-off', 'trailing', 'so-far', 'lost']);

/** No byte came: an empty file, a command before the pipe that failed, a compressed stream without content. */
function nothingThere({ path, chunk, compression }: OpenedBytes): OverlensError {
  const { fault } = chunk;
  if (fault !== null && !ENDS.has(fault.kind)) return streamError(path, fault);
  const name = captureName(path);
  if (fault?.kind === 'cut-off') {
    return new OverlensError(
      'E_NOT_A_CAPTURE',
      `${name}: not a capture: ${fault.message}, before anything could be decompressed`,
      {
        hint: 'copy the file again or capture again',
      },
    );
  }
  const message = compression === 'none' ? 'it is empty (zero bytes)' : `the ${compression} stream has no content`;
  return new OverlensError('E_NOT_A_CAPTURE', `${name}: not a capture: ${message}`, {
    hint:
      path === '-'
        ? 'the command that writes into the pipe wrote nothing: look for its own error message'
        : 'tcpdump that was killed before it wrote its file header leaves such a file: capture again',
  });
}

function notACapture({ path, chunk, compression }: OpenedBytes, kind: ContentKind): OverlensError {
  const inside = compression === 'none' ? '' : ` inside ${compression}`;
  const { looks, hint } =
    kind === 'gzip' || kind === 'zstd'
      ? { looks: `another ${kind} stream`, hint: 'it was compressed twice: decompress it once first' }
      : describeContent(chunk.bytes.subarray(chunk.at, Math.min(chunk.end, chunk.at + DESCRIBE_BYTES)));
  const like = looks === null ? 'it begins like no format that is known' : `it looks like ${looks}`;
  return new OverlensError('E_NOT_A_CAPTURE', `${captureName(path)}: not a capture: ${like}${inside}`, {
    hint,
  });
}

function cutOffHeader({ path, chunk }: OpenedBytes, least: number): OverlensError {
  const { fault } = chunk;
  if (fault !== null && !ENDS.has(fault.kind)) return streamError(path, fault);
  const message = `it ends inside its file header, after ${chunk.available} of ${least} bytes`;
  return new OverlensError('E_NOT_A_CAPTURE', `${captureName(path)}: not a capture: ${message}`, {
    hint: 'copy the file again or capture again',
  });
}
