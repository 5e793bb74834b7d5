// Problems grouped by cause, as the table lists them: however many flows share one, it is one block of two lines.
import type { Cause, Trace, TracedCapture } from '../../verdict/trace-types.ts';
import type { NameFitter } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { formatCount } from '../text/format.ts';
import { createPaint } from '../text/paint.ts';
import type { RenderOptions } from '../text/render-options.ts';
import { wrapWords } from '../text/text-width.ts';
import { packetPlace } from './capture-notes.ts';

/** Causes shown before the rest is counted only. */
const CAUSES_SHOWN = 12;

/** Blocks for all causes, violations first; a last line counts those left out. */
export function causeLines(trace: Trace, names: NameFitter, options: RenderOptions): string[] {
  const sorted = [...trace.causes].sort((a, b) => severityRank(a) - severityRank(b));
  const shown = options.all ? sorted : sorted.slice(0, CAUSES_SHOWN);
  const lines = shown.flatMap((cause) => [
    ...titleLines(cause, names, options),
    ...factLines(cause, trace.captures, options),
  ]);
  if (shown.length < sorted.length)
    lines.push(`and ${formatCount(sorted.length - shown.length, 'more problem')}, --all`);
  return lines;
}

/** Titles only, again at the end of what is longer than the terminal. */
export function causeTitles(trace: Trace, names: NameFitter, options: RenderOptions): string[] {
  const sorted = [...trace.causes].sort((a, b) => severityRank(a) - severityRank(b));
  const lines = sorted.slice(0, CAUSES_SHOWN).flatMap((cause) => titleLines(cause, names, options));
  return lines.length === 0 ? [] : [...lines, `   in full: --finding ${sorted[0]?.id}`];
}

/** `A  VIOLATION  control1 sends worker1's overlay packets to worker2`. */
export function titleLines(cause: Cause, names: NameFitter, options: Pick<RenderOptions, 'width' | 'color'>): string[] {
  const paint = createPaint(options.color);
  const violation = cause.severity === 'violation';
  const label = violation ? 'VIOLATION' : 'WARNING';
  const margin = cause.id.length + label.length + 4;
  const [first = '', ...rest] = wrapWords(
    names.fitSentence(escapeText(cause.title), options.width - margin),
    options.width - margin,
  );
  const tone = violation ? 'bad' : 'warn';
  return [
    `${paint(tone, cause.id)}  ${paint(tone, label)}  ${first}`,
    ...rest.map((line) => ' '.repeat(margin) + line),
  ];
}

/** `3 flows, 17 packets, 0 answers`; empty for a problem of the snapshot alone. */
export function cost(cause: Cause): string {
  if (cause.flows === 0) return '';
  return [
    formatCount(cause.flows, 'flow'),
    formatCount(cause.packets, 'packet'),
    formatCount(cause.answers, 'answer'),
  ].join(', ');
}

function factLines(cause: Cause, captures: readonly TracedCapture[], options: RenderOptions): string[] {
  const place = packetPlace(captures, cause.capture, cause.firstPacket);
  const facts = [cost(cause), cause.code, place ?? '', `--finding ${cause.id}`].filter((fact) => fact !== '');
  return wrapFacts(facts, options.width - 3).map((line) => `   ${line}`);
}

/** Joins facts with dots and breaks only between facts. */
function wrapFacts(facts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const fact of facts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + fact.length + 3 <= width) lines[lines.length - 1] = `${last} · ${fact}`;
    else lines.push(fact);
  }
  return lines;
}

function severityRank(cause: Cause): number {
  return cause.severity === 'violation' ? 0 : 1;
}
