// What the snapshot lacks, and the command that adds it.
import { escapeText } from '../text/escape.ts';
import { formatCount } from '../text/format.ts';
import { wrapWords } from '../text/text-width.ts';
import type { Page } from './fact-lines.ts';

export interface MissingPart {
  what: string;
  /** Whose tables; empty for objects of the cluster. */
  nodes: readonly string[];
  why: string;
  command: string;
}

/** Nodes that are named; of more their number. */
const NODES_NAMED = 3;

/** A sentence and, below it, the command: commands are never wrapped, so that they can be pasted. */
export function missingLines(missing: readonly MissingPart[], { paint, options }: Page): string[] {
  if (missing.length === 0) return [];
  const lines = missing.flatMap(({ nodes, why, command }) => {
    const where =
      nodes.length === 0
        ? ''
        : ` (${nodes.length > NODES_NAMED ? formatCount(nodes.length, 'node') : nodes.join(', ')})`;
    const sentence = wrapWords(escapeText(`${why}${where}`), options.width - 2);
    return [...sentence.map((line) => `  ${line}`), paint('dim', `    ${escapeText(command)}`)];
  });
  return [paint('strong', 'MISSING for a certain answer'), ...lines];
}
