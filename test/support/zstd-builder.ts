// zstd frames without compression, built by hand (RFC 8878 section 3.1.1): raw blocks, and RLE blocks where asked for.
import { joinBytes } from './capture-builder.ts';

export interface ZstdOptions {
  /** Bytes of content in a block, at most 128 KiB. */
  blockLength?: number;
  /** Set the checksum flag; the four bytes are zero. */
  checksum?: boolean;
  /** Window descriptor byte; default 0x38: 128 KiB. */
  window?: number;
}

/** One frame that holds `content`. */
export function storedZstd(content: Uint8Array, options: ZstdOptions = {}): Uint8Array {
  const { blockLength = 128 * 1024, checksum = false, window = 0x38 } = options;
  const parts: Uint8Array[] = [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, checksum ? 4 : 0, window)];
  for (let at = 0; at < content.length || at === 0; at += blockLength) {
    const block = content.subarray(at, at + blockLength);
    parts.push(zstdBlock(0, block.length, at + blockLength >= content.length), block);
  }
  if (checksum) parts.push(new Uint8Array(4));
  return joinBytes(parts);
}

/** A block header: type 0 raw, 1 RLE, 2 compressed. */
export function zstdBlock(type: number, size: number, last: boolean): Uint8Array {
  const header = (size << 3) | (type << 1) | (last ? 1 : 0);
  return Uint8Array.of(header & 255, (header >> 8) & 255, header >> 16);
}

/** A frame between others that decompressors step over. */
export function skippableFrame(content: Uint8Array): Uint8Array {
  return joinBytes([Uint8Array.of(0x53, 0x2a, 0x4d, 0x18, content.length & 255, content.length >> 8, 0, 0), content]);
}
