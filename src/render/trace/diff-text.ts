// `overlens diff` as text and JSON: what changed between two traces first, the rest counted.
import { largestOf } from '../../net/extremes.ts';
import type { DiffRow, DiffSide, TraceDiff } from '../../verdict/diff-traces.ts';
import { VERDICT_WORDS } from '../../verdict/filter/verdict-words.ts';
import type { Trace } from '../../verdict/trace-types.ts';
import { createNameFitter } from '../text/endpoint-names.ts';
import { escapeText, stringifyJson } from '../text/escape.ts';
import { baseName, formatCount, formatList, formatSpan } from '../text/format.ts';
import { fitColumns, GAP } from '../text/grid.ts';
import { renderGrid } from '../text/grid-table.ts';
import { createPaint } from '../text/paint.ts';
import { textWidth, wrapWords } from '../text/text-width.ts';

export interface DiffLook {
  width: number;
  /** False in a pipe: names are whole there. */
  fit: boolean;
  color: boolean;
  /** Rows that did not change too. */
  all: boolean;
}

const HEAD = ['FROM', 'TO', 'SERVICE', 'BEFORE', 'AFTER', 'PACKETS', 'CHANGE'];
const CHANGE = HEAD.length - 1;
/** Overhead is the bytes from the outer IP header to the inner one, per packet. */
const LEGEND = `\nbytes: of outer headers, per packet     !  ${VERDICT_WORDS.violation}     ?  ${VERDICT_WORDS.unverifiable}`;
const NAME_MINIMUM = 14;

/** The whole page, in pieces. */
export function* renderDiff(diff: TraceDiff, before: Trace, after: Trace, look: DiffLook): Generator<string> {
  yield `${[...sideLines('before', before, look), ...sideLines('after', after, look)].join('\n')}\n\n`;
  const note = samePlaceNote(before, after);
  if (note !== null) yield `${wrapWords(note, look.width).join('\n')}\n\n`;
  const shown = diff.rows.filter((row) => look.all || row.changes.length > 0);
  if (shown.length > 0) yield `${gridLines(shown, before, after, look).join('\n')}\n\n`;
  const { changed, same, gone, new: added } = diff.summary;
  yield `${formatCount(changed, 'direction')} changed, ${same} did not, ${gone} only before, ${added} only after.${LEGEND}\n`;
}

function sideLines(side: string, trace: Trace, { width }: DiffLook): string[] {
  const margin = 'before  '.length;
  return wrapWords(captureText(trace), width - margin).map((line, i) => (i === 0 ? side : '').padEnd(margin) + line);
}

/** Two places at one time are no before and after: flows that only one of them sees would be called gone and new. */
function samePlaceNote(before: Trace, after: Trace): string | null {
  const [one, other] = [spanOf(before), spanOf(after)];
  if (one.first === null || one.last === null || other.first === null || other.last === null) return null;
  const overlap =
    Math.max(Date.parse(one.first), Date.parse(other.first)) < Math.min(Date.parse(one.last), Date.parse(other.last));
  const [nodes, others] = [nodesOf(before), nodesOf(after)].map((names) => [...new Set(names)]);
  if (!overlap || !nodes?.length || !others?.length || others.some((node) => nodes.includes(node))) return null;
  return `note  These overlap in time and are two places (${formatList(nodes)}; ${formatList(others)}), no before and after: what only one of them sees is no change. overlens trace, or overlens path, with both compares places.`;
}

function spanOf({ captures }: Trace): { first: string | null; last: string | null } {
  const times = (of: 'first' | 'last'): string[] => captures.flatMap((one) => one[of] ?? []).sort();
  return { first: times('first')[0] ?? null, last: times('last').at(-1) ?? null };
}

function captureText(trace: Trace): string {
  const names = formatList(trace.captures.map((c) => escapeText(baseName(c.path))));
  const { first, last } = spanOf(trace);
  const span = formatSpan(first, last);
  return `${names}, ${formatCount(trace.summary.packets, 'packet')}${span === null ? '' : `, ${span}`}`;
}

function gridLines(rows: readonly DiffRow[], before: Trace, after: Trace, look: DiffLook): string[] {
  const cells = rows.map((row) => [
    escapeText(row.from),
    escapeText(row.to),
    serviceText(row),
    sideText(row.before),
    sideText(row.after),
    `${row.before?.packets ?? '-'} / ${row.after?.packets ?? '-'}`,
    changeText(row),
  ]);
  const names = createNameFitter([...nodesOf(before), ...nodesOf(after)], look.fit);
  const natural = HEAD.map((head, i) => {
    const width = Math.max(textWidth(head), largestOf(cells.map((line) => textWidth(line[i] ?? ''))));
    return look.fit || i > 1
      ? width
      : Math.max(textWidth(head), largestOf(cells.map((line) => textWidth(names.bare(line[i] ?? '')))));
  });
  const minimum = natural.map((width, i) => (i < 2 ? Math.min(width, NAME_MINIMUM) : width));
  const widths = look.fit ? fitColumns(natural, minimum, look.width - GAP * (HEAD.length - 1)) : natural;
  const paint = createPaint(look.color);
  const body = cells.map((line, at) =>
    line.map((cell, i) => {
      if (i < 2) return names.fit(cell, widths[i] ?? 0);
      return i === CHANGE && rows[at]?.changes.includes('verdict') ? paint('warn', cell) : cell;
    }),
  );
  return renderGrid(
    [HEAD.map((head) => paint('dim', head)), ...body],
    HEAD.map(() => 'left'),
  );
}

function nodesOf(trace: Trace): string[] {
  return trace.captures.flatMap((c) => c.points.map((p) => p.node)).filter((n) => n !== null);
}

function serviceText({ protocol, port }: DiffRow): string {
  if (port === null) return `${protocol} ?`;
  return port === 0 ? protocol : `${protocol} ${port}`;
}

function sideText(side: DiffSide | null): string {
  if (side === null) return '-';
  const mark = side.verdict === 'violation' ? '!' : side.verdict === 'unverifiable' ? '?' : '';
  return `${side.encapsulation}${mark}`;
}

function changeText({ before, after, changes }: DiffRow): string {
  if (before === null) return 'new';
  if (after === null) return 'gone';
  const words = changes.map((change) => {
    switch (change) {
      case 'overhead':
        return `${after.overhead < before.overhead ? '−' : '+'}${Math.abs(after.overhead - before.overhead)} bytes`;
      case 'nodes':
        return `${nodesText(before)}, now ${nodesText(after)}`;
      case 'outcome':
        return `${before.outcome ?? 'unknown'}, now ${after.outcome ?? 'unknown'}`;
      case 'verdict':
        return `now ${VERDICT_WORDS[after.verdict]}`;
      default:
        return '';
    }
  });
  return words.filter((word) => word !== '').join('; ');
}

function nodesText({ fromNode, toNode }: DiffSide): string {
  return `${escapeText(fromNode ?? '?')} → ${escapeText(toNode ?? '?')}`;
}

/** One JSON document; rows as in verdict/diff-traces.ts. */
export function* renderDiffJson(diff: TraceDiff, before: Trace, after: Trace): Generator<string> {
  const captures = (trace: Trace): object[] =>
    trace.captures.map(({ path, packets, first, last }) => ({ path, packets, first, last }));
  const head = { schema: 'overlens.diff/1', before: captures(before), after: captures(after), summary: diff.summary };
  yield `${stringifyJson({ ...head, rows: diff.rows }, 2)}\n`;
}
