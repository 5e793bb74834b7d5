// One identification may be asked many times: a container's ping has the same one in every run.
import { describe, expect, it } from 'vitest';
import { QuestionTurns } from '../../../src/flow/questions/question-turns.ts';

type Seen = [seconds: number, what: 'ask' | 'answer', capture?: number];

/** The turn that each sighting is of. */
function turns(sightings: readonly Seen[], isEcho = true): number[] {
  const now = new Float64Array(1);
  const all = new QuestionTurns(now);
  all.begin(0);
  return sightings.map(([seconds, what, capture = 0]) => {
    now[0] = seconds;
    return all.of(0, capture, what === 'answer', isEcho);
  });
}

describe('a question with an identification that was there before', () => {
  it('is another one where the one before was answered', () => {
    const run: Seen[] = [
      [0, 'ask'],
      [0.001, 'answer'],
      [20, 'ask'],
      [20.001, 'answer'],
    ];
    expect(turns(run)).toEqual([0, 0, 1, 1]);
    expect(turns(run, false)).toEqual([0, 0, 1, 1]);
  });

  it('is the same one at the places that it passes, and in another capture', () => {
    const places: Seen[] = [
      [0, 'ask'],
      [0.0001, 'ask'],
      [0.001, 'answer'],
      [0.0012, 'answer'],
      [300, 'ask', 1],
      [300.001, 'answer', 1],
    ];
    expect(turns(places)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('is sent again where it was not answered, if it is one of DNS; nobody sends an echo request again', () => {
    const again: Seen[] = [
      [0, 'ask'],
      [5, 'ask'],
      [5.001, 'answer'],
    ];
    expect(turns(again, false)).toEqual([0, 0, 0]);
    expect(turns(again, true)).toEqual([0, 1, 1]);
  });

  it('has an answer however late it comes; where answers alone were captured, they tell the runs apart', () => {
    const late: Seen[] = [
      [0, 'ask'],
      [30, 'answer'],
    ];
    expect(turns(late)).toEqual([0, 0]);
    const answers: Seen[] = [
      [0, 'answer'],
      [20, 'answer'],
    ];
    expect(turns(answers)).toEqual([0, 1]);
  });

  it('begins no turn while it may be a copy', () => {
    const now = new Float64Array(1);
    const all = new QuestionTurns(now);
    all.begin(0);
    all.of(0, 0, false, true);
    all.of(0, 0, true, true);
    now[0] = 3;
    all.isHeld = true;
    expect(all.of(0, 0, false, true)).toBe(0);
  });
});
