// From a visitor that is called to an iterable that is asked: batches go over one at a time, and whoever makes them waits meanwhile.

/** One batch on its way. */
export class Handover<T> {
  #batch: readonly T[] | null = null;
  #isEnded = false;
  #isWanted = true;
  #wake: (() => void) | null = null;
  #free: (() => void) | null = null;

  /** Gives a batch; resolves when the next one is wanted, with false when none is any more. */
  async give(batch: readonly T[]): Promise<boolean> {
    if (!this.#isWanted) return false;
    this.#batch = batch;
    this.#wake?.();
    await new Promise<void>((resolve) => {
      this.#free = resolve;
    });
    return this.#isWanted;
  }

  /** Nothing more comes. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /** What is given, one by one. Leaving early lets the giver know. */
  async *items(): AsyncGenerator<T, void, void> {
    try {
      for (;;) {
        if (this.#batch === null && !this.#isEnded)
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        const batch = this.#batch;
        if (batch === null) return;
        yield* batch;
        this.#batch = null;
        this.#free?.();
      }
    } finally {
      this.#isWanted = false;
      this.#free?.();
    }
  }
}
