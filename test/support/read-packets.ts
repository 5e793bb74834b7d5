// Reads a capture to its end and copies every packet out of the reused batches, so that tests can compare.
import { type OpenOptions, openCapture } from '../../src/capture/open.ts';
import type { CaptureInfo } from '../../src/capture/source.ts';

/** A packet as tests compare it. */
export interface ReadPacket {
  seconds: number;
  nanos: number;
  original: number;
  interface: number;
  /** Captured bytes in hexadecimal. */
  data: string;
}

export interface ReadCapture {
  info: CaptureInfo;
  packets: ReadPacket[];
}

/** A capture in memory, through stdin, in chunks of `chunkLength` bytes. Throws what openCapture throws. */
export function readBytes(
  bytes: Uint8Array,
  options: { chunkLength?: number; reader?: 'builtin' | 'pcap-parser' } = {},
): Promise<ReadCapture> {
  const { chunkLength = 65536, reader = 'builtin' } = options;
  return readCapture('-', { stdin: inChunks(bytes, chunkLength), reader });
}

/** A capture by its path. */
export async function readCapture(path: string, options: OpenOptions = {}): Promise<ReadCapture> {
  const reader = await openCapture(path, options);
  const packets: ReadPacket[] = [];
  for await (const batch of reader.batches()) {
    for (let i = 0; i < batch.count; i++) {
      const start = batch.start[i] ?? 0;
      packets.push({
        seconds: batch.seconds[i] ?? 0,
        nanos: batch.nanos[i] ?? 0,
        original: batch.original[i] ?? 0,
        interface: batch.interface[i] ?? 0,
        data: Buffer.from(batch.bytes.subarray(start, start + (batch.captured[i] ?? 0))).toString('hex'),
      });
    }
  }
  return { info: reader.info, packets };
}

/** The bytes as a stream gives them; every chunk is a copy that is overwritten once the next one is asked for. */
export async function* inChunks(bytes: Uint8Array, chunkLength: number): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += chunkLength) {
    const chunk = Uint8Array.from(bytes.subarray(at, at + chunkLength));
    yield chunk;
    chunk.fill(0xee);
  }
}
