// Saved values as bytes and back. A value is a tag of one byte and what it needs; columns begin at multiples of eight, so that they are read
// where they lie. Reading trusts no length: what does not fit into the bytes that are there is damage, and nothing is asked for before.

import { type Column, DamagedStore, type Saved, type SavedFields } from './saved.ts';

const TAG = {
  null: 0,
  no: 1,
  yes: 2,
  number: 3,
  text: 4,
  list: 5,
  fields: 6,
  bytes: 7,
  signedBytes: 8,
  words: 9,
  doubles: 10,
} as const;

/** Groups in groups; more is damage. */
const DEEPEST = 16;
/** A column in bytes, a text in characters. */
const LONGEST = 2 ** 31;
const FIRST_BYTES = 1 << 16;

/** The bytes of a value: columns are copied, so that what they are of may go on. */
export function encode(saved: Saved): Uint8Array<ArrayBuffer> {
  const writer = new Writer(FIRST_BYTES + columnBytes(saved));
  writer.value(saved, 0);
  return writer.taken();
}

/** The value in these bytes; its columns share them. Throws DamagedStore. */
export function decode(bytes: Uint8Array<ArrayBuffer>): Saved {
  // columns want the alignment that they were written with
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const reader = new Reader(aligned);
  const value = reader.value(0);
  if (!reader.isAtEnd) throw new DamagedStore('something stands behind the last value');
  return value;
}

/** Bytes of the columns in a value, so that most buffers are made once. */
function columnBytes(saved: Saved): number {
  if (ArrayBuffer.isView(saved)) return saved.byteLength + 16;
  if (typeof saved !== 'object' || saved === null) return 0;
  return (Object.values(saved) as Saved[]).reduce<number>((sum, one) => sum + columnBytes(one), 0);
}

function tagOf(column: Column): number {
  if (column instanceof Uint8Array) return TAG.bytes;
  if (column instanceof Int8Array) return TAG.signedBytes;
  return column instanceof Int32Array ? TAG.words : TAG.doubles;
}

class Writer {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #at = 0;

  constructor(bytes: number) {
    this.#bytes = new Uint8Array(bytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  taken(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#at);
  }

  value(saved: Saved, depth: number): void {
    if (depth > DEEPEST) throw new RangeError('groups are too deep to be kept');
    if (saved === null) this.#tag(TAG.null);
    else if (typeof saved === 'boolean') this.#tag(saved ? TAG.yes : TAG.no);
    else if (typeof saved === 'number') this.#number(saved);
    else if (typeof saved === 'string') {
      this.#tag(TAG.text);
      this.#text(saved);
    } else if (ArrayBuffer.isView(saved)) this.#column(saved as Column);
    else if (Array.isArray(saved)) {
      this.#tag(TAG.list);
      this.#length(saved.length);
      for (const one of saved as readonly Saved[]) this.value(one, depth + 1);
    } else this.#fields(Object.entries(saved as SavedFields), depth);
  }

  #fields(entries: readonly (readonly [string, Saved])[], depth: number): void {
    this.#tag(TAG.fields);
    this.#length(entries.length);
    for (const [name, one] of entries) {
      this.#text(name);
      this.value(one, depth + 1);
    }
  }

  #number(value: number): void {
    this.#tag(TAG.number);
    this.#room(8);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** Code units, so that any string comes back as it was. */
  #text(text: string): void {
    this.#length(text.length);
    this.#room(2 * text.length);
    for (let i = 0; i < text.length; i++) this.#view.setUint16(this.#at + 2 * i, text.charCodeAt(i), true);
    this.#at += 2 * text.length;
  }

  #column(column: Column): void {
    this.#tag(tagOf(column));
    this.#length(column.length);
    this.#room(8 + column.byteLength);
    this.#at = aligned(this.#at);
    this.#bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), this.#at);
    this.#at += column.byteLength;
  }

  #tag(tag: number): void {
    this.#room(1);
    this.#view.setUint8(this.#at++, tag);
  }

  #length(length: number): void {
    if (length >= LONGEST) throw new RangeError('a value is too long to be kept');
    this.#room(4);
    this.#view.setUint32(this.#at, length, true);
    this.#at += 4;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#at + bytes, Math.ceil(this.#bytes.length * 1.5)));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

class Reader {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(depth: number): Saved {
    if (depth > DEEPEST) throw new DamagedStore('groups are too deep');
    const tag = this.#view.getUint8(this.#take(1));
    switch (tag) {
      case TAG.null:
        return null;
      case TAG.no:
      case TAG.yes:
        return tag === TAG.yes;
      case TAG.number:
        return this.#view.getFloat64(this.#take(8), true);
      case TAG.text:
        return this.#text();
      case TAG.list:
        return this.#list(depth);
      case TAG.fields:
        return this.#fields(depth);
      default:
        return this.#column(tag);
    }
  }

  #list(depth: number): Saved[] {
    const length = this.#length(1);
    const list: Saved[] = [];
    for (let i = 0; i < length; i++) list.push(this.value(depth + 1));
    return list;
  }

  #fields(depth: number): SavedFields {
    const length = this.#length(5);
    // without a prototype, any name is a name
    const fields: Record<string, Saved> = Object.create(null) as Record<string, Saved>;
    for (let i = 0; i < length; i++) {
      const name = this.#text();
      fields[name] = this.value(depth + 1);
    }
    return fields;
  }

  #text(): string {
    const length = this.#length(2);
    const at = this.#take(2 * length);
    const parts: string[] = [];
    for (let from = 0; from < length; from += TEXT_PIECE) {
      const units: number[] = [];
      for (let i = from; i < Math.min(length, from + TEXT_PIECE); i++)
        units.push(this.#view.getUint16(at + 2 * i, true));
      parts.push(String.fromCharCode(...units));
    }
    return parts.join('');
  }

  #column(tag: number): Column {
    const size = SIZE[tag];
    if (size === undefined) throw new DamagedStore(`a value has the unknown tag ${tag}`);
    const length = this.#length(size);
    this.#take(aligned(this.#at) - this.#at);
    const at = this.#bytes.byteOffset + this.#take(length * size);
    const { buffer } = this.#bytes;
    if (tag === TAG.bytes) return new Uint8Array(buffer, at, length);
    if (tag === TAG.signedBytes) return new Int8Array(buffer, at, length);
    return tag === TAG.words ? new Int32Array(buffer, at, length) : new Float64Array(buffer, at, length);
  }

  /** How many of something follow, of which each takes `least` bytes: no more than there is room for. */
  #length(least: number): number {
    const length = this.#view.getUint32(this.#take(4), true);
    if (length * least > this.#bytes.length - this.#at) throw new DamagedStore('a length is beyond the end');
    return length;
  }

  #take(bytes: number): number {
    const at = this.#at;
    if (bytes > this.#bytes.length - at) throw new DamagedStore('it ends inside a value');
    this.#at = at + bytes;
    return at;
  }
}

/** Characters that are made a text at once. */
const TEXT_PIECE = 4096;
const SIZE: Readonly<Record<number, number>> = {
  [TAG.bytes]: 1,
  [TAG.signedBytes]: 1,
  [TAG.words]: 4,
  [TAG.doubles]: 8,
};

function aligned(at: number): number {
  return Math.ceil(at / 8) * 8;
}
