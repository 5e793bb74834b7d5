// Every page of headers, in the order in which packets carry them: for `overlens headers` and docs/protocols.md.
import type { Page } from './layout.ts';
import { PROTOCOLS } from './protocols.ts';

export const CATALOG: readonly Page[] = Object.values(PROTOCOLS).flatMap(({ layout }): readonly Page[] => layout.pages);

/** The page of that name or title, in any case; null if there is none. */
export function lookupProtocol(name: string): Page | null {
  const wanted = name.toLowerCase();
  return CATALOG.find((page) => page.protocol === wanted || page.title.toLowerCase() === wanted) ?? null;
}
