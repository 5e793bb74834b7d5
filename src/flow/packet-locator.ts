// HOT: per packet. No allocation.
// Second reading: which flow, link and tunnel a packet has, and which of its layers make them, by the code that counts (Selection,
// links, fragments, a flow's words) but without counting anything. With a table that counted these captures it tells their
// numbers there; without one it tells the layers, and memory is bounded.
import { FACT } from '../decode/fact-layout.ts';
import { writeAddresses, writePorts } from '../decode/facts.ts';
import type { LayerStack } from '../decode/layer-stack.ts';
import { AddressWords } from './address-words.ts';
import { ByteView } from './byte-view.ts';
import type { FlowTable } from './flow-table.ts';
import type { FrameEncapsulation, TunnelRecord } from './frame-records.ts';
import { writeLinkKey } from './paths/links.ts';
import type { NodeAddresses } from './paths/node-addresses.ts';
import { Selection } from './paths/selection.ts';
import { NO_TUNNEL, Tunnels } from './paths/tunnels.ts';
import { Fragments } from './rare/fragments.ts';
import { WordTable } from './word-table.ts';

const F = FACT;

/** Entries after which tables that belong to no flow table start anew. */
export const MOST_TUNNELS = 1 << 16;

export class PacketLocator {
  /** Whether the packet belongs to a flow at all. */
  isFlow = false;
  /** The flow's number in the table, the link's; -1 where it was not counted, or without a table. */
  flow = -1;
  link = -1;
  /** The describing tunnel, for `encapsulation` and `tunnelRecord`: of a later outer fragment, its first one's. */
  tunnel = NO_TUNNEL;
  /** Ports and protocol words of the flow's identity (FACT.ports, FACT.protocol). */
  ports = 0;
  protocol = 0;
  /** Stack index of the flow's IP header, of the layer above it, of the describing tunnel's header; -1 without one. */
  network = -1;
  transport = -1;
  tunnelLayer = -1;
  /** Stack index of the link header that tells where the packet was seen. */
  linkLayer = 0;
  /** What was remembered of a later fragment's first one (without a table); -1 when it is not known, or the packet is no such. */
  first = -1;
  /** The packet is a later fragment of the datagram around the tunnel. */
  isOuterRest = false;
  readonly #nodes: NodeAddresses | null;
  readonly #table: FlowTable | null;
  readonly #view = new ByteView();
  readonly #linkKey = new Int32Array(16);
  readonly #identity = new Int32Array(4);
  /** Flow and tunnel of first fragments, behind the number that is remembered. */
  readonly #firsts = new WordTable();
  #fragments = new Fragments();
  #fragmentAddresses = new AddressWords();
  #selection: Selection;
  #tunnels: Tunnels;

  /** @param table the one that counted the captures, made with the same `nodes` */
  constructor(nodes: NodeAddresses | null, table: FlowTable | null = null) {
    this.#nodes = nodes;
    this.#table = table;
    this.#tunnels = table?.tunnels ?? new Tunnels(new AddressWords());
    this.#selection = table?.selection ?? new Selection(this.#tunnels, nodes);
  }

  /** Needs every packet that is a fragment, captures and packets in the order of the first reading. */
  locate(bytes: Uint8Array, stack: LayerStack, capture: number, interfaceIndex: number): void {
    this.#boundMemory();
    this.flow = -1;
    this.first = -1;
    this.isOuterRest = false;
    this.#selection.select(bytes, stack);
    this.isFlow = this.#selection.isFlow;
    if (this.isFlow) this.#take(bytes, stack);
    else this.#describeNoFlow(bytes, stack);
    const table = this.#table;
    if (table !== null) {
      writeLinkKey(this.#linkKey, this.#view.of(bytes), capture, interfaceIndex, stack, this.linkLayer);
      this.link = table.links.find(this.#linkKey);
    }
    if (!this.isFlow) return;
    if (this.#selection.isLater && this.#recall(bytes, stack, capture)) return;
    if (table === null) return;
    this.flow = this.#flowIn(table, bytes, stack);
    if (stack.firstFragment >= 0) this.remember(bytes, stack, capture, this.#pair());
  }

  /** Without a table: keeps a number for the later fragments of the packet located last. */
  remember(bytes: Uint8Array, stack: LayerStack, capture: number, value: number): void {
    this.#fragments.remember(this.#fragmentAddresses, bytes, stack, capture, this, value);
  }

  /** Of the tunnel that describes the packet. */
  get encapsulation(): FrameEncapsulation {
    return this.#tunnels.encapsulationOf(this.tunnel);
  }

  get tunnelRecord(): TunnelRecord {
    return this.#tunnels.record(this.tunnel);
  }

  #take(bytes: Uint8Array, stack: LayerStack): void {
    const selection = this.#selection;
    this.network = selection.network;
    this.transport = selection.transport;
    this.tunnelLayer = selection.tunnelLayer;
    this.tunnel = selection.tunnel;
    this.linkLayer = selection.linkLayer;
    const words = this.#identity;
    writePorts(words, 0, this.#view.of(bytes), stack, this.network, this.transport, selection.isLater);
    this.ports = words[F.ports]!;
    this.protocol = words[F.protocol]!;
  }

  /** A tunnel that carries no IP packet (but ARP, say) describes the packet too, though no flow. */
  #describeNoFlow(bytes: Uint8Array, stack: LayerStack): void {
    const last = stack.tunnels - 1;
    this.network = stack.network;
    this.transport = stack.transport;
    this.tunnelLayer = last < 0 ? -1 : stack.tunnel[last]!;
    this.linkLayer = 0;
    this.tunnel = last < 0 ? NO_TUNNEL : this.#tunnels.add(this.#view.of(bytes), stack, this.tunnelLayer, NO_TUNNEL);
  }

  /** False when the first fragment is not known. */
  #recall(bytes: Uint8Array, stack: LayerStack, capture: number): boolean {
    const known = this.#fragments.recall(this.#fragmentAddresses, bytes, stack, capture);
    if (known < 0) return false;
    this.isOuterRest = (known & 1) === 1;
    this.first = known >> 1;
    if (this.#table === null) return true;
    this.flow = this.#firsts.word(this.first, 0) - 1;
    if (this.isOuterRest) this.tunnel = this.#firsts.word(this.first, 1);
    return true;
  }

  #pair(): number {
    this.#firsts.key[0] = this.flow + 1;
    this.#firsts.key[1] = this.tunnel;
    return this.#firsts.intern();
  }

  #flowIn(table: FlowTable, bytes: Uint8Array, stack: LayerStack): number {
    const words = this.#identity;
    writeAddresses(words, 0, table.addresses, this.#view.of(bytes), stack, this.network);
    return table.findFlow(words[F.source]!, words[F.destination]!, this.ports, this.protocol);
  }

  #boundMemory(): void {
    if (this.#table === null && this.#tunnels.count > MOST_TUNNELS) {
      this.#tunnels = new Tunnels(new AddressWords());
      this.#selection = new Selection(this.#tunnels, this.#nodes);
    }
    if (this.#fragmentAddresses.count <= MOST_TUNNELS) return;
    this.#fragmentAddresses = new AddressWords();
    this.#fragments = new Fragments();
  }
}
