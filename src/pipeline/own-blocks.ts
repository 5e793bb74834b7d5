// Decoding on the thread that counts: block after block, each counted before the next one is decoded.

import type { CaptureInfo, PacketBatch } from '../capture/source.ts';
import type { WalkPorts } from '../decode/walk-ports.ts';
import { type FactBlock, factBlock, hasRoomFor } from '../flow/fact-block.ts';
import { FactWriter } from '../flow/fact-writer.ts';
import { ForeignNumbers } from '../flow/foreign-numbers.ts';

/** A block, and what its writer's numbers are in the table. It is valid until the next one is asked for. */
export interface CountedBlock {
  block: FactBlock;
  numbers: ForeignNumbers;
  /** Bytes of the capture's file up to its end. */
  position: number;
}

export class OwnDecoder {
  readonly #writer: FactWriter;
  readonly #numbers = new ForeignNumbers();
  #block: FactBlock | null = null;

  constructor(ports: WalkPorts) {
    this.#writer = new FactWriter(ports);
  }

  /**
   * The blocks of batches of a capture.
   * @param position bytes of its file behind the batch at hand
   */
  async *blocks(
    batches: AsyncIterable<PacketBatch>,
    capture: number,
    info: CaptureInfo,
    position: () => number,
  ): AsyncGenerator<CountedBlock, void, void> {
    for await (const batch of batches) {
      if (this.#block === null || !hasRoomFor(this.#block, batch)) this.#block = factBlock(batch);
      this.#block.batch = batch;
      this.#writer.write(this.#block, capture, info.interfaces);
      yield { block: this.#block, numbers: this.#numbers, position: position() };
    }
  }
}
