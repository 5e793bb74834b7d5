// `verify` as people read it: one word and one sentence first, then the node matrix, what was not asked, what is not proven.
import type { PairReport } from '../../verdict/verify/node-pairs.ts';
import { createNameFitter, nodeNamesOf } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { formatCompact, formatNumber, formatSpan } from '../text/format.ts';
import { columnWidth, GAP, renderGrid } from '../text/grid.ts';
import { createPaint, type Tone } from '../text/paint.ts';
import type { RenderOptions } from '../text/render-options.ts';
import { wrapWords } from '../text/text-width.ts';
import { causeLines } from '../trace/cause-list.ts';
import { adviceLines } from '../trace/undecided.ts';
import {
  coverage,
  failureSentence,
  headline,
  howAgain,
  notAskedSentences,
  notProven,
  outsideSentence,
  seenBy,
  type VerifyContext,
  whyUndecided,
} from './verify-words.ts';

const MARGIN = 3;
const LABEL = 12;
const PAIRS_SHOWN = 20;

/** A blank that no line is broken at. */
const GLUE = '\u00a0';

const WORDS: Record<VerifyContext['report']['result'], { word: string; tone: Tone }> = {
  pass: { word: 'PASS', tone: 'good' },
  fail: { word: 'FAIL', tone: 'bad' },
  undecided: { word: 'UNDECIDED', tone: 'warn' },
};

/** The whole page, ended by a line feed. */
export function renderVerify(context: VerifyContext, options: RenderOptions): string {
  const { report } = context;
  const sections = [
    headLines(context, options),
    report.result === 'fail' ? problemLines(context, options) : [],
    matrixLines(report.pairs, report.nodes, options),
    factLines(context, options),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function headLines(context: VerifyContext, options: RenderOptions): string[] {
  const { word, tone } = WORDS[context.report.result];
  const { exitCode } = context.report;
  // The exit code stays in one piece.
  const exit = exitCode === 0 ? '' : ` (exit${GLUE}${exitCode})`;
  const lines = wrapWords(escapeText(headline(context)) + exit, options.width - word.length - 2);
  const [first = '', ...rest] = lines.map((line) => line.replace(GLUE, ' '));
  return [
    `${createPaint(options.color)(tone, word)}  ${first}`,
    ...rest.map((line) => ' '.repeat(word.length + 2) + line),
  ];
}

/** Causes of the trace, and with `--expect` what was seen instead. */
function problemLines(context: VerifyContext, options: RenderOptions): string[] {
  const { trace, report } = context;
  const failures = report.failures.map((failure) => failureSentence(failure, report.options));
  const causes = causeLines({ ...trace, causes: report.causes }, createNameFitter(nodeNamesOf(trace)), options);
  return [...labelled('cause', failures, options.width), ...causes];
}

function factLines(context: VerifyContext, options: RenderOptions): string[] {
  const { report, trace, version, filterText } = context;
  const { width } = options;
  const why = report.undecided.length > 0 ? whyUndecided(context) : [];
  const unproven = report.undecided.length === 0 ? [] : howAgain(context);
  return [
    ...labelled('why', why, width),
    ...adviceLines(unproven, 'again', LABEL),
    ...labelled('only', filterText === '' ? [] : [filterText], width),
    ...labelled('covered', report.flows === 0 ? [] : [coverage(report)], width),
    ...labelled('by', report.flows === 0 ? [] : [seenBy(context)], width),
    ...labelled('in', windowTexts(context), width),
    ...labelled('not asked', [...notAskedSentences(report), ...report.outside.map(outsideSentence)], width),
    ...labelled('not proven', [notProven(context).join(' · ')], width),
    ...labelled(
      'evidence',
      [
        `overlens ${version} · sha256 of ${trace.captures.length === 1 ? 'capture' : 'captures'} and snapshot in -o json`,
      ],
      width,
    ),
  ];
}

/** The time that all captures span. */
function windowTexts({ trace, report }: VerifyContext): string[] {
  const first = trace.captures.flatMap((capture) => capture.first ?? []).sort()[0];
  const last = trace.captures
    .flatMap((capture) => capture.last ?? [])
    .sort()
    .at(-1);
  const span = formatSpan(first ?? null, last ?? null);
  if (span === null) return [];
  const both = report.pairs.some((pair) => pair.sent !== null && pair.arrived !== null);
  return [
    `${first?.slice(0, 10)} ${span}${both ? '; sent and arrived: as each NIC saw it (super-frames are one packet), while both were captured' : ''}`,
  ];
}

function labelled(name: string, texts: readonly string[], width: number): string[] {
  const lines = texts.flatMap((text) => wrapWords(escapeText(text), width - MARGIN - LABEL));
  return lines.map((line, i) => ' '.repeat(MARGIN) + (i === 0 ? name : '').padEnd(LABEL) + line);
}

/** Rows send, columns receive: `sent, arrived`. Pairs are listed where the matrix does not fit. */
function matrixLines(pairs: readonly PairReport[], nodes: readonly string[], options: RenderOptions): string[] {
  if (pairs.length === 0) return [];
  const names = createNameFitter(nodes);
  const byKey = new Map(pairs.map((pair) => [JSON.stringify([pair.from, pair.to]), pair]));
  const cells = nodes.map((from) =>
    nodes.map((to) => (from === to ? '-' : pairCell(byKey.get(JSON.stringify([from, to]))))),
  );
  const content = Math.max(...nodes.map((_, i) => columnWidth(cells.map((row) => row[i] ?? ''))));
  const share = Math.floor((options.width - MARGIN - 'sent, arrived'.length) / nodes.length) - GAP - 'to '.length;
  if (nodes.length > 12 || share < 8 || content > share + 3) return listLines(pairs, options);
  const head = ['sent, arrived', ...nodes.map((node) => `to ${names.fit(escapeText(node), share)}`)];
  const rows = nodes.map((from, i) => [`from ${names.fit(escapeText(from), share)}`, ...(cells[i] ?? [])]);
  return renderGrid([head, ...rows], ['left', ...nodes.map(() => 'right' as const)], MARGIN);
}

function pairCell(pair: PairReport | undefined): string {
  if (pair === undefined) return 'none';
  const [sent, arrived] = [pair.sent, pair.arrived].map((count) => (count === null ? '?' : formatCompact(count)));
  return `${sent}, ${arrived}${pair.violation > 0 ? '!' : ''}`;
}

function listLines(pairs: readonly PairReport[], options: RenderOptions): string[] {
  const shown = options.all ? pairs : [...pairs].sort((a, b) => b.violation - a.violation).slice(0, PAIRS_SHOWN);
  const names = createNameFitter(pairs.flatMap((pair) => [pair.from, pair.to]));
  const width = Math.floor((options.width - MARGIN - 20) / 2) - GAP;
  const rows = shown.map((pair) => [
    names.fit(escapeText(pair.from), width),
    names.fit(escapeText(pair.to), width),
    pairCell(pair),
  ]);
  const lines = renderGrid([['from', 'to', 'sent, arrived'], ...rows], ['left', 'left', 'right'], MARGIN);
  if (shown.length < pairs.length)
    lines.push(`${' '.repeat(MARGIN)}and ${formatNumber(pairs.length - shown.length)} more pairs, in -o json`);
  return lines;
}
