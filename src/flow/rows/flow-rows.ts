// HOT: per packet (of new rows). No allocation but growth.
// Flows: rows that share a five-tuple, chained in order of first packet. A flow's identity stands in its first row.
import { hashWords, RowIndex } from './row-index.ts';
import { RECORD } from './row-layout.ts';
import type { RowRecords } from './row-records.ts';

// Local name: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const R = RECORD;

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
