// What the numbers of one writer of facts are in the table: learned of the first packet that has one, in the order of packets, so
// that the table's own numbers hang on nothing but that order.

/** Not learned yet. */
export const UNKNOWN = -2;

export class ForeignNumbers {
  /** The path (NOT_USUAL: none) of each key, the table's number of each IPv6 address; UNKNOWN. */
  paths = new Int32Array(64).fill(UNKNOWN);
  addresses = new Int32Array(64).fill(UNKNOWN);
  #numbering = 0;

  /** What follows uses this numbering. */
  begin(numbering: number): void {
    if (numbering === this.#numbering) return;
    this.#numbering = numbering;
    this.paths.fill(UNKNOWN);
    this.addresses.fill(UNKNOWN);
  }

  setPath(key: number, path: number): void {
    if (key >= this.paths.length) this.paths = grown(this.paths, key);
    this.paths[key] = path;
  }

  setAddress(foreign: number, address: number): void {
    if (foreign >= this.addresses.length) this.addresses = grown(this.addresses, foreign);
    this.addresses[foreign] = address;
  }
}

function grown(old: Int32Array<ArrayBuffer>, place: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(old.length * 2, place + 1)).fill(UNKNOWN);
  larger.set(old);
  return larger;
}
