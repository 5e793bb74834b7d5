// A text that is drawn anew in its place at the end of the terminal: never more than the screen holds, so that nothing scrolls away.
import { textWidth } from '../../render/text/text-width.ts';
import type { Io } from '../io.ts';

/** Of a terminal that does not tell. */
const USUAL = { columns: 80, rows: 24 };

export class LiveTable {
  readonly #io: Io;
  /** Widths of the lines that stand there. */
  #drawn: number[] = [];

  constructor(io: Io) {
    this.#io = io;
  }

  /** The terminal as it is now: its user may change it. */
  get size(): { columns: number; rows: number } {
    const { columns, rows } = this.#io.terminal?.() ?? this.#io;
    return { columns: columns || USUAL.columns, rows: rows || USUAL.rows };
  }

  /** Draws lines over those before, in one write: nothing flickers. What does not fit is counted. */
  draw(lines: readonly string[]): void {
    const shown = this.#fitting(lines);
    this.#io.stdout.write(`${this.#toTop()}${shown.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`);
    this.#drawn = shown.map(textWidth);
  }

  /** Takes the lines away: the first one by itself, since a whole screen that is erased goes into the scrollback of some terminals. */
  clear(): void {
    if (this.#drawn.length > 0) this.#io.stdout.write(`${this.#toTop()}\u001b[K\n\u001b[J\u001b[A`);
    this.#drawn = [];
  }

  /** Where the first line begins; a narrower terminal has broken lines up. */
  #toTop(): string {
    const { columns } = this.size;
    const up = this.#drawn.reduce((sum, width) => sum + linesOf(width, columns), 0);
    return up === 0 ? '\r' : `\r\u001b[${up}A`;
  }

  /** One line is left for the cursor. */
  #fitting(lines: readonly string[]): readonly string[] {
    const { columns, rows } = this.size;
    const heights = lines.map((line) => linesOf(textWidth(line), columns));
    const most = rows - 1;
    if (heights.reduce((a, b) => a + b, 0) <= most) return lines;
    let count = 0;
    for (let room = most - 1; count < lines.length && (heights[count] ?? 1) <= room; count++)
      room -= heights[count] ?? 1;
    return [...lines.slice(0, count), `... ${lines.length - count} more lines`];
  }
}

function linesOf(width: number, columns: number): number {
  return Math.max(1, Math.ceil(width / columns));
}
