// What mail, chat, tickets and markdown put around a terminal's text: `> ` quotes, indented blocks, fences. Taken away here, line by
// line, so that every line keeps its number. One pass each; a text that has none of it is not copied.

import { continues } from '../../recognise.ts';
import { readPrompt } from '../prompt.ts';
import { unboxTables } from './boxed-table.ts';
import { withoutPlaybook } from './playbook.ts';
import { unwrapTables } from './wrapped-table.ts';

/** A part of a text that stands in one kind of place. */
export interface TextBlock {
  text: string;
  /** Line number of the block's first line in the file. */
  firstLine: number;
  /** `file` is a text without fences; in one with fences, what stands between them is `prose`. */
  place: 'file' | 'fence' | 'prose';
}

/** Removes ANSI escapes (`ip -c`), carriage returns of CRLF files, a byte order mark, and the marks of quoted and indented text. */
export function plainText(text: string): string {
  const marked = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  // lines of old Macs, and of terminals that save so
  const unmarked = marked.includes('\r') && !marked.includes('\n') ? marked.replaceAll('\r', '\n') : marked;
  // CSI sequences (ECMA-48 section 5.4) and OSC sequences that prompts carry.
  const plain = unmarked.includes('\x1b')
    ? // a shell wipes out what it stepped back over
      unmarked
        .replaceAll(/\x08\x1b\[0?[JK]/g, '\x08 \x08')
        .replaceAll(/\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g, '')
    : unmarked;
  const lines = plain.includes('\r') ? withoutReturns(plain.replaceAll('\r\n', '\n')) : plain;
  const typed = /[\x07\x08]/.test(lines) ? asTyped(lines) : lines;
  if (typed.length > LARGEST_PASTE) return withoutIndents(withoutQuotes(typed));
  return unwrapTables(unboxTables(withoutPlaybook(withoutNumbers(withoutIndents(withoutQuotes(plainSigns(typed)))))));
}

/** What chats, mail and word processors make of blanks and quotes. A line with quotes of both kinds has them as text. */
function plainSigns(text: string): string {
  const blanks = /[\u00a0\u2007\u202f\u200b\u2060\ufeff]/.test(text)
    ? text.replaceAll(/[\u00a0\u2007\u202f]/g, ' ').replaceAll(/[\u200b\u2060\ufeff]/g, '')
    : text;
  const shown = blanks.includes('&lt;') ? withoutEntities(blanks) : blanks;
  if (!/[\u2018\u2019\u201c-\u201e]/.test(shown)) return shown;
  return shown
    .split('\n')
    .map((line) =>
      /["']/.test(line) ? line : line.replaceAll(/[\u201c-\u201e]/g, '"').replaceAll(/[\u2018\u2019]/g, "'"),
    )
    .join('\n');
}

/** Of a page's source. */
function withoutEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

/** `cat -n`, `grep -n`, `less -N`, and code as web pages show it. What `ip -o` prints has a colon and a blank. */
const NUMBERED = /^ {0,8}(\d{1,6})(?:\t| ?[|\u2502] ?| {1,2}(?! )|:(?! )|$)/;

/** Takes the numbers off lines that all have theirs. */
function withoutNumbers(text: string): string {
  if (!/^\s*\d/.test(text.slice(0, 100))) return text;
  const lines = text.split('\n');
  const cut: string[] = [];
  let last: number | null = null;
  for (const line of lines) {
    if (line.trim() === '') {
      cut.push('');
      continue;
    }
    const match = NUMBERED.exec(line);
    const number = Number(match?.[1]);
    if (match === null || (last !== null && number !== last + 1)) return text;
    last = number;
    cut.push(line.slice(match[0].length));
  }
  return cut.filter((line) => line.trim() !== '').length < 2 ? text : cut.join('\n');
}

/** What a terminal shows of a line that was typed with backspaces: each steps back, and what follows is written over. Bells are not shown. */
function asTyped(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      if (!/[\x07\x08]/.test(line)) return line;
      const shown: string[] = [];
      let at = 0;
      for (const character of line) {
        if (character === '\x08') at = Math.max(0, at - 1);
        else if (character !== '\x07') shown[at++] = character;
      }
      return shown.join('');
    })
    .join('\n');
}

/** A carriage return counts at neither end of a line. */
function withoutReturns(text: string): string {
  if (!text.includes('\r')) return text;
  return text
    .split('\n')
    .map((line) => {
      let [start, end] = [0, line.length];
      while (end > 0 && line.charCodeAt(end - 1) === 0x0d) end--;
      while (start < end && line.charCodeAt(start) === 0x0d) start++;
      return line.slice(start, end);
    })
    .join('\n');
}

function withoutQuotes(text: string): string {
  if (!text.startsWith('>') && !text.includes('\n>')) return text;
  return text
    .split('\n')
    .map((line) => {
      let at = 0;
      while (line.charAt(at) === '>' && (at + 1 === line.length || ' >'.includes(line.charAt(at + 1))))
        at += line.charAt(at + 1) === ' ' ? 2 : 1;
      return at === 0 ? line : line.slice(at);
    })
    .join('\n');
}

const AT_MARGIN = /^(?:(?:- )?["']?(?:apiVersion|kind|items|metadata)["']?\s*:|[[{])/m;
/** Larger texts are files of objects. */
const LARGEST_PASTE = 8 * 1024 * 1024;
const INDENTED = /^(?: {4}|\t)/;

/** Takes the indentation off a whole text, and off blocks of it that stand indented between lines that do not. */
function withoutIndents(text: string): string {
  const isIndented =
    /^\s*\n[ \t]|^[ \t]/.test(text.slice(0, 200)) || text.includes('\n\n    ') || text.includes('\n\n\t');
  if (!isIndented || (text.length > LARGEST_PASTE && AT_MARGIN.test(text))) return text;
  const lines = text.split('\n');
  const whole = commonIndent(lines, 0, lines.length);
  if (whole > 0) return lines.map((line) => line.slice(whole)).join('\n');
  // Objects have indented lines of their own, and so has what stands between fences.
  let isObject = false;
  let isFenced = false;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (/^ {0,3}(?:```|~~~)/.test(line)) isFenced = !isFenced;
    if (!/^\s|^$/.test(line)) isObject = AT_MARGIN.test(line) || (isObject && continues('yaml', line, ''));
    const isFirst = INDENTED.test(line) && (at === 0 || (lines[at - 1] ?? '').trim() === '');
    if (!isFirst || isObject || isFenced) continue;
    let end = at;
    while (end < lines.length && (INDENTED.test(lines[end] ?? '') || (lines[end] ?? '').trim() === '')) end++;
    const isBlock = end === lines.length || (lines[end - 1] ?? '').trim() === '';
    const indent = isBlock ? commonIndent(lines, at, end) : 0;
    for (let i = at; i < end && indent > 0; i++) lines[i] = (lines[i] ?? '').slice(indent);
    at = end - 1;
  }
  return lines.join('\n');
}

function commonIndent(lines: readonly string[], from: number, to: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = from; i < to; i++) {
    const line = lines[i] ?? '';
    const indent = line.length - line.trimStart().length;
    if (indent < line.length) least = Math.min(least, indent);
  }
  return Number.isFinite(least) ? least : 0;
}

interface Fence {
  /** What closes it: its sign, and how many of it; or a word in braces. */
  sign: string;
  length: number;
  indent: number;
  /** What a chat leaves on the fence's own line: a prompt and what was typed there; empty otherwise. */
  typed: string;
}

/** Splits a text at its fences; one without any is one block. */
export function blocksOf(text: string): TextBlock[] {
  const whole: TextBlock[] = [{ text, firstLine: 1, place: 'file' }];
  if (!/```|~~~|\{code|\{noformat/.test(text)) return whole;
  // An object's own texts may hold fences: those of the file stand at the margin.
  if (AT_MARGIN.test(text.slice(0, text.indexOf('\n'))) && !/\n(?:```|~~~|\{code|\{noformat)/.test(text)) return whole;
  const blocks: TextBlock[] = [];
  let lines: string[] = [];
  let firstLine = 1;
  let open: Fence | null = null;
  let isObject = false;
  const close = (next: number): void => {
    if (lines.some((line) => line.trim() !== ''))
      blocks.push({ text: lines.join('\n'), firstLine, place: open === null ? 'prose' : 'fence' });
    lines = [];
    firstLine = next;
  };
  for (const [i, line] of text.split('\n').entries()) {
    const number = i + 1;
    if (open !== null) {
      if (closes(line, open)) {
        close(number + 1);
        open = null;
      } else if (closesBehind(line, open)) {
        lines.push(line.slice(0, line.lastIndexOf(open.sign.repeat(open.length))));
        close(number + 1);
        open = null;
      } else lines.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)));
      continue;
    }
    // Between the lines of an object only the margin counts: texts in it have fences of their own.
    if (AT_MARGIN.test(line)) isObject = true;
    else if (line.trim() !== '' && !/^[\s\w"'#-]/.test(line)) isObject = false;
    const fence = isObject && line.startsWith(' ') ? null : fenceAt(line);
    if (fence === null) lines.push(line);
    else {
      close(fence.typed === '' ? number + 1 : number);
      open = fence;
      if (fence.typed !== '') lines.push(fence.typed);
      isObject = false;
    }
  }
  close(0);
  return blocks.every(({ place }) => place === 'prose') ? whole : blocks;
}

function fenceAt(line: string): Fence | null {
  const start = line.trimStart();
  // A fence may be the first thing of an element of a list.
  const bullet = /^(?:[-*+]|\d{1,9}[.)]) +/.exec(start)?.[0] ?? '';
  const mark = start.slice(bullet.length);
  const indent = line.length - mark.length;
  const [word = ''] = /^\{(?:code|noformat)(?=[:}])/.exec(mark) ?? [];
  if (word !== '' && mark.trimEnd().endsWith('}')) return { sign: `${word}}`, length: 1, indent, typed: '' };
  const sign = mark.charAt(0);
  if (sign !== '`' && sign !== '~') return null;
  let length = 0;
  while (mark.charAt(length) === sign) length++;
  const info = mark.slice(length);
  if (length < 3 || (sign === '`' && info.includes('`'))) return null;
  const prompt = readPrompt(info.trim());
  return { sign, length, indent, typed: prompt === null || prompt.command === '' ? '' : info.trim() };
}

/** Chats put the fence behind the last line too, which no shell does: of those that they opened in the same way. */
function closesBehind(line: string, { sign, length, typed }: Fence): boolean {
  return typed !== '' && line.trimEnd().endsWith(sign.repeat(length));
}

function closes(line: string, { sign, length }: Fence): boolean {
  const mark = line.trim();
  if (sign.length > 1) return mark === sign;
  return mark.length >= length && mark === sign.repeat(mark.length);
}
