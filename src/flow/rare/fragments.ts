// HOT: per packet. No allocation.
// Which row a later IP fragment belongs to: a bounded table of the last first-fragments (RFC 791 section 3.2, RFC 8200
// section 4.5: source, destination, protocol and identification make the datagram). Four places per hash value; the
// oldest of the four makes room.

import { fragmentHeader, isFirstFragment } from '../../decode/ip-facts.ts';
import type { LayerStack } from '../../decode/layer-stack.ts';
import { IPV4 } from '../../wire/ipv4.ts';
import { FRAGMENT } from '../../wire/ipv6-extensions.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import type { AddressWords } from '../address-words.ts';

/** What a packet was a first fragment of: the datagram around its tunnel, the one that its flow is of. */
export const FRAGMENTED = { outer: 1, inner: 2 } as const;

/** Datagrams remembered at most. */
export const FRAGMENT_CAPACITY = 8192;
const WAYS = 4;
const SETS = FRAGMENT_CAPACITY / WAYS;
const WORDS = 6;
const IPV6_DATAGRAM = 0x600;

const P = PROTOCOL;
const readIdentification = IPV4.id.read;
const readProtocol = IPV4.proto.read;
const readIdentification6 = FRAGMENT.ident.read;

export class Fragments {
  /** The datagram to look up next. */
  readonly key = new Int32Array(WORDS);
  /** Made for the first datagram: most captures have none in fragments. */
  #keys = new Int32Array(0);
  #values = new Int32Array(0);
  /** The place of each set that is written next. */
  readonly #next = new Uint8Array(SETS);

  /**
   * What is remembered of the datagram that a packet is a later fragment of: twice the value, and 1 more where the datagram was
   * the one around the tunnel. -1 when its first fragment is not known (any more).
   */
  recall(addresses: AddressWords, bytes: Uint8Array, stack: LayerStack, capture: number): number {
    this.setKey(addresses, bytes, stack, stack.laterFragment, capture);
    return this.get();
  }

  /** Remembers `value` for the datagrams that a packet is a first fragment of, up to its flow's own. Returns FRAGMENTED bits. */
  remember(
    addresses: AddressWords,
    bytes: Uint8Array,
    stack: LayerStack,
    capture: number,
    { network, tunnelLayer }: { network: number; tunnelLayer: number },
    value: number,
  ): number {
    if (stack.firstFragment < 0) return 0;
    let found = 0;
    for (let layer = stack.firstFragment; layer <= network; layer++) {
      if (!isFirstFragment(bytes, stack, layer)) continue;
      const isOuter = tunnelLayer >= 0 && layer < tunnelLayer;
      found |= isOuter ? FRAGMENTED.outer : FRAGMENTED.inner;
      this.setKey(addresses, bytes, stack, layer, capture);
      this.put(2 * value + (isOuter ? 1 : 0));
    }
    return found;
  }

  /** Sets `key` to the datagram whose IP header is stack layer `layer`: of one capture, inside as many tunnels. */
  setKey(addresses: AddressWords, bytes: Uint8Array, stack: LayerStack, layer: number, capture: number): void {
    const key = this.key;
    const protocol = stack.protocol[layer]!;
    const at = stack.start[layer]!;
    let around = 0;
    while (around < stack.tunnels && stack.tunnel[around]! <= layer) around++;
    key[0] = capture;
    key[1] = around;
    key[2] = addresses.source(protocol, bytes, at);
    key[3] = addresses.destination(protocol, bytes, at);
    if (protocol === P.ipv4) {
      key[4] = readIdentification(bytes, at);
      key[5] = readProtocol(bytes, at);
    } else {
      const header = fragmentHeader(stack, layer);
      key[4] = header < 0 ? 0 : readIdentification6(bytes, stack.start[header]!);
      key[5] = IPV6_DATAGRAM;
    }
  }

  /** Remembers `value` for the datagram in `key`, instead of what was known of it before. */
  put(value: number): void {
    if (this.#values.length === 0) {
      this.#keys = new Int32Array(FRAGMENT_CAPACITY * WORDS);
      this.#values = new Int32Array(FRAGMENT_CAPACITY).fill(-1);
    }
    let place = this.#find();
    if (place < 0) {
      const set = this.#set();
      const way = this.#next[set]!;
      this.#next[set] = (way + 1) % WAYS;
      place = set * WAYS + way;
      for (let i = 0; i < WORDS; i++) this.#keys[place * WORDS + i] = this.key[i]!;
    }
    this.#values[place] = value;
  }

  /** The value of the datagram in `key`; -1 when its first fragment is not known (any more). */
  get(): number {
    const place = this.#find();
    return place < 0 ? -1 : this.#values[place]!;
  }

  #find(): number {
    if (this.#values.length === 0) return -1;
    const first = this.#set() * WAYS;
    for (let place = first; place < first + WAYS; place++) {
      if (this.#values[place]! < 0) continue;
      let i = 0;
      while (i < WORDS && this.#keys[place * WORDS + i] === this.key[i]) i++;
      if (i === WORDS) return place;
    }
    return -1;
  }

  #set(): number {
    let h = 0x811c9dc5 | 0;
    for (let i = 0; i < WORDS; i++) {
      h = Math.imul(h ^ this.key[i]!, 0x85ebca6b);
      h ^= h >>> 13;
    }
    return (h >>> 0) % SETS;
  }
}
