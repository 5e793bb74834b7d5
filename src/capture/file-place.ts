// How far a file has been read, while it is read and after that.

import type { ChunkBuffer } from '../bytes/chunk.ts';

/** How far a file has been read. Of one that is not being read no buffer is held. */
export class FilePlace {
  #input: ChunkBuffer | null;
  #left = 0;

  constructor(input: ChunkBuffer) {
    this.#input = input;
  }

  get offset(): number {
    return this.#input?.offset ?? this.#left;
  }

  enter(input: ChunkBuffer): void {
    this.#input = input;
  }

  leave(): void {
    this.#left = this.offset;
    this.#input = null;
  }
}
