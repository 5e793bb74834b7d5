// HOT: per packet. No allocation (but for addresses met for the first time).
// Which packets fit the filters of `trace`, decided packet by packet, so that streams need no second reading: a packet
// fits when its flow would, as far as the packet shows it. Memory is bounded.

import { fragmentHeader, isFirstFragment, upperProtocol } from '../decode/ip-facts.ts';
import { type LayerStack, OUTCOME } from '../decode/layer-stack.ts';
import type { Packet } from '../decode/packet.ts';
import { AddressWords } from '../flow/address-words.ts';
import { Fragments } from '../flow/fragments.ts';
import type { NodeAddresses } from '../flow/node-addresses.ts';
import { Selection } from '../flow/selection.ts';
import { outerNetwork, Tunnels } from '../flow/tunnels.ts';
import { protocolName } from '../net/protocol-name.ts';
import { u16, u32 } from '../wire/bytes.ts';
import { IPV4 } from '../wire/ipv4.ts';
import { PROTOCOL, protocolRow } from '../wire/protocols.ts';
import { type AddressFilter, type AddressQuestions, FITS } from './address-filter.ts';

const P = PROTOCOL;

/** Values of one filter are alternatives, different filters must all hold; an absent or empty one holds always. */
export interface PacketQuestions extends AddressQuestions {
  port?: readonly number[];
  /** As `protocol` in trace's output: `tcp`, `89`. */
  protocol?: readonly string[];
  /** `none` (or `plain`) fits IP packets without a tunnel in their frame. */
  encapsulation?: readonly string[];
}

/** Entries after which the tables of tunnels and addresses start anew. */
const MOST_TUNNELS = 1 << 16;

export class PacketFilter {
  readonly #ports: ReadonlySet<number> | null;
  readonly #protocols: Uint8Array | null;
  readonly #encapsulations: ReadonlySet<string> | null;
  readonly #addresses: AddressFilter;
  readonly #nodes: NodeAddresses | null;
  readonly #fragments = new Fragments();
  #words = new AddressWords();
  #tunnels = new Tunnels(this.#words);
  #selection: Selection;

  constructor(questions: PacketQuestions, addresses: AddressFilter, nodes: NodeAddresses | null) {
    const { port = [], protocol = [], encapsulation = [] } = questions;
    this.#ports = port.length === 0 ? null : new Set(port);
    this.#protocols = protocol.length === 0 ? null : protocolTable(protocol);
    const kinds = encapsulation.map((kind) => (kind === 'plain' ? 'none' : kind));
    this.#encapsulations = kinds.length === 0 ? null : new Set(kinds);
    this.#addresses = addresses;
    this.#nodes = nodes;
    this.#selection = new Selection(this.#tunnels, nodes);
  }

  /** Whether the packet fits. Call it for every packet: later fragments fit when their first one did. */
  fits(packet: Packet): boolean {
    const { bytes, stack } = packet;
    if (stack.network < 0 || stack.outcome === OUTCOME.notFlow || stack.outcome === OUTCOME.unsupported) {
      return this.#fitsWithoutFlow(stack);
    }
    if (this.#tunnels.count > MOST_TUNNELS) this.#startAnew();
    this.#selection.select(bytes, stack);
    if (stack.laterFragment >= 0) {
      this.#fragmentKey(bytes, stack, stack.laterFragment);
      const known = this.#fragments.get();
      if (known >= 0) return known === 1;
    }
    const fits = this.#fitsFlow(bytes, stack);
    if (stack.firstFragment >= 0) this.#rememberFragments(bytes, stack, fits);
    return fits;
  }

  /** What is no flow (ARP in a tunnel) can be asked for by its tunnel only. */
  #fitsWithoutFlow(stack: LayerStack): boolean {
    if (this.#encapsulations === null || this.#ports !== null || this.#protocols !== null) return false;
    if (this.#addresses.asks || stack.tunnels === 0) return false;
    return this.#encapsulations.has(protocolRow(stack.protocol[stack.tunnel[stack.tunnels - 1]!]!).tunnel ?? 'ipip');
  }

  #fitsFlow(bytes: Uint8Array, stack: LayerStack): boolean {
    const { network, tunnelLayer } = this.#selection;
    if (this.#encapsulations !== null) {
      const kind = tunnelLayer < 0 ? 'none' : (protocolRow(stack.protocol[tunnelLayer]!).tunnel ?? 'ipip');
      if (!this.#encapsulations.has(kind)) return false;
    }
    const protocol = network === stack.network ? stack.ipProtocol : upperProtocol(stack, network);
    if (this.#protocols !== null && this.#protocols[protocol & 0xff] === 0) return false;
    if (this.#ports !== null && !this.#fitsPorts(bytes, stack, protocol)) return false;
    return !this.#addresses.asks || this.#fitsAddresses(bytes, stack, network);
  }

  /** As trace counts ports: 0 where the protocol has none. */
  #fitsPorts(bytes: Uint8Array, stack: LayerStack, protocol: number): boolean {
    const ports = this.#ports!;
    if (protocol !== 6 && protocol !== 17 && protocol !== 132) return ports.has(0);
    const { network, transport } = this.#selection;
    const at = network === stack.network ? stack.portsAt : transport >= 0 ? stack.start[transport]! : -1;
    if (at < 0) return stack.laterFragment >= 0 && ports.has(0);
    return ports.has(u16(bytes, at)) || ports.has(u16(bytes, at + 2));
  }

  #fitsAddresses(bytes: Uint8Array, stack: LayerStack, network: number): boolean {
    const protocol = stack.protocol[network]!;
    const at = stack.start[network]!;
    const { tunnelLayer } = this.#selection;
    const outer = tunnelLayer >= 0 && tunnelLayer <= network ? outerNetwork(stack, tunnelLayer) : -1;
    const sender = this.#addresses.fits(protocol, bytes, at, false);
    const receiver = this.#addresses.fits(protocol, bytes, at, true);
    let source = sender & ~(FITS.open | FITS.nodeAddress);
    let destination = receiver & ~(FITS.open | FITS.nodeAddress);
    if (outer >= 0 && (sender & FITS.open || receiver & FITS.open)) {
      const outerProtocol = stack.protocol[outer]!;
      const outerAt = stack.start[outer]!;
      if (sender & FITS.open) source |= this.#addresses.fits(outerProtocol, bytes, outerAt, false) & FITS.nodeAddress;
      if (receiver & FITS.open) {
        destination |= this.#addresses.fits(outerProtocol, bytes, outerAt, true) & FITS.nodeAddress;
      }
    }
    return this.#addresses.holds(source, destination);
  }

  #rememberFragments(bytes: Uint8Array, stack: LayerStack, fits: boolean): void {
    for (let layer = stack.firstFragment; layer <= this.#selection.network; layer++) {
      if (!isFirstFragment(bytes, stack, layer)) continue;
      this.#fragmentKey(bytes, stack, layer);
      this.#fragments.put(fits ? 1 : 0);
    }
  }

  #fragmentKey(bytes: Uint8Array, stack: LayerStack, layer: number): void {
    const key = this.#fragments.key;
    const protocol = stack.protocol[layer]!;
    const at = stack.start[layer]!;
    let around = 0;
    while (around < stack.tunnels && stack.tunnel[around]! <= layer) around++;
    key[0] = protocol;
    key[1] = around;
    key[2] = this.#words.source(protocol, bytes, at);
    key[3] = this.#words.destination(protocol, bytes, at);
    if (protocol === P.ipv4) {
      key[4] = IPV4.id.read(bytes, at);
      key[5] = IPV4.proto.read(bytes, at);
    } else {
      const header = fragmentHeader(stack, layer);
      key[4] = header < 0 ? 0 : u32(bytes, stack.start[header]! + 4);
      key[5] = 0x600;
    }
  }

  #startAnew(): void {
    this.#words = new AddressWords();
    this.#tunnels = new Tunnels(this.#words);
    this.#selection = new Selection(this.#tunnels, this.#nodes);
  }
}

function protocolTable(names: readonly string[]): Uint8Array {
  const table = new Uint8Array(256);
  for (let number = 0; number < 256; number++) if (names.includes(protocolName(number))) table[number] = 1;
  return table;
}
