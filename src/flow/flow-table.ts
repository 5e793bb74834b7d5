// HOT: per packet. No allocation.
// facts -> flows. A flow is one direction of the inner five-tuple (RFC 7011 section 2); below it stand rows, one per path, which
// attribution later joins into observations. Nothing here knows pods or pools.

import { BATCH_CAPACITY } from '../capture/batch.ts';
import type { PacketBatch } from '../capture/source.ts';
import { FACT, type FactMemory, FLOW_BIT, factMemory, MARK } from '../decode/fact-layout.ts';
import { PacketFacts } from '../decode/facts.ts';
import { AddressWords } from './address-words.ts';
import type { BatchSource } from './batch-source.ts';
import { type FlowEnds, flowEnds } from './flow-ends.ts';
import { Links } from './paths/links.ts';
import type { NodeAddresses } from './paths/node-addresses.ts';
import { Paths } from './paths/paths.ts';
import { Selection } from './paths/selection.ts';
import { Tunnels } from './paths/tunnels.ts';
import { ArpPairs } from './rare/arp-pairs.ts';
import { IcmpErrors } from './rare/icmp-errors.ts';
import { RarePackets } from './rare/rare-packets.ts';
import { ChecksumSample } from './rows/checksum-sample.ts';
import { flowMarks } from './rows/flow-marks.ts';
import { FlowRows } from './rows/flow-rows.ts';
import { RowCounter } from './rows/row-counter.ts';
import { hashWords, RowIndex } from './rows/row-index.ts';
import { CHUNK_SHIFT, RECORD } from './rows/row-layout.ts';
import { RowOverlaps } from './rows/row-overlaps.ts';
import { RowRecords } from './rows/row-records.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const F = FACT;
const R = RECORD;
const B = FLOW_BIT;
const SHIFT = CHUNK_SHIFT;
const MASK = (1 << CHUNK_SHIFT) - 1;
const SKIPPED = MARK.skipped;

export class FlowTable {
  readonly addresses = new AddressWords();
  readonly links = new Links();
  readonly tunnels = new Tunnels(this.addresses);
  readonly icmpErrors = new IcmpErrors();
  readonly arp = new ArpPairs();
  readonly rows = new RowRecords();
  /** Which rows hold the same packets. */
  readonly overlaps = new RowOverlaps(this.rows);
  /** Chooses among the tunnels of a packet, for this table. */
  readonly selection: Selection;
  readonly paths: Paths;
  /** Of the batch at hand: see `useFacts`. */
  facts: PacketFacts;
  /** Row of each packet of the batch added last, -1 where it belongs to no flow. */
  readonly rowOf: Int32Array;
  readonly #factsIn = new WeakMap<FactMemory, PacketFacts>();
  readonly #rowIndex = new RowIndex();
  readonly #flows = new FlowRows(this.rows);
  readonly counter: RowCounter;
  readonly #checksums: ChecksumSample;
  readonly #rare: RarePackets;
  readonly #hashes: Int32Array;
  #ends: FlowEnds | null = null;
  #marks: Uint16Array | null = null;
  /** Keeps the loads of the second loop from being thrown away. */
  #touched = 0;

  /**
   * @param nodes the cluster's node addresses: with them, nested tunnels are told from carriers (design section 4).
   * @param capacity packets of the largest batch
   */
  constructor(nodes: NodeAddresses | null = null, capacity: number = BATCH_CAPACITY) {
    this.selection = new Selection(this.tunnels, nodes);
    this.paths = new Paths(this.links, this.addresses, this.selection);
    this.facts = new PacketFacts(this.addresses, factMemory(0));
    this.#checksums = new ChecksumSample(this.rows, capacity);
    this.counter = new RowCounter(this, this.#checksums, capacity);
    this.#rare = new RarePackets(this, this.selection);
    this.#hashes = new Int32Array(capacity);
    this.rowOf = new Int32Array(capacity);
  }

  /** The batch that is added next has its facts there. */
  useFacts(memory: FactMemory): void {
    const facts = this.#factsIn.get(memory) ?? new PacketFacts(this.addresses, memory);
    this.#factsIn.set(memory, facts);
    this.facts = facts;
  }

  /**
   * Counts the packets of a batch in their order, so that it does not matter where a capture is cut into batches: those whose facts
   * are there in runs, what comes between on its own.
   */
  addBatch(batch: PacketBatch, source: BatchSource): void {
    const { count } = batch;
    this.counter.begin(source.capture);
    this.counter.bytes = batch.bytes;
    for (let from = 0, to = 0; from < count; from = to + 1) {
      to = source.prepare(from);
      this.#addRun(from, to, source.firstPacket);
      if (to < count) this.rowOf[to] = this.#rare.add(batch, to, source);
    }
    this.#checksums.judge(batch, this.rowOf, source);
    this.#marks = null;
  }

  /**
   * Counts packets `from .. to-1` by their facts. Three short loops: the look-ups of the first two do not depend on each other, so the
   * processor overlaps their cache misses, and the third finds everything near.
   */
  #addRun(from: number, to: number, firstPacket: number): void {
    if (from === to) return;
    const words = this.facts.words;
    const { recent } = this.counter;
    let sum = 0;
    for (let i = from, at = from * F.words; i < to; i++, at += F.words) {
      this.#hashes[i] = hashWords(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!, words[at + 4]!);
      sum += recent.index[recent.bucketOf(words[at + F.fingerprint]!)]!;
    }
    this.#touched = sum | 0;
    this.#touch(from, to);
    for (let i = from, at = from * F.words, { rowOf } = this; i < to; i++, at += F.words) {
      if (words[at + F.marks]! & SKIPPED) {
        rowOf[i] = -1;
        continue;
      }
      const row = this.#rowAt(at, this.#hashes[i]!);
      rowOf[i] = row;
      this.counter.count(row, i, firstPacket + i);
    }
  }

  /** Loads the slots and records that the packets will need. */
  #touch(from: number, to: number): void {
    const hashes = this.#hashes;
    const { slots, mask } = this.#rowIndex;
    const records = this.rows.words;
    let sum = this.#touched;
    for (let i = from; i < to; i++) sum += slots[2 * (hashes[i]! & mask)]!;
    for (let i = from; i < to; i++) {
      const row = slots[2 * (hashes[i]! & mask) + 1]!;
      if (row < 0) continue;
      const record = records[row >>> SHIFT]!;
      const at = (row & MASK) * R.words;
      sum += record[at]! + record[at + 16]!;
    }
    this.#touched = sum | 0;
  }

  get touched(): number {
    return this.#touched;
  }

  /** No more packets follow. */
  end(): void {
    this.counter.begin(-1);
  }

  /** Counts packet `i`, whose facts were written after its layers were looked at. Returns its row. */
  countWritten(i: number, packet: number): number {
    const row = this.rowOfFacts(i);
    this.counter.count(row, i, packet);
    return row;
  }

  /** The row of the flow and path that the facts of packet `i` name. */
  rowOfFacts(i: number): number {
    const at = i * F.words;
    const words = this.facts.words;
    return this.#rowAt(at, hashWords(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!, words[at + 4]!));
  }

  #rowAt(at: number, hash: number): number {
    const words = this.facts.words;
    const records = this.rows.words;
    const { slots, mask } = this.#rowIndex;
    let slot = hash & mask;
    for (;;) {
      const row = slots[2 * slot + 1]!;
      if (row < 0) return this.#newRow(slot, hash, at);
      if (slots[2 * slot] === hash) {
        const record = records[row >>> SHIFT]!;
        const x = (row & MASK) * R.words;
        if (
          record[x] === words[at] &&
          record[x + 1] === words[at + 1] &&
          record[x + 2] === words[at + 2] &&
          record[x + 3] === words[at + 3] &&
          record[x + 4] === words[at + 4]
        )
          return row;
      }
      slot = (slot + 1) & mask;
    }
  }

  #newRow(slot: number, hash: number, at: number): number {
    const words = this.facts.words;
    const rows = this.rows;
    const row = rows.add();
    this.#rowIndex.put(slot, hash, row);
    for (let place = R.source; place <= R.path; place++) rows.setWord(row, place, words[at + place]!);
    rows.setWord(row, R.hash, hash);
    this.#flows.link(row);
    return row;
  }

  /** Rows were put back: links them to their flows, in their order. */
  relink(): void {
    for (let row = 0; row < this.rows.count; row++) this.#flows.link(row);
  }

  /** A flow by its address words, ports word (source in the upper half) and protocol word; -1 if it was not seen. */
  findFlow(source: number, destination: number, ports: number, protocol: number): number {
    return this.#flows.find(source, destination, ports, protocol);
  }

  // ---- reading, after the packets ----

  get flowCount(): number {
    return this.#flows.count;
  }

  /** First row of a flow; follow `rows.next`. */
  firstRow(flow: number): number {
    return this.#flows.first(flow);
  }

  linkOf(row: number): number {
    return this.paths.link[this.rows.path(row)]!;
  }

  tunnelOf(row: number): number {
    return this.paths.tunnel[this.rows.path(row)]!;
  }

  /** A word of a flow's identity: RECORD.source, destination, ports or protocol. */
  #word(flow: number, place: number): number {
    return this.rows.word(this.#flows.first(flow), place);
  }

  protocolOf(flow: number): number {
    return this.#word(flow, R.protocol) & 0xff;
  }

  familyOf(flow: number): 4 | 6 {
    return this.#word(flow, R.protocol) & B.ipv6 ? 6 : 4;
  }

  sourceOf(flow: number): string {
    return this.addresses.text(this.#word(flow, R.source), this.familyOf(flow));
  }

  destinationOf(flow: number): string {
    return this.addresses.text(this.#word(flow, R.destination), this.familyOf(flow));
  }

  /** Source and destination address as words: of IPv6 flows, numbers in `addresses`. */
  sourceWord(flow: number): number {
    return this.#word(flow, R.source);
  }

  destinationWord(flow: number): number {
    return this.#word(flow, R.destination);
  }

  /** Source and destination port; null when cut off, 0 for protocols without. */
  sourcePortOf(flow: number): number | null {
    return this.#word(flow, R.protocol) & B.portsCut ? null : this.#word(flow, R.ports) >>> 16;
  }

  destinationPortOf(flow: number): number | null {
    return this.#word(flow, R.protocol) & B.portsCut ? null : this.#word(flow, R.ports) & 0xffff;
  }

  /** Columns of all flows. Ask when reading has ended: they are made anew after more packets. */
  get ends(): FlowEnds {
    if (this.#ends === null || this.#ends.reverse.length !== this.#flows.count) this.#ends = flowEnds(this);
    return this.#ends;
  }

  /** FLOW_MARK bits of all flows, which hold until rows are added to or joined. */
  get marks(): Uint16Array {
    this.#marks ??= flowMarks(this);
    return this.#marks;
  }

  /** Rows were changed, though no packets came. */
  changed(): void {
    this.#marks = null;
  }

  /** The flow of the other direction, -1 if none was seen. */
  reverseOf(flow: number): number {
    return this.ends.reverse[flow] ?? -1;
  }

  /** The same of all flows, looked up. */
  findReverses(): Int32Array {
    return this.#flows.reverses();
  }
}
