// HOT: per packet (echo messages and DNS). No allocation but growth.
// Identifications come again: a container's ping has the same one in every run, and a resolver has few. Which question of its kind one
// is, counted in each capture for itself.

import { larger } from './larger.ts';

/** What was seen last. */
const [NOTHING, QUESTION, ANSWER] = [0, 1, 2] as const;
/** Seconds after which a question that was answered is another one, an echo request is (nobody sends one again), and any is. */
const ASKED_ANEW = 0.5;
const ECHO_ANEW = 1;
const ANY_ANEW = 60;

export class QuestionTurns {
  /** Whether the packet at hand begins no turn. */
  isHeld = false;
  readonly #now: Float64Array;
  /** By the question's first turn, in the capture that saw it last: that capture, the turn, what was seen last of it, and when. */
  #capture = new Int32Array(256);
  #turn = new Int32Array(256);
  #seen = new Uint8Array(256);
  #at = new Float64Array(256);

  /** @param now holds the time of the packet at hand, in seconds */
  constructor(now: Float64Array) {
    this.#now = now;
  }

  /** How often the question was asked anew before; `index` is that of its first turn. */
  of(index: number, capture: number, isAnswer: boolean, isEcho: boolean): number {
    const now = this.#now[0]!;
    if (this.#capture[index] !== capture) {
      this.#capture[index] = capture;
      this.#turn[index] = 0;
      this.#seen[index] = NOTHING;
    }
    const seen = this.#seen[index]!;
    const since = seen === NOTHING ? 0 : now - this.#at[index]!;
    const patience = seen === ANSWER && !isAnswer ? ASKED_ANEW : isEcho ? ECHO_ANEW : ANY_ANEW;
    // an answer is of the question before it, however late; where answers alone were captured, one that comes again is another one's
    const isAnew = since > patience && !(isAnswer && seen === QUESTION);
    if (isAnew && !this.isHeld) this.#turn[index]!++;
    this.#seen[index] = isAnswer ? ANSWER : QUESTION;
    this.#at[index] = now;
    return this.#turn[index]!;
  }

  begin(index: number): void {
    if (index >= this.#seen.length) this.#grow();
    this.#capture[index] = -1;
  }

  move(from: number, to: number): void {
    this.#capture[to] = this.#capture[from]!;
    this.#turn[to] = this.#turn[from]!;
    this.#seen[to] = this.#seen[from]!;
    this.#at[to] = this.#at[from]!;
  }

  #grow(): void {
    const size = this.#seen.length * 2;
    this.#capture = larger(this.#capture, new Int32Array(size));
    this.#turn = larger(this.#turn, new Int32Array(size));
    this.#seen = larger(this.#seen, new Uint8Array(size));
    this.#at = larger(this.#at, new Float64Array(size));
  }
}
