// pcapng as bytes: one section (more only for packets without a time), little-endian. draft-ietf-opsawg-pcapng section 4.
import { MAX_NAME } from '../limits.ts';
import { isFilterText } from '../pcapng/blocks.ts';
import {
  COMMENT,
  CUSTOM_OPTIONS,
  END_OF_OPTIONS,
  INTERFACE_OPTION,
  MICROSECONDS,
  PACKET_OPTION,
  SECTION_OPTION,
  STATISTICS_OPTION,
} from '../pcapng/options.ts';
import { BLOCK } from '../pcapng/packet-blocks.ts';
import type { CaptureInterface, HostName } from '../source.ts';
import { ByteBuffer, encodeText } from './byte-buffer.ts';
import { type SourceBlock, type TimeWords, timeWords, type WrittenPacket } from './written-packet.ts';

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const [MAJOR, MINOR] = [1, 0] as const;
/** Length of a section that is not told beforehand. */
const UNKNOWN_LENGTH = -1;
const TEXT_FILTER = 0;
const [NAME_IPV4, NAME_IPV6] = [1, 2] as const;
const IPV4_LENGTH = 4;
/** Bytes of one block of names: readers take blocks up to some MiB. */
const MOST_NAME_BYTES = 256 * 1024;
/** The longest comment that is written, in bytes; an option can have 65535. */
const MOST_COMMENT = 4096;
const NO_COMMENTS: readonly string[] = [];

export class PcapngWriter {
  readonly #out = new ByteBuffer();
  readonly #time: TimeWords = { high: 0, low: 0 };
  /** Numbers of the interfaces that the section describes. */
  #ids = new Map<CaptureInterface, number>();
  readonly #application: string;

  /** @param application who writes it: program and version */
  constructor(application: string) {
    this.#application = application;
    this.#section();
  }

  /** Bytes that wait to be taken. */
  get length(): number {
    return this.#out.length;
  }

  get isFull(): boolean {
    return this.#out.isFull;
  }

  take(): Uint8Array {
    return this.#out.take();
  }

  /** Describes an interface; one that is described already is left as it is. Its number in the section. */
  interface(one: CaptureInterface): number {
    const known = this.#ids.get(one);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(one, id);
    this.#block(BLOCK.interface, () => {
      this.#out.u16(one.linkType);
      this.#out.u16(0);
      this.#out.u32(one.snaplen);
      this.#interfaceOptions(one);
    });
    return id;
  }

  /**
   * @param block where the packet was read: its time and options are written as they were
   * @param comments more of them. A packet without a time is written in a block that has no place for any.
   */
  packet(packet: WrittenPacket, on: CaptureInterface, block: SourceBlock, comments = NO_COMMENTS): void {
    if (Number.isNaN(packet.seconds)) {
      this.#simplePacket(packet, on);
      return;
    }
    const id = this.interface(on);
    const { bytes, start, captured, original } = packet;
    const { high, low } = timeWords(packet, on, block, this.#time);
    const out = this.#out;
    const at = this.#begin(BLOCK.enhancedPacket);
    for (const word of [id, high, low, captured, original]) out.u32(word);
    out.part(bytes, start, start + captured);
    out.pad(captured);
    const before = out.length;
    if (block !== null) this.#copyOptions(bytes, block);
    for (const comment of comments) this.#option(COMMENT, encodeText(comment, MOST_COMMENT));
    this.#end(at, out.length > before);
  }

  /** Names of addresses, in as many blocks as they take. */
  names(names: Iterable<HostName>): void {
    let at = -1;
    for (const { address, name } of names) {
      if (at < 0) at = this.#begin(BLOCK.nameResolution);
      const text = encodeText(name, MAX_NAME);
      const length = address.length + text.length + 1;
      this.#out.u16(address.length === IPV4_LENGTH ? NAME_IPV4 : NAME_IPV6);
      this.#out.u16(length);
      this.#out.part(address, 0, address.length);
      this.#out.part(text, 0, text.length);
      this.#out.u8(0);
      this.#out.pad(length);
      if (this.#out.length - at < MOST_NAME_BYTES) continue;
      this.#end(at, true);
      at = -1;
    }
    if (at >= 0) this.#end(at, true);
  }

  /** Packets that were dropped at an interface that is described. */
  dropped(one: CaptureInterface, count: number): void {
    const id = this.#ids.get(one);
    if (id === undefined) return;
    this.#block(BLOCK.statistics, () => {
      this.#out.u32(id);
      this.#out.i64(0);
      this.#option(STATISTICS_OPTION.ifdrop, 8);
      this.#out.i64(count);
    });
  }

  #section(): void {
    this.#ids = new Map();
    this.#block(BLOCK.section, () => {
      this.#out.u32(BYTE_ORDER_MAGIC);
      this.#out.u16(MAJOR);
      this.#out.u16(MINOR);
      this.#out.i64(UNKNOWN_LENGTH);
      this.#option(SECTION_OPTION.application, encodeText(this.#application, MAX_NAME));
    });
  }

  #interfaceOptions({ name, description, filter, timeDigits, clock }: CaptureInterface): void {
    if (name !== null) this.#option(INTERFACE_OPTION.name, encodeText(name, 4 * MAX_NAME));
    if (description !== null) this.#option(INTERFACE_OPTION.description, encodeText(description, 4 * MAX_NAME));
    const resolution = clock?.resolution ?? timeDigits;
    if (resolution !== MICROSECONDS) this.#option(INTERFACE_OPTION.resolution, Uint8Array.of(resolution));
    if (filter !== null && isFilterText(filter)) {
      const text = encodeText(filter, 0xfff0);
      const value = new Uint8Array(1 + text.length);
      value[0] = TEXT_FILTER;
      value.set(text, 1);
      this.#option(INTERFACE_OPTION.filter, value);
    }
    if (clock === undefined || clock.offset === 0) return;
    this.#option(INTERFACE_OPTION.offset, 8);
    this.#out.i64(clock.offset);
  }

  /**
   * Its interface is the section's first, and its snaplen tells how much of it was captured: where that is another one, a section begins
   * anew. What no snaplen tells is said to be as long as what there is of it.
   */
  #simplePacket({ bytes, start, captured, original }: WrittenPacket, on: CaptureInterface): void {
    if (this.#ids.get(on) !== 0 && this.#ids.size > 0) this.#section();
    this.interface(on);
    const told = on.snaplen === 0 ? original : Math.min(original, on.snaplen);
    this.#block(
      BLOCK.simplePacket,
      () => {
        this.#out.u32(told === captured ? original : captured);
        this.#out.part(bytes, start, start + captured);
        this.#out.pad(captured);
      },
      false,
    );
  }

  /** As they are, numbers turned where the section that was read has the other byte order. */
  #copyOptions(bytes: Uint8Array, { view, little, options, end }: NonNullable<SourceBlock>): void {
    let at = options;
    while (at + 4 <= end) {
      const code = view.getUint16(at, little);
      const size = view.getUint16(at + 2, little);
      const value = at + 4;
      if (code === END_OF_OPTIONS || value + size > end) break;
      this.#option(code, size);
      const number = little ? 0 : Math.min(numberLength(code), size);
      this.#out.reversed(bytes, value, value + number);
      this.#out.part(bytes, value + number, value + size);
      this.#out.pad(size);
      at = value + ((size + 3) & ~3);
    }
  }

  /** Of a value, or of one of so many bytes that the caller writes. */
  #option(code: number, value: Uint8Array | number): void {
    const length = typeof value === 'number' ? value : value.length;
    this.#out.u16(code);
    this.#out.u16(length);
    if (typeof value === 'number') return;
    this.#out.part(value, 0, length);
    this.#out.pad(length);
  }

  #block(type: number, write: () => void, hasOptions = true): void {
    const at = this.#begin(type);
    write();
    this.#end(at, hasOptions);
  }

  #begin(type: number): number {
    const at = this.#out.length;
    this.#out.u32(type);
    this.#out.u32(0);
    return at;
  }

  #end(at: number, hasOptions: boolean): void {
    if (hasOptions) this.#out.u32(END_OF_OPTIONS);
    const length = this.#out.length - at + 4;
    this.#out.u32(length);
    this.#out.setU32(at + 4, length);
  }
}

/** Bytes at the beginning of an option of a packet that are a number. */
function numberLength(code: number): number {
  if (code === PACKET_OPTION.flags || code === PACKET_OPTION.queue || CUSTOM_OPTIONS.includes(code)) return 4;
  return code === PACKET_OPTION.dropCount || code === PACKET_OPTION.packetId ? 8 : 0;
}
