// HOT: per packet. No allocation.
// Paths: which way a frame came, as one small number. A path is a link (capture, interface, link addresses) and a tunnel (with
// the carriers around it). A packet in at most one tunnel finds its path with one look-up by the words of both; nested tunnels
// are chosen among first (`Selection`). What a path means (point, role, encapsulation) is decided once per path, after reading.
import { isUsual } from '../../decode/facts.ts';
import { unreadTunnel } from '../../decode/ip-facts.ts';
import { type LayerStack, OUTCOME } from '../../decode/layer-stack.ts';
import { RowIndex } from '../rows/row-index.ts';
import { WordTable } from '../word-table.ts';
import { LINK_WORDS, type Links, writeLinkKey } from './links.ts';
import type { Selection } from './selection.ts';
import { NO_TUNNEL, outerNetwork, TUNNEL_WORDS, type Tunnels } from './tunnels.ts';

/** The packet needs `Selection`: it is in several tunnels, in a carrier or a pods' tunnel, WireGuard's, a fragment, or no flow. */
export const NOT_USUAL = -1;

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const TUNNEL_AT = LINK_WORDS;
const WORDS = 16;
const USED = LINK_WORDS + TUNNEL_WORDS - 1;
const SLOW = NOT_USUAL;
const FAULTY = OUTCOME.faulty;

export class Paths {
  /** Link and tunnel of each path. */
  link = new Int32Array(64);
  tunnel = new Int32Array(64);
  /** Bytes from the outer IP header to the inner one, of the packet looked up last. */
  overheadBytes = 0;
  readonly #known = new WordTable(64);
  readonly #key = new Int32Array(WORDS);
  readonly #index = new RowIndex(256);
  #keys = new Int32Array(WORDS * 256);
  /** The path behind each key; NOT_USUAL for a carrier's, where the flow is not the innermost one, and where what is inside tells. */
  #pathOf = new Int32Array(256);
  #keyCount = 0;
  readonly #links: Links;
  readonly #tunnels: Tunnels;
  readonly #selection: Selection;

  constructor(links: Links, tunnels: Tunnels, selection: Selection) {
    this.#links = links;
    this.#tunnels = tunnels;
    this.#selection = selection;
  }

  get count(): number {
    return this.#known.count;
  }

  /** The path of a link and a tunnel that were chosen. */
  of(link: number, tunnel: number): number {
    const key = this.#known.key;
    key[0] = link;
    key[1] = tunnel;
    const path = this.#known.intern();
    if (this.#known.added) {
      if (path === this.link.length) this.#grow();
      this.link[path] = link;
      this.tunnel[path] = tunnel;
    }
    return path;
  }

  /** The path of a usual packet, found by its headers; NOT_USUAL for others. Counts the frame on its link. */
  find(bytes: Uint8Array, view: DataView, stack: LayerStack, capture: number, interfaceIndex: number): number {
    if (!isUsual(view, stack)) return SLOW;
    const key = this.#key;
    writeLinkKey(key, view, capture, interfaceIndex, stack, 0);
    this.overheadBytes = 0;
    const unread = stack.outcome === FAULTY ? unreadTunnel(stack) : -1;
    // A tunnel above the innermost IP header that can be read carries nothing that can be read.
    if (stack.tunnels > 0 && stack.tunnel[0]! <= stack.network) {
      if (unread >= 0) return SLOW;
      const layer = stack.tunnel[0]!;
      const outer = outerNetwork(stack, layer);
      this.#tunnels.writeKey(key, TUNNEL_AT, view, stack, layer, outer);
      if (outer >= 0) this.overheadBytes = stack.start[stack.network]! - stack.start[outer]!;
    } else if (unread >= 0) this.#tunnels.writeKey(key, TUNNEL_AT, view, stack, unread, stack.network);
    else key.fill(0, TUNNEL_AT);
    // two statements: interning may replace the array
    const index = this.#intern(bytes, stack);
    const path = this.#pathOf[index]!;
    if (path >= 0) this.#links.packets[this.link[path]!]!++;
    return path;
  }

  /** Index of the key among the keys, added if it is new. */
  #intern(bytes: Uint8Array, stack: LayerStack): number {
    const key = this.#key;
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
    return this.#insert(bytes, stack, slot, hash);
  }

  #insert(bytes: Uint8Array, stack: LayerStack, slot: number, hash: number): number {
    const index = this.#keyCount++;
    if (index === this.#pathOf.length) this.#growKeys();
    this.#keys.set(this.#key, index * WORDS);
    this.#index.put(slot, hash, index);
    const selection = this.#selection;
    selection.select(bytes, stack);
    const isPlainInside = selection.tunnelLayer < 0 && selection.tunnel !== NO_TUNNEL;
    const isOtherFlow = selection.linkLayer > 0 || isPlainInside || selection.network !== stack.network;
    const isUnusual = isOtherFlow || selection.hangsOnInside;
    this.#pathOf[index] = isUnusual ? SLOW : this.of(this.#links.intern(this.#key), selection.tunnel);
    return index;
  }

  #growKeys(): void {
    const keys = new Int32Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
    this.#pathOf = grown(this.#pathOf);
  }

  #grow(): void {
    this.link = grown(this.link);
    this.tunnel = grown(this.tunnel);
  }
}

function grown(old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(old.length * 2);
  copy.set(old);
  return copy;
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
