// TCP facts of one way through the pieces of a capture. A piece does not know what was sent before it: the first segment with data looks new
// in it, though it was sent again, and so do those that are sent again one time each.

import { BIT, CHUNK_SHIFT, RARE, RECORD } from './row-layout.ts';
import type { RowRecords } from './row-records.ts';

const MASK = (1 << CHUNK_SHIFT) - 1;

/** What the pieces so far tell of a connection. */
interface Known {
  /** Sequence number of its SYN or SYN-ACK; null where that was not seen. */
  opened: number | null;
  reached: number;
  /** A FIN was seen. */
  isClosed: boolean;
  /** The last gap: bytes that were lost or overtaken before this place. */
  hole: { from: number; to: number };
  resent: Resent;
}

/** The segment that was sent again last: `times` one after another, since a moment as `RowRecords.since` gives it. */
interface Resent {
  sequence: number;
  times: number;
  at: number;
}

/**
 * Adds to each row what the ones before it make of its first segment. Of several that were sent again one after another, only the first is known.
 * @param way rows of one way, in the order of the pieces
 */
export function joinSequences(rows: RowRecords, way: readonly number[]): void {
  let known: Known | null = null;
  for (const row of way) {
    if ((rows.bits(row) & BIT.sequenceKnown) === 0) continue;
    known = known === null ? knownOf(rows, row) : joined(rows, row, known);
  }
}

function joined(rows: RowRecords, row: number, known: Known): Known {
  const { opened } = knownOf(rows, row);
  const isOpened = opened !== null;
  if (isOpened && opened !== known.opened) return knownOf(rows, row);
  takeBackFill(rows, row, known);
  const own = knownOf(rows, row);
  const openings = rows.requests(row) + rows.replies(row);
  const again = isSentAgain(rows, row, known);
  if (again) addRetransmission(rows, row);
  // a SYN or FIN that is there again takes one place
  const isOpenedAgain = isOpened && openings > 0 && (rows.bits(row) & BIT.openingTaken) === 0;
  const isClosedAgain = !again && known.isClosed && own.isClosed;
  const repeated = Number(isOpenedAgain) + Number(isClosedAgain);
  rows.setWord(row, RECORD.retransmissions, rows.retransmissions(row) + repeated);
  // its ports are used again later on
  if (!isOpened && openings > 0) return own;
  const resent = runOf(known.resent, again ? firstOf(rows, row) : null, own.resent);
  setResent(rows, row, resent);
  const isFurther = ((own.reached - known.reached) | 0) > 0;
  return {
    opened: known.opened,
    isClosed: known.isClosed || own.isClosed,
    reached: isFurther ? own.reached : known.reached,
    hole: holeOf(rows, row, known, own),
    resent,
  };
}

function knownOf(rows: RowRecords, row: number): Known {
  return {
    opened: rows.openedAt(row) === 0 ? null : rows.firstSequence(row),
    reached: rows.word(row, RECORD.sequenceEnd),
    isClosed: rows.fin(row) > 0,
    hole: { from: rows.word(row, RECORD.holeStart), to: rows.word(row, RECORD.holeEnd) },
    resent: { sequence: rows.resentSequence(row), times: rows.resentTimes(row), at: rows.resentAt(row) },
  };
}

/** Whether the first segment with data has bytes that were seen before (see `trackSequence`): one byte may be a probe or a keep-alive. */
function isSentAgain(rows: RowRecords, row: number, { reached, hole }: Known): boolean {
  if ((rows.bits(row) & BIT.dataKnown) === 0) return false;
  const sequence = rows.dataSequence(row);
  return ((sequence - reached) | 0) < -1 && !isIn(hole, sequence);
}

/** What came after a row's first segment and belongs before it was sent again for all that the row knows: it fills the gap in front of that. */
function takeBackFill(rows: RowRecords, row: number, { reached }: Known): void {
  const sequence = rows.resentSequence(row);
  if ((rows.bits(row) & BIT.dataKnown) === 0 || rows.resentTimes(row) === 0) return;
  if (!isIn({ from: reached, to: rows.dataSequence(row) }, sequence)) return;
  rows.addRare(row, RARE.resentTimes, -1);
  rows.setWord(row, RECORD.retransmissions, rows.retransmissions(row) - 1);
  if (rows.largeRetransmissions(row) > 0 && rows.largeSequence(row) === sequence)
    rows.setWord(row, RECORD.largeRetransmissions, rows.largeRetransmissions(row) - 1);
}

function isIn({ from, to }: Known['hole'], sequence: number): boolean {
  return ((sequence - from) | 0) >= 0 && ((sequence - to) | 0) < 0;
}

function addRetransmission(rows: RowRecords, row: number): void {
  rows.setWord(row, RECORD.retransmissions, rows.retransmissions(row) + 1);
  if ((rows.bits(row) & BIT.dataLarge) === 0) return;
  if (rows.largeRetransmissions(row) === 0) rows.setWord(row, RECORD.largeSequence, rows.dataSequence(row));
  rows.setWord(row, RECORD.largeRetransmissions, rows.largeRetransmissions(row) + 1);
}

function firstOf(rows: RowRecords, row: number): Resent {
  return { sequence: rows.dataSequence(row), times: 1, at: rows.dataAt(row) };
}

/** What was sent again before, then the first segment of a row if it was, then what the row itself knows of. */
function runOf(before: Resent, first: Resent | null, own: Resent): Resent {
  return longer(first === null ? before : longer(before, first), own);
}

/** One more of the same, or another one that begins. */
function longer(run: Resent, next: Resent): Resent {
  if (next.times === 0) return run;
  const isSame = run.times > 0 && run.sequence === next.sequence;
  return isSame ? { ...run, times: run.times + next.times } : next;
}

function setResent(rows: RowRecords, row: number, { sequence, times, at }: Resent): void {
  rows.setWord(row, RECORD.resentSequence, sequence);
  rows.addRare(row, RARE.resentTimes, times - rows.resentTimes(row));
  rows.rareDoubles[row >>> CHUNK_SHIFT]![(row & MASK) * RARE.doubles + RARE.resentAt] = at;
}

function holeOf(rows: RowRecords, row: number, known: Known, own: Known): Known['hole'] {
  if (own.hole.from !== own.hole.to || (rows.bits(row) & BIT.dataKnown) === 0) return own.hole;
  const sequence = rows.dataSequence(row);
  if (((sequence - known.reached) | 0) > 0) return { from: known.reached, to: sequence };
  return isIn(known.hole, sequence) ? own.hole : known.hole;
}
