// Outputs of several machines in one, a sign of its machine at each line (`n1: default via ...` of pdsh and its kin, `[n1] out: `,
// `n1 | `, `n1/ip-route.txt:` of grep), in any order, or indented below its machine's name (salt) -> a section for each machine.
// Only where something that a table has stands behind the signs: keys and values of other texts look the same.
import { beginsEntry, type ContentKind, kindAfter } from '../recognise.ts';
import type { Section } from '../sections.ts';
import type { TextHint } from '../stated-facts.ts';
import { isOfFleet } from './fleet.ts';
import { hintsOfPath } from './heading.ts';

/** Where a line is of, and the line; null: not of this form. */
type Form = (line: string, before: string | null) => { from: string; text: string } | null;

function form(pattern: RegExp): Form {
  return (line) => {
    const [, from = '', text = ''] = pattern.exec(line) ?? [];
    return from === '' || /^\d+$/.test(from) ? null : { from, text };
  };
}

const FORMS: readonly { read: Form; isPath?: true }[] = [
  { read: form(/^([A-Za-z0-9][A-Za-z0-9._-]{0,252}):(?: (.*)|$)/) },
  { read: form(/^\[(?:[\w.-]{1,60}@)?([A-Za-z0-9][A-Za-z0-9._-]{0,252})\](?: (?:out|err):)?(?: (.*)|$)/) },
  { read: form(/^([A-Za-z0-9][A-Za-z0-9._-]{0,252}) {0,60}\|(?: (.*)|$)/) },
  { read: form(/^([A-Za-z0-9][A-Za-z0-9._-]{0,252})\t(.*)/) },
  {
    read: form(/^([\w.-][\w./-]{0,1000}\.(?:txt|log|out)|[\w.-]{1,300}\/[\w./-]{1,700}):(?:\d{1,7}:)?(.*)/),
    isPath: true,
  },
  // each line with its time, as `kubectl logs --timestamps` and `ts` have it: of nobody
  { read: form(/^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?( )(.*)$/) },
  { read: indented },
];

/** `n1:`, and its lines indented by four. */
function indented(line: string, before: string | null): { from: string; text: string } | null {
  const [, name] = /^([A-Za-z0-9][A-Za-z0-9._-]{0,252}):$/.exec(line) ?? [];
  if (name !== undefined) return { from: name, text: '' };
  return before !== null && line.startsWith('    ') ? { from: before, text: line.slice(4) } : null;
}

/** Machines times lines. */
const MOST = 20_000_000;

/** A section as those of its machines; itself where it is of one. */
export function unwoven(section: Section): Section[] {
  if (section.kind !== 'lines' || section.isSkipped === true || section.text.length < 8) return [section];
  const lines = section.text.split('\n');
  for (const one of FORMS) {
    const parts = partsOf(lines, one.read);
    if (parts === null) continue;
    if (parts.size * lines.length > MOST) return [section];
    return [...parts].map(([from, part]) =>
      sectionOf(from, part, { section, lines: lines.length, isPath: one.isPath === true }),
    );
  }
  return [section];
}

interface Part {
  lines: { at: number; text: string }[];
}

/** Lines by their machines, those of none under the empty name; null where most are of none, or none has an entry. */
function partsOf(lines: readonly string[], read: Form): Map<string, Part> | null {
  const parts = new Map<string, Part>();
  let [fitting, all, entries] = [0, 0, 0];
  let before: string | null = null;
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue;
    all++;
    const found = read(line, before);
    // nothing is made of large texts whose first lines are of no machine
    if (found === null && all > 50 && fitting * 2 < all) return null;
    before = found?.from ?? before;
    if (found !== null) fitting++;
    if (found !== null && beginsEntry(found.text)) entries++;
    const part = parts.get(found?.from ?? '') ?? { lines: [] };
    parts.set(found?.from ?? '', part);
    part.lines.push({ at, text: found?.text ?? line });
  }
  return entries > 0 && fitting * 2 > all ? parts : null;
}

/** Its lines at their places, with empty ones for the others': every line keeps its number. */
function sectionOf(
  from: string,
  { lines }: Part,
  { section, isPath }: { section: Section; lines: number; isPath: boolean },
): Section {
  const [first, last] = [lines[0]?.at ?? 0, lines.at(-1)?.at ?? 0];
  const text: string[] = Array.from({ length: last - first + 1 }, () => '');
  let kind: ContentKind | null = null;
  for (const line of lines) {
    text[line.at - first] = line.text;
    kind = kindAfter(kind, line.text);
  }
  // who typed the command has not printed it
  const hints =
    from === ''
      ? []
      : from === ' '
        ? [...section.hints]
        : isPath
          ? hintsOfPath(from)
          : [{ name: from, from: hintKind(section) }];
  const { isClosed: _isClosed, ...rest } = section;
  return {
    ...rest,
    text: text.join('\n'),
    kind: from === '' ? 'lines' : (kind ?? 'lines'),
    firstLine: section.firstLine + first,
    hints,
    isWoven: true,
  };
}

/** A machine for certain where a tool for many of them printed it; else a word that may be one. */
function hintKind({ command }: Section): TextHint['from'] {
  return command !== null && isOfFleet(command) ? 'prompt' : 'heading';
}
