// HOT: per packet. No allocation (but for addresses met for the first time).
// What tells an overlay tunnel from a carrier and from what pods carry: the node addresses, whose addresses are pods', the
// cluster's VNIs, and nothing else about the cluster.
import { formatIPv4, formatIPv6, parseIp } from '../../net/ip.ts';
import type { Fields, SavedFields } from '../../store/saved.ts';
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
  readonly #missent = new Map<number, boolean>();
  /** Whether answers were forgotten: then nobody can say later what was asked. */
  #hasForgotten = false;

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
    return this.#vnis.has(vni) || this.#mayBeMissent(vni);
  }

  #mayBeMissent(vni: number): boolean {
    let answer = this.#missent.get(vni);
    if (answer === undefined) {
      answer = this.#isMissent(vni);
      if (this.#missent.size < MOST_ANSWERS) this.#missent.set(vni, answer);
      else this.#hasForgotten = true;
    }
    return answer;
  }

  #forgetting(): WordTable {
    this.#hasForgotten = true;
    return new WordTable(64);
  }

  /** What the cluster is, as far as packets have asked; null where that was too much to be kept. */
  save(): SavedFields | null {
    if (this.#hasForgotten) return null;
    return {
      nodes: this.#nodes(),
      vnis: Float64Array.from(this.#vnis).sort(),
      gateway: Float64Array.of(this.#gatewayPort, this.#gatewayVni),
      pods: [...this.#askedPods()].map(([address, answer]) => ({ address, answer })),
      missent: [...this.#missent].map(([vni, answer]) => ({ vni, answer })),
    };
  }

  /** Whether these answer all that was asked of saved ones alike: then packets are counted alike. Throws DamagedStore. */
  answersAs(saved: Fields): boolean {
    const isSame = (a: Float64Array, b: Float64Array): boolean =>
      a.length === b.length && a.every((n, i) => n === b[i]);
    const nodes = saved.list('nodes');
    const own = this.#nodes();
    return (
      nodes.length === own.length &&
      own.every((node, i) => node === nodes[i]) &&
      isSame(saved.doubles('vnis'), Float64Array.from(this.#vnis).sort()) &&
      isSame(saved.doubles('gateway'), Float64Array.of(this.#gatewayPort, this.#gatewayVni)) &&
      saved.groups('pods').every((one) => this.#isPod(one.text('address')) === one.number('answer')) &&
      saved.groups('missent').every((one) => this.#mayBeMissent(one.number('vni')) === one.flag('answer'))
    );
  }

  /** The nodes' addresses as text, in one order. */
  #nodes(): string[] {
    const all: string[] = [];
    for (let i = 0; i < this.#v4.count; i++) all.push(formatIPv4(this.#v4.word(i, 0)));
    for (let i = 0; i < this.#v6.count; i++) all.push(text6(this.#v6, i));
    return all.sort();
  }

  *#askedPods(): Generator<[string, PodAnswer]> {
    for (let i = 0; i < this.#asked4.count; i++) yield [formatIPv4(this.#asked4.word(i, 0)), this.#pods4[i]!];
    for (let i = 0; i < this.#asked6.count; i++) yield [text6(this.#asked6, i), this.#pods6[i]!];
  }

  /** @param from where the address begins */
  #has(protocol: number, view: DataView, from: number): boolean {
    const table = protocol === PROTOCOL.ipv4 ? this.#v4 : this.#v6;
    const words = protocol === PROTOCOL.ipv4 ? 1 : 4;
    for (let i = 0; i < words; i++) table.key[i] = view.getInt32(from + 4 * i);
    return table.find() >= 0;
  }

  #pod4(view: DataView, from: number): PodAnswer {
    if (this.#asked4.count > MOST_ANSWERS) this.#asked4 = this.#forgetting();
    this.#asked4.key[0] = view.getInt32(from);
    const index = this.#asked4.intern();
    if (this.#asked4.added) this.#pods4[index] = this.#isPod(formatIPv4(view.getUint32(from)));
    return this.#pods4[index]!;
  }

  #pod6(view: DataView, from: number): PodAnswer {
    if (this.#asked6.count > MOST_ANSWERS) this.#asked6 = this.#forgetting();
    for (let i = 0; i < 4; i++) this.#asked6.key[i] = view.getInt32(from + 4 * i);
    const index = this.#asked6.intern();
    if (this.#asked6.added) {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + from, 16);
      this.#pods6[index] = this.#isPod(formatIPv6(bytes, 0));
    }
    return this.#pods6[index]!;
  }
}

function text6(table: WordTable, index: number): string {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < 4; i++) view.setUint32(4 * i, table.word(index, i));
  return formatIPv6(bytes, 0);
}
