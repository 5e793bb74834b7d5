// HOT: per packet. No allocation.
// By what packets of one path are known before it is known what the path is: the words of link header and tunnel, as one number. Whose
// nodes and pods the addresses are does not matter here, so this can be done far from the table; `Paths` says what a key means.
import { isUsual } from '../../decode/facts.ts';
import { unreadTunnel } from '../../decode/ip-facts.ts';
import { type LayerStack, OUTCOME } from '../../decode/layer-stack.ts';
import type { AddressWords } from '../address-words.ts';
import { RowIndex } from '../rows/row-index.ts';
import { LINK_WORDS, writeLinkKey } from './links.ts';
import { outerNetwork, TUNNEL_WORDS, writeTunnelKey } from './tunnels.ts';

/** The packet needs `Selection`: it is in several tunnels, in a carrier or a pods' tunnel, WireGuard's, a fragment, or no flow. */
export const NOT_USUAL = -1;

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const TUNNEL_AT = LINK_WORDS;
const WORDS = 16;
const USED = LINK_WORDS + TUNNEL_WORDS - 1;
const SLOW = NOT_USUAL;
const FAULTY = OUTCOME.faulty;

export class PathKeys {
  /** Bytes from the outer IP header to the inner one, of the packet looked up last. */
  overheadBytes = 0;
  /** Number of keys held; the next new one gets this number. */
  count = 0;
  /** The words of the packet looked up last, those of the link first. */
  readonly key = new Int32Array(WORDS);
  readonly #addresses: AddressWords;
  readonly #index = new RowIndex(256);
  #keys = new Int32Array(WORDS * 256);

  /** @param addresses numbers the IPv6 addresses of tunnels: keys of one `PathKeys` compare */
  constructor(addresses: AddressWords) {
    this.#addresses = addresses;
  }

  /** The number of a usual packet's key, `count` before where it is new; NOT_USUAL for others. */
  find(view: DataView, stack: LayerStack, capture: number, interfaceIndex: number): number {
    if (!isUsual(view, stack)) return SLOW;
    const key = this.key;
    writeLinkKey(key, view, capture, interfaceIndex, stack, 0);
    this.overheadBytes = 0;
    const unread = stack.outcome === FAULTY ? unreadTunnel(stack) : -1;
    // A tunnel above the innermost IP header that can be read carries nothing that can be read.
    if (stack.tunnels > 0 && stack.tunnel[0]! <= stack.network) {
      if (unread >= 0) return SLOW;
      const layer = stack.tunnel[0]!;
      const outer = outerNetwork(stack, layer);
      writeTunnelKey(key, TUNNEL_AT, this.#addresses, view, stack, layer, outer);
      if (outer >= 0) this.overheadBytes = stack.start[stack.network]! - stack.start[outer]!;
    } else if (unread >= 0) writeTunnelKey(key, TUNNEL_AT, this.#addresses, view, stack, unread, stack.network);
    else key.fill(0, TUNNEL_AT);
    return this.#intern();
  }

  /** Number of the key among the keys, added if it is new. */
  #intern(): number {
    const key = this.key;
    const keys = this.#keys;
    const hash = hashKey(key);
    const { slots, mask } = this.#index;
    let slot = hash & mask;
    for (;;) {
      const index = slots[2 * slot + 1]!;
      if (index < 0) break;
      if (slots[2 * slot] === hash && isSame(keys, index * WORDS, key)) return index;
      slot = (slot + 1) & mask;
    }
    const added = this.count++;
    if (added * WORDS === keys.length) this.#grow();
    this.#keys.set(key, added * WORDS);
    this.#index.put(slot, hash, added);
    return added;
  }

  #grow(): void {
    const keys = new Int32Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
  }
}

/** Written out: a loop costs three times as much. Unused words are zero. */
function hashKey(k: Int32Array): number {
  const link =
    Math.imul(k[0]!, 0x9e3779b1) +
    Math.imul(k[1]!, 0x85ebca77) +
    Math.imul(k[2]!, 0xc2b2ae3d) +
    Math.imul(k[3]!, 0x27d4eb2f) +
    Math.imul(k[4]!, 0x165667b1) +
    Math.imul(k[5]!, 0xd3a2646d) +
    Math.imul(k[6]!, 0xfd7046c5);
  const tunnel =
    Math.imul(k[7]!, 0xb55a4f09) +
    Math.imul(k[8]!, 0x2545f491) +
    Math.imul(k[9]!, 0x6c62272f) +
    Math.imul(k[10]!, 0x8da6b343) +
    Math.imul(k[11]!, 0xd8163841) +
    Math.imul(k[12]!, 0xcb1ab31f) +
    Math.imul(k[13]!, 0x9c5e6b85);
  const sum = (link + tunnel) | 0;
  const mixed = Math.imul(sum ^ (sum >>> 15), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}

function isSame(keys: Int32Array, at: number, key: Int32Array): boolean {
  for (let i = 0; i < USED; i++) if (keys[at + i] !== key[i]) return false;
  return true;
}
