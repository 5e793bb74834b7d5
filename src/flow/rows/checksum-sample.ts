// Checksums of the first packets of rows: enough to tell a NIC or kernel that gets them wrong from one unlucky packet, few
// enough to cost nothing. Bounded by path and in all, and outside the loops that count. What a state means depends on where it
// was captured: verdict/flow/warnings.ts decides.

import type { PacketBatch } from '../../capture/source.ts';
import type { LayerStack } from '../../decode/layer-stack.ts';
import { judgeChecksum } from '../../decode/view/checksums.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import type { BatchSource } from '../batch-source.ts';
import { RARE } from './row-layout.ts';
import type { RowRecords } from './row-records.ts';

/** Packets judged per row at most: until one of them is right. */
export const SAMPLED = 4;
/** Packets judged at most per path, and in all. */
export const SAMPLED_ON_PATH = 4096;
export const SAMPLED_IN_ALL = 65_536;
/** Larger ones are super-frames, which are never final. */
const LARGEST = 9216;

export class ChecksumSample {
  readonly #rows: RowRecords;
  readonly #noted: Int32Array;
  #count = 0;
  readonly #onPath: number[] = [];
  #left = SAMPLED_IN_ALL;

  /** @param capacity packets of the largest batch */
  constructor(rows: RowRecords, capacity: number) {
    this.#rows = rows;
    this.#noted = new Int32Array(capacity);
  }

  /** Packet `i` of the batch is one of its row's first. */
  note(i: number): void {
    if (this.#left > 0) this.#noted[this.#count++] = i;
  }

  /** Judges the packets noted. One right checksum clears a row for good, so healthy rows are judged once. */
  judge(batch: PacketBatch, rowOf: Int32Array, source: Pick<BatchSource, 'layersOf'>): void {
    for (let n = 0; n < this.#count && this.#left > 0; n++) {
      const i = this.#noted[n]!;
      const row = rowOf[i]!;
      const isCut = batch.captured[i]! < batch.original[i]!;
      if (row < 0 || isCut || batch.captured[i]! > LARGEST || this.#rows.checksumsRight(row) > 0) continue;
      const path = this.#rows.path(row);
      const taken = this.#onPath[path] ?? 0;
      if (taken >= SAMPLED_ON_PATH) continue;
      this.#onPath[path] = taken + 1;
      this.#left--;
      this.#judge(row, batch.bytes, source.layersOf(i));
    }
    this.#count = 0;
  }

  /** The outer UDP and the flow's own transport checksum. */
  #judge(row: number, bytes: Uint8Array, stack: LayerStack): void {
    let right = false;
    for (let layer = 1; layer < stack.depth; layer++) {
      const protocol = stack.protocol[layer]!;
      if (protocol !== PROTOCOL.udp && protocol !== PROTOCOL.tcp) continue;
      const state = judgeChecksum(bytes, stack, layer)?.state;
      if (state === 'wrong') {
        this.#rows.addRare(row, RARE.checksumsWrong);
        return;
      }
      right ||= state === 'valid';
    }
    if (right) this.#rows.addRare(row, RARE.checksumsRight);
  }
}
