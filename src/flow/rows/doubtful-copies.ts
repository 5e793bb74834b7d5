// Packets that are alike while nothing in them tells whether one was sent again or captured twice. The capture as a whole does: in a
// mirror of both directions nearly every packet is there twice; in a merge of captures whose clocks differ, the second one of many
// comes after the same time. They count until that is known, and are then taken back. What is kept is bounded.

import type { PacketFacts } from '../../decode/facts.ts';
import type { PacketWindow } from './count-window.ts';
import { NotedPackets } from './noted-packets.ts';
import type { RowOverlaps } from './row-overlaps.ts';
import type { RowRecords } from './row-records.ts';

/** Packets in doubt before they are judged. */
const ROOM = 256;
/** Fewer tell nothing. */
const ENOUGH = 4;
const NEARLY_ALL = 0.9;
/** Units of time (1/256 s): copies of one mirror come this soon, and two clocks keep their distance so far. */
const SOON = 1;
const STEADY = 2;

export class DoubtfulCopies {
  /** Of the capture being read: packets of flows, and those that are copies on their row. */
  packets = 0;
  copies = 0;
  readonly #rows: RowRecords;
  readonly #overlaps: RowOverlaps;
  readonly #notes = new NotedPackets(ROOM);
  #capture = -1;
  /** How long after its like the second packet of a merge comes; 0: not known. */
  #late = 0;

  constructor(rows: RowRecords, overlaps: RowOverlaps) {
    this.#rows = rows;
    this.#overlaps = overlaps;
  }

  /** Packets of another capture follow, or none. */
  begin(capture: number, window: PacketWindow | null): void {
    if (capture === this.#capture) return;
    this.#settle(window);
    this.#capture = capture;
    this.packets = 0;
    this.copies = 0;
    this.#late = 0;
  }

  /** Whether packets of the capture are known to come again after that time. */
  isLate(lag: number): boolean {
    return this.#late > 0 && Math.abs(lag - this.#late) <= STEADY;
  }

  /** Keeps packet `i`, which was counted in `row` and may be one of row `other`, until that is known. */
  note(
    facts: PacketFacts,
    i: number,
    row: number,
    { other, lag, resent, window }: { other: number; lag: number; resent: number; window: PacketWindow | null },
  ): void {
    const to = this.#notes.add(facts, i, row);
    this.#notes.other[to] = other;
    this.#notes.lag[to] = lag;
    this.#notes.resent[to] = resent;
    if (this.#notes.count === ROOM) this.#settle(window);
  }

  #settle(window: PacketWindow | null): void {
    const notes = this.#notes;
    const all = Array.from({ length: notes.count }, (_, packet) => packet);
    const soon = all.filter((packet) => (notes.lag[packet] ?? 0) <= SOON);
    if (soon.length + this.copies >= ENOUGH && 2 * (soon.length + this.copies) >= this.packets * NEARLY_ALL) {
      for (const packet of soon) notes.uncount(this.#rows, packet, window);
      this.copies += soon.length;
    } else for (const packet of this.#ofDoubledRows(soon)) this.#takeBack(packet, window);
    const late = all.filter((packet) => (notes.lag[packet] ?? 0) > SOON && notes.isIdentified(packet));
    if (this.#late === 0) this.#late = this.#steadyLag(late);
    for (const packet of late) if (this.isLate(notes.lag[packet] ?? 0)) this.#takeBack(packet, window);
    notes.clear();
  }

  /**
   * Those of rows of which nearly every packet is there exactly twice, as in a merge of the captures of both ends; where enough of that
   * is in rows of several different packets. Two datagrams alike, or many, are sent so.
   */
  #ofDoubledRows(soon: readonly number[]): number[] {
    const ofRow = new Map<number, number[]>();
    for (const packet of soon) {
      const row = this.#notes.row[packet] ?? 0;
      ofRow.set(row, [...(ofRow.get(row) ?? []), packet]);
    }
    const doubled = [...ofRow].filter(([row, own]) => {
      const different = new Set(own.map((packet) => this.#notes.fingerprint(packet))).size;
      const twice = 2 * (own.length + this.#rows.copies(row));
      return different === own.length && twice >= this.#rows.packets(row) * NEARLY_ALL;
    });
    const telling = doubled.filter(([, own]) => own.length > 1).reduce((sum, [, own]) => sum + own.length, 0);
    return telling >= ENOUGH ? doubled.flatMap(([, own]) => own) : [];
  }

  #takeBack(packet: number, window: PacketWindow | null): void {
    const [row, other] = [this.#notes.row[packet] ?? 0, this.#notes.other[packet] ?? 0];
    if (row === other) {
      this.#notes.uncount(this.#rows, packet, window);
      this.copies++;
    } else this.#overlaps.share(row, other);
  }

  /** The time after which nearly all of them came again; 0 without one. One packet that is sent every second tells none. */
  #steadyLag(late: readonly number[]): number {
    const lags = late.map((packet) => this.#notes.lag[packet] ?? 0).sort((a, b) => a - b);
    const middle = lags[lags.length >> 1] ?? 0;
    const alike = late.filter((packet) => Math.abs((this.#notes.lag[packet] ?? 0) - middle) <= STEADY);
    const different = new Set(alike.map((packet) => this.#notes.fingerprint(packet))).size;
    return different >= ENOUGH && alike.length >= late.length * NEARLY_ALL ? middle : 0;
  }
}
