// Where a word too long for its line may be broken: names behind `.`, `-` and `/`; addresses, numbers and times nowhere.

/** MACs, IPv4 and IPv6 addresses with ports or prefixes, hexadecimal numbers; times of day with their date. */
const WHOLE = /^(?:(?:0x)?[\da-f.:]+(?:[/%]\w+)?|\d{4}-\d\d-\d\dT[\d:.]+Z?)$/i;
/** What stands around a word in a sentence. */
const AROUND = /^["'([]+|(?:'s)?["')\],.;:]*$/g;

/** Places in a word (counts of UTF-16 units) behind which it may be broken, in order. */
export function breakPlaces(word: string): number[] {
  if (WHOLE.test(word.replace(AROUND, ''))) return [];
  return Array.from(word.matchAll(/[./-](?=[^./-])/g), (match) => match.index + 1);
}
