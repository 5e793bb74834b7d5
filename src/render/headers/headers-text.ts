// `overlens headers`: what each header looks like, from the one definition that also decodes it.
import { bitDiagram } from '../../decode/view/diagram.ts';
import { CATALOG } from '../../wire/catalog.ts';
import type { Field, HeaderInfo } from '../../wire/header.ts';
import type { Page } from '../../wire/layout.ts';
import { padLeft, padRight } from '../text/text-width.ts';

/** The list of protocols: the name to type, the title, what announces it. */
export function* protocolList(): Generator<string> {
  const widths = [
    Math.max(...CATALOG.map((entry) => entry.protocol.length)),
    Math.max(...CATALOG.map((entry) => entry.title.length)),
  ] as const;
  const row = (a: string, b: string, c: string): string =>
    `${padRight(a, widths[0])}  ${padRight(b, widths[1])}  ${c}\n`;
  yield row('PROTOCOL', 'WHAT IT IS', 'ANNOUNCED BY');
  for (const entry of CATALOG) yield row(entry.protocol, entry.title, entry.announcedBy);
}

/** One protocol: every form of its header as the RFC's picture and as a table of fields. */
export function* protocolText(entry: Page): Generator<string> {
  yield `${entry.title}  (${entry.protocol}; ${entry.announcedBy})\n`;
  for (const [title, header] of Object.entries(entry.forms)) {
    yield `\n${title}, ${sizeOf(header)}: ${header.spec}\n\n`;
    for (const line of bitDiagram(header)) yield `  ${line}\n`;
    yield '\n';
    yield* fieldTable(header);
  }
}

/** `8 bytes`; of options and the like what is fixed. */
export function sizeOf(header: HeaderInfo): string {
  return header.headerLength === 1 ? '1 byte' : `${header.headerLength} bytes`;
}

/** One field as the tables show it. */
export interface FieldRow {
  /** `0-7`, counted from the header's first bit; a group's bits are repeated by the fields after it. */
  bits: string;
  width: string;
  label: string;
  /** Wireshark's display filter name; empty where it has none. */
  name: string;
}

/** Rows in order of position; members of a group are marked by an indent of two blanks. */
export function fieldRows(header: HeaderInfo): FieldRow[] {
  let groupEnd = -1;
  return header.headerFields.map((field) => {
    const isMember = !field.group && field.bit < groupEnd;
    if (field.group) groupEnd = field.bit + field.width;
    return {
      bits: field.width === 1 ? String(field.bit) : `${field.bit}-${field.bit + field.width - 1}`,
      width: widthText(field),
      label: `${isMember ? '  ' : ''}${field.label}`,
      name: field.name ?? '',
    };
  });
}

function* fieldTable(header: HeaderInfo): Generator<string> {
  const rows = [{ bits: 'BITS', width: 'WIDTH', label: 'FIELD', name: 'WIRESHARK' }, ...fieldRows(header)];
  const [bits, width, label] = (['bits', 'width', 'label'] as const).map((key) =>
    Math.max(...rows.map((row) => row[key].length)),
  ) as [number, number, number];
  for (const row of rows) {
    const line = `  ${padRight(row.bits, bits)}  ${padLeft(row.width, width)}  ${padRight(row.label, label)}  ${row.name}`;
    yield `${line.trimEnd()}\n`;
  }
}

/** Whole bytes are said as bytes from four on. */
function widthText(field: Field): string {
  return field.width >= 32 && field.width % 8 === 0 ? `${field.width / 8} bytes` : String(field.width);
}
