// Counts of one capture while it is read: packets, bytes, time span, outcomes and faults. Nothing allocated per packet.

import type { CaptureInfo, PacketBatch } from '../capture/source.ts';
import { FAULT, FAULT_NAMES } from '../decode/faults.ts';
import type { LayerStack } from '../decode/layer-stack.ts';
import type { Moment } from '../net/time.ts';
import { CaptureEdges } from './capture-edges.ts';
import { PacketSketch } from './packet-sketch.ts';

export class CaptureCounters {
  readonly info: CaptureInfo;
  packets = 0;
  bytes = 0;
  /** Packets passed over because they were outside --since/--until. */
  outsideRange = 0;
  /** Which packets of flows it holds. */
  readonly sketch = new PacketSketch();
  readonly edges = new CaptureEdges();
  readonly outcomes = new Float64Array(4);
  readonly #faults = new Float64Array(256);
  readonly #faultFirst = new Float64Array(256);
  #firstSeconds = Number.POSITIVE_INFINITY;
  #firstNanos = 0;
  #lastSeconds = Number.NEGATIVE_INFINITY;
  #lastNanos = 0;

  constructor(info: CaptureInfo) {
    this.info = info;
  }

  /** Counts packet `i`, whose walk ended as `stack` says. */
  count(batch: PacketBatch, i: number, stack: LayerStack, packet: number): void {
    this.packets++;
    this.bytes += batch.original[i]!;
    this.outcomes[stack.outcome]!++;
    if (stack.fault !== 0) this.#fault(stack.fault, packet);
    const seconds = batch.seconds[i]!;
    const nanos = batch.nanos[i]!;
    if (seconds < this.#firstSeconds || (seconds === this.#firstSeconds && nanos < this.#firstNanos)) {
      this.#firstSeconds = seconds;
      this.#firstNanos = nanos;
    }
    if (seconds > this.#lastSeconds || (seconds === this.#lastSeconds && nanos > this.#lastNanos)) {
      this.#lastSeconds = seconds;
      this.#lastNanos = nanos;
    }
  }

  /** Counts a later fragment whose first one is not known. */
  countOrphan(packet: number): void {
    this.#fault(FAULT.fragmentWithoutFirst, packet);
  }

  #fault(code: number, packet: number): void {
    if (this.#faults[code]!++ === 0) this.#faultFirst[code] = packet;
  }

  /** Earliest packet; null when no packet has a time. */
  get first(): Moment | null {
    return Number.isFinite(this.#firstSeconds) ? { seconds: this.#firstSeconds, nanos: this.#firstNanos } : null;
  }

  get last(): Moment | null {
    return Number.isFinite(this.#lastSeconds) ? { seconds: this.#lastSeconds, nanos: this.#lastNanos } : null;
  }

  faults(): { code: string; count: number; firstPacket: number }[] {
    const list = [];
    for (let code = 1; code < this.#faults.length; code++) {
      const count = this.#faults[code] ?? 0;
      if (count > 0)
        list.push({ code: FAULT_NAMES[code] ?? String(code), count, firstPacket: this.#faultFirst[code] ?? 0 });
    }
    return list;
  }

  /** Digits after the second that the capture's timestamps carry. */
  get timeDigits(): number {
    return this.info.interfaces.reduce((digits, i) => Math.max(digits, i.timeDigits), 0) || 6;
  }
}
