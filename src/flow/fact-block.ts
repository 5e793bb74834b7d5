// One batch of a capture and the facts of its packets: what whoever decodes hands to whoever counts, be it on another thread.

import type { PacketBatch } from '../capture/source.ts';
import { type FactMemory, factMemory } from '../decode/fact-layout.ts';

export interface FactBlock {
  /** With its bytes: what the facts do not tell of a packet is read of them. */
  batch: PacketBatch;
  readonly facts: FactMemory;
  /** Which numbering of keys and IPv6 addresses the facts use: see `ForeignNumbers`. */
  numbering: number;
}

/** A block for batches of this thread, each in turn, that have room for no more packets than this one. */
export function factBlock(batch: PacketBatch): FactBlock {
  return { batch, facts: factMemory(batch.start.length), numbering: 0 };
}

/** Whether the facts of a batch fit into a block. */
export function hasRoomFor({ facts }: FactBlock, batch: PacketBatch): boolean {
  return facts.around.length >= batch.start.length;
}
