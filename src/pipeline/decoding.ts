// The captures of a run, decoded ahead of the table by as many threads as there are; with none, in turn with it. Whoever decodes, blocks
// come in the order of packets, and what is said of a capture is said by the same code.

import { fileSize } from '../bytes/open-file.ts';
import { readElsewhere } from '../bytes/open-path.ts';
import { otherFile } from '../capture/open.ts';
import { type Part, PcapParts } from '../capture/pcap/pcap-parts.ts';
import type { CaptureInfo, CaptureReader } from '../capture/source.ts';
import type { WalkPorts } from '../decode/walk-ports.ts';
import { OverlensError } from '../errors.ts';
import { BytePump } from './byte-ring.ts';
import { takeMessage } from './messages.ts';
import { type CaptureOrder, jobsOf, ordersFor, type PartsOrder, partsOf } from './orders.ts';
import { type CountedBlock, OwnDecoder } from './own-blocks.ts';
import { HEAD, RingReader, type RingShape, ringMemory, SLOT, type Slot } from './ring.ts';
import { RingBlocks } from './ring-blocks.ts';
import type { DecodeThread, startWorker } from './start-worker.ts';

/** Sizes, of which no result depends. */
export interface DecodeSizes extends RingShape {
  /** Bytes of a part of a plain pcap: no more than a ring holds, or one thread waits for another. */
  part: number;
}

/** A ring of some 3 MiB for each thread. */
const SIZES: DecodeSizes = { piece: 128 * 1024, slots: 8, part: 1024 * 1024 };
/** Bytes of captures below which starting a thread takes longer than it saves. */
const WORTH_A_THREAD = 64 * 1024 * 1024;
/** How much larger captures are than what they are compressed to, about. */
const COMPRESSED = 4;
/** What comes within so many ms of a pipe is read ahead, to see how much there is: at most half of what a thread is worth. */
const READ_AHEAD = { ms: 50, bytes: WORTH_A_THREAD / 2 };
/** The table keeps up with two. */
const MOST_BY_ITSELF = 2;

export interface DecodeOptions {
  ports: WalkPorts;
  /** Threads beside this one; null: as many as pay. */
  workers: number | null;
  signal?: AbortSignal | null | undefined;
  sizes?: DecodeSizes | undefined;
  /** Starts a thread, or what stands in for one. */
  start?: typeof startWorker | undefined;
}

/** Starts to decode captures, which are to be asked for in this order. Their readers' `batches` are asked for by nobody else. */
export async function startDecoding(readers: readonly CaptureReader[], options: DecodeOptions): Promise<Decoding> {
  const { sizes = SIZES, ports, signal = null } = options;
  const most = options.workers ?? (await howMany(readers));
  const captures = most === 0 ? [] : ordersFor(readers, most, sizes.part);
  const every = Math.min(most, jobsOf(captures));
  const decoding = new Decoding(readers, ports, signal, captures);
  const orders = { captures, elsewhere: readElsewhere(), ports: { kind: ports.kind, vnis: [...ports.vnis] }, every };
  try {
    const start = every === 0 ? null : (options.start ?? (await import('./start-worker.ts')).startWorker);
    for (let mine = 0; mine < every; mine++) {
      const memory = ringMemory(sizes);
      const ring = new RingBlocks(new RingReader(memory), signal);
      const events = { onMessage: ring.receive.bind(ring), onFailure: ring.fail.bind(ring) };
      decoding.add(ring, (start as typeof startWorker)(memory, { ...orders, mine }, events));
    }
    decoding.feed();
    return decoding;
  } catch {
    // no thread may be started here, or there is no room for one
    await decoding.close();
    return new Decoding(readers, ports, signal, []);
  }
}

async function howMany(readers: readonly CaptureReader[]): Promise<number> {
  let bytes = 0;
  for (const { info, head } of readers) {
    const size = head === null ? 0 : (fileSize(info.path) ?? 0);
    bytes += size * expansion(info);
  }
  // handing over what needs no decompression takes as long as decoding it
  const once = readers.filter(({ once: bytes, info }) => bytes !== undefined && info.compression !== 'none');
  if (bytes < WORTH_A_THREAD && once.length === 0) return 0;
  const most = Math.min(MOST_BY_ITSELF, (await import('./start-worker.ts')).cores() - 1);
  return bytes >= WORTH_A_THREAD || (most > 0 && (await isAnyLong(once))) ? most : 0;
}

/**
 * Whether a thread pays for pipes, whose sizes nobody knows: not where they end soon. While one is slow there is time to start a thread, and
 * much may follow.
 */
async function isAnyLong(readers: readonly CaptureReader[]): Promise<boolean> {
  for (const { info, once } of readers)
    if (once !== undefined && !(await once.readAhead(READ_AHEAD.bytes / expansion(info), READ_AHEAD.ms))) return true;
  return false;
}

function expansion({ compression }: CaptureInfo): number {
  return compression === 'none' ? 1 : COMPRESSED;
}

export class Decoding {
  /** Parts that were decoded again, because they did not begin where the one before ended. */
  redone = 0;
  readonly #readers: readonly CaptureReader[];
  readonly #orders: ReadonlyMap<number, CaptureOrder>;
  readonly #own: OwnDecoder;
  readonly #signal: AbortSignal | null;
  readonly #rings: RingBlocks[] = [];
  readonly #threads: DecodeThread[] = [];
  readonly #pumps = new Map<number, BytePump>();

  constructor(
    readers: readonly CaptureReader[],
    ports: WalkPorts,
    signal: AbortSignal | null,
    orders: readonly CaptureOrder[],
  ) {
    this.#readers = readers;
    this.#orders = new Map(orders.map((order) => [order.capture, order]));
    this.#own = new OwnDecoder(ports);
    this.#signal = signal;
  }

  add(blocks: RingBlocks, thread: DecodeThread): void {
    this.#rings.push(blocks);
    this.#threads.push(thread);
  }

  /** Begins to hand over what can be read once only; up to here it can still be read here. */
  feed(): void {
    for (const { capture, once: memory } of this.#orders.values()) {
      const { once } = this.#readers[capture] as CaptureReader;
      if (memory === null || once === undefined) continue;
      const pump = new BytePump(memory, once.rewind());
      this.#pumps.set(capture, pump);
      void pump.run();
    }
  }

  /** Threads that decode. */
  get workers(): number {
    return this.#threads.length;
  }

  /** The blocks of a capture. To be asked for once, and for every capture in their order; sets what its reader's `batches` would. */
  blocksOf(capture: number): AsyncGenerator<CountedBlock, void, void> {
    const reader = this.#readers[capture] as CaptureReader;
    const order = this.#orders.get(capture);
    if (order === undefined) return this.#own.blocks(reader.batches(), capture, reader.info, reader.position);
    return order.parts === null ? this.#whole(order, reader.info) : this.#inParts(order, order.parts, reader.info);
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    for (const pump of this.#pumps.values()) pump.close();
    await Promise.all(this.#threads.map((thread) => thread.stop()));
  }

  #ringOf(job: number): RingBlocks {
    return this.#rings[job % this.#rings.length] as RingBlocks;
  }

  async *#whole({ capture, firstJob }: CaptureOrder, info: CaptureInfo): AsyncGenerator<CountedBlock, void, void> {
    const ring = this.#ringOf(firstJob);
    const pump = this.#pumps.get(capture);
    ring.isFed = pump !== undefined;
    try {
      yield* blocksOf(ring, await ring.next(), info);
    } finally {
      ring.isFed = false;
      pump?.close();
    }
  }

  /** Parts follow each other where records do; the others, and what ends the capture, are read here, from where the last record ended. */
  async *#inParts(order: CaptureOrder, of: PartsOrder, info: CaptureInfo): AsyncGenerator<CountedBlock, void, void> {
    const file = await openParts(order, of, info);
    const parts = partsOf(of);
    let next = 0;
    try {
      if (file !== null) {
        const place: Part = { from: file.begin, until: 0, packet: 1 };
        let left: Left = 'parts';
        while (left === 'parts' && next < parts.length) {
          place.until = parts[next]!.until;
          const ring = this.#ringOf(order.firstJob + next++);
          left = yield* this.#part({ ring, file, place, capture: order.capture, info });
        }
        place.until = Number.POSITIVE_INFINITY;
        if (left !== 'nothing') yield* this.#readHere(file, place, order.capture, info);
      }
      await this.#dropParts(order, next, parts.length);
    } finally {
      file?.close();
    }
  }

  /** One part, from its ring if that began it where the one before ended. */
  async *#part({ ring, file, place, capture, info }: PartAtHand): AsyncGenerator<CountedBlock, Left, void> {
    const slot = await ring.next();
    if (slot !== null && slot.head[HEAD.start] === place.from) {
      const end = yield* blocksOf(ring, slot, info, place);
      if (end === null) return 'nothing';
      place.from = end.next;
      return end.isRegular ? 'parts' : 'rest';
    }
    if (!(await ring.drain(slot))) return 'nothing';
    // a record that is longer than the part
    if (place.from >= place.until) return 'parts';
    this.redone++;
    yield* this.#readHere(file, place, capture, info);
    return place.from >= place.until ? 'parts' : 'nothing';
  }

  /** Reads a stretch on this thread. */
  async *#readHere(
    file: PcapParts,
    place: Part,
    capture: number,
    info: CaptureInfo,
  ): AsyncGenerator<CountedBlock, void, void> {
    const signal = this.#signal;
    const { batches, end } = file.read(place, info, signal === null ? {} : { signal });
    for await (const one of this.#own.blocks(batches, capture, info, end)) {
      yield one;
      place.packet += one.block.batch.count;
    }
    place.from = end();
  }

  async #dropParts({ capture, firstJob }: CaptureOrder, from: number, to: number): Promise<void> {
    for (const ring of this.#rings) ring.drop(capture);
    for (let part = from; part < to; part++) {
      const ring = this.#ringOf(firstJob + part);
      if (!(await ring.drain(await ring.next()))) return;
    }
  }
}

interface PartAtHand {
  ring: RingBlocks;
  file: PcapParts;
  /** Moves on. */
  place: Part;
  capture: number;
  info: CaptureInfo;
}

/** What is left of a capture after a part: the next ones, what only this thread reads to its end, or nothing. */
type Left = 'parts' | 'rest' | 'nothing';

/** Null where it cannot be opened; `info` says why. */
async function openParts(
  { path, head }: CaptureOrder,
  { id }: PartsOrder,
  info: CaptureInfo,
): Promise<PcapParts | null> {
  try {
    const file = await PcapParts.open(path, id, head);
    if (file === null) throw otherFile(path);
    return file;
  } catch (error) {
    if (!(error instanceof OverlensError)) throw error;
    info.error = error;
    return null;
  }
}

/** Blocks of a ring up to the next end. Answers what that says; null where reading was stopped. */
async function* blocksOf(
  ring: RingBlocks,
  first: Slot | null,
  info: CaptureInfo,
  place: Pick<Part, 'packet'> = { packet: 1 },
): AsyncGenerator<CountedBlock, { next: number; isRegular: boolean } | null, void> {
  for (let slot = first; slot !== null; slot = await ring.next()) {
    const { head, block } = slot;
    for (const message of ring.messages(slot)) {
      if (message.kind === 'large') block.batch.bytes = message.bytes;
      else takeMessage(info, message);
    }
    if (head[HEAD.kind] === SLOT.end) {
      const end = { next: head[HEAD.end]!, isRegular: head[HEAD.isRegular] === 1 };
      ring.release();
      return end;
    }
    yield { block, numbers: ring.numbers, position: head[HEAD.end]! };
    place.packet += block.batch.count;
    ring.release();
  }
  return null;
}
