// Cells of the side-by-side table, made from fields of headers.
import type { ChecksumView } from '../../decode/view/checksums.ts';
import type { Cell, ExplainedField, ExplainedLayer, Look, Row, Span } from '../explanation.ts';

export interface CellText {
  /** Instead of the field's own text. */
  value?: string;
  meaning?: string | null;
  look?: Look;
}

export function fieldOf(layer: ExplainedLayer | null, name: string): ExplainedField | null {
  return layer?.fields.find((field) => field.name === name) ?? null;
}

/** A field as a number (flags 1 and 0); null when the layer does not have it. */
export function numberIn(layer: ExplainedLayer | null, name: string): number | null {
  const value = fieldOf(layer, name)?.value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' ? value : null;
}

export function textIn(layer: ExplainedLayer | null, name: string): string | null {
  return fieldOf(layer, name)?.text ?? null;
}

/** The whole bytes that a field lies in, from the start of the frame. */
export function spanOf(layer: ExplainedLayer, field: Pick<ExplainedField, 'bit' | 'width'>): Span {
  const first = field.bit >> 3;
  return { offset: layer.offset + first, length: ((field.bit + field.width + 7) >> 3) - first };
}

/** The cell of one field; its own meaning unless another is given. Null when the layer does not have the field. */
export function fieldCell(layer: ExplainedLayer | null, name: string, text: CellText = {}): Cell | null {
  const field = fieldOf(layer, name);
  if (layer === null || field === null) return null;
  return {
    value: text.value ?? field.text,
    meaning: text.meaning === undefined ? field.meaning : text.meaning,
    field: name,
    span: spanOf(layer, field),
    look: text.look ?? 'usual',
  };
}

/** A value that stands in no single field. */
export function plainCell(value: string, meaning: string | null, look: Look = 'usual', span: Span | null = null): Cell {
  return { value, meaning, field: null, span, look };
}

/** A row, unless no column has a value. */
export function row(label: string, cells: readonly (Cell | null)[]): Row[] {
  return cells.every((cell) => cell === null) ? [] : [{ label, cells }];
}

/** A checksum in a few words. */
export function checksumCell(layer: ExplainedLayer | null, name: string): Cell | null {
  const judged = fieldOf(layer, name)?.checksum ?? null;
  if (judged === null) return null;
  return fieldCell(layer, name, { meaning: checksumWords(judged), look: checksumLook(judged) });
}

function checksumWords({ state, expected }: ChecksumView): string {
  switch (state) {
    case 'valid':
      return 'right';
    case 'zero-allowed':
      return 'none computed, which is allowed';
    case 'zero-not-allowed':
      return 'none computed, which is not allowed here';
    case 'unfinished':
      return 'left to the network card: not an error';
    case 'not-checkable':
      return 'cannot be checked here';
    case 'wrong':
      return expected === null ? 'wrong' : `wrong: should be 0x${expected.toString(16).padStart(4, '0')}`;
  }
}

export function checksumLook({ state }: ChecksumView): Look {
  if (state === 'wrong' || state === 'zero-not-allowed') return 'wrong';
  return state === 'valid' || state === 'not-checkable' ? 'usual' : 'notable';
}
