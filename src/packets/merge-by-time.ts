// Several captures read as one, in the order of time: pieces of a ring one after another, captures of the same minutes
// side by side. A capture is opened when its first packet is due and closed at its end, so that only those are open, with
// one batch each, that overlap. A capture that is not in order itself is read in its own order.
import { excuseEmptyPieces } from '../attribution/points/pieces/empty-pieces.ts';
import { type OpenOptions, openCaptures } from '../capture/open.ts';
import { captureStart } from '../capture/plan.ts';
import type { CaptureInfo, CaptureReader, PacketBatch } from '../capture/source.ts';
import { batchesIn, type IsWanted, type Stretch } from '../capture/stretches.ts';
import { OverlensError } from '../errors.ts';
import type { Moment } from '../net/time.ts';

/** Packets of one capture that follow each other: all that come before the next packet of any other capture. */
export interface PacketRun {
  /** Index of the capture in the paths given. */
  readonly capture: number;
  readonly info: CaptureInfo;
  /** Bytes of its file behind the batch. */
  readonly position: () => number;
  /** Entries `from .. to-1` are the run. **Reused: valid until the next stretch.** */
  readonly batch: PacketBatch;
  readonly from: number;
  readonly to: number;
  /** Number of packet `from` in its capture, from 1. */
  readonly number: number;
}

export interface MergeOptions extends OpenOptions {
  /** Captures open at a time; each takes about 256 KiB. Default 64. */
  mostOpen?: number;
  /** Seconds that the clock of each capture is ahead: the order is that of a common clock, the times given stay as captured. */
  ahead?: readonly number[];
  /** The part of each capture that is read; null: all of it. */
  partly?: Partly;
}

/** By the capture's place among the paths. */
export type Partly = (capture: number) => { stretches: readonly Stretch[]; isWanted: IsWanted } | null;

export interface TimeMerge {
  /** Of all captures, in the order given; filled as they are read. */
  readonly infos: readonly CaptureInfo[];
  /**
   * All packets, once; within a stretch without waiting, between two stretches files are read. One that is left early goes
   * on in the next. Of equal times the capture given first comes first; a packet without a time follows the one before it.
   * @throws OverlensError E_USAGE when more captures overlap than may be open
   */
  stretches(): AsyncIterable<Iterable<PacketRun>>;
}

const MOST_OPEN = 64;

/**
 * Looks at all captures, one after the other, before the first packet can be had.
 * @throws OverlensError when no path is a capture; what is wrong with one, or later is in `infos[].error` and `warnings`
 */
export async function mergeByTime(paths: readonly string[], options: MergeOptions = {}): Promise<TimeMerge> {
  const readers = await openCaptures(paths, options);
  excuseEmptyPieces(readers.map(({ info }) => info));
  return { infos: readers.map(({ info }) => info), stretches: () => stretchesOf(readers, options) };
}

/** A capture in the merge: not yet begun, at one of its packets, or at the end of a batch. */
interface Stream {
  readonly capture: number;
  readonly reader: CaptureReader;
  /** Null until its first packet is due. */
  batches: AsyncIterator<PacketBatch> | null;
  batch: PacketBatch | null;
  /** The packet at hand: its place in the batch, and its number. */
  index: number;
  number: number;
  /** When the packet at hand is due: its time, or that of the last packet that had one. */
  seconds: number;
  nanos: number;
  /** What its clock is ahead: taken off its times. */
  readonly ahead: Moment;
}

const PUNCTUAL: Moment = { seconds: 0, nanos: 0 };

async function* stretchesOf(
  readers: readonly CaptureReader[],
  options: MergeOptions,
): AsyncGenerator<Iterable<PacketRun>, void, void> {
  const { mostOpen = MOST_OPEN } = options;
  /** A binary heap: the stream that is due first is at its root. */
  let due: Stream[] = [];
  try {
    due = await streamsOf(readers, options);
    for (let root = due[0]; root !== undefined; root = due[0]) {
      if (isReady(root)) {
        yield runsOf(due);
        continue;
      }
      if (root.batches === null) checkOpen(due, root, mostOpen);
      if (!(await readOn(root, options))) removeRoot(due);
      sink(due);
    }
  } finally {
    for (const { batches } of due) await batches?.return?.();
    for (const reader of readers) reader.close();
  }
}

/** In the order in which they are due, which makes them a heap. What tells no time before it is read is due at once. */
async function streamsOf(readers: readonly CaptureReader[], options: MergeOptions): Promise<Stream[]> {
  const streams: Stream[] = [];
  for (const [capture, reader] of readers.entries()) {
    // One capture is first whenever it begins.
    const first = readers.length === 1 ? null : await captureStart(reader.info.path, options);
    const { seconds, nanos } = first ?? { seconds: Number.NEGATIVE_INFINITY, nanos: 0 };
    const ahead = momentOf(options.ahead?.[capture] ?? 0);
    const stream: Stream = { capture, reader, batches: null, batch: null, index: 0, number: 1, seconds, nanos, ahead };
    setTime(stream, seconds, nanos);
    streams.push(stream);
  }
  return streams.sort((a, b) => (isBefore(a, b) ? -1 : 1));
}

function checkOpen(due: readonly Stream[], next: Stream, mostOpen: number): void {
  if (due.filter(({ batches }) => batches !== null).length < mostOpen) return;
  const { path } = next.reader.info;
  throw new OverlensError('E_USAGE', `${path}: ${mostOpen} other captures have packets at the time it begins`, {
    hint: `at most ${mostOpen} can be read side by side: join some of them first with mergecap -w JOINED.pcapng FILE FILE, or read them one after the other (decode --each)`,
  });
}

/** The next batch of a stream, which is opened by it; false at its end, and the file is closed. */
async function readOn(stream: Stream, { partly }: MergeOptions): Promise<boolean> {
  stream.batches ??= batchesOf(stream, partly)[Symbol.asyncIterator]();
  const { value, done } = await stream.batches.next();
  if (done === true) return false;
  stream.batch = value;
  stream.index = 0;
  if (value.first !== undefined) stream.number = value.first;
  takeTime(stream, value);
  return true;
}

function batchesOf({ capture, reader }: Stream, partly: Partly | undefined): AsyncIterable<PacketBatch> {
  const part = partly?.(capture) ?? null;
  return part === null ? reader.batches() : batchesIn(reader, part.stretches, part.isWanted);
}

/** Runs until a stream has to be read. Each run is taken off before it is given, so the caller may stop after any. */
function* runsOf(due: Stream[]): Generator<PacketRun, void, void> {
  for (let root = due[0]; root !== undefined && isReady(root); root = due[0]) {
    const { capture, reader, batch, index: from, number } = root;
    const to = runEnd(root, batch, nextDue(due));
    root.number += to - from;
    sink(due);
    yield { capture, info: reader.info, position: reader.position, batch, from, to, number };
  }
}

function isReady(stream: Stream): stream is Stream & { batch: PacketBatch } {
  return stream.batch !== null && stream.index < stream.batch.count;
}

/** Moves the stream over all packets that are due before another stream; answers the index behind them. */
function runEnd(stream: Stream, batch: PacketBatch, other: Stream | undefined): number {
  do {
    stream.index++;
    if (stream.index === batch.count) break;
    takeTime(stream, batch);
  } while (other === undefined || isBefore(stream, other));
  return stream.index;
}

function takeTime(stream: Stream, batch: PacketBatch): void {
  const seconds = batch.seconds[stream.index] ?? Number.NaN;
  if (Number.isNaN(seconds)) return;
  setTime(stream, seconds, batch.nanos[stream.index] ?? 0);
}

function setTime(stream: Stream, seconds: number, nanos: number): void {
  const { ahead } = stream;
  const rest = nanos - ahead.nanos;
  stream.seconds = seconds - ahead.seconds - (rest < 0 ? 1 : 0);
  stream.nanos = rest < 0 ? rest + 1e9 : rest;
}

function momentOf(time: number): Moment {
  if (time === 0) return PUNCTUAL;
  const seconds = Math.floor(time);
  return { seconds, nanos: Math.round((time - seconds) * 1e9) };
}

function isBefore(a: Stream, b: Stream): boolean {
  if (a.seconds !== b.seconds) return a.seconds < b.seconds;
  return a.nanos === b.nanos ? a.capture < b.capture : a.nanos < b.nanos;
}

function nextDue(due: readonly Stream[]): Stream | undefined {
  const left = due[1];
  const right = due[2];
  return left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
}

function removeRoot(due: Stream[]): void {
  const last = due.pop();
  if (due.length > 0 && last !== undefined) due[0] = last;
}

/** Moves the root down to where it is due. */
function sink(due: Stream[]): void {
  const stream = due[0];
  if (stream === undefined) return;
  let at = 0;
  for (;;) {
    const child = 2 * at + 1;
    const left = due[child];
    const right = due[child + 1];
    const isRight = left !== undefined && right !== undefined && isBefore(right, left);
    const first = isRight ? right : left;
    if (first === undefined || isBefore(stream, first)) break;
    due[at] = first;
    at = isRight ? child + 1 : child;
  }
  due[at] = stream;
}
