// HOT: per packet. No allocation (but for addresses met for the first time).
// Addresses -> which of the filters they fit: each is looked up once in the snapshot and remembered. Memory is bounded.
import type { TimeWindow } from '../attribution/who/address-book.ts';
import { OverlensError } from '../errors.ts';
import { type Cidr, cidrContains, parseCidrOrIp } from '../net/cidr.ts';
import { formatIPv4, formatIPv6, parseIp } from '../net/ip.ts';
import type { Node, Owner, Topology } from '../topology/model.ts';
import { matchesPod } from '../verdict/flow-filter.ts';
import { u32 } from '../wire/bytes.ts';
import { PROTOCOL } from '../wire/protocols.ts';

export interface AddressQuestions {
  /** `[NAMESPACE/]PREFIX` at either end, as sender, as receiver. */
  pod?: readonly string[];
  fromPod?: readonly string[];
  toPod?: readonly string[];
  node?: readonly string[];
  /** Addresses or CIDRs at either end. */
  ip?: readonly string[];
}

/** Which questions an address fits. `open`: no node is known, so that an outer header may name it (`nodeAddress`). */
export const FITS = { pod: 1, fromPod: 2, toPod: 4, node: 8, ip: 16, open: 32, nodeAddress: 64, known: 128 } as const;

const SLOTS = 1 << 14;

export class AddressFilter {
  /** Whether there is any question about addresses. */
  readonly asks: boolean;
  readonly #questions: Required<AddressQuestions>;
  readonly #ranges: readonly Cidr[];
  readonly #topology: Topology | null;
  readonly #window: TimeWindow | undefined;
  readonly #keys = new Uint32Array(SLOTS * 5);
  readonly #bits = new Uint8Array(SLOTS);

  /** @throws OverlensError E_USAGE for an address that cannot be read. */
  constructor(questions: AddressQuestions, topology: Topology | null, window: TimeWindow | null) {
    this.#questions = { pod: [], fromPod: [], toPod: [], node: [], ip: [], ...questions };
    this.#ranges = this.#questions.ip.map(range);
    this.asks = Object.values(this.#questions).some((values) => values.length > 0);
    this.#topology = topology;
    this.#window = window ?? undefined;
  }

  /** FITS bits of the source (or destination) of the IP header at `at`. */
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

  /** Whether all questions are answered by the bits of sender and receiver. */
  holds(source: number, destination: number): boolean {
    const { pod, fromPod, toPod, node, ip } = this.#questions;
    const either = source | destination;
    if (pod.length > 0 && !(either & FITS.pod)) return false;
    if (fromPod.length > 0 && !(source & FITS.fromPod)) return false;
    if (toPod.length > 0 && !(destination & FITS.toPod)) return false;
    if (ip.length > 0 && !(either & FITS.ip)) return false;
    return node.length === 0 || (either & (FITS.node | FITS.nodeAddress)) !== 0;
  }

  #answer(address: string): number {
    let bits: number = FITS.known;
    const ip = parseIp(address);
    if (ip !== null && this.#ranges.some((cidr) => cidrContains(cidr, ip))) bits |= FITS.ip;
    return this.#topology === null ? bits : bits | this.#ownerBits(this.#topology, address);
  }

  #ownerBits(topology: Topology, address: string): number {
    const { pod, fromPod, toPod, node } = this.#questions;
    const owner = topology.lookup(address, this.#window);
    let bits = 0;
    if (pod.some((value) => matchesPod(owner, value))) bits |= FITS.pod;
    if (fromPod.some((value) => matchesPod(owner, value))) bits |= FITS.fromPod;
    if (toPod.some((value) => matchesPod(owner, value))) bits |= FITS.toPod;
    if (node.some((value) => isNode(owner.node, value))) bits |= FITS.node;
    if (node.some((value) => isNode(topology.nodeByAddress(address), value))) bits |= FITS.nodeAddress;
    if (isOpen(owner)) bits |= FITS.open;
    return bits;
  }
}

/** By its name or first label, as `trace --node` takes it. */
function isNode(node: Node | null, value: string): boolean {
  return node !== null && (node.name === value || node.name.split('.')[0] === value);
}

/** An address that a pod could have, with no node known: there the outer header speaks (attribution/who/who.ts). */
function isOpen(owner: Owner): boolean {
  const couldBePod = owner.kind === 'pod' || owner.kind === 'unknown' || owner.kind === 'tunnel';
  return owner.node === null && couldBePod && owner.candidates.length < 2;
}

function range(text: string): Cidr {
  const cidr = parseCidrOrIp(text);
  if (cidr !== null) return cidr;
  throw new OverlensError('E_USAGE', `--ip ${text}: not an address or CIDR`, {
    hint: 'for example --ip 10.48.0.130 or --ip 10.48.0.0/24',
  });
}
