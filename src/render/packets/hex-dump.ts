// The bytes of a packet, sixteen a row: offset, hexadecimal, and as text what is printable ASCII. Nothing else reaches the terminal.
import type { LineBuffer } from './line-buffer.ts';

const ROW = 16;
const BLANK = 0x20;
const DOT = 0x2e;
const NEWLINE = 0x0a;
const [FIRST_PRINTABLE, LAST_PRINTABLE] = [0x20, 0x7e];

/** Rows for `length` bytes from `start`, each indented. Offsets count from the first byte. */
export function writeHexDump(out: LineBuffer, bytes: Uint8Array, start: number, length: number, indent: number): void {
  for (let row = 0; row < length; row += ROW) {
    out.startLine();
    for (let i = 0; i < indent; i++) out.byte(BLANK);
    out.hexDigits(row, row > 0xffff ? 6 : 4);
    out.byte(BLANK);
    const count = Math.min(ROW, length - row);
    for (let i = 0; i < ROW; i++) {
      out.byte(BLANK);
      if (i === ROW / 2) out.byte(BLANK);
      if (i < count) out.hexDigits(bytes[start + row + i]!, 2);
      else {
        out.byte(BLANK);
        out.byte(BLANK);
      }
    }
    out.byte(BLANK);
    out.byte(BLANK);
    for (let i = 0; i < count; i++) {
      const byte = bytes[start + row + i]!;
      out.byte(byte >= FIRST_PRINTABLE && byte <= LAST_PRINTABLE ? byte : DOT);
    }
    out.byte(NEWLINE);
  }
}
