// What stands between opening and reading: the bytes in which a format is recognised, and the format once it is.
import type { ChunkBuffer } from '../bytes/chunk.ts';
import type { CaptureInfo, PacketBatch } from './source.ts';

/** What `open.ts` knows before the format is known. */
export interface OpenedBytes {
  readonly path: string;
  readonly compression: CaptureInfo['compression'];
  /** The uncompressed bytes; nothing is consumed yet. */
  readonly chunk: ChunkBuffer;
}

/** A capture whose beginning was looked at. Holds no buffer: what it was read from may be closed and opened again. */
export interface CaptureFormat {
  readonly info: CaptureInfo;
  /** Bytes at the beginning that decided all of this. */
  readonly headLength: number;
  /** Reads the capture; its first `headLength` bytes are in the chunk, not consumed. Closes the chunk's source. */
  read(chunk: ChunkBuffer): AsyncGenerator<PacketBatch, void, void>;
}
