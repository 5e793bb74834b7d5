// What a packet's own bytes show, as sections of a page: its comments, its headers to scale, bit diagrams, bytes.
import { bitDiagram } from '../../decode/view/diagram.ts';
import type { FieldView } from '../../decode/view/field-view.ts';
import type { Decision, ExplainedField, ExplainedLayer, Explanation } from '../../explain/explanation.ts';
import type { FirstLook } from '../../explain/first-look.ts';
import type { Paint } from '../text/paint.ts';
import { wrapWords } from '../text/text-width.ts';
import { drawLayers, type SideText } from './boxes.ts';
import { createLayerPaint } from './explain-colors.ts';
import { spanText } from './explain-options.ts';
import { hexLines } from './marked-hex.ts';

export interface ExplainLook {
  width: number;
  color: boolean;
  /** Bit diagrams of every header. */
  diagram: boolean;
  /** All payload bytes. */
  all: boolean;
}

/** As `decode -v` shows them. */
export function commentLines({ comments }: FirstLook, { width }: ExplainLook): string[] {
  return comments.flatMap((lines) =>
    lines.flatMap((line, i) =>
      wrapWords(line, width - COMMENT.length).map((part, k) => `${i + k === 0 ? COMMENT : COMMENT_INDENT}${part}`),
    ),
  );
}

const COMMENT = 'Comment  ';
const COMMENT_INDENT = ' '.repeat(COMMENT.length);

/** The headers to scale. `decision`: of who put the outer ones on, if that is known. */
export function drawing({ layers }: FirstLook, { width, color }: ExplainLook, decision: Decision | null): string[] {
  return drawLayers(layers, sideTexts({ layers, decision }), width, createLayerPaint(color));
}

/** What is written under the boxes of each side, longest first. */
export function sideTexts({ layers, decision }: Pick<Explanation, 'layers' | 'decision'>): SideText[] {
  const lengths = new Map<string, number>();
  for (const layer of layers) {
    if (layer.kind !== 'header') continue;
    lengths.set(layer.side, (lengths.get(layer.side) ?? 0) + layer.length);
  }
  const bytes = (side: string): string => `${lengths.get(side) ?? 0} bytes of headers`;
  const by = decision?.node ?? null;
  const added = by === null || decision?.when !== 'decided' ? 'node to node' : `put on by ${by}`;
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

/** Bit diagrams, where they are asked for. */
export function diagramLines(shown: FirstLook, { width, diagram }: ExplainLook, paint: Paint): string[] {
  if (!diagram) return [];
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

export function hexSection(shown: FirstLook, look: ExplainLook, paint: Paint): string[] {
  const { width, all } = look;
  const lines = hexLines(shown.layers, shown.bytes, { width, all, paint, layerPaint: createLayerPaint(look.color) });
  const count = shown.captured === shown.original ? `${shown.captured}` : `${shown.captured} captured`;
  return [paint('strong', `The ${count} bytes, layer by layer`), ...lines];
}
