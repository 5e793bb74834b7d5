// Which of a flow's DNS questions are trouble, summed up over all flows of one asker to one server.
import { describe, expect, it } from 'vitest';
import type { QuestionsByFlow } from '../../../src/attribution/exchange/questions-by-flow.ts';
import type { FlowTable } from '../../../src/flow/flow-table.ts';
import { type DnsPair, dnsSentence, dnsTroubles } from '../../../src/verdict/flow/dns-trouble.ts';

const pair = (questions: number, unanswered: number, codes: Record<string, number> = {}): DnsPair => ({
  questions,
  unanswered,
  codes,
});
/** Asker and server of each flow, as words. */
type Ends = readonly [source: number, destination: number, family?: 4 | 6];

/** What is wrong with what each flow asked; a flow without a pair asked nothing. */
function troubles(flows: readonly (readonly [Ends, DnsPair | null])[], visible = true): (DnsPair | null)[] {
  const table = {
    familyOf: (flow: number) => flows[flow]?.[0][2] ?? 4,
    sourceWord: (flow: number) => flows[flow]?.[0][0],
    destinationWord: (flow: number) => flows[flow]?.[0][1],
  } as unknown as FlowTable;
  const questions = {
    of: (flow: number) => ({ dns: flows[flow]?.[1] ?? null }),
    flows: () => flows.keys(),
  } as unknown as QuestionsByFlow;
  const { of } = dnsTroubles(table, questions, () => visible);
  return flows.map((_, flow) => of(flow));
}

const A: Ends = [1, 9];
const alone = (one: DnsPair, visible = true): boolean => troubles([[A, one]], visible)[0] !== null;

describe('DNS is trouble', () => {
  it.each([
    [true, 'where a question got no answer', pair(2, 1, { NOERROR: 1 })],
    [true, 'where none did', pair(1, 1)],
    [true, 'where the server failed', pair(2, 0, { NOERROR: 1, SERVFAIL: 1 })],
    [true, 'where it refused', pair(1, 0, { REFUSED: 1 })],
    [true, 'where six names do not exist, and there are no others', pair(6, 0, { NXDOMAIN: 6 })],
    [false, 'where five names do not exist: a search list', pair(5, 0, { NXDOMAIN: 5 })],
    [false, 'where one of seven names exists', pair(7, 0, { NXDOMAIN: 6, NOERROR: 1 })],
    [false, 'where all is well', pair(9, 0, { NOERROR: 9 })],
  ])('%s: %s', (trouble, _, one) => {
    expect(alone(one)).toBe(trouble);
  });

  it('is not silence where no answer would have been seen', () => {
    expect(alone(pair(2, 2), false)).toBe(false);
    expect(alone(pair(2, 1, { SERVFAIL: 1 }), false)).toBe(true);
  });

  it('is told with all that the asker asked that server', () => {
    const [first, second, other] = troubles([
      [A, pair(2, 1, { NOERROR: 1 })],
      [A, pair(3, 1, { NOERROR: 1, SERVFAIL: 1 })],
      [[1, 8], pair(4, 0, { NOERROR: 4 })],
    ]);
    expect(first).toEqual(pair(5, 2, { NOERROR: 2, SERVFAIL: 1 }));
    expect(second).toEqual(first);
    expect(other).toBeNull();
  });

  it('is of the flow’s own questions, but for names: three and three that do not exist are six', () => {
    const three = pair(3, 0, { NXDOMAIN: 3 });
    const summed = pair(6, 0, { NXDOMAIN: 6 });
    expect(
      troubles([
        [A, three],
        [A, three],
      ]),
    ).toEqual([summed, summed]);
    expect(
      troubles([
        [A, three],
        [[2, 9], three],
      ]),
    ).toEqual([null, null]);
    expect(
      troubles([
        [A, three],
        [[1, 9, 6], three],
      ]),
    ).toEqual([null, null]);
    expect(
      troubles([
        [A, pair(1, 1)],
        [A, pair(1, 0, { NOERROR: 1 })],
      ])[1],
    ).toBeNull();
  });

  it('is none of a flow that asked nothing', () => {
    expect(
      troubles([
        [A, null],
        [A, pair(1, 1)],
      ]),
    ).toEqual([null, pair(1, 1)]);
  });
});

describe('the sentence', () => {
  it.each([
    ['dns does not answer 1 question of web', pair(1, 1)],
    ['dns answers none of 2 questions of web', pair(2, 2)],
    ['dns leaves 1 of 3 questions of web without an answer', pair(3, 1, { SERVFAIL: 2 })],
    ['dns answers SERVFAIL to 1 question of web', pair(1, 0, { SERVFAIL: 1 })],
    ['dns answers SERVFAIL to all 2 questions of web', pair(2, 0, { SERVFAIL: 2 })],
    ['dns answers REFUSED to 1 of 2 questions of web', pair(2, 0, { NOERROR: 1, REFUSED: 1 })],
    ['dns answers SERVFAIL to 1 of 9 questions of web', pair(9, 0, { NXDOMAIN: 8, SERVFAIL: 1 })],
    ['dns answers NXDOMAIN to all 6 questions of web', pair(6, 0, { NXDOMAIN: 6 })],
  ])('%s', (sentence, one) => {
    expect(dnsSentence('dns', 'web', one)).toBe(sentence);
  });
});
