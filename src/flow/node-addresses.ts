// HOT: per packet. No allocation.
// What tells an overlay tunnel from a carrier: the node addresses and the cluster's VNIs, and nothing else about the cluster.
import { PROTOCOL } from '../decode/layer-stack.ts';
import { parseIp } from '../net/ip.ts';
import { u32 } from '../wire/bytes.ts';
import { WordTable } from './word-table.ts';

export class NodeAddresses {
  readonly #v4 = new Set<number>();
  readonly #v6 = new WordTable(4, 64);

  readonly #vnis: ReadonlySet<number>;

  /** @param addresses text; what is no IP address is passed over. */
  constructor(addresses: Iterable<string>, vnis: Iterable<number> = [4096]) {
    this.#vnis = new Set(vnis);
    for (const text of addresses) {
      const ip = parseIp(text);
      if (ip === null) continue;
      if (ip.family === 4) this.#v4.add(Number(ip.value));
      else {
        for (let i = 0; i < 4; i++) this.#v6.key[i] = Number((ip.value >> BigInt(96 - 32 * i)) & 0xffffffffn);
        this.#v6.intern();
      }
    }
  }

  /** Whether the source (or destination) of the IP header at `at` is a node's address. */
  has(protocol: number, bytes: Uint8Array, at: number, destination: boolean): boolean {
    if (protocol === PROTOCOL.ipv4) return this.#v4.has(u32(bytes, at + (destination ? 16 : 12)));
    const from = at + (destination ? 24 : 8);
    for (let i = 0; i < 4; i++) this.#v6.key[i] = u32(bytes, from + 4 * i);
    return this.#v6.find() >= 0;
  }

  hasVni(vni: number): boolean {
    return this.#vnis.has(vni);
  }
}
