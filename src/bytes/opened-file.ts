// What is opened by a path, wherever its bytes are: on disk, or given by the caller.
import type { ByteSource } from './chunk.ts';

/** A stream of bytes, read once: a web stream, a stream of Node, any iterable of pieces. */
export type ByteStream = AsyncIterable<Uint8Array> | WebStream;

/** What a browser's ReadableStream has, also where it cannot be iterated. */
export interface WebStream {
  getReader(): { read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>; cancel(): Promise<unknown> };
}

/** A source of bytes. */
export interface OpenedFile {
  source: ByteSource;
  /** Length of a file; null for pipes, devices, stdin, streams and what is in an archive. */
  size: number | null;
  /** Whether it can be opened again: pipes, devices, stdin and streams can be read once only. */
  again: boolean;
}

/** A regular file of which several stretches are read, all of the one file that was opened. */
export interface OpenRanges {
  /** Another file has another one, though it may have taken the name. */
  readonly id: string;
  /** The bytes `start .. end-1`; fewer when it ends before. */
  read(start: number, end: number): Uint8Array | Promise<Uint8Array>;
  /** Its bytes from an offset on. Closing the source leaves the file open. */
  from(offset: number): ByteSource;
  close(): void;
}
