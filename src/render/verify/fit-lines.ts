// A page that stays short: lists give up their last items, the least important lists first, until it fits, and say how many more.

/** A list on the page. */
export interface Block {
  /** Each of one or more lines, never torn apart. */
  items: readonly (readonly string[])[];
  /** Items that always stay. */
  keep: number;
  /** Blocks of a higher number give way first; 0 never does. */
  gives: number;
  /** The line that stands for what was left out. */
  more(left: number): string;
}

/** A block that is shown as it is. */
export function whole(lines: readonly string[]): Block {
  return { items: [lines], keep: 1, gives: 0, more: () => '' };
}

/**
 * Lines of all sections, a blank one between two.
 * @param most lines of the page, kept if the blocks can give up enough; null: all of them
 */
export function fitSections(sections: readonly (readonly Block[])[], most: number | null): string[] {
  const shown = sections.map((blocks) => blocks.map((block) => ({ block, count: block.items.length })));
  const all = shown.flat();
  const lines = (): string[] =>
    shown
      .map((entries) => entries.flatMap(linesOf))
      .filter((section) => section.length > 0)
      .flatMap((section, i) => (i === 0 ? section : ['', ...section]));
  for (let excess = most === null ? 0 : lines().length - most; excess > 0; excess = lines().length - (most ?? 0)) {
    const givers = all.filter(({ block, count }) => block.gives > 0 && count > block.keep);
    const [giver] = givers.sort((a, b) => b.block.gives - a.block.gives || b.count - a.count);
    if (giver === undefined) break;
    // many at once: a list may be long
    giver.count = Math.max(giver.block.keep, giver.count - Math.max(1, excess >> 2));
  }
  return lines();
}

function linesOf({ block, count }: { block: Block; count: number }): string[] {
  const left = block.items.length - count;
  return [...block.items.slice(0, count).flat(), ...(left === 0 ? [] : [block.more(left)])];
}
