// The result of a query: as a table for terminals, as CSV and as JSON. Names in it are those of captures and snapshots: they are escaped.
import { escapeCsv, escapeText, stringifyJson } from '../text/escape.ts';
import { type Align, alignRow, columnWidth } from '../text/grid.ts';

/** A value of SQL; integers beyond 2^53 are bigints. */
export type ResultValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly ResultValue[]
  | { [key: string]: ResultValue };

export interface ResultColumn {
  name: string;
  isNumber: boolean;
}

export type ResultRow = readonly ResultValue[];

/** Rows that are looked at for the widths of columns; those of later ones may be wider. */
export const MEASURED_ROWS = 1000;

/** Lines of a table: the head, and rows as they come. Null is empty. */
export function tableLines(columns: readonly ResultColumn[]): {
  head(first: readonly ResultRow[]): string;
  row(row: ResultRow): string;
} {
  const aligns = columns.map(({ isNumber }): Align => (isNumber ? 'right' : 'left'));
  const names = columns.map(({ name }) => escapeText(name));
  let widths: number[] = [];
  const cells = (row: ResultRow): string[] => row.map((value) => escapeText(plainText(value)));
  return {
    head(first) {
      const texts = first.map(cells);
      widths = names.map((name, i) => columnWidth([name, ...texts.map((row) => row[i] ?? '')]));
      return `${alignRow(names, widths, aligns)}\n`;
    },
    row: (row) => `${alignRow(cells(row), widths, aligns)}\n`,
  };
}

export function csvLine(values: ResultRow): string {
  const cell = (value: ResultValue): string =>
    typeof value === 'bigint' ? String(value) : escapeCsv(isScalar(value) ? value : plainText(value));
  return `${values.map(cell).join(',')}\n`;
}

/** One object a row. */
export function jsonRow(columns: readonly ResultColumn[], row: ResultRow): string {
  return `{${columns.map(({ name }, i) => `${stringifyJson(name)}: ${jsonText(row[i] ?? null)}`).join(', ')}}`;
}

/** Integers with all their digits. */
function jsonText(value: ResultValue): string {
  if (typeof value === 'bigint') return String(value);
  if (isScalar(value)) return stringifyJson(value);
  if (isList(value)) return `[${value.map(jsonText).join(', ')}]`;
  const members = Object.entries(value).map(([key, one]) => `${stringifyJson(key)}: ${jsonText(one)}`);
  return `{${members.join(', ')}}`;
}

function plainText(value: ResultValue): string {
  if (value === null) return '';
  return isScalar(value) || typeof value === 'bigint' ? String(value) : jsonText(value);
}

function isScalar(value: ResultValue): value is null | boolean | number | string {
  return value === null || (typeof value !== 'object' && typeof value !== 'bigint');
}

function isList(value: ResultValue): value is readonly ResultValue[] {
  return Array.isArray(value);
}
