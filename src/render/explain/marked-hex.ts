// The bytes by layer: each layer under its own heading, so that nothing depends on colour; beside header bytes the fields that
// begin in them, beside payload its characters.
import type { ExplainedField, ExplainedLayer } from '../../explain/explanation.ts';
import { formatCount } from '../text/format.ts';
import type { Paint } from '../text/paint.ts';
import { shortenEnd, wrapWhole } from '../text/text-width.ts';
import type { HuePaint } from './explain-colors.ts';
import { headerHue } from './header-hue.ts';

/** Payload bytes shown before the rest is counted only. */
export const PAYLOAD_SHOWN = 64;
const INDENT = 2;

export interface HexRow {
  offset: number;
  bytes: readonly number[];
  /** What begins in these bytes, or printable characters. */
  text: string;
}

/** Rows of one layer; `perRow` bytes each. Payload is cut after `PAYLOAD_SHOWN` bytes unless `all`. */
export function hexRows(
  layer: ExplainedLayer,
  bytes: Uint8Array,
  perRow: number,
  all: boolean,
): { rows: HexRow[]; more: number } {
  const have = Math.max(0, Math.min(layer.length, bytes.length - layer.offset));
  const shown = layer.kind === 'header' || all ? have : Math.min(have, PAYLOAD_SHOWN);
  const rows: HexRow[] = [];
  for (let at = 0; at < shown; at += perRow) {
    const chunk = [...bytes.subarray(layer.offset + at, layer.offset + Math.min(shown, at + perRow))];
    const text = layer.kind === 'header' ? fieldTexts(layer.fields, at, at + chunk.length) : characters(chunk);
    rows.push({ offset: layer.offset + at, bytes: chunk, text });
  }
  return { rows, more: have - shown };
}

export function hexLines(
  layers: readonly ExplainedLayer[],
  bytes: Uint8Array,
  options: { width: number; all: boolean; paint: Paint; huePaint: HuePaint },
): string[] {
  const perRow = options.width >= 110 ? 16 : 8;
  const digits = Math.max(4, String(bytes.length).length);
  const hexWidth = perRow * 3 - 1 + (perRow === 16 ? 1 : 0);
  const room = options.width - INDENT - digits - hexWidth - 4;
  return layers.flatMap((layer) => {
    const hue = headerHue(layer);
    const heading = options.huePaint(hue, `${layer.id} ${layer.title}`);
    const facts = options.paint('dim', `, ${formatCount(layer.length, 'byte')}${sideWord(layer)}`);
    if (layer.kind === 'missing')
      return [
        `${heading}${options.paint('dim', `: ${formatCount(layer.length, 'byte')} were on the wire, but are not in the file`)}`,
      ];
    const { rows, more } = hexRows(layer, bytes, perRow, options.all);
    const textAt = ' '.repeat(INDENT + digits + hexWidth + 4);
    const lines = rows.flatMap(({ offset, bytes: chunk, text }) => {
      const hex = options.huePaint(hue, hexText(chunk, perRow).padEnd(hexWidth));
      const [first = '', ...others] = layer.kind === 'header' ? fieldLines(text, room) : [shortenEnd(text, room)];
      const line = `${' '.repeat(INDENT)}${String(offset).padStart(digits)}  ${hex}  ${first}`.trimEnd();
      return [line, ...others.map((other) => textAt + other)];
    });
    const rest = more > 0 ? [`${' '.repeat(INDENT + digits + 2)}and ${formatCount(more, 'more byte')}: --all`] : [];
    return [heading + facts, ...lines, ...rest];
  });
}

/** Fields named beside bytes, on as many lines as they take. */
function fieldLines(text: string, width: number): string[] {
  return wrapWhole(text.split(', '), ', ', width);
}

function sideWord({ side, kind }: ExplainedLayer): string {
  if (side === 'only' || kind === 'padding') return '';
  return { carrier: ', of the carrier', outer: ', outer', inner: ', inner', quoted: ', quoted in the error' }[side];
}

function hexText(bytes: readonly number[], perRow: number): string {
  const pairs = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  if (perRow !== 16 || pairs.length <= 8) return pairs.join(' ');
  return `${pairs.slice(0, 8).join(' ')}  ${pairs.slice(8).join(' ')}`;
}

/** `version 4, header length 20, ...`: fields whose first bit lies in bytes `from` to `to` of the layer. */
function fieldTexts(fields: readonly ExplainedField[], from: number, to: number): string {
  const starting = fields.filter(
    (field) => field.bit >= from * 8 && field.bit < to * 8 && isWorthNaming(fields, field),
  );
  return starting.map(fieldText).join(', ');
}

/** Groups stand for their flags; zero reserved bits say nothing. */
function isWorthNaming(fields: readonly ExplainedField[], field: ExplainedField): boolean {
  if (field.reserved && (field.value === 0 || field.value === false)) return false;
  const inGroup = fields.some(
    (one) => one.group && one !== field && one.bit <= field.bit && one.bit + one.width >= field.bit + field.width,
  );
  return !inGroup;
}

function fieldText(field: ExplainedField): string {
  const name = field.name === null ? field.label.toLowerCase() : field.name.slice(field.name.indexOf('.') + 1);
  return `${name} ${field.meaning !== null && field.text.startsWith('0x') ? field.meaning : field.text}`;
}

/** ASCII as it is, everything else as a dot. */
function characters(bytes: readonly number[]): string {
  return bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
}
