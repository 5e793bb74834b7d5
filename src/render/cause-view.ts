// `--finding A`: one problem in full. What was expected and why, what was seen, how the sender decided (each table beside the
// bytes it became), what else speaks for it, and what to check next.
import type { ChainStep } from '../attribution/types.ts';
import { FINDINGS } from '../verdict/codes.ts';
import type { Cause, Trace } from '../verdict/types.ts';
import { packetPlace } from './captures.ts';
import { cost } from './causes.ts';
import { escapeText } from './escape.ts';
import { baseName, formatCount } from './format.ts';
import { columnWidth, fitColumns, GAP, renderGrid } from './grid.ts';
import { endpointName } from './names.ts';
import type { RenderOptions } from './options.ts';
import { createPaint, type Paint } from './paint.ts';
import { shortenMiddle, wrapWords } from './text-width.ts';

const MARGIN = 3;
const LABEL = 10;
const FLOWS_SHOWN = 10;

const STEP_NAMES: Record<ChainStep['table'], string> = {
  pool: 'pool',
  route: 'route',
  neighbour: 'neighbour',
  fdb: 'FDB',
  device: 'device',
};

/** The whole page about one cause. */
export function renderCause(trace: Trace, cause: Cause, options: RenderOptions): string {
  const sections = [
    headLines(cause, options),
    [
      ...labelled('expected', [cause.expected], options.width),
      ...labelled('seen', [seenText(trace, cause)], options.width),
    ],
    chainLines(cause, options),
    [
      ...flowLines(trace, cause, options),
      ...labelled('also', cause.also, options.width),
      ...cause.check.flatMap((command, i) => [label(i === 0 ? 'check' : '') + escapeText(command)]),
      ...lookLines(trace, cause),
    ],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function headLines(cause: Cause, options: RenderOptions): string[] {
  const paint = createPaint(options.color);
  const violation = cause.severity === 'violation';
  const tone = violation ? 'bad' : 'warn';
  const between =
    cause.fromNode === null && cause.toNode === null ? '' : `${nodeText(cause.fromNode)} → ${nodeText(cause.toNode)}`;
  const facts = [cause.code, between, cost(cause)].filter((fact) => fact !== '').join('    ');
  const sentences = [cause.title, `${cause.code} means: ${FINDINGS[cause.code].title}.`];
  return [
    `${paint(tone, cause.id)}  ${paint(tone, violation ? 'VIOLATION' : 'WARNING')}  ${facts}`,
    ...sentences.flatMap((sentence) =>
      wrapWords(escapeText(sentence), options.width - MARGIN).map((line) => ' '.repeat(MARGIN) + line),
    ),
  ];
}

function nodeText(node: string | null): string {
  return node === null ? 'unknown node' : escapeText(node);
}

function seenText(trace: Trace, cause: Cause): string {
  const place = packetPlace(trace.captures, cause.capture, cause.firstPacket);
  if (place === null) return cause.seen;
  const last = cause.lastPacket !== null && cause.lastPacket !== cause.firstPacket ? ` to #${cause.lastPacket}` : '';
  return `${cause.seen} (${place}${last})`;
}

/** `expected  VXLAN ...`, wrapped under itself. Empty texts give no lines. */
function labelled(name: string, texts: readonly string[], width: number): string[] {
  const lines = texts
    .filter((text) => text !== '')
    .flatMap((text) => wrapWords(escapeText(text), width - MARGIN - LABEL));
  return lines.map((line, i) => label(i === 0 ? name : '') + line);
}

function label(name: string): string {
  return ' '.repeat(MARGIN) + name.padEnd(LABEL);
}

function chainLines(cause: Cause, options: RenderOptions): string[] {
  if (cause.chain.length === 0) return [];
  const paint = createPaint(options.color);
  const packet = cause.firstPacket === null ? '' : `packet #${cause.firstPacket}`;
  const rows = cause.chain.map((step) => stepCells(step, paint));
  const head = [`How ${nodeText(cause.fromNode)} decided`, packet, 'snapshot'];
  const cells = rows.map((row) => [`${row.name.padEnd(LABEL)}${row.text}`, row.result, row.place]);
  const all = [head, ...cells];
  const natural = [0, 1, 2].map((column) => columnWidth(all.map((row) => row[column] ?? '')));
  const [text = 0, result = 0, place = 0] = natural;
  const widths = fitColumns(
    natural,
    [Math.min(text, 30), result, Math.min(place, 14)],
    options.width - MARGIN - 2 * GAP,
  );
  const fitted = all.map(([one = '', two = '', three = '']) => [
    wrapStep(one, widths[0] ?? text),
    two,
    shortenMiddle(three, widths[2] ?? place),
  ]);
  return renderGrid(fitted, ['left', 'left', 'left'], MARGIN).concat(...noteLines(cause, options));
}

/** What a table says is the point of the page: wrapped under itself, never shortened. */
function wrapStep(step: string, width: number): string {
  return wrapWords(step.slice(LABEL), width - LABEL)
    .map((line, i) => (i === 0 ? step.slice(0, LABEL) : ' '.repeat(LABEL)) + line)
    .join('\n');
}

interface StepCells {
  name: string;
  text: string;
  result: string;
  place: string;
}

function stepCells(step: ChainStep, paint: Paint): StepCells {
  const words: Record<ChainStep['status'], string> = {
    ok: paint('good', 'ok'),
    wrong: paint('bad', 'WRONG'),
    missing: paint('bad', 'MISSING'),
    unknown: paint('dim', 'not given'),
  };
  const bytes = step.bytes === null ? '' : `, byte ${step.bytes.offset}`;
  const ref = step.ref;
  return {
    name: STEP_NAMES[step.table],
    text: step.text === null ? '-' : escapeText(step.text),
    result: words[step.status] + bytes,
    place: ref === null ? '' : escapeText(ref.file) + (ref.line === null ? '' : `:${ref.line}`),
  };
}

/** What wrong and missing steps should have said. */
function noteLines(cause: Cause, options: RenderOptions): string[] {
  const notes = cause.chain.flatMap((step) => (step.note === null ? [] : [`${STEP_NAMES[step.table]}: ${step.note}`]));
  return notes.flatMap((note) =>
    wrapWords(escapeText(note), options.width - MARGIN - LABEL).map((line) => label('') + line),
  );
}

function flowLines(trace: Trace, cause: Cause, options: RenderOptions): string[] {
  const lines: string[] = [];
  for (const id of cause.flowIds.slice(0, FLOWS_SHOWN)) {
    const flow = trace.flow(id);
    if (flow === null) continue;
    const port = flow.dst.port === null || flow.dst.port === 0 ? '' : ` ${flow.dst.port}`;
    const names = `${endpointName(flow.src).name} → ${endpointName(flow.dst).name}`;
    const text = `#${id} ${names} ${escapeText(flow.protocol)}${port}, ${formatCount(flow.packets, 'packet')}`;
    lines.push(label(lines.length === 0 ? 'flows' : '') + shortenMiddle(text, options.width - MARGIN - LABEL));
  }
  const more = cause.flows - lines.length;
  if (lines.length > 0 && more > 0)
    lines.push(`${label('')}and ${formatCount(more, 'more flow')}: -o csv --finding ${cause.code}`);
  return lines;
}

function lookLines(trace: Trace, cause: Cause): string[] {
  const path = cause.capture === null ? undefined : trace.captures[cause.capture]?.path;
  if (path === undefined || cause.firstPacket === null) return [];
  return [
    `${label('look')}${baseName(path)} packet ${cause.firstPacket}; in Wireshark: frame.number == ${cause.firstPacket}`,
  ];
}
