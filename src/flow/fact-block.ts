// One batch of a capture and the facts of its packets: what whoever decodes hands to whoever counts, be it on another thread.

import { BATCH_CAPACITY } from '../capture/batch.ts';
import type { PacketBatch } from '../capture/source.ts';
import { type FactMemory, factMemory } from '../decode/fact-layout.ts';

export interface FactBlock {
  /** With its bytes: what the facts do not tell of a packet is read of them. */
  batch: PacketBatch;
  readonly facts: FactMemory;
  /** Which numbering of keys and IPv6 addresses the facts use: see `ForeignNumbers`. */
  numbering: number;
}

/** A block for the batches of this thread, each in turn. */
export function factBlock(batch: PacketBatch, capacity = BATCH_CAPACITY): FactBlock {
  return { batch, facts: factMemory(capacity), numbering: 0 };
}
