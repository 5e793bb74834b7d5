// Stretches of a plain pcap read apart from each other. Where a record begins in the middle of a file only the one before it tells; here it
// is guessed, by a chain of plausible record headers, and whoever reads the stretch before says whether the guess was right.

import { type BufferSupply, ChunkBuffer, PIECE } from '../../bytes/chunk.ts';
import { openRanges } from '../../bytes/open-file.ts';
import type { OpenRanges } from '../../bytes/opened-file.ts';
import { stoppable } from '../../bytes/stoppable.ts';
import { readBatches } from '../read-loop.ts';
import type { CaptureInfo, PacketBatch } from '../source.ts';
import { type PcapHeader, readPcapHeader } from './file-header.ts';
import { isPlausibleRecord } from './last-record.ts';
import { pcapFramer, pcapInfo } from './pcap.ts';
import { layoutOfRecords, lengthsAt, type RecordLayout } from './records.ts';

/** Record headers in a row that make a guess. */
const CHAIN = 32;
/** Bytes looked at for a guess, and how many headers are enough where these bytes end before there are 32. */
const LOOKS = [
  { bytes: 64 * 1024, least: CHAIN },
  { bytes: 512 * 1024, least: 3 },
] as const;

/** One reading of a stretch. */
export interface PartReading {
  batches: AsyncGenerator<PacketBatch, void, void>;
  /** Where the record begins that was not read; right once the batches have ended. */
  end(): number;
}

/** Which stretch to read: records that begin at `from` (where one does) or behind it, and before `until`; the first is number `packet`. */
export interface Part {
  from: number;
  until: number;
  packet: number;
}

export class PcapParts {
  /** Offset of the first record. */
  readonly begin: number;
  readonly #path: string;
  readonly #file: OpenRanges;
  readonly #header: PcapHeader;
  readonly #layout: RecordLayout;
  readonly #firstSecond: number;

  private constructor(path: string, file: OpenRanges, header: PcapHeader, layout: RecordLayout, firstSecond: number) {
    this.#path = path;
    this.#file = file;
    this.#header = header;
    this.begin = header.headerLength;
    this.#layout = layout;
    this.#firstSecond = firstSecond;
  }

  /** An info of its own, for a reading of which nobody asks how it ended. */
  newInfo(): CaptureInfo {
    return pcapInfo({ path: this.#path, compression: 'none' }, this.#header);
  }

  /**
   * Opens a plain pcap with this beginning; null where it is another file than the one with that `id`, or begins otherwise.
   * Throws E_UNREADABLE.
   */
  static async open(path: string, id: string, head: Uint8Array): Promise<PcapParts | null> {
    const file = openRanges(path);
    const chunk = new ChunkBuffer(file.from(0));
    const isThere = await chunk.require(head.length);
    if (file.id !== id || !isThere || !head.every((byte, i) => chunk.bytes[i] === byte)) {
      file.close();
      return null;
    }
    const header = readPcapHeader(chunk.view, 0);
    const layout = await layoutOfRecords(chunk, header);
    const isRecord = await chunk.require(header.headerLength + layout.headerLength);
    const firstSecond = isRecord ? chunk.view.getUint32(header.headerLength, layout.littleEndian) : 0;
    return new PcapParts(path, file, header, layout, firstSecond);
  }

  /** Where a record may begin at `from` or behind it; null where nothing looks like one. */
  async guess(from: number): Promise<number | null> {
    if (from <= this.begin) return this.begin;
    for (const { bytes: most, least } of LOOKS) {
      const bytes = await this.#file.read(from, from + most);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let at = 0; at < view.byteLength; at++) if (this.#isChain(view, at, least)) return from + at;
    }
    return null;
  }

  #isChain(view: DataView, from: number, least: number): boolean {
    let at = from;
    for (let records = 0; records < CHAIN; records++) {
      // as far as can be seen
      if (view.byteLength - at < this.#layout.headerLength) return records >= least || at === view.byteLength;
      if (!isPlausibleRecord(view, at, this.#layout, this.#firstSecond)) return false;
      at += this.#layout.headerLength + lengthsAt(view, at, this.#layout).captured;
    }
    return true;
  }

  /** Reads a part; what ends it otherwise than its `until` is in `info`, as when a whole capture is read. */
  read({ from, until, packet }: Part, info: CaptureInfo, { buffers, signal }: PartOptions = {}): PartReading {
    const source = this.#file.from(from);
    const piece = buffers?.piece ?? PIECE;
    const chunk = new ChunkBuffer(signal === undefined ? source : stoppable(source, signal), piece, from);
    if (buffers !== undefined) chunk.useBuffers(buffers);
    const layout = { ...this.#layout, until };
    return { batches: readBatches(chunk, info, pcapFramer(chunk, info, layout), packet), end: () => chunk.offset };
  }

  /** Bytes before a packet's own. */
  get recordHeader(): number {
    return this.#layout.headerLength;
  }

  close(): void {
    this.#file.close();
  }
}

export interface PartOptions {
  buffers?: BufferSupply;
  signal?: AbortSignal;
}
