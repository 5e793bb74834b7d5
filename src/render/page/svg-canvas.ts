// Primitives of SVG pages: text in a monospaced grid, so that widths are known without measuring. One column is a little wider
// than the fonts' characters (0.602 em), so that nothing overlaps where a substitute is used.
import { escapeXml } from '../text/escape.ts';
import { textWidth, wrapWords } from '../text/text-width.ts';

export const FONT = 14;
export const COLUMN = 8.7;
export const LINE = 20;
export const MARGIN = 36;
/** As wide as a page of a repository shows it in full size. */
export const PAGE_WIDTH = 860;
/** Characters on a line of the page. */
export const COLUMNS = Math.floor((PAGE_WIDTH - 2 * MARGIN) / COLUMN);

/** What has been drawn, and how far down it reaches. */
export interface Canvas {
  parts: string[];
  y: number;
}

export interface TextStyle {
  /** CSS classes: `strong`, `soft`, `wrong`, ... */
  class?: string;
  role?: string;
  level?: number;
}

/** One line of text whose baseline is at `y`; `column` counts characters from the page's margin. */
export function textAt(column: number, y: number, text: string, style: TextStyle = {}): string {
  if (text === '') return '';
  const x = round(MARGIN + column * COLUMN);
  const role =
    style.role === undefined
      ? ''
      : ` role="${style.role}"${style.level === undefined ? '' : ` aria-level="${style.level}"`}`;
  return `<text x="${x}" y="${round(y)}"${classAttribute(style.class)}${role}>${escapeXml(text)}</text>`;
}

export function classAttribute(name: string | undefined): string {
  return name === undefined || name === '' ? '' : ` class="${name}"`;
}

/** A paragraph, wrapped; moves down. */
export function paragraph(canvas: Canvas, text: string, style: TextStyle = {}, indent = 0): void {
  for (const line of wrapWords(text, COLUMNS - indent)) {
    canvas.y += LINE;
    canvas.parts.push(textAt(indent, canvas.y, line, style));
  }
}

export function heading(canvas: Canvas, text: string, level = 2): void {
  canvas.y += LINE * 0.9;
  for (const line of wrapWords(text, COLUMNS)) {
    canvas.y += LINE;
    canvas.parts.push(textAt(0, canvas.y, line, { class: 'strong', role: 'heading', level }));
  }
  canvas.y += LINE * 0.2;
}

export function rect(x: number, y: number, width: number, height: number, name: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"${classAttribute(name)}/>`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Text in the middle of a box. */
export function centredText(x: number, width: number, y: number, text: string, name: string): string {
  const start = x + (width - textWidth(text) * COLUMN) / 2;
  return `<text x="${round(start)}" y="${round(y)}"${classAttribute(name)}>${escapeXml(text)}</text>`;
}
