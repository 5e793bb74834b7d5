// HOT: per packet. No allocation.
// packets -> layers -> facts -> table, a batch at a time: the one loop over a capture that fills a flow table.

import type { CaptureInfo, PacketBatch } from '../capture/source.ts';
import { FACT, FLOW_BIT, MARK } from '../decode/facts.ts';
import { LayerStack } from '../decode/layer-stack.ts';
import { AROUND } from '../decode/packet-fingerprint.ts';
import { walk } from '../decode/walk.ts';
import type { WalkPorts } from '../decode/walk-ports.ts';
import type { BatchSource } from './batch-source.ts';
import type { CaptureCounters } from './capture-counters.ts';
import type { FlowTable } from './flow-table.ts';
import type { TimeRange } from './time-range.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const F = FACT;
const CUT = MARK.contentCut | MARK.headerCut;
const PORTS_CUT = FLOW_BIT.portsCut;
const IDENTIFIED = AROUND.identified;

/** Whether the snaplen cut off all that tells a packet from others of its flow: one that was asked again looks the same. */
function isUnknowable(marks: number, protocol: number, around: number): boolean {
  return !(around & IDENTIFIED) && ((marks & CUT) !== 0 || (protocol & PORTS_CUT) !== 0);
}

export class PacketFeed implements BatchSource {
  readonly capture: number;
  firstPacket = 1;
  readonly #table: FlowTable;
  readonly #ports: WalkPorts;
  readonly #range: TimeRange;
  readonly #counters: CaptureCounters;
  readonly #info: CaptureInfo;
  readonly #stack = new LayerStack();
  /** For `layersOf`, so that the walk under way keeps its own. */
  readonly #again = new LayerStack();
  #batch: PacketBatch | null = null;

  /** Feeds capture number `capture`, whose packets `counters` counts. */
  constructor(
    table: FlowTable,
    {
      capture,
      counters,
      ports,
      range,
    }: { capture: number; counters: CaptureCounters; ports: WalkPorts; range: TimeRange },
  ) {
    this.capture = capture;
    this.#table = table;
    this.#ports = ports;
    this.#range = range;
    this.#counters = counters;
    this.#info = counters.info;
  }

  /** Packets fed so far. */
  get packets(): number {
    return this.firstPacket - 1;
  }

  add(batch: PacketBatch): void {
    this.#batch = batch;
    const { count } = batch;
    const stack = this.#stack;
    const table = this.#table;
    const counters = this.#counters;
    for (let i = 0; i < count; i++) {
      if (!this.#range.includes(batch.seconds[i]!, batch.nanos[i]!)) {
        counters.outsideRange++;
        table.facts.skip(i);
        continue;
      }
      this.#walk(batch, i, stack);
      counters.count(batch, i, stack, this.firstPacket + i);
      table.note(batch, i, stack, this.capture);
    }
    table.addBatch(batch, this);
    this.#counters.edges.note(table.facts, count, table.rowOf, table.counter.isExtra);
    if (batch.hasComments === true) this.#counters.named.note(batch, table, this.firstPacket);
    this.#sketch(count);
    this.firstPacket += count;
  }

  #sketch(count: number): void {
    const { facts, rowOf } = this.#table;
    const { words, doubles, around } = facts;
    const { sketch, sample } = this.#counters;
    const limit = Math.max(sketch.limit, sample.limit);
    for (let i = 0, at = 0; i < count; i++, at += F.words) {
      const fingerprint = words[at + F.fingerprint]! >>> 0;
      const row = rowOf[i]!;
      if (fingerprint >= limit || row < 0 || isUnknowable(words[at + F.marks]!, words[at + F.protocol]!, around[i]!))
        continue;
      sketch.add(fingerprint);
      sample.add(fingerprint, row, doubles[(at >> 1) + F.seconds]!, words[at + F.nanos]!);
    }
  }

  layersOf(i: number): LayerStack {
    if (this.#batch !== null) this.#walk(this.#batch, i, this.#again);
    return this.#again;
  }

  onOrphan(packet: number): void {
    this.#counters.countOrphan(packet);
  }

  #walk(batch: PacketBatch, i: number, stack: LayerStack): void {
    const linkType = this.#info.interfaces[batch.interface[i]!]?.linkType ?? -1;
    walk(batch.bytes, batch.start[i]!, batch.captured[i]!, batch.original[i]!, linkType, stack, this.#ports);
  }
}
