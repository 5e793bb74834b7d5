// HOT: per packet (DNS). No allocation but of names that are new.
// Names that were asked for, each once, by a hash of their bytes. Bounded: beyond, questions have no name.

import { DNS, questionEnd, readQuestion } from '../../wire/dns.ts';
import { WordTable } from '../word-table.ts';

/** Names kept at most. */
export const MOST_NAMES = 4096;
const TYPE_LENGTH = 2;
const HEADER = DNS.headerLength;

export class QuestionNames {
  readonly #table = new WordTable();
  readonly #names: { name: string; type: number }[] = [];

  /** Number of the name and type that the message asks for; -1 where they are cut off, or there are too many. */
  intern(bytes: Uint8Array, message: number, end: number): number {
    const to = questionEnd(bytes, message, end) + TYPE_LENGTH;
    if (to < TYPE_LENGTH) return -1;
    const { key } = this.#table;
    let one = 0x811c9dc5 | 0;
    let other = 0x2545f491 | 0;
    for (let at = message + HEADER; at < to; at++) {
      one = Math.imul(one ^ bytes[at]!, 0x01000193);
      other = (Math.imul(other, 0x85ebca6b) + bytes[at]!) | 0;
    }
    key[0] = one;
    key[1] = other;
    if (this.#names.length >= MOST_NAMES) return this.#table.find();
    const index = this.#table.intern();
    if (this.#table.added) this.#names.push(readQuestion(bytes, message, end) ?? { name: '', type: 0 });
    return index;
  }

  of(index: number): { name: string; type: number } | null {
    return this.#names[index] ?? null;
  }
}
