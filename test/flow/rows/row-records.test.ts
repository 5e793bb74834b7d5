import { describe, expect, it } from 'vitest';
import { BIT, CHUNK_SHIFT, RARE, RECORD, WINDOW } from '../../../src/flow/rows/row-layout.ts';
import { RowRecords } from '../../../src/flow/rows/row-records.ts';
import { RowWindows } from '../../../src/flow/rows/row-windows.ts';

const CHUNK = 1 << CHUNK_SHIFT;
const RECORD_DOUBLES = ['packets', 'bytes', 'lastSeconds', 'lastPacket', 'payloadBytes', 'overheadBytes'] as const;
const RARE_DOUBLES = [
  'firstPacket',
  'firstSeconds',
  'copyBytes',
  'openedAt',
  'acknowledgedAt',
  'dataAt',
  'resentAt',
] as const;
/** Places that only the table and TCP's facts use. */
const WITHOUT_READER = ['source', 'destination', 'ports', 'protocol', 'hash', 'holeStart', 'holeEnd'];
const UNSIGNED = ['sequenceEnd', 'acknowledged', 'largeSequence', 'resentSequence', 'dataSequence'];

type Place = [name: string, place: number];

/** The places of a layout, its sizes left out. */
function placesOf(layout: Readonly<Record<string, number>>): Place[] {
  return Object.entries(layout).filter(([name]) => name !== 'words' && name !== 'doubles');
}

/** Every byte that the facts take, from the record's start. */
function bytesOf(places: readonly Place[], doubles: readonly string[]): number[] {
  return places.flatMap(([name, place]) => {
    const size = doubles.includes(name) ? 8 : 4;
    return Array.from({ length: size }, (_, i) => size * place + i);
  });
}

interface Fact {
  name: string;
  write(rows: RowRecords, row: number, value: number): void;
}

const at = (row: number): [chunk: number, place: number] => [row >> CHUNK_SHIFT, row & (CHUNK - 1)];

/** Every fact that has a reader of its name; `bits` holds three and is left out. */
const FACTS: Fact[] = [
  ...placesOf(RECORD)
    .filter(([name]) => name !== 'bits' && !WITHOUT_READER.includes(name))
    .map(([name, place]): Fact => {
      if (!RECORD_DOUBLES.some((one) => one === name)) {
        return { name, write: (rows, row, value) => rows.setWord(row, place, value) };
      }
      return {
        name,
        write(rows, row, value) {
          const [chunk, i] = at(row);
          rows.doubles[chunk]![i * RECORD.doubles + place] = value;
        },
      };
    }),
  ...placesOf(RARE).map(
    ([name, place]): Fact => ({
      name,
      write(rows, row, value) {
        const [chunk, i] = at(row);
        if (RARE_DOUBLES.some((one) => one === name)) rows.rareDoubles[chunk]![i * RARE.doubles + place] = value;
        else rows.rareWords[chunk]![i * RARE.words + place] = value;
      },
    }),
  ),
  ...placesOf(WINDOW).map(
    ([place, i]): Fact => ({
      name: `windows.${place}`,
      write(rows, row, value) {
        rows.windows.chunkOf(row)[(row & (CHUNK - 1)) * WINDOW.doubles + i] = value;
      },
    }),
  ),
];

function read(rows: RowRecords, name: string, row: number): number {
  const own = name.split('.').at(-1) ?? '';
  const holder = own === name ? rows : rows.windows;
  return (holder as unknown as Record<string, (row: number) => number>)[own]!(row);
}

function rowsWith(count: number): RowRecords {
  const rows = new RowRecords();
  for (let row = 0; row < count; row++) expect(rows.add()).toBe(row);
  return rows;
}

describe('a record', () => {
  it.each([
    ['RECORD', RECORD, RECORD_DOUBLES, 128],
    ['RARE', RARE, RARE_DOUBLES, 112],
    ['WINDOW', { ...WINDOW, words: 2 * WINDOW.doubles }, Object.keys(WINDOW), 64],
  ] as const)('has a place of its own for every fact: %s', (_name, layout, doubles, size) => {
    const bytes = bytesOf(placesOf(layout), doubles);
    expect(new Set(bytes).size).toBe(bytes.length);
    expect(Math.max(...bytes)).toBeLessThan(size);
    expect([layout.words * 4, layout.doubles * 8]).toEqual([size, size]);
  });

  it('has the lowest and the highest TTL below the bits, each bit its own', () => {
    const bits = Object.values(BIT);
    expect(bits.reduce<number>((sum, bit) => sum + bit, 0)).toBe(bits.reduce<number>((all, bit) => all | bit, 0));
    expect(bits.filter((bit) => (bit & 0xffff) !== 0)).toEqual([]);
    const rows = rowsWith(1);
    rows.setWord(0, RECORD.bits, BIT.truncated | BIT.acknowledgementKnown | (200 << 8) | 63);
    expect([rows.ttlMin(0), rows.ttlMax(0)]).toEqual([63, 200]);
    expect(rows.bits(0) & BIT.truncated).not.toBe(0);
    expect(rows.bits(0) & BIT.innerFragmented).toBe(0);
  });

  it('has a reader for every fact but those of the key and of TCP’s gap', () => {
    const windows = Object.getOwnPropertyNames(RowWindows.prototype).map((name) => `windows.${name}`);
    const methods = [...Object.getOwnPropertyNames(RowRecords.prototype), ...windows];
    expect(methods).toEqual(expect.arrayContaining(FACTS.map((fact) => fact.name)));
    expect(FACTS).toHaveLength(new Set(FACTS.map((fact) => fact.name)).size);
  });
});

describe('a new row', () => {
  it('is all zero but for the end of its chain and the lowest TTL', () => {
    const rows = rowsWith(CHUNK + 1);
    for (const row of [0, 1, CHUNK - 1, CHUNK]) {
      const [chunk, i] = at(row);
      const words = [...rows.words[chunk]!.subarray(i * RECORD.words, (i + 1) * RECORD.words)];
      const expected = words.map(() => 0);
      expected[RECORD.next] = -1;
      expected[RECORD.bits] = 255;
      expect(words).toEqual(expected);
      const rare = rows.rareWords[chunk]!.subarray(i * RARE.words, (i + 1) * RARE.words);
      expect([...rare]).toEqual(Array.from(rare, () => 0));
      const set = { next: -1 };
      for (const { name } of FACTS) expect([name, read(rows, name, row)]).toEqual([name, set[name as 'next'] ?? 0]);
      expect([rows.ttlMin(row), rows.ttlMax(row)]).toEqual([255, 0]);
    }
  });

  it('has counted nothing in a window, and later only what was', () => {
    const rows = rowsWith(2);
    expect([rows.windows.packets(1), rows.windows.edgeLargest(1)]).toEqual([0, 0]);
    rows.windows.chunkOf(1)[WINDOW.doubles + WINDOW.packets] = 3;
    expect([rows.windows.packets(0), rows.windows.packets(1)]).toEqual([0, 3]);
  });
});

describe('rows', () => {
  it('give back every fact that was written, over several chunks', () => {
    const count = 2 * CHUNK + 3;
    const rows = rowsWith(count);
    const valueAt = (row: number, fact: number): number => 1 + row * 100 + fact;
    for (let row = 0; row < count; row++) {
      for (const [i, fact] of FACTS.entries()) fact.write(rows, row, valueAt(row, i));
    }
    expect(rows.count).toBe(count);
    for (let row = 0; row < count; row++) {
      const found = FACTS.map(({ name }) => read(rows, name, row));
      if (found.some((value, i) => value !== valueAt(row, i))) {
        expect(FACTS.map(({ name }, i) => [row, name, found[i]])).toEqual(
          FACTS.map(({ name }, i) => [row, name, valueAt(row, i)]),
        );
      }
    }
  });

  it('keep what they hold while the first chunk grows, with little room for few of them', () => {
    const rows = rowsWith(1);
    expect(rows.words[0]!.length).toBeLessThan((CHUNK * RECORD.words) / 32);
    for (let row = 0; row < CHUNK; row++) {
      if (row > 0) rows.add();
      rows.setWord(row, RECORD.largest, 77 + row);
      rows.addDouble(row, RECORD.packets, 99 + row);
      rows.addRare(row, RARE.copies, 55 + row);
      rows.addCopy(row, 33 + row);
    }
    const wrong = Array.from({ length: CHUNK }, (_, row) => row).filter(
      (row) =>
        rows.largest(row) !== 77 + row ||
        rows.packets(row) !== 99 + row ||
        rows.copies(row) !== 56 + row ||
        rows.copyBytes(row) !== 33 + row,
    );
    expect(wrong).toEqual([]);
    expect([rows.words.length, rows.words[0]!.length]).toEqual([1, CHUNK * RECORD.words]);
  });

  it('are never copied when more are added to a full chunk', () => {
    const rows = rowsWith(CHUNK);
    const [words, rare] = [rows.words[0], rows.rareWords[0]];
    rows.setWord(0, RECORD.largest, 77);
    for (let row = CHUNK; row < 3 * CHUNK; row++) rows.add();
    expect([rows.words.length, rows.doubles.length, rows.rareWords.length, rows.rareDoubles.length]).toEqual([
      3, 3, 3, 3,
    ]);
    expect(rows.words[0]).toBe(words);
    expect(rows.rareWords[0]).toBe(rare);
    expect(rows.largest(0)).toBe(77);
    for (const [i, chunk] of rows.words.entries()) expect(rows.doubles[i]!.buffer).toBe(chunk.buffer);
    for (const [i, chunk] of rows.rareWords.entries()) expect(rows.rareDoubles[i]!.buffer).toBe(chunk.buffer);
  });

  it('give sequence numbers without a sign', () => {
    const rows = rowsWith(1);
    for (const { name, write } of FACTS.filter((fact) => UNSIGNED.includes(fact.name))) {
      write(rows, 0, 0xfffffff0);
      expect([name, read(rows, name, 0)]).toEqual([name, 0xfffffff0]);
    }
  });

  it('give a word back with its sign, as it stands in a key', () => {
    const rows = rowsWith(1);
    rows.setWord(0, RECORD.source, 0xc0000201);
    expect(rows.word(0, RECORD.source)).toBe(0xc0000201 | 0);
  });

  it('count what is rare', () => {
    const rows = rowsWith(CHUNK + 1);
    for (let i = 0; i < 3; i++) rows.addRare(CHUNK, RARE.fin);
    rows.addRare(0, RARE.rst);
    expect([rows.fin(0), rows.fin(CHUNK), rows.rst(0), rows.rst(CHUNK)]).toEqual([0, 3, 1, 0]);
  });
});
