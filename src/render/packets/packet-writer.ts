// Packets -> text: lines, with trees and bytes below them, all into one buffer.
import type { Packet } from '../../decode/packet.ts';
import type { WalkPorts } from '../../decode/walk-ports.ts';
import { escapeText } from '../text/escape.ts';
import { foldLine } from '../text/fold-lines.ts';
import { createPaint } from '../text/paint.ts';
import { type AddressNames, AddressTexts } from './address-texts.ts';
import { writeHexDump } from './hex-dump.ts';
import { interfaceNames, type LinkName, placeColumn } from './interface-names.ts';
import type { LineBuffer } from './line-buffer.ts';
import { createLineWriter } from './packet-line.ts';
import { TimeColumn, type TimeStyle } from './packet-time.ts';

export interface TextLook {
  time: TimeStyle;
  /** What stands below each line (`treeLines` of decode-tree.ts); null: nothing. Given, so that it is loaded when wanted only. */
  tree: ((packet: Packet) => Iterable<string>) | null;
  hex: boolean;
  color: boolean;
  /** Columns of the terminal; null where lines may be as long as they like. */
  width: number | null;
  /** Names each capture before its first packet: they are read one after the other. */
  headings: boolean;
  /** What each capture's place is called, in a column of its own; null where that is told by headings, or there is one. */
  places: readonly string[] | null;
  ports: WalkPorts;
  names: AddressNames | null;
  linkName: LinkName;
}

export interface PacketWriter {
  write(packet: Packet): void;
}

/** Blanks before the rest of a folded line, of a folded line of a tree, and before bytes. */
const LINE_INDENT = 7;
const TREE_INDENT = 8;
const BYTES_INDENT = 4;

/** Lines, and below each what else is wanted of its packet. */
export function createTextWriter(out: LineBuffer, look: TextLook): PacketWriter {
  const { width } = look;
  const paint = createPaint(look.color);
  const line = createLineWriter(out, {
    time: new TimeColumn(look.time),
    addresses: new AddressTexts(look.names),
    ports: look.ports,
    color: look.color,
    placeName: look.places === null ? () => null : placeColumn(look.places),
    interfaceName: interfaceNames(look.linkName),
  });
  let capture = -1;
  return {
    write(packet) {
      if (look.headings && packet.capture !== capture) {
        capture = packet.capture;
        out.text(`${paint('strong', escapeText(packet.info.path))}\n`);
      }
      const lineStart = out.length;
      line.write(packet);
      if (width !== null) out.rewrite(lineStart, (text) => `${foldLine(text.slice(0, -1), width, LINE_INDENT)}\n`);
      if (look.tree !== null) out.text(joined(look.tree(packet), width));
      if (look.hex) writeHexDump(out, packet.bytes, packet.start, packet.captured, BYTES_INDENT);
      if (look.tree !== null || look.hex) out.text('\n');
    },
  };
}

/** All of them as one text: encoding a text costs more than a few lines of it. */
function joined(lines: Iterable<string>, width: number | null): string {
  const folded: string[] = [];
  for (const line of lines) folded.push(width === null ? line : foldLine(line, width, TREE_INDENT));
  return `${folded.join('\n')}\n`;
}
