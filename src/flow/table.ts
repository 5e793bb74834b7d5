// HOT: per packet. No allocation.
// layers -> flows. A flow is one direction of the inner five-tuple (RFC 7011 section 2); below it stand rows, one per
// (link addresses, tunnel), which attribution later joins into observations. Nothing here knows pods or pools.
import type { PacketBatch } from '../capture/source.ts';
import { type LayerStack, OUTCOME, PROTOCOL } from '../decode/layer-stack.ts';
import { u8, u32 } from '../wire/bytes.ts';
import { IPV4 } from '../wire/ipv4.ts';
import { IPV6 } from '../wire/ipv6.ts';
import { tcpHeaderLength } from '../wire/tcp.ts';
import { AddressWords } from './address-words.ts';
import { ArpPairs } from './arp.ts';
import { SAMPLED, sampleChecksums } from './checksum-sample.ts';
import { Fragments } from './fragments.ts';
import { type IcmpError, IcmpErrors } from './icmp-errors.ts';
import { fragmentHeader, ipHeaderLength, isFirstFragment, upperProtocol, wireEnd } from './ip-facts.ts';
import { Links } from './links.ts';
import type { NodeAddresses } from './node-addresses.ts';
import { BIT, ObservationColumns } from './observation-columns.ts';
import { Selection } from './selection.ts';
import { trackTcp } from './tcp.ts';
import { outerNetwork, Tunnels } from './tunnels.ts';
import { WordTable } from './word-table.ts';

const [SOURCE, DESTINATION, PORTS, PROTO] = [0, 1, 2, 3] as const;
const IPV6_FLOW = 0x100;
const PORTS_CUT = 0x200;
const ICMP_ECHO = 8;
const ICMPV6_ECHO = 128;
const ICMPV6_ECHO_REPLY = 129;

export class FlowTable {
  readonly addresses = new AddressWords();
  readonly links = new Links();
  readonly tunnels = new Tunnels(this.addresses);
  readonly columns = new ObservationColumns();
  readonly icmpErrors = new IcmpErrors();
  readonly arp = new ArpPairs();
  /** Whether the last packet added was a later fragment whose first one is not known. */
  fragmentWithoutFirst = false;
  /** Whether packets now being added also count in `windowPackets` and `windowBytes`. */
  insideWindow = false;
  readonly #flows = new WordTable(4);
  readonly #rows = new WordTable(3);
  readonly #fragments = new Fragments();
  /** First row of each flow, and the last one, where new rows are linked. */
  #firstRow = new Int32Array(256);
  #lastRow = new Int32Array(256);
  readonly #selection: Selection;

  /** @param nodes the cluster's node addresses: with them, nested tunnels are told from carriers (design section 4). */
  constructor(nodes: NodeAddresses | null = null) {
    this.#selection = new Selection(this.tunnels, nodes);
  }

  get flowCount(): number {
    return this.#flows.count;
  }

  /** Adds packet `i` of `batch`, whose layers `stack` holds. Returns its row, -1 when it belongs to no flow. */
  add(batch: PacketBatch, i: number, stack: LayerStack, capture: number, packet: number): number {
    const bytes = batch.bytes;
    this.fragmentWithoutFirst = false;
    if (stack.network < 0 || stack.outcome === OUTCOME.notFlow || stack.outcome === OUTCOME.unsupported) {
      const seenOn = this.links.add(bytes, capture, batch.interface[i]!, stack, 0);
      if (stack.outcome === OUTCOME.notFlow) this.#noteArp(bytes, stack, seenOn, packet);
      return -1;
    }
    this.#selection.select(bytes, stack);
    const link = this.links.add(bytes, capture, batch.interface[i]!, stack, this.#selection.linkLayer);
    if (stack.laterFragment >= 0) {
      const known = this.#laterFragment(bytes, stack, link);
      if (known >= 0) {
        const row = known >> 1;
        this.#count(batch, i, row, packet);
        if (known & 1) this.columns.outerFragments[row]!++;
        else this.#innerFragment(bytes, stack, row);
        return row;
      }
      this.fragmentWithoutFirst = true;
    }
    const row = this.#row(this.#flow(bytes, stack), link);
    this.#count(batch, i, row, packet);
    this.#facts(bytes, stack, row, packet);
    if (this.columns.packets[row]! <= SAMPLED && batch.captured[i] === batch.original[i]) {
      sampleChecksums(this.columns, row, bytes, stack);
    }
    if (stack.firstFragment >= 0) this.#rememberFragments(bytes, stack, link, row);
    return row;
  }

  /** A later fragment of the inner packet: it has a tunnel header and a payload of its own. */
  #innerFragment(bytes: Uint8Array, stack: LayerStack, row: number): void {
    const at = stack.start[stack.network]!;
    this.#overhead(stack, row, at);
    this.#inside(bytes, stack, row, at);
  }

  #noteArp(bytes: Uint8Array, stack: LayerStack, link: number, packet: number): void {
    const last = stack.depth - 1;
    if (last < 0 || stack.protocol[last] !== PROTOCOL.arp || stack.tunnels > 0) return;
    this.arp.add(bytes, stack.start[last]!, stack.end[last]!, link, packet);
  }

  #flow(bytes: Uint8Array, stack: LayerStack): number {
    const key = this.#flows.key;
    const network = this.#selection.network;
    const family = stack.protocol[network]!;
    const at = stack.start[network]!;
    const source = this.addresses.source(family, bytes, at);
    const destination = this.addresses.destination(family, bytes, at);
    const protocol = network === stack.network ? stack.ipProtocol : upperProtocol(stack, network);
    let word = (protocol & 0xff) | (family === PROTOCOL.ipv6 ? IPV6_FLOW : 0);
    let ports = 0;
    if (protocol === 6 || protocol === 17 || protocol === 132) {
      const portsAt = this.#portsAt(stack);
      if (portsAt >= 0) ports = u32(bytes, portsAt);
      else if (stack.laterFragment < 0) word |= PORTS_CUT;
    }
    key[SOURCE] = source;
    key[DESTINATION] = destination;
    key[PORTS] = ports;
    key[PROTO] = word;
    return this.#flows.intern();
  }

  /** Where the ports stand; -1 when the capture cut them off. A cut-off header still has them in its first four bytes. */
  #portsAt(stack: LayerStack): number {
    if (this.#selection.transport >= 0) return stack.start[this.#selection.transport]!;
    if (stack.laterFragment >= 0 || stack.fault === 0 || stack.faultLayer !== stack.depth || stack.have < 4) return -1;
    return stack.faultAt;
  }

  #row(flow: number, link: number): number {
    const newFlow = this.#flows.added;
    const key = this.#rows.key;
    key[0] = flow;
    key[1] = link;
    key[2] = this.#selection.tunnel;
    const row = this.#rows.intern();
    if (!this.#rows.added) return row;
    this.columns.add(flow, link, this.#selection.tunnel);
    if (newFlow) {
      if (flow === this.#firstRow.length) this.#growFlows();
      this.#firstRow[flow] = row;
    } else this.columns.next[this.#lastRow[flow]!] = row;
    this.#lastRow[flow] = row;
    return row;
  }

  #growFlows(): void {
    const first = new Int32Array(this.#firstRow.length * 2);
    first.set(this.#firstRow);
    this.#firstRow = first;
    const last = new Int32Array(this.#lastRow.length * 2);
    last.set(this.#lastRow);
    this.#lastRow = last;
  }

  #count(batch: PacketBatch, i: number, row: number, packet: number): void {
    const c = this.columns;
    const seconds = batch.seconds[i]!;
    const nanos = batch.nanos[i]!;
    c.bytes[row]! += batch.original[i]!;
    c.lastPacket[row] = packet;
    if (batch.original[i]! > batch.captured[i]!) c.bits[row]! |= BIT.truncated;
    if (c.packets[row]!++ === 0) {
      c.firstPacket[row] = packet;
      c.firstSeconds[row] = seconds;
      c.firstNanos[row] = nanos;
      c.lastSeconds[row] = seconds;
      c.lastNanos[row] = nanos;
      return;
    }
    if (seconds > c.lastSeconds[row]! || (seconds === c.lastSeconds[row] && nanos > c.lastNanos[row]!)) {
      c.lastSeconds[row] = seconds;
      c.lastNanos[row] = nanos;
    } else if (seconds < c.firstSeconds[row]! || (seconds === c.firstSeconds[row] && nanos < c.firstNanos[row]!)) {
      c.firstSeconds[row] = seconds;
      c.firstNanos[row] = nanos;
    }
  }

  /** Everything beyond the counters: TTL, DF, overhead, TCP and ICMP. */
  #facts(bytes: Uint8Array, stack: LayerStack, row: number, packet: number): void {
    const c = this.columns;
    const at = stack.start[this.#selection.network]!;
    const isV4 = stack.protocol[this.#selection.network] === PROTOCOL.ipv4;
    const ttl = isV4 ? IPV4.ttl.read(bytes, at) : IPV6.hlim.read(bytes, at);
    if (c.packets[row] === 1 || ttl < c.ttlMin[row]!) c.ttlMin[row] = ttl;
    if (ttl > c.ttlMax[row]!) c.ttlMax[row] = ttl;
    if (isV4 && u8(bytes, at + 6) & 0x40) c.bits[row]! |= BIT.innerDontFragment;
    if (this.fragmentWithoutFirst) c.bits[row]! |= BIT.fragmentWithoutFirst;
    this.#overhead(stack, row, at);
    this.#inside(bytes, stack, row, at);
    if (this.#selection.transport < 0 || stack.laterFragment >= 0) return;
    const transportAt = stack.start[this.#selection.transport]!;
    const protocol = stack.protocol[this.#selection.transport]!;
    if (protocol === PROTOCOL.tcp) trackTcp(c, row, bytes, transportAt, wireEnd(bytes, stack, this.#selection.network));
    else if (protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmpv6)
      this.#icmp(bytes, stack, protocol, transportAt, row, packet);
  }

  /** Bytes from the outer IP header to the inner one, which starts at `at`. */
  #overhead(stack: LayerStack, row: number, at: number): void {
    const { tunnelLayer, network } = this.#selection;
    if (tunnelLayer < 0 || tunnelLayer > network) return;
    const outer = outerNetwork(stack, tunnelLayer);
    if (outer >= 0) this.columns.overheadBytes[row]! += at - stack.start[outer]!;
  }

  /** Counts what the packet carried; `at` is its IP header. */
  #inside(bytes: Uint8Array, stack: LayerStack, row: number, at: number): void {
    const c = this.columns;
    const end = wireEnd(bytes, stack, this.#selection.network);
    const next =
      this.#selection.network + 1 < stack.depth
        ? stack.start[this.#selection.network + 1]!
        : at + ipHeaderLength(bytes, stack, this.#selection.network);
    const isTcp = this.#selection.transport >= 0 && stack.protocol[this.#selection.transport] === PROTOCOL.tcp;
    const from = isTcp
      ? stack.start[this.#selection.transport]! + tcpHeaderLength(bytes, stack.start[this.#selection.transport]!)
      : next;
    if (this.insideWindow) c.windowPackets[row]!++;
    if (end > from) {
      c.payloadBytes[row]! += end - from;
      if (this.insideWindow) c.windowBytes[row]! += end - from;
    }
    if (end - at > c.largest[row]!) c.largest[row] = end - at;
  }

  #icmp(bytes: Uint8Array, stack: LayerStack, protocol: number, at: number, row: number, packet: number): void {
    const type = u8(bytes, at);
    if (type === (protocol === PROTOCOL.icmp ? ICMP_ECHO : ICMPV6_ECHO)) this.columns.requests[row]!++;
    else if (type === (protocol === PROTOCOL.icmp ? 0 : ICMPV6_ECHO_REPLY)) this.columns.replies[row]!++;
    else this.icmpErrors.add(this.addresses, bytes, at, stack.end[this.#selection.transport]!, protocol, row, packet);
  }

  /** Row * 2 + (1 if the fragment is one of the outer packet); -1 when its first fragment is not known. */
  #laterFragment(bytes: Uint8Array, stack: LayerStack, link: number): number {
    this.#fragmentKey(bytes, stack, stack.laterFragment, link);
    return this.#fragments.get();
  }

  #rememberFragments(bytes: Uint8Array, stack: LayerStack, link: number, row: number): void {
    for (let layer = stack.firstFragment; layer <= this.#selection.network; layer++) {
      if (!isFirstFragment(bytes, stack, layer)) continue;
      this.#fragmentKey(bytes, stack, layer, link);
      const outer = this.#selection.tunnelLayer >= 0 && layer < this.#selection.tunnelLayer;
      this.columns.bits[row]! |= outer ? BIT.outerFragmented : BIT.innerFragmented;
      this.#fragments.put(row * 2 + (outer ? 1 : 0));
    }
  }

  #fragmentKey(bytes: Uint8Array, stack: LayerStack, layer: number, link: number): void {
    const key = this.#fragments.key;
    const protocol = stack.protocol[layer]!;
    const at = stack.start[layer]!;
    let around = 0;
    while (around < stack.tunnels && stack.tunnel[around]! <= layer) around++;
    key[0] = link;
    key[1] = around;
    key[2] = this.addresses.source(protocol, bytes, at);
    key[3] = this.addresses.destination(protocol, bytes, at);
    if (protocol === PROTOCOL.ipv4) {
      key[4] = IPV4.id.read(bytes, at);
      key[5] = IPV4.proto.read(bytes, at);
    } else {
      const header = fragmentHeader(stack, layer);
      key[4] = header < 0 ? 0 : u32(bytes, stack.start[header]! + 4);
      key[5] = 0x600;
    }
  }

  // ---- reading, after the packets ----

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
      ((ports << 16) | (ports >>> 16)) >>> 0,
      this.#flows.word(flow, PROTO),
    );
  }

  /** The flow that an ICMP error quotes, -1 if it was not seen. */
  quotedFlow(error: IcmpError): number {
    if (error.sourcePort === null || error.destinationPort === null) return -1;
    const ports = ((error.sourcePort << 16) | error.destinationPort) >>> 0;
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
