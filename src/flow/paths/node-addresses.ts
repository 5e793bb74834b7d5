// HOT: per packet. No allocation (but for addresses met for the first time).
// What tells an overlay tunnel from a carrier and from what pods carry: the node addresses, whose addresses are pods', the
// cluster's VNIs, and nothing else about the cluster.
import { formatIPv4, formatIPv6, parseIp } from '../../net/ip.ts';
import { ARP } from '../../wire/arp.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import { WordTable } from '../word-table.ts';

const ARP_SENDER = ARP['src.proto_ipv4'].bit >> 3;
const ARP_TARGET = ARP['dst.proto_ipv4'].bit >> 3;
/** Addresses asked about, after which the answers are forgotten. */
const MOST_ANSWERS = 1 << 16;

/**
 * How surely an address is a pod's: `perhaps` it may yet be a node's where no node is known. A `stranger` is nobody's of a cluster of
 * which nodes and pools are known: a machine outside, or a pod of a pool that was not collected.
 */
export const POD = { stranger: -1, no: 0, perhaps: 1, surely: 2 } as const;
export type PodAnswer = (typeof POD)[keyof typeof POD];

/** Questions about the cluster that are answered elsewhere. */
export interface ClusterAnswers {
  /** Whether an address is a pod's, or nobody's; asked once per address. */
  isPod?: (address: string) => PodAnswer;
  /** Whether nodes may send their overlay with this VNI by mistake. */
  isMissentVni?: (vni: number) => boolean;
  /** The VXLAN between nodes and pods that are gateways. */
  gatewayTunnel?: { readonly port: number; readonly vni: number } | null;
}

export class NodeAddresses {
  readonly #v4 = new WordTable(64);
  readonly #v6 = new WordTable(64);
  readonly #vnis: ReadonlySet<number>;
  readonly #isPod: (address: string) => PodAnswer;
  readonly #isMissent: (vni: number) => boolean;
  readonly #gatewayPort: number;
  readonly #gatewayVni: number;
  /** Addresses asked about, and the answers by their index. */
  #asked4 = new WordTable(64);
  #asked6 = new WordTable(64);
  #pods4: PodAnswer[] = [];
  #pods6: PodAnswer[] = [];

  /** @param addresses text; what is no IP address is passed over. */
  constructor(addresses: Iterable<string>, vnis: Iterable<number> = [4096], answers: ClusterAnswers = {}) {
    this.#vnis = new Set(vnis);
    this.#isPod = answers.isPod ?? (() => POD.no);
    this.#isMissent = answers.isMissentVni ?? (() => false);
    this.#gatewayPort = answers.gatewayTunnel?.port ?? -1;
    this.#gatewayVni = answers.gatewayTunnel?.vni ?? -1;
    for (const text of addresses) {
      const ip = parseIp(text);
      if (ip === null) continue;
      const table = ip.family === 4 ? this.#v4 : this.#v6;
      const words = ip.family === 4 ? 1 : 4;
      for (let i = 0; i < words; i++) table.key[i] = Number((ip.value >> BigInt(32 * (words - 1 - i))) & 0xffffffffn);
      table.intern();
    }
  }

  /** Whether the destination of the IP header at `at` is a node address. */
  hasDestination(protocol: number, view: DataView, at: number): boolean {
    return this.#has(protocol, view, at + (protocol === PROTOCOL.ipv4 ? 16 : 24));
  }

  /** Whether VXLAN to this port in this VNI runs between nodes and pods that are gateways: the cluster's own has another VNI. */
  isGatewayTunnel(port: number, vni: number): boolean {
    return port === this.#gatewayPort && vni === this.#gatewayVni && !this.#vnis.has(vni);
  }

  /** Whether source and destination of the IP header at `at` are both node addresses. */
  hasBoth(protocol: number, view: DataView, at: number): boolean {
    return this.hasSource(protocol, view, at) && this.hasDestination(protocol, view, at);
  }

  /** Whether the source of the IP header at `at` is a node address. */
  hasSource(protocol: number, view: DataView, at: number): boolean {
    return this.#has(protocol, view, at + (protocol === PROTOCOL.ipv4 ? 12 : 8));
  }

  /** Whether the source of the IP header at `at` is a pod's address. */
  isPodSource(protocol: number, view: DataView, at: number): PodAnswer {
    return protocol === PROTOCOL.ipv4 ? this.#pod4(view, at + 12) : this.#pod6(view, at + 8);
  }

  /** Whether the destination of the IP header at `at` is a pod's address. */
  isPodDestination(protocol: number, view: DataView, at: number): PodAnswer {
    return protocol === PROTOCOL.ipv4 ? this.#pod4(view, at + 16) : this.#pod6(view, at + 24);
  }

  /** Whether both ends of the IP header at `at` are strangers. */
  hasStrangers(protocol: number, view: DataView, at: number): boolean {
    return (
      this.isPodSource(protocol, view, at) === POD.stranger &&
      this.isPodDestination(protocol, view, at) === POD.stranger
    );
  }

  /** The same of the ARP packet for IPv4 at `at`. */
  asksAmongStrangers(view: DataView, at: number): boolean {
    return this.#pod4(view, at + ARP_SENDER) === POD.stranger && this.#pod4(view, at + ARP_TARGET) === POD.stranger;
  }

  /** Whether no node is known: then a pool may hold the addresses of nodes. */
  get areUnknown(): boolean {
    return this.#v4.count + this.#v6.count === 0;
  }

  hasVni(vni: number): boolean {
    return this.#vnis.has(vni);
  }

  /** Whether nodes may send their overlay with this VNI: the cluster's own, or one they are known to take by mistake. */
  mayHaveVni(vni: number): boolean {
    return this.#vnis.has(vni) || this.#isMissent(vni);
  }

  /** @param from where the address begins */
  #has(protocol: number, view: DataView, from: number): boolean {
    const table = protocol === PROTOCOL.ipv4 ? this.#v4 : this.#v6;
    const words = protocol === PROTOCOL.ipv4 ? 1 : 4;
    for (let i = 0; i < words; i++) table.key[i] = view.getInt32(from + 4 * i);
    return table.find() >= 0;
  }

  #pod4(view: DataView, from: number): PodAnswer {
    if (this.#asked4.count > MOST_ANSWERS) this.#asked4 = new WordTable(64);
    this.#asked4.key[0] = view.getInt32(from);
    const index = this.#asked4.intern();
    if (this.#asked4.added) this.#pods4[index] = this.#isPod(formatIPv4(view.getUint32(from)));
    return this.#pods4[index]!;
  }

  #pod6(view: DataView, from: number): PodAnswer {
    if (this.#asked6.count > MOST_ANSWERS) this.#asked6 = new WordTable(64);
    for (let i = 0; i < 4; i++) this.#asked6.key[i] = view.getInt32(from + 4 * i);
    const index = this.#asked6.intern();
    if (this.#asked6.added) {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + from, 16);
      this.#pods6[index] = this.#isPod(formatIPv6(bytes, 0));
    }
    return this.#pods6[index]!;
  }
}
