// HOT: per packet. No allocation.
// layers -> flows. A flow is one direction of the inner five-tuple (RFC 7011 section 2); below it stand rows, one per
// (link addresses, tunnel), which attribution later joins into observations. Nothing here knows pods or pools.
import type { PacketBatch } from '../capture/source.ts';
import { type LayerStack, OUTCOME } from '../decode/layer-stack.ts';
import { IP_PROTOCOL } from '../wire/ip-protocol.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import { AddressWords } from './address-words.ts';
import { ArpPairs } from './arp-pairs.ts';
import { ByteView } from './byte-view.ts';
import { SAMPLED, sampleChecksums } from './checksum-sample.ts';
import { Fragments } from './fragments.ts';
import { type IcmpError, IcmpErrors } from './icmp-errors.ts';
import { isFirstFragment, upperProtocol } from './ip-facts.ts';
import { Links } from './links.ts';
import type { NodeAddresses } from './node-addresses.ts';
import { BIT, ObservationColumns, RECORD } from './observation-columns.ts';
import { countEcho, countHeader, countPacket, countPayload } from './row-facts.ts';
import { Selection } from './selection.ts';
import { trackTcp } from './tcp-facts.ts';
import { Tunnels } from './tunnels.ts';
import { WordTable } from './word-table.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const P = PROTOCOL;
const R = RECORD;
const B = BIT;
const SAMPLES = SAMPLED;
const NOT_FLOW = OUTCOME.notFlow;
const UNSUPPORTED = OUTCOME.unsupported;

const [SOURCE, DESTINATION, PORTS, PROTO, LINK, TUNNEL] = [0, 1, 2, 3, 4, 5] as const;
const FLOW_WORDS = 4;
const IPV6_FLOW = 0x100;
const PORTS_CUT = 0x200;
const { tcp: TCP_NUMBER, udp: UDP_NUMBER, sctp: SCTP_NUMBER } = IP_PROTOCOL;

export class FlowTable {
  readonly addresses = new AddressWords();
  readonly links = new Links();
  readonly tunnels = new Tunnels(this.addresses);
  readonly icmpErrors = new IcmpErrors();
  readonly arp = new ArpPairs();
  /** Whether the last packet added was a later fragment whose first one is not known. */
  fragmentWithoutFirst = false;
  /** Whether packets now being added also count in `windowPackets` and `windowBytes`. */
  insideWindow = false;
  readonly #columns = new ObservationColumns();
  #unpacked = true;
  readonly #view = new ByteView();
  readonly #flows = new WordTable();
  /** Rows by flow key, link and tunnel: one look-up per packet; the flow itself is looked up for new rows only. */
  readonly #rows = new WordTable();
  readonly #fragments = new Fragments();
  readonly #selection: Selection;
  /** First row of each flow, and the last one, where new rows are linked. */
  #firstRow = new Int32Array(256);
  #lastRow = new Int32Array(256);

  /** @param nodes the cluster's node addresses: with them, nested tunnels are told from carriers (design section 4). */
  constructor(nodes: NodeAddresses | null = null) {
    this.#selection = new Selection(this.tunnels, nodes);
  }

  /** Adds packet `i` of `batch`, whose layers `stack` holds. Returns its row, -1 when it belongs to no flow. */
  add(batch: PacketBatch, i: number, stack: LayerStack, capture: number, packet: number): number {
    const view = this.#view.of(batch.bytes);
    const selection = this.#selection;
    this.fragmentWithoutFirst = false;
    if (stack.network < 0 || stack.outcome === NOT_FLOW || stack.outcome === UNSUPPORTED) {
      const seenOn = this.links.add(view, capture, batch.interface[i]!, stack, 0);
      if (stack.outcome === NOT_FLOW) this.#noteArp(batch.bytes, stack, seenOn, packet);
      return -1;
    }
    this.#unpacked = false;
    selection.select(batch.bytes, stack);
    const link = this.links.add(view, capture, batch.interface[i]!, stack, selection.linkLayer);
    // A later fragment inside what the flow itself carries is payload.
    const isLater = stack.laterFragment >= 0 && stack.laterFragment === selection.network;
    if (isLater) {
      const row = this.#laterFragment(batch, i, stack, link, capture, packet);
      if (row >= 0) return row;
      this.fragmentWithoutFirst = true;
    }
    this.#setKey(view, stack, isLater);
    const row = this.#row(link, selection.tunnel);
    countPacket(this.#columns, row, batch, i, packet);
    this.#facts(batch, i, stack, row, packet, isLater);
    if (this.#columns.doubles[row * R.doubles + R.packets]! <= SAMPLES) this.#sampleChecksum(batch, i, stack, row);
    if (stack.firstFragment >= 0) this.#rememberFragments(batch.bytes, stack, capture, row);
    return row;
  }

  /** One right checksum clears a row for good, so healthy rows are judged once. */
  #sampleChecksum(batch: PacketBatch, i: number, stack: LayerStack, row: number): void {
    if (batch.captured[i]! < batch.original[i]! || this.#columns.checksumsRight[row]! > 0) return;
    sampleChecksums(this.#columns, row, batch.bytes, stack);
  }

  #noteArp(bytes: Uint8Array, stack: LayerStack, link: number, packet: number): void {
    const last = stack.depth - 1;
    if (last < 0 || stack.protocol[last] !== P.arp || stack.tunnels > 0) return;
    this.arp.add(bytes, stack.start[last]!, stack.end[last]!, link, packet);
  }

  /** Writes the flow of the selected IP header into the key of the rows. */
  #setKey(view: DataView, stack: LayerStack, isLater: boolean): void {
    const key = this.#rows.key;
    const { network, transport } = this.#selection;
    const family = stack.protocol[network]!;
    const at = stack.start[network]!;
    const isInnermost = network === stack.network;
    const protocol = isInnermost ? stack.ipProtocol : upperProtocol(stack, network);
    let word = (protocol & 0xff) | (family === P.ipv6 ? IPV6_FLOW : 0);
    let ports = 0;
    if (protocol === TCP_NUMBER || protocol === UDP_NUMBER || protocol === SCTP_NUMBER) {
      const portsAt = isInnermost ? stack.portsAt : transport < 0 ? -1 : stack.start[transport]!;
      if (portsAt >= 0) ports = view.getInt32(portsAt);
      else if (!isLater) word |= PORTS_CUT;
    }
    key[SOURCE] = this.addresses.viewedSource(family, view, at);
    key[DESTINATION] = this.addresses.viewedDestination(family, view, at);
    key[PORTS] = ports;
    key[PROTO] = word;
  }

  /** The row of the flow in the key, seen on this link and in this tunnel. */
  #row(link: number, tunnel: number): number {
    const rows = this.#rows;
    rows.key[LINK] = link;
    rows.key[TUNNEL] = tunnel;
    const row = rows.intern();
    if (rows.added) this.#newRow(row, link, tunnel);
    return row;
  }

  #newRow(row: number, link: number, tunnel: number): void {
    const flows = this.#flows;
    for (let word = 0; word < FLOW_WORDS; word++) flows.key[word] = this.#rows.key[word]!;
    const flow = flows.intern();
    this.#columns.add(flow, link, tunnel);
    if (flows.added) {
      if (flow === this.#firstRow.length) this.#growFlows();
      this.#firstRow[flow] = row;
    } else this.#columns.next[this.#lastRow[flow]!] = row;
    this.#lastRow[flow] = row;
  }

  #growFlows(): void {
    const first = new Int32Array(this.#firstRow.length * 2);
    first.set(this.#firstRow);
    this.#firstRow = first;
    const last = new Int32Array(this.#lastRow.length * 2);
    last.set(this.#lastRow);
    this.#lastRow = last;
  }

  /** Everything beyond the counters. */
  #facts(batch: PacketBatch, i: number, stack: LayerStack, row: number, packet: number, isLater: boolean): void {
    const selection = this.#selection;
    const view = this.#view.of(batch.bytes);
    const columns = this.#columns;
    const { network, transport } = selection;
    countHeader(columns, row, view, stack.start[network]!, stack.protocol[network] === P.ipv4);
    if (isLater) columns.words[row * R.words + R.bits]! |= B.fragmentWithoutFirst;
    const payload = this.#payload(batch, i, stack, row);
    if (transport < 0 || isLater) return;
    const protocol = stack.protocol[transport]!;
    if (protocol === P.tcp) trackTcp(columns, row, view, stack.start[transport]!, payload);
    else if (protocol === P.icmp || protocol === P.icmpv6) this.#icmp(batch.bytes, stack, row, packet);
  }

  #payload(batch: PacketBatch, i: number, stack: LayerStack, row: number): number {
    const cut = batch.original[i]! - batch.captured[i]!;
    const payload = countPayload(this.#columns, row, this.#view.of(batch.bytes), stack, this.#selection, cut);
    if (this.insideWindow) {
      this.#columns.windowPackets[row]!++;
      this.#columns.windowBytes[row]! += payload;
    }
    return payload;
  }

  #icmp(bytes: Uint8Array, stack: LayerStack, row: number, packet: number): void {
    const { transport } = this.#selection;
    const at = stack.start[transport]!;
    const protocol = stack.protocol[transport]!;
    if (countEcho(this.#columns, row, bytes[at]!, protocol === P.icmp)) return;
    const end = stack.end[transport]!;
    this.icmpErrors.add(this.addresses, bytes, { at, end, protocol, observation: row, packet });
  }

  /** Counts a later fragment in the row of its first one; -1 when that is not known. */
  #laterFragment(
    batch: PacketBatch,
    i: number,
    stack: LayerStack,
    link: number,
    capture: number,
    packet: number,
  ): number {
    this.#fragments.setKey(this.addresses, batch.bytes, stack, stack.laterFragment, capture);
    const known = this.#fragments.get();
    if (known < 0) return -1;
    const isOuter = (known & 1) === 1;
    const first = known >> 1;
    const flow = this.#columns.flow[first]!;
    this.#rows.copyKey(this.#flows, flow, FLOW_WORDS);
    // On the link and (for an inner fragment) in the tunnel where this one was seen, whatever its first one took.
    const row = this.#row(link, isOuter ? this.#columns.tunnel[first]! : this.#selection.tunnel);
    countPacket(this.#columns, row, batch, i, packet);
    if (isOuter) this.#columns.outerFragments[row]!++;
    else this.#payload(batch, i, stack, row);
    return row;
  }

  #rememberFragments(bytes: Uint8Array, stack: LayerStack, capture: number, row: number): void {
    const { network, tunnelLayer } = this.#selection;
    for (let layer = stack.firstFragment; layer <= network; layer++) {
      if (!isFirstFragment(bytes, stack, layer)) continue;
      this.#fragments.setKey(this.addresses, bytes, stack, layer, capture);
      const isOuter = tunnelLayer >= 0 && layer < tunnelLayer;
      this.#columns.words[row * R.words + R.bits]! |= isOuter ? B.outerFragmented : B.innerFragmented;
      this.#fragments.put(row * 2 + (isOuter ? 1 : 0));
    }
  }

  // ---- reading, after the packets ----

  get flowCount(): number {
    return this.#flows.count;
  }

  /** The facts of all rows. Read them after the packets: the arrays of a moment before are not those of now. */
  get columns(): ObservationColumns {
    if (!this.#unpacked) this.#columns.unpack();
    this.#unpacked = true;
    return this.#columns;
  }

  /** First row of a flow; follow `columns.next`. */
  firstRow(flow: number): number {
    return this.#firstRow[flow]!;
  }

  protocolOf(flow: number): number {
    return this.#flows.word(flow, PROTO) & 0xff;
  }

  familyOf(flow: number): 4 | 6 {
    return this.#flows.word(flow, PROTO) & IPV6_FLOW ? 6 : 4;
  }

  sourceOf(flow: number): string {
    return this.addresses.text(this.#flows.word(flow, SOURCE), this.familyOf(flow));
  }

  destinationOf(flow: number): string {
    return this.addresses.text(this.#flows.word(flow, DESTINATION), this.familyOf(flow));
  }

  /** Source and destination port; null when cut off, 0 for protocols without. */
  sourcePortOf(flow: number): number | null {
    return this.#flows.word(flow, PROTO) & PORTS_CUT ? null : this.#flows.word(flow, PORTS) >>> 16;
  }

  destinationPortOf(flow: number): number | null {
    return this.#flows.word(flow, PROTO) & PORTS_CUT ? null : this.#flows.word(flow, PORTS) & 0xffff;
  }

  /** The flow of the other direction, -1 if none was seen. */
  reverseOf(flow: number): number {
    const ports = this.#flows.word(flow, PORTS);
    return this.findFlow(
      this.#flows.word(flow, DESTINATION),
      this.#flows.word(flow, SOURCE),
      (ports << 16) | (ports >>> 16),
      this.#flows.word(flow, PROTO),
    );
  }

  /** The flow that an ICMP error quotes, -1 if it was not seen. */
  quotedFlow(error: IcmpError): number {
    if (error.sourcePort === null || error.destinationPort === null) return -1;
    const ports = (error.sourcePort << 16) | error.destinationPort;
    return this.findFlow(error.source, error.destination, ports, error.protocol | (error.family === 6 ? IPV6_FLOW : 0));
  }

  /** A flow by its address words, ports word (source in the upper half) and protocol word; -1 if it was not seen. */
  findFlow(source: number, destination: number, ports: number, protocol: number): number {
    const key = this.#flows.key;
    key[SOURCE] = source;
    key[DESTINATION] = destination;
    key[PORTS] = ports;
    key[PROTO] = protocol;
    return this.#flows.find();
  }
}
