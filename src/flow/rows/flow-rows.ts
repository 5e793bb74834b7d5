// HOT: per packet (of new rows). No allocation but growth.
// Flows: rows that share a five-tuple, chained in order of first packet. A flow's identity stands in its first row.
import { hashWords, RowIndex } from './row-index.ts';
import { RECORD } from './row-layout.ts';
import type { RowRecords } from './row-records.ts';

// Local name: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const R = RECORD;
/** Flows whose look-ups overlap. */
const BLOCK = 256;

export class FlowRows {
  count = 0;
  readonly #rows: RowRecords;
  readonly #index = new RowIndex();
  /** First row of each flow, and the last one, where new rows are linked. */
  #first = new Int32Array(256);
  #last = new Int32Array(256);
  /** Where the last search that found nothing ended. */
  #freeSlot = 0;
  #freeHash = 0;
  /** Keeps the loads of `reverses` from being thrown away. */
  #touched = 0;

  constructor(rows: RowRecords) {
    this.#rows = rows;
  }

  /** Links a new row, whose key is written, to its flow, which may be new too. */
  link(row: number): void {
    const rows = this.#rows;
    const [source, destination] = [rows.word(row, R.source), rows.word(row, R.destination)];
    let flow = this.find(source, destination, rows.word(row, R.ports), rows.word(row, R.protocol));
    if (flow < 0) {
      flow = this.count++;
      this.#index.put(this.#freeSlot, this.#freeHash, flow);
      if (flow === this.#first.length) this.#grow();
      this.#first[flow] = row;
    } else rows.setWord(this.#last[flow]!, R.next, row);
    this.#last[flow] = row;
    rows.setWord(row, R.flow, flow);
  }

  /** A flow by its address words, ports word (source in the upper half) and protocol word; -1 if it was not seen. */
  find(source: number, destination: number, ports: number, protocol: number): number {
    const rows = this.#rows;
    const { slots, mask } = this.#index;
    const hash = hashWords(source, destination, ports, protocol, 0);
    let slot = hash & mask;
    for (;;) {
      const flow = slots[2 * slot + 1]!;
      if (flow < 0) {
        this.#freeSlot = slot;
        this.#freeHash = hash;
        return -1;
      }
      if (slots[2 * slot] === hash) {
        const row = this.#first[flow]!;
        if (
          rows.word(row, R.source) === source &&
          rows.word(row, R.destination) === destination &&
          rows.word(row, R.ports) === ports &&
          rows.word(row, R.protocol) === protocol
        )
          return flow;
      }
      slot = (slot + 1) & mask;
    }
  }

  /**
   * The flow of the other direction of each flow, -1 where none was seen. By blocks, in loops of which none waits for the one before, as
   * the table counts packets: the processor overlaps their cache misses.
   */
  reverses(): Int32Array {
    const rows = this.#rows;
    const { slots, mask } = this.#index;
    const found = new Int32Array(this.count);
    const hashes = new Int32Array(BLOCK);
    for (let from = 0; from < this.count; from += BLOCK) {
      const count = Math.min(BLOCK, this.count - from);
      for (let i = 0; i < count; i++) {
        const row = this.#first[from + i]!;
        const ports = rows.word(row, R.ports);
        const swapped = (ports << 16) | (ports >>> 16);
        const [source, destination] = [rows.word(row, R.source), rows.word(row, R.destination)];
        hashes[i] = hashWords(destination, source, swapped, rows.word(row, R.protocol), 0);
      }
      let sum = 0;
      for (let i = 0; i < count; i++) sum += slots[2 * (hashes[i]! & mask)]!;
      for (let i = 0; i < count; i++) {
        const flow = slots[2 * (hashes[i]! & mask) + 1]!;
        if (flow >= 0) sum += rows.word(this.#first[flow]!, R.source);
      }
      this.#touched = sum | 0;
      for (let i = 0; i < count; i++) found[from + i] = this.findReverse(from + i);
    }
    return found;
  }

  /** The flow of the other direction, -1 if none was seen. */
  findReverse(flow: number): number {
    const rows = this.#rows;
    const row = this.#first[flow]!;
    const ports = rows.word(row, R.ports);
    const swapped = (ports << 16) | (ports >>> 16);
    const [source, destination] = [rows.word(row, R.source), rows.word(row, R.destination)];
    return this.find(destination, source, swapped, rows.word(row, R.protocol));
  }

  get touched(): number {
    return this.#touched;
  }

  first(flow: number): number {
    return this.#first[flow]!;
  }

  #grow(): void {
    const first = new Int32Array(this.#first.length * 2);
    first.set(this.#first);
    this.#first = first;
    const last = new Int32Array(this.#last.length * 2);
    last.set(this.#last);
    this.#last = last;
  }
}
