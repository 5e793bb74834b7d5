// The cells of a column until their row group is written: numbers in typed arrays and texts by their place in a list of words, so that
// rows that wait are few objects. Arrays of objects that live so long cost the garbage collector more than all the rest of a row.
import type { Cell, Column } from './observation-columns.ts';

const FIRST_ROOM = 256;
/** No time and no count is that. */
const NO_NUMBER = -(2n ** 63n);

/** A typed array of numbers where none is null; of bigints never: each reading of one makes them anew, and the writer reads four times. */
export type Cells = (string | number | bigint | null)[] | Float64Array;

export interface ColumnBuffer {
  add(cell: Cell): void;
  /** The cells as the writer takes them, made when asked for. */
  cells(): Cells;
  clear(): void;
}

export function columnBuffer({ type, isPlain = false }: Column): ColumnBuffer {
  switch (type) {
    case 'text':
      return isPlain ? new PlainTextBuffer() : new TextBuffer();
    case 'int32':
      return new Int32Buffer();
    case 'int64':
      return new Int64Buffer();
  }
}

class TextBuffer implements ColumnBuffer {
  #count = 0;
  #places = new Int32Array(FIRST_ROOM);
  #words: string[] = [];
  readonly #placeOf = new Map<string, number>();
  /** Neighbours are often alike. */
  #last: string | null = null;
  #lastPlace = -1;

  add(cell: Cell): void {
    if (this.#count === this.#places.length) this.#places = grown(this.#places, new Int32Array(2 * this.#count));
    this.#places[this.#count++] = cell === null ? -1 : this.#place(String(cell));
  }

  #place(word: string): number {
    if (word === this.#last) return this.#lastPlace;
    let place = this.#placeOf.get(word);
    if (place === undefined) {
      place = this.#words.length;
      this.#words.push(word);
      this.#placeOf.set(word, place);
    }
    this.#last = word;
    this.#lastPlace = place;
    return place;
  }

  cells(): (string | null)[] {
    const cells: (string | null)[] = new Array(this.#count);
    for (let i = 0; i < this.#count; i++) cells[i] = this.#words[this.#places[i] ?? -1] ?? null;
    return cells;
  }

  clear(): void {
    this.#count = 0;
    this.#words = [];
    this.#placeOf.clear();
    this.#last = null;
  }
}

/** Of texts that hardly repeat. */
class PlainTextBuffer implements ColumnBuffer {
  #texts: (string | null)[] = [];

  add(cell: Cell): void {
    this.#texts.push(cell === null ? null : String(cell));
  }

  cells(): Cells {
    return this.#texts;
  }

  clear(): void {
    this.#texts = [];
  }
}

class Int32Buffer implements ColumnBuffer {
  #count = 0;
  #nulls = 0;
  #values = new Float64Array(FIRST_ROOM);

  add(cell: Cell): void {
    if (this.#count === this.#values.length) this.#values = grown(this.#values, new Float64Array(2 * this.#count));
    if (cell === null) this.#nulls++;
    this.#values[this.#count++] = cell === null ? Number.NaN : Number(cell);
  }

  cells(): Cells {
    if (this.#nulls === 0) return this.#values.subarray(0, this.#count);
    const cells: (number | null)[] = new Array(this.#count);
    for (let i = 0; i < this.#count; i++) {
      const value = this.#values[i] ?? Number.NaN;
      cells[i] = Number.isNaN(value) ? null : value;
    }
    return cells;
  }

  clear(): void {
    this.#count = 0;
    this.#nulls = 0;
  }
}

class Int64Buffer implements ColumnBuffer {
  #count = 0;
  #values = new BigInt64Array(FIRST_ROOM);

  add(cell: Cell): void {
    if (this.#count === this.#values.length) this.#values = grown(this.#values, new BigInt64Array(2 * this.#count));
    this.#values[this.#count++] = cell === null ? NO_NUMBER : BigInt(cell);
  }

  cells(): Cells {
    const cells: (bigint | null)[] = new Array(this.#count);
    for (let i = 0; i < this.#count; i++) {
      const value = this.#values[i] ?? NO_NUMBER;
      cells[i] = value === NO_NUMBER ? null : value;
    }
    return cells;
  }

  clear(): void {
    this.#count = 0;
  }
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
