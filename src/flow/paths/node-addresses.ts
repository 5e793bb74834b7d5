// HOT: per packet. No allocation.
// What tells an overlay tunnel from a carrier: the node addresses and the cluster's VNIs, and nothing else about the cluster.
import { parseIp } from '../../net/ip.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import { WordTable } from '../word-table.ts';

export class NodeAddresses {
  readonly #v4 = new WordTable(64);
  readonly #v6 = new WordTable(64);
  readonly #vnis: ReadonlySet<number>;

  /** @param addresses text; what is no IP address is passed over. */
  constructor(addresses: Iterable<string>, vnis: Iterable<number> = [4096]) {
    this.#vnis = new Set(vnis);
    for (const text of addresses) {
      const ip = parseIp(text);
      if (ip === null) continue;
      const table = ip.family === 4 ? this.#v4 : this.#v6;
      const words = ip.family === 4 ? 1 : 4;
      for (let i = 0; i < words; i++) table.key[i] = Number((ip.value >> BigInt(32 * (words - 1 - i))) & 0xffffffffn);
      table.intern();
    }
  }

  /** Whether source and destination of the IP header at `at` are both node addresses. */
  hasBoth(protocol: number, view: DataView, at: number): boolean {
    if (protocol === PROTOCOL.ipv4) return this.#has4(view, at + 12) && this.#has4(view, at + 16);
    return this.#has6(view, at + 8) && this.#has6(view, at + 24);
  }

  hasVni(vni: number): boolean {
    return this.#vnis.has(vni);
  }

  #has4(view: DataView, at: number): boolean {
    this.#v4.key[0] = view.getInt32(at);
    return this.#v4.find() >= 0;
  }

  #has6(view: DataView, at: number): boolean {
    for (let i = 0; i < 4; i++) this.#v6.key[i] = view.getInt32(at + 4 * i);
    return this.#v6.find() >= 0;
  }
}
