// `--finding A`: one problem in full. What was expected and why, what was seen, how the sender decided (each table beside the
// bytes it became), what else speaks for it, and what to check next.
import { FINDINGS } from '../../verdict/codes.ts';
import type { Cause, Trace, TracedFlow } from '../../verdict/trace-types.ts';
import { createNameFitter, endpointName, type NameFitter, nodeNamesOf } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { baseName, formatCount, formatNumber, formatRange } from '../text/format.ts';
import { createPaint } from '../text/paint.ts';
import type { RenderOptions } from '../text/render-options.ts';
import { shortenPlaces } from '../text/short-places.ts';
import { textWidth, wrapWords } from '../text/text-width.ts';
import { packetPlace } from './capture-notes.ts';
import { cost } from './cause-list.ts';
import { chainRows } from './chain-rows.ts';

const MARGIN = 3;
const LABEL = 10;
const FLOWS_SHOWN = 10;

interface Page {
  trace: Trace;
  cause: Cause;
  names: NameFitter;
  options: RenderOptions;
}

/** The whole page about one cause. */
export function renderCause(trace: Trace, cause: Cause, options: RenderOptions): string {
  const page: Page = { trace, cause, names: createNameFitter(nodeNamesOf(trace), options.fit), options };
  const sections = [
    headLines(page),
    [...labelled(page, 'expected', [cause.expected]), ...labelled(page, 'seen', [seenText(page)])],
    chainRows(cause, page.names, options, MARGIN),
    [...flowLines(page), ...labelled(page, 'also', alsoTexts(cause)), ...checkLines(page), ...lookLines(page)],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function headLines({ cause, names, options }: Page): string[] {
  const paint = createPaint(options.color);
  const violation = cause.severity === 'violation';
  const tone = violation ? 'bad' : 'warn';
  const word = violation ? 'VIOLATION' : 'WARNING';
  const { fromNode, toNode } = cause;
  const between = betweenText(fromNode, toNode);
  const room = options.width - cause.id.length - word.length - 4;
  const facts = [cause.code, between, cost(cause)].filter((fact) => fact !== '');
  const whole = names.fitSentence(facts.join('    '), room);
  const [first, below] = textWidth(whole) <= room ? [whole, []] : [facts[0] ?? '', facts.slice(1)];
  const sentences = [cause.title, `${cause.code} means: ${FINDINGS[cause.code].title}.`];
  return [
    `${paint(tone, cause.id)}  ${paint(tone, word)}  ${first}`,
    ...below.map((fact) => ' '.repeat(MARGIN) + names.fitSentence(fact, options.width - MARGIN)),
    ...sentences.flatMap((sentence) =>
      indented(names.fitSentence(escapeText(sentence), options.width - MARGIN), options),
    ),
  ];
}

function indented(sentence: string, options: RenderOptions): string[] {
  return wrapWords(sentence, options.width - MARGIN).map((line) => ' '.repeat(MARGIN) + line);
}

/** Of several senders or receivers, and of unknown ones, there is no name. */
function betweenText(from: string | null, to: string | null): string {
  if (from === null || to === null)
    return from === null ? (to === null ? '' : `to ${escapeText(to)}`) : `from ${escapeText(from)}`;
  return `${escapeText(from)} → ${escapeText(to)}`;
}

function seenText({ trace, cause }: Page): string {
  const place = packetPlace(trace.captures, cause.capture, cause.firstPacket);
  if (place === null) return cause.seen;
  const last = cause.lastPacket !== null && cause.lastPacket !== cause.firstPacket ? ` to #${cause.lastPacket}` : '';
  return `${cause.seen} (${place}${last})`;
}

/** What the chain's notes say already is not said again. */
function alsoTexts({ also, chain }: Cause): string[] {
  return also.filter((text) => !chain.some(({ note }) => note !== null && text.includes(note)));
}

/** `expected  VXLAN ...`, wrapped under itself. Empty texts give no lines. */
function labelled({ names, options }: Page, name: string, texts: readonly string[]): string[] {
  const width = options.width - MARGIN - LABEL;
  const lines = texts
    .filter((text) => text !== '')
    .map((text) => (options.fit ? shortenPlaces(text) : text))
    .flatMap((text) => wrapWords(names.fitSentence(escapeText(text), width), width));
  return lines.map((line, i) => label(i === 0 ? name : '') + line);
}

function label(name: string): string {
  return ' '.repeat(MARGIN) + name.padEnd(LABEL);
}

function packetsText({ packets, packetsBetween }: TracedFlow): string {
  if (packetsBetween === null) return formatCount(packets, 'packet');
  return `${formatRange(packetsBetween, packets, formatNumber)} packets`;
}

function flowLines({ trace, cause, names, options }: Page): string[] {
  const lines: string[] = [];
  for (const id of cause.flowIds.slice(0, FLOWS_SHOWN)) {
    const flow = trace.flow(id);
    if (flow === null) continue;
    const port = flow.dst.port === null || flow.dst.port === 0 ? '' : ` ${flow.dst.port}`;
    const facts = ` ${escapeText(flow.protocol)}${port}, ${packetsText(flow)}`;
    const room = Math.floor((options.width - MARGIN - LABEL - facts.length - `#${id}  → `.length) / 2);
    const [from, to] = [flow.src, flow.dst].map((endpoint) =>
      names.fit(endpointName(endpoint).name, Math.max(8, room)),
    );
    lines.push(`${label(lines.length === 0 ? 'flows' : '')}#${id} ${from} → ${to}${facts}`);
  }
  const more = cause.flows - lines.length;
  if (lines.length > 0 && more > 0)
    lines.push(`${label('')}and ${formatCount(more, 'more flow')}: -o csv --finding ${cause.code}`);
  return lines;
}

/** Commands are for pasting: never wrapped, never shortened. */
function checkLines({ cause }: Page): string[] {
  return cause.check.map((command, i) => label(i === 0 ? 'check' : '') + escapeText(command));
}

function lookLines({ trace, cause }: Page): string[] {
  const path = cause.capture === null ? undefined : trace.captures[cause.capture]?.path;
  if (path === undefined || cause.firstPacket === null) return [];
  return [
    `${label('look')}${baseName(path)} packet ${cause.firstPacket}; in Wireshark: frame.number == ${cause.firstPacket}`,
  ];
}
