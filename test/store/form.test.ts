import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/store/form.ts';
import { DamagedStore, Fields, type Saved } from '../../src/store/saved.ts';

const column = fc.oneof(
  fc.uint8Array({ maxLength: 9 }),
  fc.int8Array({ maxLength: 9 }),
  fc.int32Array({ maxLength: 9 }),
  fc.float64Array({ maxLength: 9 }),
);
const plain = fc.oneof(fc.constant(null), fc.boolean(), fc.double(), fc.string({ unit: 'binary' }), column);
const { value } = fc.letrec<{ value: Saved }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    plain as fc.Arbitrary<Saved>,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 5 }),
  ),
}));

describe('a saved value', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(value, (saved) => {
        expect(structuredClone(decode(encode(saved).slice()))).toEqual(structuredClone(saved));
      }),
    );
  });

  it('keeps strings that are no text, -0, NaN and names like __proto__', () => {
    const saved = { lone: '\ud800', zero: -0, nan: Number.NaN, list: ['', 'a'.repeat(10_000)] };
    const back = new Fields(decode(encode({ ...saved, ['__proto__']: 7 })));
    expect(back.text('lone')).toBe('\ud800');
    expect(Object.is(back.number('zero'), -0)).toBe(true);
    expect(back.number('nan')).toBeNaN();
    expect(back.number('__proto__')).toBe(7);
    expect(back.list('list')).toEqual(saved.list);
  });

  it('is read at any place in memory', () => {
    const bytes = encode({ doubles: Float64Array.of(1.5, 2.5) });
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    expect(new Fields(decode(moved.subarray(3))).doubles('doubles')).toEqual(Float64Array.of(1.5, 2.5));
  });
});

describe('bytes that no value has', () => {
  it('are damage wherever a value is cut off, or something stands behind it', () => {
    const bytes = encode({ a: [1, 'text', Int32Array.of(1, 2)], b: { c: true } });
    for (let length = 0; length < bytes.length; length++)
      expect(() => decode(bytes.slice(0, length)), `${length} bytes`).toThrow(DamagedStore);
    expect(() => decode(Uint8Array.of(...bytes, 0))).toThrow(DamagedStore);
  });

  it('are damage or a value, never another error, and take no more memory than they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decode(bytes.slice());
        } catch (error) {
          expect(error).toBeInstanceOf(DamagedStore);
        }
      }),
    );
    const endless = Uint8Array.of(5, 255, 255, 255, 255, 0, 0);
    expect(() => decode(endless)).toThrow('a length is beyond the end');
  });

  it('are damage where groups are too deep', () => {
    const bytes = new Uint8Array(1000);
    for (let at = 0; at + 5 <= bytes.length; at += 5) bytes.set([5, 1, 0, 0, 0], at);
    expect(() => decode(bytes)).toThrow('groups are too deep');
  });
});

describe('a group of values', () => {
  const fields = new Fields({
    number: 1.5,
    whole: 3,
    flag: true,
    text: 'x',
    none: null,
    words: Int32Array.of(1),
    list: [1],
  });

  it('gives what is asked for', () => {
    expect([fields.number('number'), fields.whole('whole'), fields.flag('flag'), fields.text('text')]).toEqual([
      1.5,
      3,
      true,
      'x',
    ]);
    expect(fields.nullable('none', () => fields.text('none'))).toBeNull();
    expect(fields.words('words', 1)).toEqual(Int32Array.of(1));
  });

  it.each<[string, () => unknown]>([
    ['what is missing', () => fields.number('other')],
    ['what every object has', () => fields.value('toString')],
    ['a fraction for a whole number', () => fields.whole('number')],
    ['a number beyond its bounds', () => fields.whole('whole', 4)],
    ['a column of another length', () => fields.words('words', 2)],
    ['a column of another kind', () => fields.doubles('words')],
    ['a list that is too long', () => fields.list('list', 0)],
    ['a group that is none', () => fields.group('list')],
    ['a text that is none', () => fields.text('whole')],
    ['a line that steers a terminal', () => new Fields({ text: 'a\u001b[2J' }).line('text')],
    ['a flag that is none', () => fields.flag('none')],
  ])('is damaged by %s', (_what, ask) => {
    expect(ask).toThrow(DamagedStore);
  });
});
