// A file -> sections that each hold one thing: a file pasted from a terminal may hold several commands' outputs, with prompts
// (`control1$ ip route`), the headers that head, tail and ansible print, headings, or fences with prose between them. Each section
// keeps its line numbers, the command if it is written, and whom prompt, heading or command name.
import { type Command, fileShown, isOpenLoop, parseCommand } from './paste/command-line.ts';
import { printsSnapshot } from './paste/command-output.ts';
import {
  hintsOfPath,
  readRuledHeading,
  readToolHeading,
  readWatchHeading,
  readWrittenHeading,
} from './paste/heading.ts';
import { blocksOf, type TextBlock } from './paste/markup/markup.ts';
import { ofTwoLines, readPrompt } from './paste/prompt.ts';
import { type Boundary, enter, learnName, newStanding, type Standing } from './paste/standing.ts';
import { turnAt } from './paste/turns.ts';
import { commandIn } from './paste/unprompted.ts';
import { beginsObject, type ContentKind, continues, kindAfter } from './recognise.ts';
import type { TextHint } from './stated-facts.ts';

export interface Section {
  text: string;
  kind: ContentKind;
  /** Line number of the text's first line in the file. */
  firstLine: number;
  /** The command that printed it, as typed; null when it is not written. */
  command: string | null;
  /** Whom prompt, header or command name, strongest first. */
  hints: readonly TextHint[];
  /** Output of a command that prints nothing of a snapshot: not read. */
  isSkipped?: true;
  /** Prose that nothing announces: read if it is understood as a whole. */
  isLoose?: true;
  /** Between fences, where other things stand too. */
  isFenced?: true;
  /** The lines of one machine among those of others, whose places are empty. */
  isWoven?: true;
  /** Another prompt follows: all of the output is here, even none. */
  isClosed?: true;
}

/** A prompt may hold a command this long. */
const LONGEST = 4000;
/** What is typed into one command. */
const LONGEST_BODY = 100_000;
/** Lines that one command may go on over. */
const MOST_LINES = 60;

/** Splits at prompts, commands, headers, headings and fences; a file without any is one section. */
export function splitSections(text: string): Section[] {
  const sections: Section[] = [];
  const standing = newStanding();
  for (const block of blocksOf(text)) splitBlock(block, standing, sections);
  return sections;
}

function splitBlock(block: TextBlock, standing: Standing, sections: Section[]): void {
  const { text, place } = block;
  const first = sections.length;
  const heredocEnd = heredocEnds(text);
  let start = { at: 0, line: block.firstLine };
  let kind: ContentKind | null = null;
  let boundary: Boundary | null =
    place === 'fence' && standing.pending !== null ? { ...standing.pending, kind: 'bare command' } : null;
  let typed: Boundary | null = null;
  let margin = '';
  const close = (end: number, isClosed: boolean): void => {
    const own = text.slice(start.at, end);
    const isEmpty = kind === null && own.trim() === '';
    if (isEmpty && (boundary === null || boundary.typed === null || boundary.kind === 'bare command')) return;
    sections.push(sectionOf(own, kind ?? 'lines', start.line, { boundary, standing, place, isClosed }));
    // It is read.
    if (learnName(own, boundary, standing)) sections.pop();
  };
  for (let at = 0, number = block.firstLine; at <= text.length; number++) {
    const next = text.indexOf('\n', at);
    let end = next < 0 ? text.length : next;
    const isKnown = kind === 'json' || kind === 'yaml';
    // Most lines of large files are indented lines of objects: not even looked at.
    if (!isKnown || text.charCodeAt(at) !== 0x20) {
      const line = text.slice(at, end);
      const found =
        turnAt(line, kind, boundary) ?? boundaryAt(line, kind, () => text.slice(end + 1, end + 1 + LONGEST));
      if (found !== null) {
        // The break before a boundary belongs to it.
        close(Math.max(start.at, at - 1), found.kind === 'prompt');
        for (let more = found.lines; more > 1 && end < text.length; more--, number++) end = lineEnd(text, end + 1);
        boundary = found;
        if (found.kind === 'prompt' || found.kind === 'bare command') typed = found;
        enter(found, standing);
        const body = found.command?.heredoc ?? null;
        const stop = body === null ? -1 : heredocEnd(end + 1, body);
        if (stop >= 0) {
          const own = text.slice(end + 1, stop);
          const bodyKind = kindOf(own);
          sections.push(sectionOf(own, bodyKind, number + 1, { boundary, standing, place, isClosed: false }));
          number += own.split('\n').length + 1;
          end = lineEnd(text, stop + 1);
          boundary = { ...found, command: null, kind: 'heading' };
        }
        start = { at: end + 1, line: number + 1 };
        kind = null;
        margin = '';
      } else if (splitsHere(line, kind, margin, place)) {
        close(Math.max(start.at, at - 1), false);
        if (boundary !== null && line.trim() === '') boundary = { ...boundary, isApart: true };
        start = { at, line: number };
        kind = kindAfter(null, line);
        margin = line;
      } else {
        kind = kindAfter(kind, line);
        if (line.trim() !== '') margin = line;
      }
    }
    at = end + 1;
  }
  // What ends a file may be a command that was not run, or whose output was not copied.
  close(text.length, false);
  // A fence with nothing but a command: its output stands in the next one.
  if (place === 'fence') standing.pending = sections.slice(first).every((one) => one.text.trim() === '') ? typed : null;
  if (standing.pending !== null) sections.length = first;
}

/** Where something else begins without being announced. */
function splitsHere(line: string, kind: ContentKind | null, margin: string, place: TextBlock['place']): boolean {
  if (kind === 'lines') {
    return beginsObject(line) || (place === 'prose' && line.trim() === '');
  }
  return (
    kind !== null &&
    kind !== 'records' &&
    !line.startsWith(' ') &&
    !line.startsWith('\t') &&
    !continues(kind, line, margin)
  );
}

function sectionOf(
  text: string,
  kind: ContentKind,
  firstLine: number,
  from: { boundary: Boundary | null; standing: Standing; place: TextBlock['place']; isClosed: boolean },
): Section {
  const { boundary, standing, place, isClosed } = from;
  const { command = null, typed = null } = boundary ?? {};
  const own = boundary?.kind === 'heading' ? [] : (boundary?.hints ?? []);
  // A loop's own machine has not printed what the others said.
  // What may be another machine's name hides whom the lines above it name.
  const isMachine = standing.label.some(({ name }) => /\d/.test(name));
  const around = isMachine ? standing.label : [...standing.label, ...standing.heading, ...standing.login];
  const hints =
    command?.loop == null
      ? [...own, ...(isElsewhere(command) || (command !== null && fileShown(command) !== null) ? [] : around)]
      : boundary?.kind === 'turn'
        ? own
        : [];
  const isSkipped = command !== null && !printsSnapshot(command);
  const isAnnounced = boundary !== null && boundary.kind !== 'heading' && boundary.isApart !== true;
  const isLoose = place === 'prose' && !isAnnounced;
  const isPrompted = boundary?.kind === 'prompt' && isClosed;
  return {
    ...{ text, kind: isSkipped ? 'lines' : kind, firstLine, command: typed, hints },
    ...(isSkipped ? { isSkipped } : {}),
    ...(isLoose ? { isLoose } : {}),
    ...(place === 'fence' ? { isFenced: true as const } : {}),
    ...(isPrompted ? { isClosed: true as const } : {}),
  };
}

/** Run on another machine than the one whose prompt or heading stands above it. */
function isElsewhere(command: Command | null): boolean {
  return command?.runs.some(({ words, hints }) => words.length > 0 && hints.length > 0) === true;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Offset of the break before the line that ends a heredoc; -1 when there is none. */
type HeredocEnd = (from: number, word: string) => number;

/** Looks in an index of all lines, which the first heredoc makes: a paste may have thousands that nothing ends. */
function heredocEnds(text: string): HeredocEnd {
  let lines: Map<string, number[]> | null = null;
  return (from, word) => {
    lines ??= linesByText(text);
    const found = lines.get(word) ?? [];
    // the first one that begins behind
    let [low, high] = [0, found.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((found[middle] ?? 0) < from) low = middle + 1;
      else high = middle;
    }
    const at = found[low];
    return at === undefined || at >= from + LONGEST_BODY ? -1 : Math.max(from, at - 1);
  };
}

/** Where lines begin, by what stands in them. */
function linesByText(text: string): Map<string, number[]> {
  const lines = new Map<string, number[]>();
  for (let at = 0; at < text.length; ) {
    const end = lineEnd(text, at);
    const line = end - at > LONGEST ? '' : text.slice(at, end).trim();
    const known = lines.get(line);
    if (known !== undefined) known.push(at);
    else if (line !== '') lines.set(line, [at]);
    at = end + 1;
  }
  return lines;
}

function kindOf(text: string): ContentKind {
  let kind: ContentKind | null = null;
  for (const line of text.split('\n')) kind = kindAfter(kind, line);
  return kind ?? 'lines';
}

/** @param kind of the section that it would end */
function boundaryAt(line: string, kind: ContentKind | null, next: () => string): Boundary | null {
  if (line === '' || line.startsWith(' ') || line.length > LONGEST) return null;
  const isObject = kind === 'json' || kind === 'yaml';
  const tool = readToolHeading(line);
  if (tool !== null) return ofHeading(tool.hints, tool.command);
  const ruled = /^(?:---|:::)/.test(line) ? readRuledHeading(line, next) : null;
  if (ruled !== null) return { ...ofHeading(ruled.hints, null), lines: 3 };
  const drawn = /^[\u256d\u250c]/.test(line) ? ofTwoLines(line, next().split('\n', 1)[0] ?? '') : null;
  const prompt = drawn ?? readPrompt(line);
  if (prompt !== null && !isComment(line, next)) {
    const above = drawn === null ? 0 : 1;
    const { typed, lines } = withFollowing(prompt.command, () => following(next(), above));
    const command = parseCommand(typed);
    const hints: TextHint[] = [...(command.runs[0]?.hints ?? [])];
    const shown = fileShown(command);
    if (shown !== null) hints.push(...hintsOfPath(shown).filter(({ from }) => from === 'file name'));
    else if (prompt.host !== null && !isElsewhere(command)) hints.push({ name: prompt.host, from: 'prompt' });
    return { lines: lines + above, typed, command, hints, kind: 'prompt', host: prompt.host };
  }
  const watched = readWatchHeading(line);
  if (watched !== null) return { ...ofHeading(watched.hints, watched.command), kind: 'bare command' };
  const bare = isObject ? null : commandIn(line);
  if (bare !== null) {
    const { typed, lines } = withFollowing(line, next);
    const command = lines === 1 ? bare : parseCommand(typed);
    return { lines, typed, command, hints: command.runs[0]?.hints ?? [], kind: 'bare command' };
  }
  const heading = readWrittenHeading(line, isObject);
  // `Addresses:` of kubectl describe is a key: what it holds is indented below it.
  if (heading === null || (line.endsWith(':') && /^[ \t]/.test(next()))) return null;
  return ofHeading(heading.hints, heading.command);
}

function ofHeading(hints: readonly TextHint[], typed: string | null): Boundary {
  return { lines: 1, typed, command: typed === null ? null : parseCommand(typed), hints, kind: 'heading' };
}

/** A text without its first lines. */
function following(text: string, lines: number): string {
  let at = 0;
  for (let i = 0; i < lines; i++) at = Math.min(text.length, lineEnd(text, at) + 1);
  return text.slice(at);
}

/** `# ip route` may be a comment between the lines of a YAML document. */
function isComment(line: string, next: () => string): boolean {
  return line.startsWith('#') && /^\s+\S|^- /.test(next().split('\n', 1)[0] ?? '');
}

/** A command goes on behind a backslash, and until a loop is done. */
function withFollowing(command: string, next: () => string): { typed: string; lines: number } {
  if (!command.endsWith('\\') && !isOpenLoop(command)) return { typed: command, lines: 1 };
  const following = next().split('\n', MOST_LINES);
  let typed = command;
  let lines = 1;
  for (; typed.endsWith('\\') && lines <= following.length; lines++)
    typed = `${typed.slice(0, -1)} ${(following[lines - 1] ?? '').trim()}`;
  if (!isOpenLoop(typed)) return { typed, lines };
  const end = following.findIndex((line, i) => i >= lines - 1 && /(?:^|[\s;])done\b/.test(line));
  if (end < 0) return { typed: command, lines: 1 };
  return {
    typed: [typed, ...following.slice(lines - 1, end + 1).map((line) => line.trim())].join('; '),
    lines: end + 2,
  };
}
