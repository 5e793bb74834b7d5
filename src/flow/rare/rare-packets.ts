// Packets that the facts alone do not tell how to count: fragments, nested tunnels, carriers, tunnels of pods, WireGuard, ICMP
// errors, ARP and what is no flow. Each is walked once more and takes as long as it needs.

import type { PacketBatch } from '../../capture/source.ts';
import { FACT, MARK } from '../../decode/fact-layout.ts';
import type { PacketFacts } from '../../decode/facts.ts';
import { type LayerStack, OUTCOME } from '../../decode/layer-stack.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import { UDP } from '../../wire/udp.ts';
import { WIREGUARD, WIREGUARD_KEEPALIVE_LENGTH } from '../../wire/wireguard.ts';
import type { AddressWords } from '../address-words.ts';
import type { BatchSource } from '../batch-source.ts';
import { ByteView } from '../byte-view.ts';
import { type Links, writeLinkKey } from '../paths/links.ts';
import type { Paths } from '../paths/paths.ts';
import type { Selection } from '../paths/selection.ts';
import { countCopy, countPacket, countPayload } from '../rows/count-facts.ts';
import { countWindow, type PacketWindow } from '../rows/count-window.ts';
import { BIT, RARE, RECORD } from '../rows/row-layout.ts';
import type { RowRecords } from '../rows/row-records.ts';
import type { ArpPairs } from './arp-pairs.ts';
import { FRAGMENTED, Fragments } from './fragments.ts';
import type { IcmpErrors } from './icmp-errors.ts';

const P = PROTOCOL;
const F = FACT;
const R = RECORD;
/** Types of WireGuard's messages: a handshake, its answer, and what carries packets. */
const [INITIATION, RESPONSE, TRANSPORT_DATA] = [1, 2, 4] as const;

/** The table, as its rare packets need it. */
export interface CountingTable {
  readonly addresses: AddressWords;
  readonly links: Links;
  readonly paths: Paths;
  readonly rows: RowRecords;
  readonly facts: PacketFacts;
  readonly arp: ArpPairs;
  readonly icmpErrors: IcmpErrors;
  readonly counter: {
    readonly window: PacketWindow | null;
    /** Whether the row of packet `i`, a later fragment whose facts are written, has it already. */
    hasSeen(i: number, row: number): boolean;
  };
  tunnelOf(row: number): number;
  /** Counts packet `i`, whose facts are written; returns its row. */
  countWritten(i: number, packet: number): number;
  /** The row that the facts of packet `i` name. */
  rowOfFacts(i: number): number;
}

export class RarePackets {
  readonly #table: CountingTable;
  readonly #selection: Selection;
  readonly #fragments = new Fragments();
  readonly #view = new ByteView();
  readonly #linkKey = new Int32Array(16);

  constructor(table: CountingTable, selection: Selection) {
    this.#table = table;
    this.#selection = selection;
  }

  /** Counts packet `i` of the batch. Returns its row, -1 when it belongs to no flow. */
  add(batch: PacketBatch, i: number, source: BatchSource): number {
    const stack = source.layersOf(i);
    const packet = source.firstPacket + i;
    const selection = this.#selection;
    selection.select(batch.bytes, stack);
    const link = this.#link(batch, i, stack, source.capture, selection.linkLayer);
    if (!selection.isFlow) {
      if (stack.outcome === OUTCOME.notFlow) this.#noteArp(batch.bytes, stack, link, packet);
      return -1;
    }
    const { isLater } = selection;
    if (isLater) {
      const row = this.#laterFragment(batch, i, stack, link, source);
      if (row >= 0) return row;
      source.onOrphan(packet);
    }
    this.#write(batch, i, stack, link, isLater);
    if (!isLater) this.#markWireguard(batch.bytes, i, stack);
    const row = this.#table.countWritten(i, packet);
    if (!isLater) this.#noteIcmpError(batch.bytes, stack, row, packet);
    if (stack.firstFragment >= 0) this.#rememberFragments(batch.bytes, stack, source.capture, row);
    return row;
  }

  /** Counts the frame on its link. */
  #link(batch: PacketBatch, i: number, stack: LayerStack, capture: number, layer: number): number {
    writeLinkKey(this.#linkKey, this.#view.of(batch.bytes), capture, batch.interface[i]!, stack, layer);
    const link = this.#table.links.intern(this.#linkKey);
    this.#table.links.packets[link]!++;
    return link;
  }

  #write(batch: PacketBatch, i: number, stack: LayerStack, link: number, isLater: boolean): void {
    const { network, transport, tunnel, overheadBytes } = this.#selection;
    const { facts, paths } = this.#table;
    const view = this.#view.of(batch.bytes);
    facts.write(batch, i, view, stack, network, transport, paths.of(link, tunnel), overheadBytes, isLater);
  }

  /** Handshakes count as requests and replies. Messages that are none and no keepalive alone show that something was encrypted. */
  #markWireguard(bytes: Uint8Array, i: number, stack: LayerStack): void {
    const last = stack.depth - 1;
    if (stack.protocol[last] !== P.wireguard || this.#selection.transport !== last - 1) return;
    const { words } = this.#table.facts;
    const at = i * F.words;
    const length = (words[at + F.payload]! >>> 0) - UDP.headerLength;
    const type = WIREGUARD.type.read(bytes, stack.start[last]!);
    words[at + F.sequence] = 0; // what an earlier packet left there would pair handshakes that are not each other's
    if (type === INITIATION) words[at + F.marks]! |= MARK.echoRequest;
    else if (type === RESPONSE) words[at + F.marks]! |= MARK.echoReply;
    else if (type === TRANSPORT_DATA && length > WIREGUARD_KEEPALIVE_LENGTH) words[at + F.marks]! |= MARK.transportData;
  }

  #noteArp(bytes: Uint8Array, stack: LayerStack, link: number, packet: number): void {
    const last = stack.depth - 1;
    if (last < 0 || stack.protocol[last] !== P.arp || stack.tunnels > 0) return;
    this.#table.arp.add(bytes, stack.start[last]!, stack.end[last]!, link, packet);
  }

  #noteIcmpError(bytes: Uint8Array, stack: LayerStack, row: number, packet: number): void {
    const { transport } = this.#selection;
    if (transport < 0) return;
    const protocol = stack.protocol[transport]!;
    if (protocol !== P.icmp && protocol !== P.icmpv6) return;
    const place = { at: stack.start[transport]!, end: stack.end[transport]!, protocol, observation: row, packet };
    this.#table.icmpErrors.add(this.#table.addresses, bytes, place);
  }

  /** Counts a later fragment in the row of its first one; -1 when that is not known. */
  #laterFragment(batch: PacketBatch, i: number, stack: LayerStack, link: number, source: BatchSource): number {
    const table = this.#table;
    const { rows, facts, paths } = table;
    const known = this.#fragments.recall(table.addresses, batch.bytes, stack, source.capture);
    if (known < 0) return -1;
    const isOuter = (known & 1) === 1;
    const first = known >> 1;
    this.#write(batch, i, stack, link, true);
    // On the link and (for an inner fragment) in the tunnel where this one was seen, whatever its first one took.
    const at = i * F.words;
    for (let place = R.source; place <= R.protocol; place++) facts.words[at + place] = rows.word(first, place);
    facts.words[at + F.path] = paths.of(link, isOuter ? table.tunnelOf(first) : this.#selection.tunnel);
    const row = table.rowOfFacts(i);
    if (table.counter.hasSeen(i, row)) {
      countCopy(rows, row, facts.words, facts.doubles, at, source.firstPacket + i);
      return row;
    }
    countPacket(rows, row, facts.words, facts.doubles, at, source.firstPacket + i);
    if (isOuter) {
      rows.addRare(row, RARE.outerFragments);
      return row;
    }
    countPayload(rows, row, facts.words, at);
    const { window } = table.counter;
    if (window !== null) countWindow(rows, row, facts, at, window);
    return row;
  }

  #rememberFragments(bytes: Uint8Array, stack: LayerStack, capture: number, row: number): void {
    const { rows, addresses } = this.#table;
    const found = this.#fragments.remember(addresses, bytes, stack, capture, this.#selection, row);
    let bits = rows.word(row, R.bits);
    if (found & FRAGMENTED.outer) bits |= BIT.outerFragmented;
    if (found & FRAGMENTED.inner) bits |= BIT.innerFragmented;
    rows.setWord(row, R.bits, bits);
  }
}
