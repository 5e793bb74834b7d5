// `verify` as people read it: one word and one sentence first, then the node matrix, what was not asked, what is not proven.
import { type PairReport, resizing } from '../../verdict/verify/node-pairs.ts';
import type { VerifyReport } from '../../verdict/verify/verify-report.ts';
import { createNameFitter, nodeNamesOf } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { formatCompact, formatCount, formatNumber } from '../text/format.ts';
import { columnWidth, GAP } from '../text/grid.ts';
import { renderGrid } from '../text/grid-table.ts';
import { createPaint, type Tone } from '../text/paint.ts';
import type { RenderOptions } from '../text/render-options.ts';
import { shortenPlaces } from '../text/short-places.ts';
import { textWidth, wrapWords } from '../text/text-width.ts';
import { causeLines } from '../trace/cause-list.ts';
import { clockSentences } from '../trace/clock-lines.ts';
import { adviceLines } from '../trace/undecided.ts';
import type { VerifyContext } from './evidence.ts';
import {
  assumedSentences,
  canarySentences,
  cutOffSentences,
  deliverySentences,
  type Evidence,
  type FileHash,
  filesOf,
  hashText,
  shortCommandLine,
  timeSentences,
  waiverSentence,
} from './evidence.ts';
import { type Block, fitSections, whole } from './fit-lines.ts';
import { coverage, notAskedSentences, notProven, outsideSentence, seenBy } from './scope-words.ts';
import { failureSentence, headline, howAgain, unprovenSentences, whyUndecided } from './verify-words.ts';

const MARGIN = 3;
const LABEL = 12;
const PAIRS_SHOWN = 20;
const MATRIX_NODES = 12;

/** A blank that no line is broken at. */
const GLUE = '\u00a0';

const WORDS: Record<VerifyContext['report']['result'], { word: string; tone: Tone }> = {
  pass: { word: 'PASS', tone: 'good' },
  fail: { word: 'FAIL', tone: 'bad' },
  undecided: { word: 'UNDECIDED', tone: 'warn' },
};

/** Lines of the page unless all are asked for. */
const MOST_LINES = 40;

/** The whole page, ended by a line feed. */
export function renderVerify(context: VerifyContext, options: RenderOptions): string {
  const sections = [
    [whole(headLines(context, options))],
    context.report.result === 'fail' ? problemBlocks(context, options) : [],
    deliveryBlocks(context, options),
    matrixBlocks(context.report, options),
    factBlocks(context, options),
  ];
  return `${fitSections(sections, options.all ? null : MOST_LINES).join('\n')}\n`;
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
function problemBlocks(context: VerifyContext, options: RenderOptions): Block[] {
  const { trace, report } = context;
  const failures = report.failures.map((failure) => failureSentence(failure, report.options));
  const names = createNameFitter(nodeNamesOf(trace));
  const causes = report.causes.map((cause) => causeLines({ ...trace, causes: [cause] }, names, options));
  return [
    labelled('cause', failures, options.width, { gives: 1, keep: 3 }),
    { items: causes, keep: 3, gives: 1, more: (left) => `and ${formatCount(left, 'more problem')}, --all` },
  ];
}

/** Loud, and apart: the exit code speaks of encapsulation alone. */
function deliveryBlocks({ trace, report }: VerifyContext, options: RenderOptions): Block[] {
  const sentences = deliverySentences(report);
  if (sentences.length === 0) return [];
  const word = 'NOT DELIVERED';
  const head = wrapWords(
    report.delivery.required
      ? 'not everything got through'
      : 'not everything got through; the result above speaks of encapsulation alone',
    options.width - word.length - 2,
  );
  const names = createNameFitter(nodeNamesOf(trace));
  const [first = '', ...rest] = head;
  const items = sentences.map((text) => {
    const lines = wrapWords(names.fitSentence(escapeText(text), options.width - MARGIN), options.width - MARGIN - 2);
    return lines.map((line, i) => ' '.repeat(MARGIN) + (i === 0 ? '' : '  ') + line);
  });
  return [
    whole([
      `${createPaint(options.color)('warn', word)}  ${first}`,
      ...rest.map((line) => ' '.repeat(word.length + 2) + line),
    ]),
    { items, keep: 3, gives: 2, more: (left) => `${' '.repeat(MARGIN)}and ${formatNumber(left)} more, --all` },
  ];
}

function factBlocks(context: VerifyContext, options: RenderOptions): Block[] {
  const { report, trace, filterText, evidence } = context;
  const { width } = options;
  const why = report.undecided.length > 0 ? whyUndecided(context) : [];
  const again = report.undecided.length === 0 ? [] : howAgain(context);
  const names = createNameFitter(report.nodes, options.fit);
  const notAsked = [...notAskedSentences(report), ...report.outside.map(outsideSentence)];
  const unproven =
    report.pairs.length === 0
      ? []
      : unprovenSentences(report).map((text) => names.fitSentence(text, width - MARGIN - LABEL));
  return [
    labelled('why', why, width, { gives: 3, keep: 4 }),
    whole(adviceLines(again, 'again', LABEL)),
    labelled('waivers', report.waivers.map(waiverSentence), width, { gives: 4, keep: 3 }),
    labelled('only', filterText === '' ? [] : [filterText], width),
    labelled('covered', report.flows === 0 ? [] : [coverage(report)], width),
    labelled('unproven', unproven, width, { gives: 4, keep: 3 }),
    labelled('canary', canarySentences(report), width),
    labelled('by', report.flows === 0 ? [] : [seenBy(context)], width),
    labelled('in', timeTexts(context), width, { gives: 5, keep: 3 }),
    labelled('clocks', clockTexts(context, options), width, { gives: 5, keep: 3 }),
    labelled('cut off', cutOffSentences(trace.captures), width, { gives: 6, keep: 2 }),
    labelled(
      'not asked',
      notAsked.map((text) => (options.fit ? shortenPlaces(text) : text)),
      width,
      {
        gives: 7,
        keep: 2,
      },
    ),
    labelled('assumed', assumedSentences(context), width, { gives: 6, keep: 3 }),
    labelled('not proven', [notProven(context).join(' · ')], width),
    labelled('evidence', [`overlens ${context.version} · ${evidence.date} · ${filesText(evidence)}`], width),
    whole(adviceLines([shortCommandLine(evidence)], 'command', LABEL)),
    hashBlock(evidence, options),
  ];
}

function clockTexts({ report, trace }: VerifyContext, { width, all }: RenderOptions): string[] {
  const names = createNameFitter(report.nodes);
  return clockSentences(trace.clocks, all).map((text) => names.fitSentence(text, width - MARGIN - LABEL));
}

/** Files listed; of more the first captures, and one hash for all. */
const FILES_SHOWN = 6;
const CAPTURES_SHOWN = 3;

/** Hash and path as `sha256sum` has them, on two lines where one is too short: neither is ever cut. */
function hashBlock(evidence: Evidence, { width, all }: RenderOptions): Block {
  const files = filesOf(evidence);
  if (evidence.proofFile !== null && !all) return whole(proofLines(evidence.proofFile, files.length));
  const shown = all || files.length <= FILES_SHOWN ? files : firstFiles(evidence).slice(0, CAPTURES_SHOWN);
  const left = files.length - shown.length;
  const lines = shown.map((file) => {
    const [hash, name] = [hashText(file), escapeText(file.path)];
    return MARGIN + LABEL + hash.length + 2 + textWidth(name) <= width ? [`${hash}  ${name}`] : [hash, `  ${name}`];
  });
  if (left > 0)
    lines.push([`and ${formatCount(left, 'more file')} (--all); the sha256 of all these lines is`, evidence.digest]);
  const items = lines.map((item, i) => item.map((text, j) => lead(i + j === 0 ? 'sha256' : '') + text));
  return { items, keep: 0, gives: 0, more: () => '' };
}

/** The captures; of those in archives the archives. */
function firstFiles({ captures, bundles }: Evidence): readonly FileHash[] {
  const alone = captures.filter(({ bundle }) => bundle === undefined);
  return alone.length > 0 ? alone : bundles;
}

/** The JSON of the same run has the hashes. */
function proofLines(file: string, files: number): string[] {
  const count = formatCount(files, 'file');
  return adviceLines([`of ${count} in ${file}; it is repeated by: overlens verify --check ${file}`], 'sha256', LABEL);
}

/** Margin and label. */
function lead(label: string): string {
  return ' '.repeat(MARGIN) + label.padEnd(LABEL);
}

function filesText({ captures, snapshot, bundles }: Evidence): string {
  const files = `${formatCount(captures.length, 'capture')}, ${formatCount(snapshot.length, 'snapshot file')}`;
  const members = bundles.reduce((sum, bundle) => sum + bundle.members.length, 0);
  return members === 0 ? files : `${files}, ${members} of them in ${formatCount(bundles.length, 'archive')}`;
}

const RESIZING = {
  cut: 'cut: super-frames arrived as the segments that NICs cut them into',
  joined: 'joined: segments arrived as the super-frames that NICs joined them into',
} as const;

/** The time in which a violation would have been captured. */
function timeTexts({ report }: VerifyContext): string[] {
  const [first, ...rest] = timeSentences(report.time);
  if (first === undefined) return [];
  const both = report.pairs.some((pair) => pair.sent !== null && pair.arrived !== null);
  const counted = 'sent and arrived: as each NIC saw it (super-frames are one packet), while both were captured';
  const kinds = new Set(report.pairs.map(resizing).filter((kind) => kind !== null));
  return [both ? `${first}; ${counted}` : first, ...rest, ...[...kinds].map((kind) => RESIZING[kind])];
}

/** A label in front of the first of some sentences, all of them indented behind it. */
function labelled(
  name: string,
  texts: readonly string[],
  width: number,
  give: Pick<Block, 'gives' | 'keep'> = { gives: 0, keep: 0 },
): Block {
  const items = texts.map((text, i) =>
    wrapWords(escapeText(text), width - MARGIN - LABEL).map((line, j) => lead(i + j === 0 ? name : '') + line),
  );
  return { items, ...give, more: (left) => `${lead('')}and ${formatNumber(left)} more, --all` };
}

/** Rows send, columns receive: `sent, arrived`. Pairs are listed where the matrix does not fit. */
function matrixBlocks({ pairs, nodes }: VerifyReport, options: RenderOptions): Block[] {
  if (pairs.length === 0) return [];
  if (nodes.length > MATRIX_NODES) return listBlocks(pairs, options);
  const names = createNameFitter(nodes, options.fit);
  const byKey = new Map(pairs.map((pair) => [JSON.stringify([pair.from, pair.to]), pair]));
  const cells = nodes.map((from) =>
    nodes.map((to) => (from === to ? '-' : pairCell(byKey.get(JSON.stringify([from, to]))))),
  );
  const content = Math.max(...nodes.map((_, i) => columnWidth(cells.map((row) => row[i] ?? ''))));
  const share = Math.floor((options.width - MARGIN - 'sent, arrived'.length) / nodes.length) - GAP - 'to '.length;
  if (share < 8 || content > share + 3) return listBlocks(pairs, options);
  const head = ['sent, arrived', ...nodes.map((node) => `to ${names.fit(escapeText(node), share)}`)];
  const rows = nodes.map((from, i) => [`from ${names.fit(escapeText(from), share)}`, ...(cells[i] ?? [])]);
  return [whole(renderGrid([head, ...rows], ['left', ...nodes.map(() => 'right' as const)], MARGIN))];
}

function pairCell(pair: PairReport | undefined): string {
  if (pair === undefined) return 'none';
  const [sent, arrived] = [pair.sent, pair.arrived].map((count) => (count === null ? '?' : formatCompact(count)));
  const how = resizing(pair);
  return `${sent}, ${arrived}${how === null ? '' : ` ${how}`}${pair.violation > 0 ? '!' : ''}`;
}

/** Of many pairs those that something is to be said of. */
function listBlocks(pairs: readonly PairReport[], options: RenderOptions): Block[] {
  const told = pairs.length <= PAIRS_SHOWN || options.all ? pairs : pairs.filter(isNotable);
  if (told.length === 0) return [];
  const shown = [...told].sort((a, b) => b.violation - a.violation);
  const names = createNameFitter(
    pairs.flatMap((pair) => [pair.from, pair.to]),
    options.fit,
  );
  const width = Math.floor((options.width - MARGIN - 20) / 2) - GAP;
  const rows = shown.map((pair) => [
    names.fit(escapeText(pair.from), width),
    names.fit(escapeText(pair.to), width),
    pairCell(pair),
  ]);
  const [head = '', ...lines] = renderGrid(
    [['from', 'to', 'sent, arrived'], ...rows],
    ['left', 'left', 'right'],
    MARGIN,
  );
  const others = pairs.length - told.length;
  const rest = others === 0 ? [] : [`${' '.repeat(MARGIN)}${formatNumber(others)} other pairs as asked for`];
  const more = (left: number): string => `${' '.repeat(MARGIN)}and ${formatCount(left, 'more pair')}, --all`;
  return [whole([head]), { items: lines.map((line) => [line]), keep: 5, gives: 8, more }, whole(rest)];
}

function isNotable({ ok, violation, waived, lost }: PairReport): boolean {
  return violation + waived + lost > 0 || ok === 0;
}
