// What a class says of its state so that it can be kept in a file, and how it is read back: plain values and columns of numbers. What
// comes from a file is outside data: every value is asked for with its type and bounds, and anything else makes the file damaged.

export type Column = Uint8Array | Int8Array | Int32Array | Float64Array;
export type Saved = null | boolean | number | string | Column | readonly Saved[] | SavedFields;
export interface SavedFields {
  readonly [name: string]: Saved;
}

/** The file does not hold what this program writes. Its message says what was found, for people. */
export class DamagedStore extends Error {}

const STEERING = /[\p{Cc}\p{Cf}]/u;

/** A group of values by name, as it came from a file. Every method throws DamagedStore where the value is not what is asked for. */
export class Fields {
  readonly #fields: SavedFields;

  constructor(saved: Saved | undefined) {
    if (!isFields(saved)) throw new DamagedStore('a group of values is missing');
    this.#fields = saved;
  }

  /** A group inside it. */
  group(name: string): Fields {
    return new Fields(this.#of(name));
  }

  /** Any number, NaN and infinities too. */
  number(name: string): number {
    return numberIn(this.#of(name), name);
  }

  /** A whole number, both bounds included. */
  whole(name: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
    return wholeIn(this.#of(name), name, least, most);
  }

  flag(name: string): boolean {
    const value = this.#of(name);
    if (typeof value !== 'boolean') throw new DamagedStore(`${name} is no flag`);
    return value;
  }

  text(name: string): string {
    const value = this.#of(name);
    if (typeof value !== 'string') throw new DamagedStore(`${name} is no text`);
    return value;
  }

  /** A text that this program made: it has no characters that steer a terminal. */
  line(name: string): string {
    const text = this.text(name);
    if (STEERING.test(text)) throw new DamagedStore(`${name} is no line of text`);
    return text;
  }

  /** What `read` makes of the value; null where that is null. */
  nullable<T>(name: string, read: (fields: Fields) => T): T | null {
    return this.#of(name) === null ? null : read(this);
  }

  list(name: string, most = Number.MAX_SAFE_INTEGER): readonly Saved[] {
    const value = this.#of(name);
    if (!Array.isArray(value) || value.length > most) throw new DamagedStore(`${name} is no list`);
    return value as readonly Saved[];
  }

  /** A list of groups. */
  groups(name: string, most?: number): Fields[] {
    return this.list(name, most).map((one) => new Fields(one));
  }

  words(name: string, length?: number): Int32Array<ArrayBuffer> {
    return this.#column(name, Int32Array, length) as Int32Array<ArrayBuffer>;
  }

  doubles(name: string, length?: number): Float64Array<ArrayBuffer> {
    return this.#column(name, Float64Array, length) as Float64Array<ArrayBuffer>;
  }

  bytes(name: string, length?: number): Uint8Array<ArrayBuffer> {
    return this.#column(name, Uint8Array, length) as Uint8Array<ArrayBuffer>;
  }

  signedBytes(name: string, length?: number): Int8Array<ArrayBuffer> {
    return this.#column(name, Int8Array, length) as Int8Array<ArrayBuffer>;
  }

  /** The value as it is. */
  value(name: string): Saved {
    return this.#of(name);
  }

  #column<T extends Column>(name: string, type: abstract new (...given: never[]) => T, length?: number): T {
    const value = this.#of(name);
    if (!(value instanceof type) || (length !== undefined && value.length !== length))
      throw new DamagedStore(`${name} is no column of its kind and length`);
    return value;
  }

  #of(name: string): Saved {
    const value = Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
    if (value === undefined) throw new DamagedStore(`${name} is missing`);
    return value;
  }
}

/** A value that is to be a number. */
export function numberIn(value: Saved | undefined, name: string): number {
  if (typeof value !== 'number') throw new DamagedStore(`${name} is no number`);
  return value;
}

/** A value that is to be a whole number, both bounds included. */
export function wholeIn(value: Saved | undefined, name: string, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
    throw new DamagedStore(`${name} is no whole number from ${least} to ${most}`);
  return value;
}

/** Whether every word of a column lies in `least .. most`. */
export function areWithin(column: Column, least: number, most: number): boolean {
  for (let i = 0; i < column.length; i++) if (!(column[i]! >= least && column[i]! <= most)) return false;
  return true;
}

/** Throws DamagedStore with that text unless something holds. */
export function must(holds: boolean, text: string): void {
  if (!holds) throw new DamagedStore(text);
}

function isFields(saved: Saved | undefined): saved is SavedFields {
  return typeof saved === 'object' && saved !== null && !Array.isArray(saved) && !ArrayBuffer.isView(saved);
}
