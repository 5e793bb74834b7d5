// DNS messages whose names the snaplen cut off are those with the same identification.
import { describe, expect, it } from 'vitest';
import { joinCutNames } from '../../../src/flow/questions/cut-names.ts';
import type { KeptQuestion } from '../../../src/flow/questions/kept-question.ts';

const question = (values: Partial<KeptQuestion>): KeptQuestion => ({
  ...{ asker: 1, asked: 2, ports: 3, protocol: 17, id: 77, turn: 0, isNameCut: false },
  ...{ isSent: false, isAnswered: false, capture: 0, time: 10, delay: Number.NaN, code: -1, name: 'db.shop', type: 1 },
  ...values,
});
const cut = (values: Partial<KeptQuestion>): KeptQuestion => question({ isNameCut: true, name: null, ...values });
const joined = (...all: KeptQuestion[]) =>
  [...joinCutNames(all)].map(({ isSent, isAnswered, name, code }) => [isSent, isAnswered, name, code]);

describe('a name that was cut off', () => {
  it('is that of the answer which came whole, or of the question', () => {
    expect(joined(cut({ isSent: true }), question({ isAnswered: true, code: 0 }))).toEqual([
      [true, true, 'db.shop', 0],
    ]);
    expect(joined(question({ isSent: true }), cut({ isAnswered: true, code: 3 }))).toEqual([
      [true, true, 'db.shop', 3],
    ]);
    const [whole] = joinCutNames([cut({ isSent: true, capture: 4, time: 9 }), question({ isAnswered: true })]);
    expect(whole).toMatchObject({ capture: 4, time: 9, id: 77 });
  });

  it('is that of one more copy of both', () => {
    const copies = [cut({ isSent: true, isAnswered: true }), question({ isSent: true, isAnswered: true })];
    expect(joined(...copies)).toEqual([[true, true, 'db.shop', -1]]);
  });

  it('of an answer may be that of any question with the identification, and asks none of them', () => {
    const two = [
      question({ isSent: true, name: 'a' }),
      question({ name: 'b' }),
      cut({ isSent: true, isAnswered: true }),
    ];
    expect(joined(...two)).toEqual([
      [true, true, 'a', -1],
      [false, true, 'b', -1],
    ]);
  });

  it('stays unknown where nothing else has the identification, asker, server and turn', () => {
    const others = [{ id: 78 }, { asker: 9 }, { asked: 9 }, { ports: 9 }, { protocol: 6 }, { turn: 1 }];
    for (const other of others)
      expect(joined(cut({ isSent: true }), question({ isAnswered: true, ...other }))).toEqual([
        [true, false, null, -1],
        [false, true, 'db.shop', -1],
      ]);
  });
});
