// The one mapping of verdicts to the words that people read. Files, filters and JSON have the codes; both are accepted everywhere.
import type { Verdict } from '../trace-types.ts';

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  ok: 'as configured',
  violation: 'wrong',
  unverifiable: 'undecided',
};

/** `ok (as configured), violation (wrong), unverifiable (undecided)`. */
export const VERDICT_HELP = Object.entries(VERDICT_WORDS)
  .map(([code, words]) => `${code} (${words})`)
  .join(', ');

/** A code, or its words with blanks or dashes; null for anything else. */
export function verdictNamed(text: string): Verdict | null {
  const asked = text.toLowerCase().replaceAll('-', ' ');
  const found = Object.entries(VERDICT_WORDS).find(([code, words]) => asked === code || asked === words);
  return (found?.[0] as Verdict | undefined) ?? null;
}
