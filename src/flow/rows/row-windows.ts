// What was counted of rows inside the window of their capture. Nothing is kept while nothing was.

import { DamagedStore, type Saved } from '../../store/saved.ts';
import { CHUNK_SHIFT, WINDOW } from './row-layout.ts';

const W = WINDOW;
const CHUNK_ROWS = 1 << CHUNK_SHIFT;
const CHUNK_MASK = CHUNK_ROWS - 1;

export class RowWindows {
  readonly #chunks: Float64Array[] = [];

  /** Of a row's packets (later outer fragments aside) and payload bytes, those inside the window. */
  packets(row: number): number {
    return this.#read(row, W.packets);
  }

  bytes(row: number): number {
    return this.#read(row, W.bytes);
  }

  /** The same inside the window and its edges, and the largest inner packet there. */
  edgePackets(row: number): number {
    return this.#read(row, W.edgePackets);
  }

  edgeBytes(row: number): number {
    return this.#read(row, W.edgeBytes);
  }

  edgeLargest(row: number): number {
    return this.#read(row, W.edgeLargest);
  }

  #read(row: number, place: number): number {
    return this.#chunks[row >>> CHUNK_SHIFT]?.[(row & CHUNK_MASK) * W.doubles + place] ?? 0;
  }

  save(): Saved {
    return this.#chunks;
  }

  restore(saved: readonly Saved[]): void {
    for (const chunk of saved) {
      if (!(chunk instanceof Float64Array) || chunk.length !== CHUNK_ROWS * W.doubles)
        throw new DamagedStore('a window has another length');
      this.#chunks.push(chunk as Float64Array<ArrayBuffer>);
    }
  }

  /** The numbers of the chunk that a row is in, to count in. */
  chunkOf(row: number): Float64Array {
    const chunk = row >>> CHUNK_SHIFT;
    while (this.#chunks.length <= chunk) this.#chunks.push(new Float64Array(CHUNK_ROWS * W.doubles));
    return this.#chunks[chunk]!;
  }
}
