// Where the packets of a batch come from, for what their facts alone do not tell.
import type { LayerStack } from '../decode/layer-stack.ts';

export interface BatchSource {
  capture: number;
  /** Number of the batch's first packet in its capture. */
  firstPacket: number;
  /**
   * Makes packets from `from` on ready to be counted by their facts, up to one that is counted by its layers. Answers that one, or the
   * batch's count. Each packet is made ready once, in their order.
   */
  prepare(from: number): number;
  /** Walks packet `i` of the batch once more. The stack is valid until the next call. */
  layersOf(i: number): LayerStack;
  /** Called for a later fragment whose first one is not known. */
  onOrphan(packet: number): void;
}
