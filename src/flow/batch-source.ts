// Where the packets of a batch come from, for what their facts alone do not tell.
import type { LayerStack } from '../decode/layer-stack.ts';

export interface BatchSource {
  capture: number;
  /** Number of the batch's first packet in its capture. */
  firstPacket: number;
  /** Makes packet `i` ready to be counted. False: not by its facts, but by its layers. Called once a packet, in order. */
  prepare(i: number): boolean;
  /** Walks packet `i` of the batch once more. The stack is valid until the next call. */
  layersOf(i: number): LayerStack;
  /** Called for a later fragment whose first one is not known. */
  onOrphan(packet: number): void;
}
