// What is said of clocks: those that are off, and those that nothing compares where it matters.

import { AGREE_SECONDS } from '../../attribution/clocks/clock-chain.ts';
import { type ClockReport, misleads } from '../../verdict/clocks/clock-report.ts';
import type { Trace } from '../../verdict/trace-types.ts';
import type { NameFitter } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { baseName, formatCount, formatList } from '../text/format.ts';
import { createPaint } from '../text/paint.ts';
import type { RenderOptions } from '../text/render-options.ts';
import { wrapWords } from '../text/text-width.ts';

/** Clocks named before the rest is counted only. */
const CLOCKS_SHOWN = 6;
const NAMES_SHOWN = 4;

export function clockLines({ clocks }: Pick<Trace, 'clocks'>, names: NameFitter, options: RenderOptions): string[] {
  const paint = createPaint(options.color);
  return clockSentences(clocks, options.all).flatMap((note) =>
    wrapWords(names.fitSentence(note, options.width - 8), options.width - 8).map((line, i) =>
      i === 0 ? `  ${paint('warn', 'note')}  ${line}` : `        ${line}`,
    ),
  );
}

/** One sentence a clock that is off, and what follows where nothing tells. Escaped. */
export function clockSentences(clocks: readonly ClockReport[], all: boolean): string[] {
  return [...offsetSentences(clocks.filter(misleads), all), ...severalSentences(clocks), ...uncomparedWords(clocks)];
}

/** One sentence a clock; many are counted only, unless `all`. Escaped. */
export function offsetSentences(off: readonly ClockReport[], all: boolean): string[] {
  const shown = all ? off : off.slice(0, CLOCKS_SHOWN);
  const sentences = shown.map(clockWords);
  if (shown.length < off.length) sentences.push(`and ${formatCount(off.length - shown.length, 'more clock')}, --all`);
  return sentences;
}

/** `worker1's clock is 0.300 s ahead of control1's (±0.05 ms): 15 packets in both`. Escaped. */
function clockWords({ name, aheadOf, seconds, uncertainty, packets }: ClockReport): string {
  const how = (seconds ?? 0) < 0 ? 'behind' : 'ahead of';
  const sure = uncertainty === null ? ', seen one way only' : '';
  const about = uncertainty === null ? 'about ' : '';
  const range = uncertainty === null ? '' : ` (±${milliseconds(uncertainty)})`;
  const amount = `${about}${secondsText(Math.abs(seconds ?? 0))}`;
  return `${ownerOf(name)} clock is ${amount} ${how} ${ownerOf(aheadOf ?? '')}${range}: ${formatCount(packets, 'packet')} in both${sure}`;
}

/** `0.300 s`; what only delays show, `0.021 ms`. */
function secondsText(seconds: number): string {
  return seconds >= AGREE_SECONDS ? `${seconds.toFixed(3)} s` : `${(seconds * 1000).toFixed(3)} ms`;
}

/** What several clocks stamped has none to tell of. Escaped. */
export function severalSentences(clocks: readonly ClockReport[]): string[] {
  const named = (several: ClockReport['several']): string[] =>
    clocks.filter((clock) => clock.several === several).map(({ name }) => baseName(name));
  const [seen, possible] = [named('seen'), named('possible')];
  const sentences: string[] = [];
  if (seen.length > 0) sentences.push(`several clocks stamped the packets of ${namesText(seen)}: none of them is told`);
  if (possible.length > 0)
    sentences.push(`several clocks may have stamped the packets of ${namesText(possible)}: none is told`);
  return sentences;
}

/** Nodes by their names, captures by their files. */
function ownerOf(name: string): string {
  return `${escapeText(baseName(name))}'s`;
}

function milliseconds(seconds: number): string {
  const value = seconds * 1000;
  return `${value < 10 ? Number(value.toPrecision(1)) : Math.round(value)} ms`;
}

function uncomparedWords(clocks: readonly ClockReport[]): string[] {
  const assumed = clocks.filter((clock) => clock.assumed).map(({ name }) => name);
  const unknown = clocks.filter((clock) => clock.isMissed).map(({ name }) => name);
  const notes: string[] = [];
  if (assumed.length > 0)
    notes.push(
      `no packet of ${namesText(assumed)} is in other nodes' captures: their clocks cannot be compared, and are taken to be right`,
    );
  return [...notes, ...unknownSentences(unknown)];
}

/** What follows where nothing compares clocks with others. Escaped. */
export function unknownSentences(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [`it is not known how far the clock of ${namesText(names)} is off: nothing is called lost on its way there`];
}

function namesText(names: readonly string[]): string {
  return formatList(names.map(escapeText), NAMES_SHOWN);
}
