// HOT: per packet. No allocation.
// The outermost link-layer addresses of frames, per capture interface: what tells later where a capture was taken.
// One entry per (capture, interface, ifindex, packet type, source MAC, destination MAC).
import { type LayerStack, PROTOCOL } from '../decode/layer-stack.ts';
import { formatMac } from '../net/mac.ts';
import { u16, u32 } from '../wire/bytes.ts';
import { SLL } from '../wire/sll.ts';
import { SLL2 } from '../wire/sll2.ts';
import type { LinkRecord } from './record.ts';
import { WordTable } from './word-table.ts';

const TYPES = ['raw', 'ethernet', 'sll', 'sll2', 'null'] as const;
const RAW = 0;
const ETHERNET = 1;
const COOKED = 2;
const COOKED2 = 3;
const NULL = 4;
const NO_ADDRESS = 0xffff;
/** Bit of the TYPE word: the frame came inside a carrier (a mirrored copy). */
const CARRIED = 0x80;
const [CAPTURE, INTERFACE, IFINDEX, TYPE, HIGH, SOURCE, DESTINATION] = [0, 1, 2, 3, 4, 5, 6] as const;

export class Links {
  readonly #table = new WordTable(7, 64);
  readonly #records: LinkRecord[] = [];
  /** Frames per entry. */
  packets = new Float64Array(64);

  get count(): number {
    return this.#table.count;
  }

  /**
   * Counts the frame and returns the index of its link entry. Needs a walked `stack`; `layer` is the link header: 0, or the
   * frame inside the last carrier.
   */
  add(bytes: Uint8Array, capture: number, interfaceIndex: number, stack: LayerStack, layer: number): number {
    const key = this.#table.key;
    key[CAPTURE] = capture;
    key[INTERFACE] = interfaceIndex;
    key[IFINDEX] = 0;
    key[HIGH] = 0;
    key[SOURCE] = 0;
    key[DESTINATION] = 0;
    const protocol = stack.depth > 0 ? stack.protocol[layer]! : PROTOCOL.none;
    const at = stack.start[layer]!;
    if (protocol === PROTOCOL.ethernet) this.#ethernet(bytes, at);
    else if (protocol === PROTOCOL.sll) this.#cooked(bytes, at);
    else if (protocol === PROTOCOL.sll2) this.#cooked2(bytes, at);
    else key[TYPE] = protocol === PROTOCOL.null ? NULL : RAW;
    if (layer > 0) key[TYPE]! |= CARRIED;
    const index = this.#table.intern();
    if (index === this.packets.length) this.#grow();
    this.packets[index]!++;
    return index;
  }

  #ethernet(bytes: Uint8Array, at: number): void {
    const key = this.#table.key;
    key[TYPE] = ETHERNET;
    key[HIGH] = (u16(bytes, at + 6) << 16) | u16(bytes, at);
    key[SOURCE] = u32(bytes, at + 8);
    key[DESTINATION] = u32(bytes, at + 2);
  }

  #cooked(bytes: Uint8Array, at: number): void {
    const key = this.#table.key;
    const hasMac = SLL.halen.read(bytes, at) === 6;
    key[TYPE] = COOKED | ((SLL.pkttype.read(bytes, at) & 0xff) << 8) | (hasMac ? 0 : NO_ADDRESS << 16);
    if (!hasMac) return;
    key[HIGH] = u16(bytes, at + 6) << 16;
    key[SOURCE] = u32(bytes, at + 8);
  }

  #cooked2(bytes: Uint8Array, at: number): void {
    const key = this.#table.key;
    const hasMac = SLL2.halen.read(bytes, at) === 6;
    key[TYPE] = COOKED2 | ((SLL2.pkttype.read(bytes, at) & 0xff) << 8) | (hasMac ? 0 : NO_ADDRESS << 16);
    key[IFINDEX] = SLL2.ifindex.read(bytes, at);
    if (!hasMac) return;
    key[HIGH] = u16(bytes, at + 12) << 16;
    key[SOURCE] = u32(bytes, at + 14);
  }

  #grow(): void {
    const packets = new Float64Array(this.packets.length * 2);
    packets.set(this.packets);
    this.packets = packets;
  }

  captureOf(index: number): number {
    return this.#table.word(index, CAPTURE);
  }

  /** The entry as an object, made anew only when frames were added. */
  record(index: number): LinkRecord {
    const made = this.#records[index];
    if (made !== undefined && made.packets === this.packets[index]) return made;
    const record = this.#make(index);
    this.#records[index] = record;
    return record;
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

/** Text of a MAC kept as its first two and its last four bytes. */
export function macText(high: number, low: number): string {
  const bytes = new Uint8Array(6);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, high);
  view.setUint32(2, low);
  return formatMac(bytes, 0);
}
