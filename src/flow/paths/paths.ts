// HOT: per packet. No allocation.
// Paths: which way a frame came, as one small number. A path is a link (capture, interface, link addresses) and a tunnel (with
// the carriers around it). A packet in at most one tunnel finds its path by the words of both (`PathKeys`); nested tunnels
// are chosen among first (`Selection`). What a path means (point, role, encapsulation) is decided once per path, after reading.
import type { LayerStack } from '../../decode/layer-stack.ts';
import { areWithin, type Fields, must, type SavedFields } from '../../store/saved.ts';
import type { AddressWords } from '../address-words.ts';
import { WordTable } from '../word-table.ts';
import type { Links } from './links.ts';
import { NOT_USUAL, PathKeys } from './path-keys.ts';
import type { Selection } from './selection.ts';
import { NO_TUNNEL } from './tunnels.ts';

export class Paths {
  /** Link and tunnel of each path. */
  link = new Int32Array(64);
  tunnel = new Int32Array(64);
  readonly #known = new WordTable(64);
  readonly #keys: PathKeys;
  /** The path behind each key; NOT_USUAL for a carrier's, where the flow is not the innermost one, and where what is inside tells. */
  #pathOf = new Int32Array(256);
  readonly #links: Links;
  readonly #selection: Selection;

  constructor(links: Links, addresses: AddressWords, selection: Selection) {
    this.#links = links;
    this.#keys = new PathKeys(addresses);
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

  /** The path of a usual packet, found by its headers; NOT_USUAL for others. */
  find(bytes: Uint8Array, view: DataView, stack: LayerStack, capture: number, interfaceIndex: number): number {
    const before = this.#keys.count;
    const key = this.#keys.find(view, stack, capture, interfaceIndex);
    if (key === NOT_USUAL) return NOT_USUAL;
    if (key === before) this.#resolve(bytes, stack, key);
    return this.#pathOf[key]!;
  }

  save(): SavedFields {
    return { link: this.link.subarray(0, this.count), tunnel: this.tunnel.subarray(0, this.count) };
  }

  /** For reading: keys are learned anew. */
  restore(saved: Fields, tunnels: number): void {
    const link = saved.words('link');
    const tunnel = saved.words('tunnel', link.length);
    must(areWithin(link, 0, this.#links.count - 1), 'a path is on a link that there is not');
    must(areWithin(tunnel, 0, tunnels - 1), 'a path is in a tunnel that there is not');
    for (let path = 0; path < link.length; path++)
      must(this.of(link[path]!, tunnel[path]!) === path, 'a path stands twice');
  }

  /** What a new key means, by its first packet. */
  #resolve(bytes: Uint8Array, stack: LayerStack, key: number): void {
    if (key === this.#pathOf.length) this.#pathOf = grown(this.#pathOf);
    const selection = this.#selection;
    selection.select(bytes, stack);
    const isPlainInside = selection.tunnelLayer < 0 && selection.tunnel !== NO_TUNNEL;
    const isOtherFlow = selection.linkLayer > 0 || isPlainInside || selection.network !== stack.network;
    const isUnusual = isOtherFlow || selection.hangsOnInside;
    const { key: words } = this.#keys;
    this.#pathOf[key] = isUnusual ? NOT_USUAL : this.of(this.#links.intern(words), selection.tunnel);
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
