// Stretches of a plain pcapng read apart from each other: all that describes its packets stands before the first one, and is read before each.

import { type ByteSource, ChunkBuffer, PIECE } from '../../bytes/chunk.ts';
import { openRanges } from '../../bytes/open-file.ts';
import type { OpenRanges } from '../../bytes/opened-file.ts';
import { readBatches } from '../read-loop.ts';
import type { CaptureInfo, PacketBatch } from '../source.ts';
import { pcapngFramer } from './pcapng.ts';

/** Bytes of a block before its packet's, of every kind of block whose packets have times. */
const BEFORE_PACKET = 28;

/** Blocks that begin at `from` and before `until`. */
interface Part {
  from: number;
  until: number;
}

export class PcapngParts {
  readonly recordHeader = BEFORE_PACKET;
  readonly #file: OpenRanges;
  /** Where the first packet's block begins. */
  readonly #preamble: number;

  private constructor(file: OpenRanges, preamble: number) {
    this.#file = file;
    this.#preamble = preamble;
  }

  /**
   * Opens a plain pcapng with this beginning; null where it is another file than the one with that `id`, or begins otherwise.
   * Throws E_UNREADABLE.
   * @param first offset of the first packet's bytes
   */
  static async open(path: string, id: string, head: Uint8Array, first: number): Promise<PcapngParts | null> {
    const file = openRanges(path);
    const begin = await file.read(0, head.length);
    if (file.id === id && begin.length === head.length && head.every((byte, i) => begin[i] === byte))
      return new PcapngParts(file, Math.max(0, first - BEFORE_PACKET));
    file.close();
    return null;
  }

  /** Reads a part. Interfaces are described in `info` anew; what ends the part otherwise than its `until` is there too. */
  read({ from, until }: Part, info: CaptureInfo): { batches: AsyncGenerator<PacketBatch, void, void> } {
    info.interfaces.length = 0;
    const source = joined(part(this.#file.from(0), this.#preamble), part(this.#file.from(from), until - from));
    // what is behind the preamble is told where it stands in the file
    const chunk = new ChunkBuffer(source, PIECE, from - this.#preamble);
    return { batches: readBatches(chunk, info, pcapngFramer(chunk, info)) };
  }

  close(): void {
    this.#file.close();
  }
}

/** The first bytes of a source, so many at most. */
function part(source: ByteSource, length: number): ByteSource {
  let left = length;
  const took = (count: number): number => {
    left -= count;
    return count;
  };
  return {
    read(target, start, end) {
      const most = Math.min(end - start, left);
      const got = most === 0 ? 0 : source.read(target, start, start + most);
      return typeof got === 'number' ? took(got) : got.then(took);
    },
    get fault() {
      return source.fault;
    },
    close: () => source.close(),
  };
}

/** One source and then another one. */
function joined(first: ByteSource, second: ByteSource): ByteSource {
  let source = first;
  return {
    async read(target, start, end) {
      const got = await source.read(target, start, end);
      if (got > 0 || source === second || source.fault !== null) return got;
      source = second;
      return source.read(target, start, end);
    },
    get fault() {
      return source.fault;
    },
    close() {
      first.close();
      second.close();
    },
  };
}
