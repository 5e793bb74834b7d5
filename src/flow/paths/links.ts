// HOT: per packet. No allocation.
// The outermost link-layer addresses of frames, per capture interface: what tells later where a capture was taken.
// One entry per (capture, interface, ifindex, packet type, source MAC, destination MAC).
import { FAULT, TRUNCATED } from '../../decode/faults.ts';
import type { LayerStack } from '../../decode/layer-stack.ts';
import { formatMac } from '../../net/mac.ts';
import { type Fields, must, type SavedFields } from '../../store/saved.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import { SLL } from '../../wire/sll.ts';
import { SLL2 } from '../../wire/sll2.ts';
import type { LinkRecord } from '../frame-records.ts';
import { WordTable } from '../word-table.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const P = PROTOCOL;
const F = FAULT;
const SLL_PACKET_TYPE = SLL.pkttype.bit >> 3;
const SLL_ADDRESS_LENGTH = SLL.halen.bit >> 3;
const SLL_ADDRESS = 6;
const SLL2_IFINDEX = SLL2.ifindex.bit >> 3;
const SLL2_PACKET_TYPE = SLL2.pkttype.bit >> 3;
const SLL2_ADDRESS_LENGTH = SLL2.halen.bit >> 3;
const SLL2_ADDRESS = 12;

const TYPES = ['raw', 'ethernet', 'sll', 'sll2', 'null', 'other'] as const;
const RAW = 0;
const ETHERNET = 1;
const COOKED = 2;
const COOKED2 = 3;
const NULL = 4;
const OTHER = 5;
const NO_ADDRESS = 0xffff;
/** Bit of the TYPE word: the frame came inside a carrier (a mirrored copy). */
const CARRIED = 0x80;
const [CAPTURE, INTERFACE, IFINDEX, TYPE, HIGH, SOURCE, DESTINATION] = [0, 1, 2, 3, 4, 5, 6] as const;
/** Bit of the HIGH word: the destination is a group of machines. */
const GROUP = 0x100;
/** Words that tell a link entry from others. */
export const LINK_WORDS = 7;

const MAC_BYTES = new Uint8Array(6);
const MAC = new DataView(MAC_BYTES.buffer);

export class Links {
  readonly #table = new WordTable(64);
  readonly #records: LinkRecord[] = [];
  /** Frames per entry. */
  packets = new Float64Array(64);

  get count(): number {
    return this.#table.count;
  }

  /** Index of the link entry whose words stand first in `key`. Counts nothing. */
  intern(key: Int32Array): number {
    for (let i = 0; i < LINK_WORDS; i++) this.#table.key[i] = key[i]!;
    const index = this.#table.intern();
    if (index === this.packets.length) this.#grow();
    return index;
  }

  /** The same, -1 if there is none. */
  find(key: Int32Array): number {
    for (let i = 0; i < LINK_WORDS; i++) this.#table.key[i] = key[i]!;
    return this.#table.find();
  }

  #grow(): void {
    const packets = new Float64Array(this.packets.length * 2);
    packets.set(this.packets);
    this.packets = packets;
  }

  captureOf(index: number): number {
    return this.#table.word(index, CAPTURE);
  }

  /** Whether frames of two entries have the same link addresses, as far as there are any, and were sent or received alike. */
  isSameWay(a: number, b: number): boolean {
    for (let word = TYPE; word <= DESTINATION; word++)
      if (this.#table.word(a, word) !== this.#table.word(b, word)) return false;
    return true;
  }

  /** Whether one NIC may have sent or received all frames of a capture: some MAC is in every one, or frames have none. */
  isOfOneNic(capture: number): boolean {
    const table = this.#table;
    let common: Set<string> | null = null;
    for (let index = 0; index < this.count; index++) {
      if (table.word(index, CAPTURE) !== capture || table.word(index, TYPE) !== ETHERNET) continue;
      const high = table.word(index, HIGH);
      const source = `${high >>> 16} ${table.word(index, SOURCE)}`;
      const destination = `${high & 0xffff} ${table.word(index, DESTINATION)}`;
      if (high & GROUP) continue;
      const ends: string[] = [source, destination];
      common = new Set<string>(common === null ? ends : ends.filter((end) => common?.has(end)));
    }
    return common === null || common.size > 0;
  }

  /** What tells an entry from others of its capture. */
  wordsInCapture(index: number): number[] {
    return Array.from({ length: LINK_WORDS - INTERFACE }, (_, i) => this.#table.word(index, INTERFACE + i));
  }

  /** The entry as an object, made anew only when frames were added. */
  record(index: number): LinkRecord {
    const made = this.#records[index];
    if (made !== undefined && made.packets === this.packets[index]) return made;
    const record = this.#make(index);
    this.#records[index] = record;
    return record;
  }

  save(): SavedFields {
    return { entries: this.#table.save(), packets: this.packets.subarray(0, this.count) };
  }

  /** @param captures how many there are */
  restore(saved: Fields, captures: number): void {
    this.#table.restore(saved.group('entries'));
    this.packets = new Float64Array(Math.max(64, this.count));
    this.packets.set(saved.doubles('packets', this.count));
    for (let index = 0; index < this.count; index++)
      must(this.captureOf(index) < captures, 'a link is of a capture that there is not');
  }

  #make(index: number): LinkRecord {
    const table = this.#table;
    const word = table.word(index, TYPE);
    const type = TYPES[word & 0x7f] ?? 'raw';
    const cooked = type === 'sll' || type === 'sll2';
    const high = table.word(index, HIGH);
    const hasSource = type === 'ethernet' || (cooked && word >>> 16 === 0);
    return {
      capture: table.word(index, CAPTURE),
      interface: table.word(index, INTERFACE),
      ifindex: type === 'sll2' ? table.word(index, IFINDEX) : null,
      type,
      src: hasSource ? macText(high >>> 16, table.word(index, SOURCE)) : null,
      dst: type === 'ethernet' ? macText(high & 0xffff, table.word(index, DESTINATION)) : null,
      packetType: cooked ? (word >>> 8) & 0xff : null,
      carried: (word & CARRIED) !== 0,
      packets: this.packets[index] ?? 0,
    };
  }
}

/**
 * Writes the words of the link entry of a walked frame to the start of `key`. `layer` is the link header: 0, or the frame inside
 * the last carrier.
 */
export function writeLinkKey(
  key: Int32Array,
  view: DataView,
  capture: number,
  interfaceIndex: number,
  stack: LayerStack,
  layer: number,
): void {
  key[CAPTURE] = capture;
  key[INTERFACE] = interfaceIndex;
  key[IFINDEX] = 0;
  key[HIGH] = 0;
  key[SOURCE] = 0;
  key[DESTINATION] = 0;
  const protocol = stack.depth > 0 ? stack.protocol[layer]! : P.none;
  const at = stack.start[layer]!;
  if (protocol === P.ethernet) ethernetKey(key, view, at);
  else if (protocol === P.sll2) cooked2Key(key, view, at);
  else if (protocol === P.sll) cookedKey(key, view, at);
  else key[TYPE] = protocol === P.none ? withoutHeader(stack) : protocol === P.null ? NULL : RAW;
  if (layer > 0) key[TYPE]! |= CARRIED;
}

function ethernetKey(key: Int32Array, view: DataView, at: number): void {
  key[TYPE] = ETHERNET;
  key[HIGH] = (view.getUint16(at + 6) << 16) | view.getUint16(at);
  key[SOURCE] = view.getInt32(at + 8);
  key[DESTINATION] = view.getInt32(at + 2);
}

function cookedKey(key: Int32Array, view: DataView, at: number): void {
  const hasMac = view.getUint16(at + SLL_ADDRESS_LENGTH) === 6;
  key[TYPE] = COOKED | ((view.getUint16(at + SLL_PACKET_TYPE) & 0xff) << 8) | (hasMac ? 0 : NO_ADDRESS << 16);
  if (!hasMac) return;
  key[HIGH] = view.getUint16(at + SLL_ADDRESS) << 16;
  key[SOURCE] = view.getInt32(at + SLL_ADDRESS + 2);
}

function cooked2Key(key: Int32Array, view: DataView, at: number): void {
  const hasMac = view.getUint8(at + SLL2_ADDRESS_LENGTH) === 6;
  key[TYPE] = COOKED2 | (view.getUint8(at + SLL2_PACKET_TYPE) << 8) | (hasMac ? 0 : NO_ADDRESS << 16);
  key[IFINDEX] = view.getInt32(at + SLL2_IFINDEX);
  if (!hasMac) return;
  key[HIGH] = view.getUint16(at + SLL2_ADDRESS) << 16;
  key[SOURCE] = view.getInt32(at + SLL2_ADDRESS + 2);
}

/** A link header that is cut off or not known says nothing; a damaged raw IP packet still came from a raw IP link. */
function withoutHeader(stack: LayerStack): number {
  return stack.fault === TRUNCATED[P.raw] || stack.fault === F.rawVersion ? RAW : OTHER;
}

/** Text of a MAC kept as its first two and its last four bytes. */
export function macText(high: number, low: number): string {
  MAC.setUint16(0, high);
  MAC.setUint32(2, low);
  return formatMac(MAC_BYTES, 0);
}
