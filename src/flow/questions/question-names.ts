// HOT: per packet (DNS). No allocation but of names that are new.
// Names that were asked for, each once, by a hash of their bytes. Bounded: beyond, questions have no name.

import { type Fields, must, type Saved } from '../../store/saved.ts';
import { DNS, questionEnd, readQuestion } from '../../wire/dns.ts';
import { WordTable } from '../word-table.ts';

/** Names kept at most. */
export const MOST_NAMES = 4096;
const TYPE_LENGTH = 2;
const HEADER = DNS.headerLength;
/** Bytes of a name that tell questions with one identification apart: few, as the snaplen may cut the rest off at one place only. */
const NAME_BYTES = 8;

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

  save(): Saved {
    return this.#names.map(({ name, type }) => ({ name, type }));
  }

  restore(saved: readonly Fields[]): void {
    must(saved.length <= MOST_NAMES, 'there are too many names');
    for (const one of saved) this.#names.push({ name: one.text('name'), type: one.whole('type', 0, 65_535) });
  }
}

/** A number of a name's first bytes, the same in a question and its longer answer; 0 where they are cut off. */
export function beginOfName(bytes: Uint8Array, at: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < NAME_BYTES; i++) {
    if (at + i >= end) return 0;
    const byte = bytes[at + i]!;
    // names end in the root's empty label (RFC 1035 section 3.1)
    if (byte === 0) break;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash;
}
