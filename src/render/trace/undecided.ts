// Why flows could not be judged, one note per reason however many flows share it, with the capture that would settle it.
import type { UnverifiedGroup } from '../../verdict/unverified.ts';
import { escapeText } from '../text/escape.ts';
import { formatCount } from '../text/format.ts';
import { createPaint } from '../text/paint.ts';
import type { RenderOptions } from '../text/render-options.ts';
import { wrapWords } from '../text/text-width.ts';

/** `?  UNDECIDED  9 flows: ...` and the commands under it. */
export function undecidedLines(groups: readonly UnverifiedGroup[], options: RenderOptions): string[] {
  return groups.flatMap((group) => groupLines(group, options));
}

function groupLines(group: UnverifiedGroup, options: RenderOptions): string[] {
  const paint = createPaint(options.color);
  const sentence = `${formatCount(group.flows, 'flow')}: ${escapeText(group.detail)} (${group.reason})`;
  const [first = '', ...rest] = wrapWords(sentence, options.width - 14);
  const lines = [
    `${paint('warn', '?')}  ${paint('warn', 'UNDECIDED')}  ${first}`,
    ...rest.map((line) => ' '.repeat(14) + line),
  ];
  lines.push(...adviceLines(group.advice));
  if (group.moreAdvice > 0) lines.push(`${' '.repeat(14)}and on ${formatCount(group.moreAdvice, 'more place')}`);
  return lines;
}

/** Commands are for pasting: never wrapped, never shortened. */
export function adviceLines(advice: readonly string[], label = 'settle it', width = 11): string[] {
  return advice.map((command, i) => `   ${(i === 0 ? label : '').padEnd(width)}${escapeText(command)}`);
}
