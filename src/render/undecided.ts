// Why flows could not be judged, one note per reason however many flows share it, with the capture that would settle it.
import type { Trace, TracedFlow } from '../verdict/types.ts';
import { escapeText } from './escape.ts';
import { formatCount } from './format.ts';
import type { RenderOptions } from './options.ts';
import { createPaint } from './paint.ts';
import { wrapWords } from './text-width.ts';

/** Flows that share a reason. */
export interface UndecidedGroup {
  reason: string;
  /** Of the first flow; others may word it with their own names. */
  detail: string;
  flows: number;
  packets: number;
  /** Distinct tcpdump lines, in order of first flow; the first few are kept. */
  advice: string[];
  moreAdvice: number;
}

const ADVICE_SHOWN = 3;

/** Groups the unverifiable flows among `flows` by reason, most flows first. */
export function groupUndecided(flows: Iterable<TracedFlow>): UndecidedGroup[] {
  const groups = new Map<string, UndecidedGroup & { known: Set<string> }>();
  for (const flow of flows) {
    if (flow.unverified === null) continue;
    const { reason, detail, advice } = flow.unverified;
    const group = groups.get(reason) ?? {
      reason,
      detail,
      flows: 0,
      packets: 0,
      advice: [],
      moreAdvice: 0,
      known: new Set(),
    };
    groups.set(reason, group);
    group.flows++;
    group.packets += flow.packets;
    if (advice === null || group.known.has(advice)) continue;
    group.known.add(advice);
    if (group.advice.length < ADVICE_SHOWN) group.advice.push(advice);
    else group.moreAdvice++;
  }
  return [...groups.values()].map(({ known: _, ...group }) => group).sort((a, b) => b.flows - a.flows);
}

/** `?  UNDECIDED  9 flows: ...` and the commands under it. */
export function undecidedLines(trace: Trace, options: RenderOptions): string[] {
  return groupUndecided(trace.flows()).flatMap((group) => groupLines(group, options));
}

function groupLines(group: UndecidedGroup, options: RenderOptions): string[] {
  const paint = createPaint(options.color);
  const sentence = `${formatCount(group.flows, 'flow')}: ${escapeText(group.detail)} (${group.reason})`;
  const [first = '', ...rest] = wrapWords(sentence, options.width - 14);
  const lines = [
    `${paint('warn', '?')}  ${paint('warn', 'UNDECIDED')}  ${first}`,
    ...rest.map((line) => ' '.repeat(14) + line),
  ];
  lines.push(...adviceLines(group.advice));
  if (group.moreAdvice > 0) lines.push(`             and on ${formatCount(group.moreAdvice, 'more place')}`);
  return lines;
}

/** Commands are for pasting: never wrapped, never shortened. */
export function adviceLines(advice: readonly string[]): string[] {
  return advice.map((command, i) => `   ${i === 0 ? 'settle it' : '         '}  ${escapeText(command)}`);
}
