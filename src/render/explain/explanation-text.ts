// `explain` in a terminal: what the packet does, its headers to scale, the story, outer and inner side by side, how the sender
// decided, what is unusual and why, the bytes.
import type { Explanation, Note, Place } from '../../explain/explanation.ts';
import type { FirstLook } from '../../explain/first-look.ts';
import { createPaint, type Paint } from '../text/paint.ts';
import { shortenEnd, wrapWords } from '../text/text-width.ts';
import { decisionLines } from './decision-text.ts';
import { forPeople, spanText } from './explain-options.ts';
import { commentLines, diagramLines, drawing, type ExplainLook, hexSection } from './packet-sections.ts';
import { tableLines } from './side-by-side-text.ts';

/** The whole page; sections are separated by empty lines. */
export function renderExplanation(raw: Explanation, look: ExplainLook): Generator<string> {
  const shown = forPeople(raw);
  const paint = createPaint(look.color);
  return pageOf([
    () => [...originLines(originText(shown), look, paint), ...headLines(shown, look, paint)],
    () => commentLines(shown, look),
    () => drawing(shown, look, shown.decision),
    ...toldSections(shown, look, paint),
    () => diagramLines(shown, look, paint),
    () => hexSection(shown, look, paint),
    ...endSections(shown, look, paint),
  ]);
}

/** The packet by itself: all that can be said before the rest of its capture is read. */
export function renderFirstLook(raw: FirstLook, look: ExplainLook): Generator<string> {
  const shown = forPeople(raw);
  const paint = createPaint(look.color);
  return pageOf([
    () => originLines(`${nameText(shown)} · ${shown.time ?? 'no time'}`, look, paint),
    ...packetSections(shown, look, paint),
  ]);
}

/**
 * What the page says beyond a first look that stands above it. Where the packets before this one tell its layers otherwise, they are shown as
 * they are.
 */
export function* renderBeyond(raw: Explanation, first: FirstLook, look: ExplainLook): Generator<string> {
  const shown = forPeople(raw);
  const paint = createPaint(look.color);
  const own = packetSections(shown, look, paint);
  const isAsShown = textOf(own) === textOf(packetSections(forPeople(first), look, paint));
  yield '\n';
  yield* pageOf([
    () => [...originLines(placeWords(shown.place), look, paint), ...headLines(shown, look, paint)],
    ...(isAsShown ? [] : [() => [paint('strong', 'As the packets before it tell')], ...own]),
    ...toldSections(shown, look, paint),
    ...endSections(shown, look, paint),
  ]);
}

/** Made when it is its turn. */
type Section = () => string[];

function packetSections(shown: FirstLook, look: ExplainLook, paint: Paint): Section[] {
  return [
    () => commentLines(shown, look),
    () => drawing(shown, look, null),
    () => diagramLines(shown, look, paint),
    () => hexSection(shown, look, paint),
  ];
}

/** What packet, trace and snapshot tell together. */
function toldSections(shown: Explanation, look: ExplainLook, paint: Paint): Section[] {
  const { decision, snapshotRoot } = shown;
  return [
    () => shown.story.flatMap((sentence) => bullet(sentence, look.width)),
    () => tableLines(shown.columns, shown.rows, look.width, paint),
    () => (decision === null ? [] : decisionLines(decision, snapshotRoot, look.width, look.color)),
    () => noteLines(shown.notes, look, paint),
  ];
}

function endSections(shown: Explanation, look: ExplainLook, paint: Paint): Section[] {
  return [() => copyLines(shown, look, paint), () => nextLines(shown, paint)];
}

function* pageOf(sections: readonly Section[]): Generator<string> {
  let first = true;
  for (const section of sections) {
    const lines = section();
    if (lines.length === 0) continue;
    yield `${first ? '' : '\n'}${lines.join('\n')}\n`;
    first = false;
  }
}

function textOf(sections: readonly Section[]): string {
  return [...pageOf(sections)].join('');
}

/** `a.pcap packet 44 (the first that fits --pod web) · 2026-11-22T08:29:52.544526Z · control1's NIC ens5`. */
export function originText(shown: Explanation): string {
  return [nameText(shown), shown.time ?? 'no time', placeWords(shown.place)].join(' · ');
}

function nameText({ capture, number, chosenText }: FirstLook): string {
  const chosen = chosenText === '' ? '' : ` (${chosenText})`;
  const path = capture.path.slice(capture.path.lastIndexOf('/') + 1) || capture.path;
  return `${path} packet ${number}${chosen}`;
}

function originLines(text: string, { width }: ExplainLook, paint: Paint): string[] {
  return wrapWords(text, width).map((line) => paint('dim', line));
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
  const lines = wrapWords(shown.headline, width).map((line) => paint('strong', line));
  const violations = (shown.flow?.findings ?? []).filter((finding) => finding.severity === 'violation');
  for (const code of new Set(violations.map((finding) => finding.code)))
    lines.push(`${paint('bad', 'VIOLATION')}  ${code}`);
  return lines;
}

/** One sentence a point, wrapped under itself. */
function bullet(sentence: string, width: number): string[] {
  return wrapWords(sentence, width - 2).map((line, i) => (i === 0 ? '· ' : '  ') + line);
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
