// A map by an ordered pair of names (from, to): flows repeat a few pairs of nodes thousands of times, and joining two names to
// one key costs more than looking up both.

export class PairMap<V> {
  readonly #bySource = new Map<string, Map<string, V>>();
  readonly #values: V[] = [];

  get(from: string, to: string): V | undefined {
    return this.#bySource.get(from)?.get(to);
  }

  has(from: string, to: string): boolean {
    return this.get(from, to) !== undefined;
  }

  /** The value of the pair; made when there is none. */
  of(from: string, to: string, make: () => V): V {
    let byDestination = this.#bySource.get(from);
    if (byDestination === undefined) {
      byDestination = new Map();
      this.#bySource.set(from, byDestination);
    }
    let value = byDestination.get(to);
    if (value === undefined) {
      value = make();
      byDestination.set(to, value);
      this.#values.push(value);
    }
    return value;
  }

  /** In the order in which they were made. */
  values(): readonly V[] {
    return this.#values;
  }
}
