// `explain` in a terminal: what the packet does, its headers to scale, the story, outer and inner side by side, how the sender
// decided, what is unusual and why, the bytes.
import { bitDiagram } from '../../decode/view/diagram.ts';
import type { FieldView } from '../../decode/view/field-view.ts';
import type { ExplainedField, ExplainedLayer, Explanation, Note, Place } from '../../explain/explanation.ts';
import { createPaint, type Paint } from '../text/paint.ts';
import { shortenEnd, wrapWords } from '../text/text-width.ts';
import { drawLayers, type SideText } from './boxes.ts';
import { decisionLines } from './decision-text.ts';
import { createLayerPaint } from './explain-colors.ts';
import { forPeople, spanText } from './explain-options.ts';
import { hexLines } from './marked-hex.ts';
import { tableLines } from './side-by-side-text.ts';

export interface ExplainLook {
  width: number;
  color: boolean;
  /** Bit diagrams of every header. */
  diagram: boolean;
  /** All payload bytes. */
  all: boolean;
}

/** The whole page; sections are separated by empty lines. */
export function* renderExplanation(raw: Explanation, look: ExplainLook): Generator<string> {
  const shown = forPeople(raw);
  const paint = createPaint(look.color);
  const sections: readonly (() => string[])[] = [
    () => headLines(shown, look, paint),
    () => commentLines(shown, look),
    () => drawLayers(shown.layers, sideTexts(shown), look.width, createLayerPaint(look.color)),
    () => shown.story.flatMap((sentence) => bullet(sentence, look.width)),
    () => tableLines(shown.columns, shown.rows, look.width, paint),
    () => (shown.decision === null ? [] : decisionLines(shown.decision, shown.snapshotRoot, look.width, look.color)),
    () => noteLines(shown.notes, look, paint),
    () => (look.diagram ? diagramLines(shown, look, paint) : []),
    () => hexSection(shown, look, paint),
    () => copyLines(shown, look, paint),
    () => nextLines(shown, paint),
  ];
  let first = true;
  for (const section of sections) {
    const lines = section();
    if (lines.length === 0) continue;
    yield `${first ? '' : '\n'}${lines.join('\n')}\n`;
    first = false;
  }
}

/** `a.pcap packet 44 (the first that fits --pod web) · 2026-11-22T08:29:52.544526Z · control1's NIC ens5`. */
export function originText({ capture, number, chosenText, time, place }: Explanation): string {
  const chosen = chosenText === '' ? '' : ` (${chosenText})`;
  const path = capture.path.slice(capture.path.lastIndexOf('/') + 1) || capture.path;
  return [`${path} packet ${number}${chosen}`, time ?? 'no time', placeWords(place)].join(' · ');
}

export function placeWords({ role, node, interface: device }: Place): string {
  const name = device ?? '';
  const owner = node === null ? '' : `${node}'s `;
  switch (role) {
    case 'underlay':
      return `${owner === '' ? "a node's " : owner}NIC ${name}`.trim();
    case 'tunnel':
      return `${owner === '' ? "a node's " : owner}${name === '' ? 'tunnel device' : name}`;
    case 'workload':
      return `${owner === '' ? "a pod's " : owner}veth ${name}`.trim();
    case 'unknown':
      return owner === ''
        ? `unknown place${name === '' ? '' : ` ${name}`}`
        : `${owner}${name === '' ? 'unknown interface' : name}`;
  }
}

function headLines(shown: Explanation, { width }: ExplainLook, paint: Paint): string[] {
  const lines = [
    ...wrapWords(originText(shown), width).map((line) => paint('dim', line)),
    ...wrapWords(shown.headline, width).map((line) => paint('strong', line)),
  ];
  const violations = (shown.flow?.findings ?? []).filter((finding) => finding.severity === 'violation');
  for (const code of new Set(violations.map((finding) => finding.code)))
    lines.push(`${paint('bad', 'VIOLATION')}  ${code}`);
  return lines;
}

/** As `decode -v` shows them. */
function commentLines({ comments }: Explanation, { width }: ExplainLook): string[] {
  return comments.flatMap((lines) =>
    lines.flatMap((line, i) =>
      wrapWords(line, width - COMMENT.length).map((part, k) => `${i + k === 0 ? COMMENT : COMMENT_INDENT}${part}`),
    ),
  );
}

const COMMENT = 'Comment  ';
const COMMENT_INDENT = ' '.repeat(COMMENT.length);

/** One sentence a point, wrapped under itself. */
function bullet(sentence: string, width: number): string[] {
  return wrapWords(sentence, width - 2).map((line, i) => (i === 0 ? '· ' : '  ') + line);
}

/** What is written under the boxes of each side, longest first. */
export function sideTexts(shown: Explanation): SideText[] {
  const lengths = new Map<string, number>();
  for (const layer of shown.layers) {
    if (layer.kind !== 'header') continue;
    lengths.set(layer.side, (lengths.get(layer.side) ?? 0) + layer.length);
  }
  const bytes = (side: string): string => `${lengths.get(side) ?? 0} bytes of headers`;
  const by = shown.decision?.node ?? null;
  const added = by === null || shown.decision?.when !== 'decided' ? 'node to node' : `put on by ${by}`;
  return [
    { side: 'carrier', texts: [`CARRIER: ${bytes('carrier')}, a mirrored copy`, 'CARRIER: a copy', 'CARRIER'] },
    { side: 'outer', texts: [`OUTER: ${bytes('outer')}, ${added}`, `OUTER: ${bytes('outer')}`, 'OUTER'] },
    {
      side: 'inner',
      texts: [`INNER: ${bytes('inner')}, what the overlay carries`, `INNER: ${bytes('inner')}`, 'INNER'],
    },
    { side: 'only', texts: [`${bytes('only')}, no tunnel`, 'no tunnel'] },
    { side: 'quoted', texts: ['QUOTED: the packet this error is about', 'QUOTED'] },
  ];
}

function noteLines(notes: readonly Note[], { width }: ExplainLook, paint: Paint): string[] {
  if (notes.length === 0) return [];
  const lines = [paint('strong', 'Worth knowing')];
  for (const { look, title, text, span } of notes) {
    const mark = look === 'wrong' ? '!' : '*';
    const where = span === null || span.length === 0 ? '' : ` (${spanText(span)})`;
    const head = wrapWords(`${mark} ${title}${where}`, width);
    lines.push(...head.map((line) => paint(look === 'wrong' ? 'bad' : 'warn', line)));
    lines.push(...wrapWords(text, width - 2).map((line) => `  ${line}`));
  }
  return lines;
}

function diagramLines(shown: Explanation, { width }: ExplainLook, paint: Paint): string[] {
  return shown.layers.flatMap((layer) => {
    if (layer.kind !== 'header') return [];
    const head = `${paint('strong', `${layer.id} ${layer.title}`)}, ${spanText(layer)}, ${layer.spec ?? ''}`;
    const pictures = layer.parts.flatMap(({ header, at }) => bitDiagram(header, { bytes: shown.bytes, at }));
    return [head, ...pictures, ...wrapWords(fieldList(layer), width), ''];
  });
}

/** Every field with its value: letters in narrow fields of a diagram need it. */
function fieldList({ fields }: ExplainedLayer): string {
  const shown = fields.filter((field) => !field.group && !(field.reserved && isZero(field)));
  return shown.map((field) => `${field.label} ${field.text}${meaningOf(field)}`).join(' · ');
}

function isZero({ value }: FieldView): boolean {
  return value === 0 || value === false;
}

export function meaningOf({ meaning, checksum }: ExplainedField): string {
  const words = checksum === null ? meaning : checksum.reason;
  return words === null ? '' : ` (${words})`;
}

function hexSection(shown: Explanation, look: ExplainLook, paint: Paint): string[] {
  const { width, all } = look;
  const lines = hexLines(shown.layers, shown.bytes, { width, all, paint, layerPaint: createLayerPaint(look.color) });
  const count = shown.captured === shown.original ? `${shown.captured}` : `${shown.captured} captured`;
  return [paint('strong', `The ${count} bytes, layer by layer`), ...lines];
}

/** Where else the same packet was seen. */
function copyLines({ related, capture }: Explanation, { width }: ExplainLook, paint: Paint): string[] {
  const copies = related.filter((one) => one.kind === 'copy');
  if (copies.length === 0) return [];
  const lines = copies.map((copy) => {
    const file = copy.capture === capture.index ? '' : `${copy.path.slice(copy.path.lastIndexOf('/') + 1)} `;
    const how = copy.encapsulation === 'none' ? 'plain' : encapsulationName(copy.encapsulation);
    const late = copy.after === null ? '' : `, ${delayText(copy.after)}`;
    return shortenEnd(`  ${file}#${copy.number}  ${how}, ${placeWords(copy.place)}${late}`, width);
  });
  return [paint('strong', 'The same packet elsewhere'), ...lines];
}

export function encapsulationName(encapsulation: Explanation['encapsulation']): string {
  const names = {
    none: 'plain',
    vxlan: 'VXLAN',
    ipip: 'IP-in-IP',
    gre: 'GRE',
    geneve: 'Geneve',
    wireguard: 'WireGuard',
  };
  return names[encapsulation];
}

/** `12 µs later`, `3 ms earlier`. */
export function delayText(seconds: number): string {
  const word = seconds < 0 ? 'earlier' : 'later';
  const size = Math.abs(seconds);
  if (size < 0.0000005) return 'at the same time';
  if (size < 0.001) return `${Math.round(size * 1e6)} µs ${word}`;
  return size < 1 ? `${Math.round(size * 1e3)} ms ${word}` : `${size.toFixed(1)} s ${word}`;
}

function nextLines({ next }: Explanation, paint: Paint): string[] {
  return next.length === 0 ? [] : [paint('strong', 'Next'), ...next.map((command) => `  ${command}`)];
}
