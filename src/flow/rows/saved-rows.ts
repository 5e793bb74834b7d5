// Records of rows as they are kept in a file, chunk by chunk, and put back.

import { areWithin, DamagedStore, type Fields, must, type Saved, type SavedFields } from '../../store/saved.ts';
import { CHUNK_SHIFT, RARE, RECORD } from './row-layout.ts';
import type { RowRecords } from './row-records.ts';

const CHUNK_ROWS = 1 << CHUNK_SHIFT;

export function saveRows(rows: RowRecords): SavedFields {
  const { count, base, words, rareWords, windows } = rows;
  const chunks = Array.from({ length: Math.ceil(count / CHUNK_ROWS) }, (_, chunk) => chunk);
  return {
    ...{ count, base },
    records: chunks.map((chunk) => words[chunk]!.subarray(0, rowsIn(count, chunk) * RECORD.words)),
    rare: chunks.map((chunk) => rareWords[chunk]!.subarray(0, rowsIn(count, chunk) * RARE.words)),
    windows: windows.save(),
  };
}

/**
 * Puts rows back into empty records. Their chains are not: whoever holds the rows links them anew. Throws DamagedStore.
 * @param paths how many there are
 */
export function restoreRows(rows: RowRecords, saved: Fields, paths: number): void {
  const count = saved.whole('count', 0, 2 ** 31 - 1);
  const chunks = Math.ceil(count / CHUNK_ROWS);
  const [records, rare] = [saved.list('records', chunks), saved.list('rare', chunks)];
  must(records.length === chunks && rare.length === chunks, 'rows are missing');
  for (let chunk = 0; chunk < chunks; chunk++) {
    const own = columnOf(records[chunk], rowsIn(count, chunk) * RECORD.words);
    const seldom = columnOf(rare[chunk], rowsIn(count, chunk) * RARE.words);
    rows.words.push(own);
    rows.doubles.push(new Float64Array(own.buffer, own.byteOffset, own.length / 2));
    rows.rareWords.push(seldom);
    rows.rareDoubles.push(new Float64Array(seldom.buffer, seldom.byteOffset, seldom.length / 2));
  }
  rows.count = count;
  rows.room = count;
  rows.base = saved.number('base');
  rows.windows.restore(saved.list('windows', chunks));
  for (let row = 0; row < count; row++) {
    must(rows.path(row) >= 0 && rows.path(row) < paths, 'a row is on a path that there is not');
    rows.setWord(row, RECORD.next, -1);
  }
}

/** Whether a number is one of a row; of many, see `areRows`. */
export function isRow(rows: Pick<RowRecords, 'count'>, row: number): boolean {
  return Number.isInteger(row) && row >= 0 && row < rows.count;
}

/** Whether all numbers are. */
export function areRows(rows: Pick<RowRecords, 'count'>, numbers: Int32Array): boolean {
  return areWithin(numbers, 0, rows.count - 1);
}

function rowsIn(count: number, chunk: number): number {
  return Math.min(CHUNK_ROWS, count - chunk * CHUNK_ROWS);
}

function columnOf(saved: Saved | undefined, length: number): Int32Array<ArrayBuffer> {
  if (!(saved instanceof Int32Array) || saved.length !== length) throw new DamagedStore('rows are cut off');
  return saved as Int32Array<ArrayBuffer>;
}
