// One definition -> the picture that RFCs draw: 32 bits a row, two columns a bit, plain or with the values of a packet.
import type { Field, HeaderInfo } from '../../wire/header.ts';
import { type FieldView, viewHeader } from './field-view.ts';

const BITS = 32;
/** Rows that lie wholly inside one field are drawn up to here; the rest of a long field is three dots. */
const MAX_FIELD_ROWS = 4;

/** A header in a packet, for a diagram with values. */
export interface Place {
  bytes: Uint8Array;
  /** Absolute offset of the header. */
  at: number;
}

/** Lines of at most 65 columns, ASCII only. With `place` each field has its value under its label, where there is room. */
export function bitDiagram(header: HeaderInfo, place: Place | null = null): string[] {
  const cells = header.headerFields.filter((field) => !field.group);
  const views = place === null ? null : viewHeader(header, place.bytes, place.at).filter((view) => !view.group);
  const lastBit = header.headerLength * 8;
  const lines = lastBit < BITS ? ruler(lastBit) : ruler(BITS);
  lines.push(border(cells, -BITS, lastBit));
  const rows = Math.ceil(lastBit / BITS);
  for (let row = 0; row < rows; row++) {
    const hidden = hiddenRows(cells, row);
    if (hidden > 0) {
      lines.push(...dots(lastBit));
      row += hidden - 1;
      continue;
    }
    lines.push(textRow(cells, row * BITS, lastBit, (field, room) => shortLabel(field, room)));
    if (views !== null)
      lines.push(textRow(cells, row * BITS, lastBit, (field, room) => shortValue(views, field, room)));
    lines.push(border(cells, row * BITS, lastBit));
  }
  return lines;
}

/** What fits into `room` columns: the label, the abbreviation in its brackets, Wireshark's key, initials, one letter. */
export function shortLabel(field: Field, room: number): string {
  const plain = field.label.replace(/ \(.*\)$/, '');
  const bracketed = /\((\w+)\)$/.exec(field.label)?.[1] ?? plain;
  const key = field.name === null ? plain : field.name.slice(field.name.lastIndexOf('.') + 1);
  const initials = plain
    .split(/[ -]/)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
  const candidates = [field.label, plain, bracketed, key, initials, initials.charAt(0)];
  return candidates.find((text) => text.length <= room) ?? '';
}

function shortValue(views: readonly FieldView[], field: Field, room: number): string {
  const view = views.find((candidate) => candidate.bit === field.bit);
  if (view === undefined) return '';
  if (typeof view.value === 'boolean') return view.value ? '1' : '0';
  if (view.text.length <= room) return view.text;
  return view.text.startsWith('0x') && view.text.length - 2 <= room ? view.text.slice(2) : '';
}

function ruler(bits: number): string[] {
  let tens = '';
  let ones = '';
  for (let bit = 0; bit < bits; bit++) {
    tens += bit % 10 === 0 ? ` ${bit / 10}` : '  ';
    ones += ` ${bit % 10}`;
  }
  return [tens.trimEnd(), ones];
}

/** The line under the row that starts at bit `from` (negative: above the first): open where a field goes on below. */
function border(cells: readonly Field[], from: number, lastBit: number): string {
  const columns = Math.min(BITS, lastBit - Math.max(from, 0));
  const isOpen = (column: number): boolean => {
    const above = from + column;
    const below = above + BITS;
    return above >= 0 && below < lastBit && column < columns && fieldAt(cells, above) === fieldAt(cells, below);
  };
  let line = '+';
  for (let column = 0; column < columns; column++) {
    line += isOpen(column) ? ' ' : '-';
    line += isOpen(column) && isOpen(column + 1) ? ' ' : '+';
  }
  return line;
}

function textRow(
  cells: readonly Field[],
  from: number,
  lastBit: number,
  text: (field: Field, room: number) => string,
): string {
  let line = '|';
  const to = Math.min(from + BITS, lastBit);
  for (let bit = from; bit < to; ) {
    const field = fieldAt(cells, bit);
    if (field === undefined) break;
    const end = Math.min(field.bit + field.width, to);
    const room = (end - bit) * 2 - 1;
    const isHome = homeBit(field) === bit;
    line += `${centred(isHome ? text(field, room) : '', room)}|`;
    bit = end;
  }
  return line;
}

/** The bit where a field's label goes: in its widest row, and of several full rows the upper middle one. */
function homeBit(field: Field): number {
  const segments: { bit: number; width: number }[] = [];
  for (let bit = field.bit; bit < field.bit + field.width; ) {
    const end = Math.min(field.bit + field.width, (Math.floor(bit / BITS) + 1) * BITS);
    segments.push({ bit, width: end - bit });
    bit = end;
  }
  const widest = Math.max(...segments.map((segment) => segment.width));
  const candidates = segments.filter((segment) => segment.width === widest);
  const middle = candidates.length > MAX_FIELD_ROWS ? 0 : Math.floor((candidates.length - 1) / 2);
  return candidates[middle]!.bit;
}

/** How many rows from `row` on are left out, because they lie inside one long field, not at its ends. */
function hiddenRows(cells: readonly Field[], row: number): number {
  const field = fieldAt(cells, row * BITS);
  if (field === undefined) return 0;
  const firstFull = Math.ceil(field.bit / BITS);
  const lastFull = Math.floor((field.bit + field.width) / BITS) - 1;
  if (lastFull - firstFull + 1 <= MAX_FIELD_ROWS || row !== firstFull + 1) return 0;
  return lastFull - row;
}

function dots(lastBit: number): string[] {
  const room = Math.min(lastBit, BITS) * 2 - 1;
  return [`:${centred('...', room)}:`, `+${' '.repeat(room)}+`];
}

function fieldAt(cells: readonly Field[], bit: number): Field | undefined {
  return cells.find((field) => field.bit <= bit && bit < field.bit + field.width);
}

function centred(text: string, room: number): string {
  const left = Math.floor((room - text.length) / 2);
  return text.padStart(left + text.length).padEnd(room);
}
