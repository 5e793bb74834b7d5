// One walked packet as its consumers see it: bytes, times, capture, layers. Reused: valid until the next one.
import type { CaptureInfo, CaptureInterface } from '../capture/source.ts';
import type { LayerStack } from './layer-stack.ts';

export interface Packet {
  /** Index of the capture among those given. */
  capture: number;
  info: CaptureInfo;
  /** Counted from 1 in each capture. */
  number: number;
  /** The batch's buffer: the packet is `bytes[start .. start + captured - 1]`. */
  bytes: Uint8Array;
  start: number;
  captured: number;
  /** Bytes on the wire. */
  original: number;
  /** Epoch seconds; NaN where the file has no time. */
  seconds: number;
  nanos: number;
  /** The time of the first packet that was read and has one; NaN before. */
  firstSeconds: number;
  firstNanos: number;
  /** The interface it was captured on; null when the file describes none of that number. */
  interface: CaptureInterface | null;
  /** Its layers, as the walk found them. */
  stack: LayerStack;
}
