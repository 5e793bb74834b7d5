// Places of facts in sentences on a terminal: of a long path its first part, which was given, and its end, which tells what it is.
// What is given to programs has all of it.
import { shortenMiddle, textWidth } from './text-width.ts';

/** A shorter path has room on a line of 80 columns, under its label. */
const LONGEST = 64;
/** Columns for what was given: an archive, a folder. */
const GIVEN = 24;

/** A word, also in parentheses; one with folders or archives in it is a place. `10.48.0.0/26` is too short to be cut. */
const WORD = /[^\s()'",;]+/g;

/** The sentence with long paths in it shortened: `diags.tar.gz!…/node-1/ip-route.txt:12`. */
export function shortenPlaces(sentence: string): string {
  return sentence.replaceAll(WORD, (word) =>
    textWidth(word) <= LONGEST || !/[/!]/.test(word) ? word : shortPlace(word),
  );
}

function shortPlace(place: string): string {
  const given = /^[^!]+!/.exec(place)?.[0] ?? /^\/?[^/]*\//.exec(place)?.[0] ?? '';
  const [mark, head] = [given.slice(-1), shortenMiddle(given.slice(0, -1), GIVEN)];
  const parts = place.slice(given.length).split(/(?<=[/!])/);
  let end = parts.pop() ?? '';
  while (parts.length > 0 && textWidth(`${parts.at(-1)}${end}`) <= LONGEST - GIVEN) end = `${parts.pop()}${end}`;
  return parts.length === 0 ? `${head}${mark}${end}` : `${head}${mark}…/${end}`;
}
