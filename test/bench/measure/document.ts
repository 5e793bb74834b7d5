// docs/performance.md holds what was measured between two marks for each part; the rest of the page is written by hand.

/** One part of a run, as the page has it. */
export interface Section {
  part: string;
  lines: readonly string[];
}

const begin = (part: string): string => `<!-- begin of what npm run bench wrote: ${part} -->`;
const end = (part: string): string => `<!-- end of what npm run bench wrote: ${part} -->`;

/** The page with these parts anew and the others as they were. Throws where a part has no place. */
export function withSections(page: string, sections: readonly Section[]): string {
  let text = page;
  for (const { part, lines } of sections) {
    const [from, to] = [text.indexOf(begin(part)), text.indexOf(end(part))];
    if (from < 0 || to < from) throw new RangeError(`docs/performance.md has no place for ${part}`);
    text = `${text.slice(0, from + begin(part).length)}\n${lines.join('\n')}\n${text.slice(to)}`;
  }
  return text;
}
