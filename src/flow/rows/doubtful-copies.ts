// Packets that are alike while nothing in them tells whether one was sent again or captured twice. The capture as a whole does: in a
// mirror of both directions nearly every packet is there twice; in a merge of captures whose clocks differ, the second one of many
// comes after the same time. They count until that is known, and are then taken back. Where too few of them tell, or of few it cannot
// be said what they are, they stay counted, and in doubt. What is kept is bounded.

import type { PacketFacts } from '../../decode/facts.ts';
import { addUnder } from '../../net/multi-map.ts';
import type { Links } from '../paths/links.ts';
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
  /** Whether packets without an identification that come again later may be copies; many that come again and again end it. */
  asksLate = true;
  readonly #rows: RowRecords;
  readonly #overlaps: RowOverlaps;
  readonly #links: Links;
  readonly #notes = new NotedPackets(ROOM);
  #capture = -1;
  /** How long after its like the second packet of a merge comes; 0: not known. */
  #late = 0;

  constructor({ rows, overlaps, links }: { rows: RowRecords; overlaps: RowOverlaps; links: Links }) {
    this.#rows = rows;
    this.#overlaps = overlaps;
    this.#links = links;
  }

  /** Packets of another capture follow, or none. */
  begin(capture: number, window: PacketWindow | null): void {
    if (capture === this.#capture) return;
    this.#settle(window);
    this.#capture = capture;
    this.packets = 0;
    this.copies = 0;
    this.asksLate = true;
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
    const all = Array.from({ length: this.#notes.count }, (_, packet) => packet);
    this.#settleSoon(
      all.filter((packet) => this.#lag(packet) <= SOON),
      window,
    );
    this.#settleLate(
      all.filter((packet) => this.#lag(packet) > SOON),
      window,
    );
    this.#notes.clear();
  }

  #settleSoon(soon: readonly number[], window: PacketWindow | null): void {
    const known = soon.length + this.copies;
    const nearlyAll = 2 * known >= this.packets * NEARLY_ALL;
    if (nearlyAll && known >= ENOUGH) {
      this.#takeBackHalves(soon, window);
      return;
    }
    const copies = new Set(this.#ofDoubledRows(soon));
    for (const packet of copies) this.#takeBack(packet, window);
    const open = soon.filter((packet) => !copies.has(packet));
    // where there are no copies, packets that are alike were sent so
    const doubtful = this.copies > 0 ? open : nearlyAll ? this.#thereTwice(open) : [];
    for (const packet of doubtful) this.#notes.doubt(this.#rows, packet);
  }

  /**
   * Where every packet is there twice, one that is there four times was sent twice: of packets alike every other one is a copy, and never
   * more than half of a row. Of what is left nothing tells.
   */
  #takeBackHalves(soon: readonly number[], window: PacketWindow | null): void {
    const before = new Map<number, number>();
    for (const packet of soon) {
      const [row, fingerprint] = [this.#notes.row[packet] ?? 0, this.#notes.fingerprint(packet)];
      const nth = before.get(fingerprint) ?? 0;
      before.set(fingerprint, nth + 1);
      if (nth % 2 === 0 && 2 * (this.#rows.copies(row) + 1) <= this.#rows.packets(row)) {
        this.#notes.uncount(this.#rows, packet, window);
        this.copies++;
      } else this.#notes.doubt(this.#rows, packet);
    }
  }

  #settleLate(late: readonly number[], window: PacketWindow | null): void {
    if (late.length === 0) return;
    const identified = late.filter((packet) => this.#notes.isIdentified(packet));
    if (this.#late === 0) this.#late = this.#steadyLag(identified, ENOUGH);
    const open = late.filter((packet) => !this.isLate(this.#lag(packet)));
    for (const packet of late) if (this.isLate(this.#lag(packet))) this.#takeBack(packet, window);
    const doubtful = this.#late === 0 ? this.#perhapsMerged(open) : [];
    for (const packet of doubtful) this.#notes.doubt(this.#rows, packet);
    if (this.#notes.count === ROOM && this.#late === 0 && doubtful.length === 0) this.asksLate = false;
  }

  #lag(packet: number): number {
    return this.#notes.lag[packet] ?? 0;
  }

  /**
   * Those that a merge of captures may hold twice: each once more, of two captures all after the same time. What one NIC may have
   * seen need not be a merge: there, packets are sent again alike without an identification, and at any time by some with the same.
   */
  #perhapsMerged(late: readonly number[]): number[] {
    const twice = this.#thereTwice(late);
    const identified = twice.filter((packet) => this.#notes.isIdentified(packet));
    const isSteady = this.#steadyLag(twice, 1) > 0;
    if (this.#links.isOfOneNic(this.#capture)) return isSteady ? identified : [];
    return isSteady ? twice : identified;
  }

  /** Those that came once more only: what comes more often is sent so. */
  #thereTwice(packets: readonly number[]): number[] {
    const times = new Map<number, number>();
    for (const packet of packets) {
      const fingerprint = this.#notes.fingerprint(packet);
      times.set(fingerprint, (times.get(fingerprint) ?? 0) + 1);
    }
    return packets.filter((packet) => times.get(this.#notes.fingerprint(packet)) === 1);
  }

  /**
   * Those of rows of which nearly every packet is there exactly twice, as in a merge of the captures of both ends; where enough of that
   * is in rows of several different packets. Two datagrams alike, or many, are sent so.
   */
  #ofDoubledRows(soon: readonly number[]): number[] {
    const ofRow = new Map<number, number[]>();
    for (const packet of soon) {
      const row = this.#notes.row[packet] ?? 0;
      addUnder(ofRow, row, packet);
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
  #steadyLag(late: readonly number[], enough: number): number {
    const lags = late.map((packet) => this.#lag(packet)).sort((a, b) => a - b);
    const middle = lags[lags.length >> 1] ?? 0;
    const alike = late.filter((packet) => Math.abs(this.#lag(packet) - middle) <= STEADY);
    const different = new Set(alike.map((packet) => this.#notes.fingerprint(packet))).size;
    return different >= enough && alike.length >= late.length * NEARLY_ALL ? middle : 0;
  }
}
