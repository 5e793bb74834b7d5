// Where a word too long for its line may be broken: names behind `.`, `-` and `/`; addresses, numbers and times nowhere.

/** MACs, IPv4 and IPv6 addresses with ports or prefixes, hexadecimal numbers; times of day with their date. */
const WHOLE = /^(?:(?:0x)?[\da-f.:]+(?:[/%]\w+)?|\d{4}-\d\d-\d\dT[\d:.]+Z?)$/i;
/** Signs that stand before a word in a sentence, and behind it. */
const BEFORE = new Set('"\'([');
const BEHIND = new Set('"\')],.;:');

/** Places in a word (counts of UTF-16 units) behind which it may be broken, in order. */
export function breakPlaces(word: string): number[] {
  if (WHOLE.test(bare(word))) return [];
  return Array.from(word.matchAll(/[./-](?=[^./-])/g), (match) => match.index + 1);
}

/** The word without what stands around it, and without `'s`. */
function bare(word: string): string {
  let from = 0;
  let until = word.length;
  while (from < until && BEFORE.has(word.charAt(from))) from++;
  while (until > from && BEHIND.has(word.charAt(until - 1))) until--;
  const inside = word.slice(from, until);
  return inside.endsWith("'s") ? inside.slice(0, -2) : inside;
}
