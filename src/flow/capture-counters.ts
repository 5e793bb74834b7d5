// Counts of one capture while it is read: packets, bytes, time span, outcomes and faults. Nothing allocated per packet.

import type { CaptureInfo, PacketBatch } from '../capture/source.ts';
import { FAULT, FAULT_NAMES } from '../decode/faults.ts';
import { type LayerStack, OUTCOME } from '../decode/layer-stack.ts';
import { unsupportedText } from '../decode/view/fault-view.ts';
import { holdsIp } from '../decode/view/hidden-ip.ts';
import type { Moment } from '../net/time.ts';
import { type Fields, must, type SavedFields } from '../store/saved.ts';
import { CaptureEdges } from './captures/capture-edges.ts';
import { CaptureMarks } from './captures/capture-marks.ts';
import { NamedEnds } from './captures/named-ends.ts';
import { PacketSample } from './packet-sample.ts';
import { PacketSketch } from './packet-sketch.ts';

/** IP packets behind what nobody reads. */
export interface Unread {
  /** The first of it: `EtherType 0x8909`. */
  what: string;
  packets: number;
  firstPacket: number;
}

const UNSUPPORTED = OUTCOME.unsupported;

export class CaptureCounters {
  readonly info: CaptureInfo;
  packets = 0;
  bytes = 0;
  /** Packets passed over because they were outside --since/--until. */
  outsideRange = 0;
  /** Which packets of flows it holds. */
  readonly sketch = new PacketSketch();
  /** Some of them with their times. */
  readonly sample = new PacketSample();
  readonly edges = new CaptureEdges();
  /** Where its packets stand. */
  readonly marks: CaptureMarks;
  /** What comments of packets call the ends of flows. */
  readonly named = new NamedEnds();
  readonly outcomes = new Float64Array(4);
  #unread: Unread | null = null;
  readonly #faults = new Float64Array(256);
  readonly #faultFirst = new Float64Array(256);
  #firstSeconds = Number.POSITIVE_INFINITY;
  #firstNanos = 0;
  #lastSeconds = Number.NEGATIVE_INFINITY;
  #lastNanos = 0;
  #silence = 0;
  /** Set where packets are known to be missing between the pieces of the capture that this is one of. */
  hasGaps = false;

  constructor(info: CaptureInfo) {
    this.info = info;
    this.marks = new CaptureMarks(info.format === 'pcapng' ? info : null);
    if (info.format === null || info.compression !== 'none') this.marks.giveUp();
  }

  /** Counts packet `i`, whose walk ended with this OUTCOME and fault. */
  count(batch: PacketBatch, i: number, outcome: number, fault: number, packet: number): void {
    this.packets++;
    this.bytes += batch.original[i]!;
    this.outcomes[outcome]!++;
    if (fault !== 0) this.#fault(fault, packet);
    const seconds = batch.seconds[i]!;
    const nanos = batch.nanos[i]!;
    if (seconds < this.#firstSeconds || (seconds === this.#firstSeconds && nanos < this.#firstNanos)) {
      this.#firstSeconds = seconds;
      this.#firstNanos = nanos;
    }
    if (seconds - this.#lastSeconds > this.#silence) this.#noteSilence(seconds, nanos);
    if (seconds > this.#lastSeconds || (seconds === this.#lastSeconds && nanos > this.#lastNanos)) {
      this.#lastSeconds = seconds;
      this.#lastNanos = nanos;
    }
  }

  #noteSilence(seconds: number, nanos: number): void {
    if (!Number.isFinite(this.#lastSeconds)) return;
    this.#silence = Math.max(this.#silence, seconds - this.#lastSeconds + (nanos - this.#lastNanos) / 1e9);
  }

  /** The longest time between two packets that follow each other; of those within one second nothing is kept. */
  get silence(): number {
    return this.#silence;
  }

  /** Counts a later fragment whose first one is not known. */
  countOrphan(packet: number): void {
    this.#fault(FAULT.fragmentWithoutFirst, packet);
  }

  /** Of packet `i`, which was counted: what is not decoded, and whether an IP packet is in it all the same. */
  countUnread(batch: PacketBatch, i: number, stack: LayerStack, packet: number): void {
    if (stack.outcome !== UNSUPPORTED) return;
    const start = batch.start[i]!;
    const from = stack.depth === 0 ? start : stack.start[stack.depth - 1]!;
    if (!holdsIp(batch.bytes, from, start + batch.captured[i]!, start + batch.original[i]!)) return;
    this.#unread ??= { what: unsupportedText(stack) ?? '', packets: 0, firstPacket: packet };
    this.#unread.packets++;
  }

  /** Packets that hold IP behind a header that is not known; null where there are none. */
  get unread(): Unread | null {
    return this.#unread;
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

  /** What was counted; the capture's own description is kept by `capture/saved-info.ts`. */
  save(): SavedFields {
    const { packets, bytes, outsideRange, outcomes, hasGaps } = this;
    const seen = [this.#firstSeconds, this.#firstNanos, this.#lastSeconds, this.#lastNanos, this.#silence];
    return {
      ...{ packets, bytes, outsideRange, outcomes, hasGaps },
      ...{ faults: this.#faults, faultFirst: this.#faultFirst, seen: Float64Array.from(seen) },
      unread: this.#unread === null ? null : { ...this.#unread },
      sketch: this.sketch.save(),
      sample: this.sample.save(),
      edges: this.edges.save(),
      named: this.named.save(),
      marks: this.marks.save(),
    };
  }

  /** @param table the rows and flows that it was counted with */
  restore(saved: Fields, table: { readonly flowCount: number; readonly rows: { readonly count: number } }): void {
    this.packets = saved.whole('packets');
    this.bytes = saved.whole('bytes');
    this.outsideRange = saved.whole('outsideRange');
    this.hasGaps = saved.flag('hasGaps');
    this.outcomes.set(saved.doubles('outcomes', this.outcomes.length));
    this.#faults.set(saved.doubles('faults', this.#faults.length));
    this.#faultFirst.set(saved.doubles('faultFirst', this.#faultFirst.length));
    const [firstSeconds = 0, firstNanos = 0, lastSeconds = 0, lastNanos = 0, silence = 0] = saved.doubles('seen', 5);
    must(silence >= 0, 'a silence is no time');
    [this.#firstSeconds, this.#firstNanos] = [firstSeconds, firstNanos];
    [this.#lastSeconds, this.#lastNanos, this.#silence] = [lastSeconds, lastNanos, silence];
    this.#unread = saved.nullable('unread', () => {
      const unread = saved.group('unread');
      const [packets, firstPacket] = [unread.whole('packets'), unread.whole('firstPacket')];
      return { what: unread.line('what'), packets, firstPacket };
    });
    this.sketch.restore(saved.group('sketch'));
    this.sample.restore(saved.group('sample'), table.rows);
    this.edges.restore(saved.group('edges'), table.rows);
    this.named.restore(saved.group('named'), table.flowCount);
    this.marks.restore(saved.group('marks'));
  }

  /** Digits after the second that the capture's timestamps carry. */
  get timeDigits(): number {
    return this.info.interfaces.reduce((digits, i) => Math.max(digits, i.timeDigits), 0) || 6;
  }
}
