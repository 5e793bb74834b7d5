// Parts of a page by their names, as its navigation has them: for a picture that shows one thing.
import type { Block, Page } from './page-model.ts';

/** Names of its parts, in order, without their article: `frame`, `what happens`, `decision`. */
export function partNames({ blocks }: Page): string[] {
  return blocks.flatMap(({ part }) => (part === undefined ? [] : [plainName(part)]));
}

/** What leads the page, and these of its parts; names are `partNames`'. */
export function onlyParts(page: Page, names: readonly string[]): Page {
  let isKept = true;
  const blocks: Block[] = [];
  for (const block of page.blocks) {
    if (block.part !== undefined) isKept = names.includes(plainName(block.part));
    if (isKept) blocks.push(block);
  }
  return { ...page, blocks };
}

function plainName(part: string): string {
  return part.replace(/^The /, '').toLowerCase();
}
