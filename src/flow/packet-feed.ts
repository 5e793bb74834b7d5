// HOT: per packet. No allocation.
// facts -> table, a block at a time: the one loop over a capture that fills a flow table, wherever its packets were decoded.

import type { CaptureInfo, PacketBatch } from '../capture/source.ts';
import { FACT, FLOW_BIT, MARK } from '../decode/fact-layout.ts';
import { LayerStack } from '../decode/layer-stack.ts';
import { AROUND } from '../decode/packet-fingerprint.ts';
import { walk } from '../decode/walk.ts';
import type { WalkPorts } from '../decode/walk-ports.ts';
import type { BatchSource } from './batch-source.ts';
import { ByteView } from './byte-view.ts';
import type { CaptureCounters } from './capture-counters.ts';
import type { FactBlock } from './fact-block.ts';
import type { FirstPackets } from './first-packets.ts';
import type { FlowTable } from './flow-table.ts';
import { type ForeignNumbers, UNKNOWN } from './foreign-numbers.ts';
import { NOT_USUAL } from './paths/path-keys.ts';
import type { TimeRange } from './time-range.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const F = FACT;
const SLOW = MARK.slow;
const NO_PATH = NOT_USUAL;
const NOT_KNOWN = UNKNOWN;
const IPV6 = FLOW_BIT.ipv6;
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
  readonly #firsts: FirstPackets | null;
  readonly #view = new ByteView();
  readonly #stack = new LayerStack();
  /** The packet that the stack is of; -1: none of this batch. */
  #walked = -1;
  /** Whether a packet of the batch is a fragment: such are all counted by their layers. */
  #hasFragments = false;
  #batch: PacketBatch | null = null;
  #numbers: ForeignNumbers | null = null;

  /** Feeds capture number `capture`, whose packets `counters` counts. */
  constructor(
    table: FlowTable,
    {
      capture,
      counters,
      ports,
      range,
      firsts = null,
    }: {
      capture: number;
      counters: CaptureCounters;
      ports: WalkPorts;
      range: TimeRange;
      firsts?: FirstPackets | null;
    },
  ) {
    this.capture = capture;
    this.#table = table;
    this.#ports = ports;
    this.#range = range;
    this.#counters = counters;
    this.#info = counters.info;
    this.#firsts = firsts;
  }

  /** Packets fed so far. */
  get packets(): number {
    return this.firstPacket - 1;
  }

  /** Counts a block, and leaves the table's own numbers in it. `numbers` are those of its writer. */
  add(block: FactBlock, numbers: ForeignNumbers): void {
    const { batch } = block;
    const table = this.#table;
    numbers.begin(block.numbering);
    this.#batch = batch;
    this.#numbers = numbers;
    this.#walked = -1;
    this.#hasFragments = false;
    table.useFacts(block.facts);
    table.addBatch(batch, this);
    this.#counters.edges.note(table.facts, batch.count, table.rowOf, table.counter.isExtra);
    if (batch.hasComments === true) this.#counters.named.note(batch, table, this.firstPacket);
    this.#sketch(batch.count);
    this.#firsts?.note(batch, table.facts, table.rowOf, table.counter.isExtra);
    if (this.#counters.outsideRange > 0) this.#counters.marks.giveUp();
    this.#counters.marks.note(batch, this.firstPacket, this.#hasFragments);
    this.firstPacket += batch.count;
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

  prepare(from: number): number {
    const batch = this.#batch as PacketBatch;
    const { seconds, nanos, count } = batch;
    const { facts } = this.#table;
    const { words, ends } = facts;
    const range = this.#range;
    const counters = this.#counters;
    for (let i = from, at = from * F.words; i < count; i++, at += F.words) {
      if (!range.includes(seconds[i]!, nanos[i]!)) {
        counters.outsideRange++;
        facts.skip(i);
        continue;
      }
      const end = ends[i]!;
      counters.count(batch, i, end & 3, end >>> 2, this.firstPacket + i);
      if (!(words[at + F.marks]! & SLOW) && this.#translate(words, at, i)) continue;
      const stack = this.layersOf(i);
      this.#hasFragments ||= stack.firstFragment >= 0 || stack.laterFragment >= 0;
      counters.countUnread(batch, i, stack, this.firstPacket + i);
      return i;
    }
    return count;
  }

  /** Gives the facts of packet `i` the table's numbers, and counts the frame on its link. False where its path is none. */
  #translate(words: Int32Array, at: number, i: number): boolean {
    const { paths, links } = this.#table;
    const numbers = this.#numbers as ForeignNumbers;
    const key = words[at + F.path]!;
    let path = key < numbers.paths.length ? numbers.paths[key]! : NOT_KNOWN;
    if (path === NOT_KNOWN) path = this.#learnPath(i, key);
    if (path === NO_PATH) return false;
    words[at + F.path] = path;
    links.packets[paths.link[path]!]!++;
    if (words[at + F.protocol]! & IPV6) {
      words[at + F.source] = this.#address(i, words[at + F.source]!, true);
      words[at + F.destination] = this.#address(i, words[at + F.destination]!, false);
    }
    return true;
  }

  #learnPath(i: number, key: number): number {
    const batch = this.#batch as PacketBatch;
    const { bytes } = batch;
    const stack = this.layersOf(i);
    const path = this.#table.paths.find(bytes, this.#view.of(bytes), stack, this.capture, batch.interface[i]!);
    this.#numbers?.setPath(key, path);
    return path;
  }

  /** The table's number of an IPv6 address that packet `i` has. */
  #address(i: number, foreign: number, isSource: boolean): number {
    const numbers = this.#numbers as ForeignNumbers;
    const known = foreign < numbers.addresses.length ? numbers.addresses[foreign]! : NOT_KNOWN;
    if (known !== NOT_KNOWN) return known;
    const stack = this.layersOf(i);
    const view = this.#view.of((this.#batch as PacketBatch).bytes);
    const { addresses } = this.#table;
    const [protocol, at] = [stack.protocol[stack.network]!, stack.start[stack.network]!];
    const address = isSource
      ? addresses.viewedSource(protocol, view, at)
      : addresses.viewedDestination(protocol, view, at);
    numbers.setAddress(foreign, address);
    return address;
  }

  layersOf(i: number): LayerStack {
    const batch = this.#batch;
    if (batch === null || i === this.#walked) return this.#stack;
    const linkType = this.#info.interfaces[batch.interface[i]!]?.linkType ?? -1;
    walk(batch.bytes, batch.start[i]!, batch.captured[i]!, batch.original[i]!, linkType, this.#stack, this.#ports);
    this.#walked = i;
    return this.#stack;
  }

  onOrphan(packet: number): void {
    this.#counters.countOrphan(packet);
  }
}
