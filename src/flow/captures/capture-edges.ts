// The first and the last packets of a capture: where one capture was cut in two, a packet and its copy may be on both sides of the cut.

import type { PacketFacts } from '../../decode/facts.ts';
import type { Fields, SavedFields } from '../../store/saved.ts';
import { NotedPackets } from '../rows/noted-packets.ts';
import { EXTRA } from '../rows/row-counter.ts';

/** Packets kept at either end. */
const KEPT = 64;

export class CaptureEdges {
  readonly first = new NotedPackets(KEPT);
  readonly last = new NotedPackets(KEPT);

  /** Notes packets of a batch; copies (at the end, as what they are copies of), later fragments and what is of no flow aside. */
  note(facts: PacketFacts, count: number, rowOf: Int32Array, isExtra: Uint8Array): void {
    for (let i = 0; i < count && this.first.count < KEPT; i++)
      if (rowOf[i]! >= 0 && isExtra[i] === 0) this.first.add(facts, i, rowOf[i]!);
    for (let i = this.#passOver(count, rowOf, isExtra); i < count; i++)
      if (rowOf[i]! >= 0 && isExtra[i] === 0) this.last.add(facts, i, rowOf[i]!);
      else if (rowOf[i]! >= 0 && isExtra[i] === EXTRA.copy) this.last.renew(facts, i, rowOf[i]!);
  }

  save(): SavedFields {
    return { first: this.first.save(), last: this.last.save() };
  }

  restore(saved: Fields, rows: { readonly count: number }): void {
    this.first.restore(saved.group('first'), rows);
    this.last.restore(saved.group('last'), rows);
  }

  /** Passes over packets that others of the batch would take the places of, where none is a copy. Answers where to go on. */
  #passOver(count: number, rowOf: Int32Array, isExtra: Uint8Array): number {
    let noted = 0;
    for (let i = 0; i < count; i++) {
      if (rowOf[i]! < 0) continue;
      if (isExtra[i] === 0) noted++;
      else if (isExtra[i] === EXTRA.copy) return 0;
    }
    if (noted <= KEPT) return 0;
    let from = 0;
    for (let left = noted - KEPT; left > 0; from++) if (rowOf[from]! >= 0 && isExtra[from] === 0) left--;
    this.last.pass(noted - KEPT);
    return from;
  }
}
