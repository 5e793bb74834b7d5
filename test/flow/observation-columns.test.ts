import { describe, expect, it } from 'vitest';
import { ObservationColumns, RECORD } from '../../src/flow/observation-columns.ts';

type Numbers = Float64Array | Uint32Array | Int32Array | Uint8Array;

/** Every column of a row by name, the records' own arrays left out. */
function columnsOf(columns: ObservationColumns): [string, Numbers][] {
  return Object.entries(columns).filter(
    (entry): entry is [string, Numbers] => ArrayBuffer.isView(entry[1]) && !['doubles', 'words'].includes(entry[0]),
  );
}

const { doubles: DOUBLES, words: WORDS, ...PLACES } = RECORD;
/** Facts that are 64-bit numbers in the record: all before the first 32-bit one. */
const IN_DOUBLES = ['packets', 'bytes', 'overheadBytes', 'payloadBytes', 'lastPacket', 'lastSeconds'];

describe('a record', () => {
  it('has a place of its own for every fact', () => {
    const bytes = Object.entries(PLACES).flatMap(([name, place]) => {
      const [size, at] = IN_DOUBLES.includes(name) ? [8, place * 8] : [4, place * 4];
      return Array.from({ length: size }, (_, i) => at + i);
    });
    expect(new Set(bytes).size).toBe(bytes.length);
    expect(Math.max(...bytes)).toBeLessThan(DOUBLES * 8);
    expect(WORDS).toBe(DOUBLES * 2);
  });

  it('becomes columns of the same names', () => {
    const columns = new ObservationColumns();
    for (let row = 0; row < 3; row++) {
      columns.add(row, 0, 0);
      for (const [i, [name, place]] of Object.entries(PLACES).entries()) {
        const value = 1000 * row + i;
        if (IN_DOUBLES.includes(name)) columns.doubles[row * DOUBLES + place] = value;
        else columns.words[row * WORDS + place] = value;
      }
    }
    columns.unpack();
    for (const [i, name] of Object.keys(PLACES).entries()) {
      expect([name, ...columns[name as keyof typeof PLACES]]).toEqual([name, i, 1000 + i, 2000 + i]);
    }
  });
});

describe('rows', () => {
  it('begin at zero but for their identity, the end of the chain and the lowest TTL', () => {
    const columns = new ObservationColumns();
    expect(columns.add(7, 8, 9)).toBe(0);
    columns.unpack();
    const set = { flow: 7, link: 8, tunnel: 9, next: -1, ttlMin: 255 };
    for (const [name, column] of columnsOf(columns)) {
      expect([name, column[0]]).toEqual([name, set[name as keyof typeof set] ?? 0]);
    }
  });

  it('keep every fact when the columns grow', () => {
    const columns = new ObservationColumns();
    const rare = columnsOf(columns).filter(([, column]) => column.length > 0);
    for (let row = 0; row < 1000; row++) {
      columns.add(row, 0, 0);
      for (const [name] of rare) {
        (columns[name as keyof ObservationColumns] as Numbers)[row] = row % 200;
      }
      columns.doubles[row * DOUBLES + RECORD.bytes] = row * 3;
      columns.words[row * WORDS + RECORD.data] = row * 5;
    }
    columns.unpack();
    for (const row of [0, 255, 256, 511, 512, 999]) {
      for (const [name] of rare) {
        expect([name, (columns[name as keyof ObservationColumns] as Numbers)[row]]).toEqual([name, row % 200]);
      }
      expect([columns.bytes[row], columns.data[row]]).toEqual([row * 3, row * 5]);
    }
    expect(columns.bytes).toHaveLength(1000);
  });
});
