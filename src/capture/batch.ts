// The reused batch that a reader fills: typed arrays made once per capture, written again for every piece of it.
import type { PacketBatch } from './source.ts';

/** Packets of one batch: 128 KiB of 64-byte packets fit, and the arrays stay inside a second-level cache. */
export const BATCH_CAPACITY = 2048;

/** An empty batch. `bytes` is set by whoever frames packets into it. */
export function createBatch(capacity: number = BATCH_CAPACITY): PacketBatch {
  return {
    bytes: new Uint8Array(0),
    start: new Uint32Array(capacity),
    captured: new Uint32Array(capacity),
    original: new Uint32Array(capacity),
    seconds: new Float64Array(capacity),
    nanos: new Uint32Array(capacity),
    interface: new Uint32Array(capacity),
    count: 0,
    base: -1,
    hasComments: false,
  };
}
