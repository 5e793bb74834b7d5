// HOT: per packet. No allocation.
// Tunnels as seen in frames: what carried the inner packet, between which outer addresses, with which inner MACs.
// Index 0 means "no tunnel". A nested tunnel's entry names the entry of the tunnel around it.
import { type LayerStack, MAX_TUNNELS } from '../../decode/layer-stack.ts';
import { type Fields, must, type SavedFields } from '../../store/saved.ts';
import { GENEVE } from '../../wire/geneve.ts';
import { PROTOCOL, TUNNEL_KIND_OF, TUNNEL_KINDS } from '../../wire/protocols.ts';
import { UDP } from '../../wire/udp.ts';
import { VXLAN } from '../../wire/vxlan.ts';
import type { AddressWords } from '../address-words.ts';
import type { FrameEncapsulation, TunnelRecord } from '../frame-records.ts';
import { WordTable } from '../word-table.ts';
import { macText } from './links.ts';

export const NO_TUNNEL = 0;

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const P = PROTOCOL;
const VXLAN_VNI = VXLAN.vni.bit >> 3;
const GENEVE_VNI = GENEVE.vni.bit >> 3;
const UDP_DESTINATION = UDP.dstport.bit >> 3;

const KIND_OF = TUNNEL_KIND_OF;
const NONE = 0;
const [KIND, OUTER_SOURCE, OUTER_DESTINATION, VNI, MAC_HIGH, MAC_SOURCE, MAC_DESTINATION, PARENT] = [
  0, 1, 2, 3, 4, 5, 6, 7,
] as const;
/** Tunnels of a packet, one that cannot be read, and "no tunnel, but inside a carrier". */
const MOST_AROUND = MAX_TUNNELS + 2;
/** Words that tell an entry from others, PARENT last. */
export const TUNNEL_WORDS = 8;
/** Bits of the KIND word: encapsulation (4), IPv6 outer (1), VNI valid (1), inner MACs (1), ERSPAN (1); UDP port above. */
const IPV6_OUTER = 16;
const HAS_VNI = 32;
const HAS_MACS = 64;
const ERSPAN = 128;

export class Tunnels {
  /** Stack index of the IP header that carries the tunnel added last; -1 if there is none. */
  outer = -1;
  #table = new WordTable(64);
  readonly #records: TunnelRecord[] = [];
  readonly #addresses: AddressWords;

  constructor(addresses: AddressWords) {
    this.#addresses = addresses;
    this.#table.key.fill(0);
    this.#table.intern();
  }

  get count(): number {
    return this.#table.count;
  }

  /** Index of the tunnel whose header is stack layer `layer`; `parent` is the index of the tunnel around it, or NO_TUNNEL. */
  add(view: DataView, stack: LayerStack, layer: number, parent: number): number {
    this.outer = outerNetwork(stack, layer);
    writeTunnelKey(this.#table.key, 0, this.#addresses, view, stack, layer, this.outer);
    this.#table.key[PARENT] = parent;
    return this.#table.intern();
  }

  /** Index of "no tunnel, but inside this carrier". */
  addPlain(carrier: number): number {
    const key = this.#table.key;
    key.fill(0);
    key[PARENT] = carrier;
    return this.#table.intern();
  }

  encapsulationOf(index: number): FrameEncapsulation {
    return TUNNEL_KINDS[this.#table.word(index, KIND) & 15] ?? 'none';
  }

  /** The tunnel that a frame with this one has around all others: itself, where nothing carries it. */
  outermost(index: number): number {
    let at = index;
    for (let parent = this.#table.word(at, PARENT); parent !== NO_TUNNEL; parent = this.#table.word(at, PARENT))
      at = parent;
    return at;
  }

  /** The entry as an object, made once. */
  record(index: number): TunnelRecord {
    const made = this.#records[index];
    if (made !== undefined) return made;
    const record = this.#make(index);
    this.#records[index] = record;
    return record;
  }

  save(): SavedFields {
    return this.#table.save();
  }

  restore(saved: Fields): void {
    this.#table = new WordTable(64);
    this.#table.restore(saved);
    must(this.count > 0, 'there is no entry for "no tunnel"');
    const depth = new Uint8Array(this.count);
    for (let index = 1; index < this.count; index++) {
      const parent = this.#table.word(index, PARENT);
      must(parent < index, 'a tunnel is in one that came later');
      depth[index] = depth[parent]! + 1;
      must(depth[index]! <= MOST_AROUND, 'tunnels are too deep');
    }
  }

  #make(index: number): TunnelRecord {
    const table = this.#table;
    const kind = table.word(index, KIND);
    if ((kind & 15) === NONE)
      return index === NO_TUNNEL ? PLAIN : { ...PLAIN, carriers: this.#carriers(table.word(index, PARENT)) };
    const family = kind & IPV6_OUTER ? 6 : 4;
    const macs = (kind & HAS_MACS) !== 0;
    const high = table.word(index, MAC_HIGH);
    return {
      encapsulation: this.encapsulationOf(index),
      outerSrc: this.#addresses.text(table.word(index, OUTER_SOURCE), family),
      outerDst: this.#addresses.text(table.word(index, OUTER_DESTINATION), family),
      vni: kind & HAS_VNI ? table.word(index, VNI) : null,
      udpPort: kind >>> 16 || null,
      innerSrcMac: macs ? macText(high >>> 16, table.word(index, MAC_SOURCE)) : null,
      innerDstMac: macs ? macText(high & 0xffff, table.word(index, MAC_DESTINATION)) : null,
      carriers: this.#carriers(table.word(index, PARENT)),
    };
  }

  #carriers(parent: number): string[] {
    if (parent === NO_TUNNEL) return [];
    const { encapsulation, vni, outerSrc, outerDst, carriers } = this.record(parent);
    return [...carriers, `${encapsulation}${vni === null ? '' : ` ${vni}`} ${outerSrc} > ${outerDst}`];
  }
}

const PLAIN: TunnelRecord = {
  encapsulation: 'none',
  outerSrc: null,
  outerDst: null,
  vni: null,
  udpPort: null,
  innerSrcMac: null,
  innerDstMac: null,
  carriers: [],
};

/** Writes the words of the tunnel at `layer`, without a parent, into `key` from `to` on; `outer` is `outerNetwork` of it. */
export function writeTunnelKey(
  key: Int32Array,
  to: number,
  addresses: AddressWords,
  view: DataView,
  stack: LayerStack,
  layer: number,
  outer: number,
): void {
  // beyond the stack: IP-in-IP whose inner header was cut off
  const protocol = layer < stack.depth ? stack.protocol[layer]! : P.none;
  const at = layer < stack.depth ? stack.start[layer]! : 0;
  key[to + VNI] = 0;
  key[to + MAC_HIGH] = 0;
  key[to + MAC_SOURCE] = 0;
  key[to + MAC_DESTINATION] = 0;
  key[to + PARENT] = NO_TUNNEL;
  let kind = KIND_OF[protocol]! | (udpPort(view, stack, layer) << 16);
  if (protocol === P.vxlan || protocol === P.geneve) {
    kind |= HAS_VNI;
    key[to + VNI] = view.getUint32(at + (protocol === P.vxlan ? VXLAN_VNI : GENEVE_VNI)) >>> 8;
  }
  const frame = frameIn(stack, layer);
  if (frame >= 0) {
    kind |= frame > layer + 1 ? HAS_MACS | ERSPAN : HAS_MACS;
    const mac = stack.start[frame]!;
    key[to + MAC_HIGH] = (view.getUint16(mac + 6) << 16) | view.getUint16(mac);
    key[to + MAC_SOURCE] = view.getInt32(mac + 8);
    key[to + MAC_DESTINATION] = view.getInt32(mac + 2);
  }
  if (outer >= 0) {
    const outerProtocol = stack.protocol[outer]!;
    if (outerProtocol === P.ipv6) kind |= IPV6_OUTER;
    key[to + OUTER_SOURCE] = addresses.viewedSource(outerProtocol, view, stack.start[outer]!);
    key[to + OUTER_DESTINATION] = addresses.viewedDestination(outerProtocol, view, stack.start[outer]!);
  } else {
    key[to + OUTER_SOURCE] = 0;
    key[to + OUTER_DESTINATION] = 0;
  }
  key[to + KIND] = kind;
}

/** Stack index of the IP header that carries the tunnel at `layer`; -1 if there is none. */
export function outerNetwork(stack: LayerStack, layer: number): number {
  for (let i = layer - 1; i >= 0; i--) {
    const protocol = stack.protocol[i]!;
    if (protocol === P.ipv4 || protocol === P.ipv6) return i;
  }
  return -1;
}

/** Stack index of the whole frame that the tunnel at `layer` carries, behind ERSPAN's header too; -1 if it carries none. */
export function frameIn(stack: LayerStack, layer: number): number {
  let next = layer + 1;
  if (next < stack.depth && stack.protocol[next] === P.erspan) next++;
  return next < stack.depth && stack.protocol[next] === P.ethernet ? next : -1;
}

function udpPort(view: DataView, stack: LayerStack, layer: number): number {
  const below = layer - 1;
  if (below < 0 || stack.protocol[below] !== P.udp) return 0;
  return view.getUint16(stack.start[below]! + UDP_DESTINATION);
}
