// HOT: per packet. No allocation (but for addresses met for the first time).
// Addresses -> which of the filters they fit: each is looked up once in the snapshot and remembered. Memory is bounded.
import type { TimeWindow } from '../attribution/who/address-book.ts';

import { formatIPv4, formatIPv6 } from '../net/ip.ts';
import type { Owner, Topology } from '../topology/model.ts';
import type { FilterTerms } from '../verdict/flow-filter.ts';
import { u32 } from '../wire/bytes.ts';
import { PROTOCOL } from '../wire/protocols.ts';

/**
 * Bits beside END_FITS. `open`: no node is known, so that an outer header may name it; `nodeAddress`: as an outer address, it is one
 * of a node that is asked for.
 */
export const ADDRESS_FITS = { open: 512, nodeAddress: 1024 } as const;
const KNOWN = 2048;

const SLOTS = 1 << 14;

export class AddressFilter {
  readonly #terms: FilterTerms;
  readonly #topology: Topology | null;
  readonly #window: TimeWindow | undefined;
  readonly #keys = new Uint32Array(SLOTS * 5);
  readonly #bits = new Uint16Array(SLOTS);

  constructor(terms: FilterTerms, topology: Topology | null, window: TimeWindow | null) {
    this.#terms = terms;
    this.#topology = topology;
    this.#window = window ?? undefined;
  }

  /** END_FITS and ADDRESS_FITS bits of the source (or destination) of the IP header at `at`. */
  fits(protocol: number, bytes: Uint8Array, at: number, destination: boolean): number {
    const isIPv6 = protocol === PROTOCOL.ipv6;
    const from = isIPv6 ? at + (destination ? 24 : 8) : at + (destination ? 16 : 12);
    const keys = this.#keys;
    let hash = isIPv6 ? 6 : 4;
    const words = isIPv6 ? 4 : 1;
    for (let i = 0; i < words; i++) hash = Math.imul(hash ^ u32(bytes, from + 4 * i), 0x9e3779b1);
    const slot = (hash >>> 18) & (SLOTS - 1);
    let isKnown = this.#bits[slot] !== 0 && keys[slot * 5 + 4] === protocol;
    keys[slot * 5 + 4] = protocol;
    for (let i = 0; i < words; i++) {
      const word = u32(bytes, from + 4 * i);
      if (keys[slot * 5 + i] !== word) isKnown = false;
      keys[slot * 5 + i] = word;
    }
    if (!isKnown) this.#bits[slot] = this.#answer(isIPv6 ? formatIPv6(bytes, from) : formatIPv4(u32(bytes, from)));
    return this.#bits[slot]!;
  }

  #answer(ip: string): number {
    const topology = this.#topology;
    if (topology === null) return KNOWN | this.#terms.bitsOf({ ...NOBODY, ip });
    const owner = topology.lookup(ip, this.#window);
    let bits = KNOWN | this.#terms.bitsOf({ ...owner, ip, node: owner.node?.name ?? null });
    const node = topology.nodeByAddress(ip);
    if (node !== null && this.#terms.fitsNode(node.name)) bits |= ADDRESS_FITS.nodeAddress;
    if (isOpen(owner)) bits |= ADDRESS_FITS.open;
    return bits;
  }
}

const NOBODY = { namespace: null, pod: null, candidates: [], node: null };

/** An address that a pod could have, with no node known: there the outer header speaks (attribution/who/who.ts). */
function isOpen(owner: Owner): boolean {
  const couldBePod = owner.kind === 'pod' || owner.kind === 'unknown' || owner.kind === 'tunnel';
  return owner.node === null && couldBePod && owner.candidates.length < 2;
}
