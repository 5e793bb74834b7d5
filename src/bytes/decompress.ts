// The content of bytes, whatever they are compressed with.
import { ChunkBuffer, PIECE } from './chunk.ts';
import { iterableSource } from './iterable-source.ts';
import { type ContentKind, contentKind, MAGIC_BYTES } from './sniff.ts';
import { turn } from './turn.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

export interface Content {
  compression: Compression;
  /** Uncompressed; nothing is consumed yet. The given buffer itself where it is not compressed. */
  chunk: ChunkBuffer;
}

/**
 * Looks through one compression.
 * @param piece bytes asked for at once of what was compressed
 */
export async function contentOf(chunk: ChunkBuffer, piece = PIECE): Promise<Content> {
  await chunk.require(MAGIC_BYTES);
  const kind = contentKind(chunk.bytes.subarray(chunk.at, chunk.end));
  if (kind !== 'gzip' && kind !== 'zstd') return { compression: 'none', chunk };
  const content =
    kind === 'gzip' ? (await import('./open-gzip.ts')).gunzip(chunk) : (await import('./zstd.ts')).unzstd(chunk, turn);
  return {
    compression: kind,
    chunk: new ChunkBuffer(
      iterableSource(content, () => chunk.close()),
      piece,
    ),
  };
}

/** Compressed bytes that hold the beginning of a content, whatever name and comment stand in front of it. */
const PEEKED = 32 * 1024;
/** Bytes of content that are looked at. */
const LOOKED_AT = 4096;
/** A capture is told by its magic number: no more of a slow pipe is waited for. */
const CAPTURES: ReadonlySet<ContentKind> = new Set(['pcap', 'pcapng']);

export interface Peek {
  compression: Compression;
  /** The first bytes of the content: 4096 where there are as many; of a capture those that have come. */
  head: Uint8Array;
}

/** The beginning of the content, through one compression, without consuming anything. */
export async function peekContent(chunk: ChunkBuffer): Promise<Peek> {
  await chunk.require(MAGIC_BYTES);
  const kind = contentKind(chunk.bytes.subarray(chunk.at, chunk.end));
  const isCompressed = kind === 'gzip' || kind === 'zstd';
  const wanted = isCompressed ? PEEKED : CAPTURES.has(kind) ? MAGIC_BYTES : LOOKED_AT;
  await chunk.require(wanted);
  const bytes = chunk.bytes.slice(chunk.at, chunk.at + Math.min(Math.max(wanted, LOOKED_AT), chunk.available));
  if (!isCompressed) return { compression: 'none', head: bytes };
  const source = iterableSource(once(bytes), () => {});
  const { compression, chunk: inside } = await contentOf(new ChunkBuffer(source, PEEKED), PEEKED);
  await inside.require(LOOKED_AT);
  const head = inside.bytes.slice(inside.at, inside.at + Math.min(LOOKED_AT, inside.available));
  inside.close();
  return { compression, head };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, null, void> {
  yield bytes;
  return null;
}
