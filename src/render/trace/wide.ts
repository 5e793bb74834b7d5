// `-o wide`: one flow a line with what the table leaves out: outer addresses, VNI, what was asked for and why, the verdict's
// reason, the evidence. In a terminal, what does not fit stands on lines below, whole. Two passes: widths, then rows.
import type { Endpoint } from '../../attribution/vocabulary.ts';
import { VERDICT_WORDS } from '../../verdict/filter/verdict-words.ts';
import type { Trace, TracedFlow } from '../../verdict/trace-types.ts';
import { createNameFitter, endpointName, type NameFitter, nodeNamesOf } from '../text/endpoint-names.ts';
import { escapeText } from '../text/escape.ts';
import { createFileNumbers, type FileNumbers } from '../text/file-numbers.ts';
import { formatBytes, formatClock, formatNumber, formatRange, formatSeconds } from '../text/format.ts';
import { alignRow, fitColumns, GAP } from '../text/grid.ts';
import { createPaint, type Paint } from '../text/paint.ts';
import type { RenderOptions } from '../text/render-options.ts';
import { textWidth, wrapWords } from '../text/text-width.ts';
import { captureLines } from './capture-lines.ts';
import { clockLines } from './clock-lines.ts';
import { percent, viaText } from './exchange-words.ts';
import { encapsulationName } from './rows/pair-rows.ts';

interface WideColumn {
  title: string;
  /** Never narrower; 0 for columns that never shrink. */
  minimum: number;
  right?: boolean;
  cell: (flow: TracedFlow, files: FileNumbers) => string;
}

const MAIN: readonly WideColumn[] = [
  { title: 'ID', minimum: 0, right: true, cell: (flow) => String(flow.id) },
  { title: 'VERDICT', minimum: 0, cell: (flow) => VERDICT_WORDS[flow.verdict] },
  { title: 'FROM', minimum: 14, cell: (flow) => withPort(flow.src) },
  { title: 'TO', minimum: 14, cell: (flow) => withPort(flow.dst) },
  { title: 'PROTO', minimum: 0, cell: (flow) => escapeText(flow.protocol) },
  { title: 'SEEN', minimum: 0, cell: encapsulationName },
  {
    title: 'PACKETS',
    minimum: 0,
    right: true,
    cell: (flow) => formatRange(flow.packetsBetween, flow.packets, formatNumber),
  },
];

const EXTRA: readonly WideColumn[] = [
  { title: 'NODES', minimum: 14, cell: (flow) => `${nodeOf(flow.src)} → ${nodeOf(flow.dst)}` },
  { title: 'OUTER', minimum: 25, cell: outerText },
  { title: 'EXPECTED', minimum: 12, cell: expectedText },
  { title: 'OUTCOME', minimum: 0, cell: (flow) => flow.outcome ?? '-' },
  { title: 'BYTES', minimum: 0, right: true, cell: (flow) => formatBytes(flow.bytes) },
  { title: 'TIMES', minimum: 12, cell: timesText },
  { title: 'MORE', minimum: 12, cell: moreText },
  { title: 'WHY', minimum: 16, cell: whyText },
  { title: 'EVIDENCE', minimum: 16, cell: (flow, files) => evidenceText(flow, files) },
];

const COLUMNS: readonly WideColumn[] = [...MAIN, ...EXTRA];

/** WHY and EVIDENCE at the end of EXTRA: in a terminal they are always below. */
const SENTENCES = 2;
const BELOW_MARGIN = 6;

/** How flows are laid out: columns of the first line, and the facts on lines below. */
interface WideLayout {
  columns: readonly WideColumn[];
  widths: readonly number[];
  below: readonly WideColumn[];
}

/** The whole output, a line feed behind every line. */
export function* renderWide(trace: Trace, options: RenderOptions): Generator<string> {
  const { names, natural, files } = measure(trace);
  const look = options.fit ? options : { ...options, width: Number.POSITIVE_INFINITY };
  const captures = [...captureLines(trace.captures, names, look), ...clockLines(trace, names, look)];
  if (captures.length > 0) yield `${captures.join('\n')}\n\n`;
  if (trace.flowCount === 0) return;
  const known = files.names().map(escapeText);
  if (known.length > 0) yield `${wrapWords(`files: ${known.join(', ')}`, options.width).join('\n')}\n\n`;
  const paint = createPaint(options.color);
  const layout = layoutWide(natural, options);
  const { columns, widths, below } = layout;
  const aligns = columns.map((column) => (column.right ? 'right' : 'left'));
  yield `${alignRow(
    columns.map((column) => paint('dim', column.title)),
    widths,
    aligns,
  )}\n`;
  for (const flow of trace.flows()) {
    const cells = columns.map((column, i) => names.fit(column.cell(flow, files), widths[i] ?? 0));
    cells[1] = verdictCell(flow, cells[1] ?? '', paint);
    yield `${alignRow(cells, widths, aligns)}\n`;
    const facts = below.map((column) => column.cell(flow, files)).filter((fact) => fact !== '-');
    for (const line of factLines(facts, names, options.width - BELOW_MARGIN))
      yield `${' '.repeat(BELOW_MARGIN)}${paint('dim', line)}\n`;
  }
}

/** First pass: what each column would take, and the nodes' names. */
function measure(trace: Trace): { names: NameFitter; natural: number[]; files: FileNumbers } {
  const files = createFileNumbers();
  const nodes = nodeNamesOf(trace);
  const natural = COLUMNS.map((column) => column.title.length);
  for (const flow of trace.flows()) {
    for (const { node } of [flow.src, flow.dst]) if (node !== null) nodes.add(node);
    for (const detail of evidenceOf(flow)) files.note(detail);
    for (const [i, column] of COLUMNS.entries())
      natural[i] = Math.max(natural[i] ?? 0, textWidth(column.cell(flow, files)));
  }
  return { names: createNameFitter(nodes), natural, files };
}

/** Everything on one line in a pipe; in a terminal as many columns as fit whole, the first ones shortened if even they do not. */
function layoutWide(natural: readonly number[], options: RenderOptions): WideLayout {
  if (!options.fit) return { columns: COLUMNS, widths: natural, below: [] };
  let count = MAIN.length;
  while (count < COLUMNS.length - SENTENCES && totalWidth(natural.slice(0, count + 1)) <= options.width) count++;
  const columns = COLUMNS.slice(0, count);
  const minimum = columns.map((column, i) => (column.minimum === 0 ? (natural[i] ?? 0) : column.minimum));
  const widths = fitColumns(natural.slice(0, count), minimum, options.width - GAP * (count - 1));
  return { columns, widths, below: COLUMNS.slice(count) };
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP * (widths.length - 1));
}

/** Facts joined with dots, broken between facts; one that is longer than a line is wrapped. */
function factLines(facts: readonly string[], names: NameFitter, width: number): string[] {
  const lines: string[] = [];
  for (const fact of facts.flatMap((text) => wrapWords(names.fitSentence(text, width), width))) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(last) + textWidth(fact) + 3 <= width)
      lines[lines.length - 1] = `${last} · ${fact}`;
    else lines.push(fact);
  }
  return lines;
}

function verdictCell(flow: TracedFlow, text: string, paint: Paint): string {
  if (flow.verdict === 'ok') return paint('good', text);
  return paint(flow.verdict === 'violation' ? 'bad' : 'warn', text);
}

function withPort(endpoint: Endpoint): string {
  const { name } = endpointName(endpoint);
  if (endpoint.port === 0) return name;
  const bare = name.includes(':') ? `[${name}]` : name;
  return `${bare}:${endpoint.port ?? '?'}`;
}

function nodeOf(endpoint: Endpoint): string {
  return endpoint.node === null ? '?' : escapeText(endpoint.node);
}

function outerText({ observed }: TracedFlow): string {
  if (observed.outerSrc === null || observed.outerDst === null) return '-';
  const vni = observed.vni === null ? '' : ` vni ${observed.vni}`;
  const port = observed.udpPort === null ? '' : ` udp ${observed.udpPort}`;
  return `${observed.outerSrc} → ${observed.outerDst}${vni}${port}`;
}

function expectedText({ expected }: TracedFlow): string {
  const pool = expected.pool === null ? '' : ` ${escapeText(expected.pool)}`;
  const what = expected.encapsulation === 'none' ? 'plain' : (expected.encapsulation ?? 'unknown');
  return `${what}${pool} (${expected.reason})`;
}

/** `08:29:50.2 +1.2 s`, and what of the times of a conversation is known. */
function timesText({ first, exchange }: TracedFlow): string {
  const { handshake = null, firstByte = null, asked = null } = exchange ?? {};
  const start = [formatClock(first), exchange?.duration == null ? null : `+${formatSeconds(exchange.duration)}`];
  const times: [string, number | null | undefined][] = [
    ['to the server', handshake?.server],
    ['to the client', handshake?.client],
    ['first byte', firstByte],
    ['answer', asked?.median],
    ['slowest', asked !== null && asked.asked > 1 ? asked.slowest : null],
  ];
  const known = times.flatMap(([name, value]) => (value == null ? [] : [`${name} ${formatSeconds(value)}`]));
  return [start.filter((part) => part !== null).join(' '), ...known].filter((part) => part !== '').join(', ') || '-';
}

/** State, answers, what was sent again, rate, DNS, the service. */
function moreText({ exchange, tcp, via }: TracedFlow): string {
  if (exchange === null) return '-';
  const { state, by, asked, rate, resent, dns } = exchange;
  const codes = Object.entries(dns?.codes ?? {}).map(([code, count]) => `${code} ${count}`);
  const parts = [
    state,
    by === null ? null : `by ${escapeText(by.name ?? by.ip)}`,
    asked === null ? null : `${asked.answered} of ${asked.asked} answered`,
    tcp !== null && tcp.retransmissions > 0 ? `${tcp.retransmissions} resent (${percent(resent ?? 0)})` : null,
    rate === null ? null : `${formatBytes(Math.round(rate))}/s`,
    codes.length === 0 ? null : codes.join(', '),
    dns === null || dns.names.length === 0 ? null : dns.names.map(escapeText).join(', '),
    via === null ? null : viaText(via),
  ];
  return parts.filter((part) => part !== null).join(', ') || '-';
}

function whyText(flow: TracedFlow): string {
  const findings = flow.findings.map((finding) => `${finding.code}: ${escapeText(finding.message)}`);
  if (flow.unverified !== null) findings.push(`${flow.unverified.reason}: ${escapeText(flow.unverified.detail)}`);
  return [...new Set(findings)].join('; ') || '-';
}

function evidenceText(flow: TracedFlow, files: FileNumbers): string {
  return (
    evidenceOf(flow)
      .map((detail) => escapeText(files.short(detail)))
      .join('; ') || '-'
  );
}

function evidenceOf(flow: TracedFlow): string[] {
  return [flow.src, flow.dst].flatMap((endpoint) => endpoint.evidence[0]?.detail ?? []);
}
