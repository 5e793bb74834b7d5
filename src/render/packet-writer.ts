// Packets -> the output asked for: lines, trees, JSON, bytes; all into one buffer.
import type { Packet } from '../decode/packet.ts';
import type { WalkPorts } from '../decode/walk-ports.ts';
import { type AddressNames, AddressTexts } from './address-texts.ts';
import { packetJson } from './decode-json.ts';
import { createLineWriter } from './decode-line.ts';
import { TimeColumn, type TimeStyle } from './decode-time.ts';
import { type TreeLook, treeLines } from './decode-tree.ts';
import { escapeText } from './escape.ts';
import { foldLine } from './fold-lines.ts';
import { writeHexDump } from './hex-dump.ts';
import { interfaceNames, type LinkName } from './interface-names.ts';
import type { LineBuffer } from './line-buffer.ts';
import { createPaint } from './paint.ts';

export const DECODE_OUTPUTS = ['text', 'json'] as const;
export type DecodeOutput = (typeof DECODE_OUTPUTS)[number];

export interface PacketLook {
  output: DecodeOutput;
  time: TimeStyle;
  /** Every header and field below each line. */
  verbose: boolean;
  hex: boolean;
  color: boolean;
  /** Columns of the terminal; null where lines may be as long as they like. */
  width: number | null;
  /** Names the capture before its first packet: there are several. */
  headings: boolean;
  ports: WalkPorts;
  names: AddressNames | null;
  macNames: AddressNames | null;
  linkName: LinkName;
  /** RFC 3339, for JSON. */
  timeText: (packet: Packet) => string | null;
}

export interface PacketWriter {
  write(packet: Packet): void;
}

/** Blanks before the rest of a folded line, of a folded line of a tree, and before bytes. */
const LINE_INDENT = 7;
const TREE_INDENT = 8;
const BYTES_INDENT = 4;

export function createPacketWriter(out: LineBuffer, look: PacketLook): PacketWriter {
  return look.output === 'json' ? jsonWriter(out, look) : textWriter(out, look);
}

function jsonWriter(out: LineBuffer, look: PacketLook): PacketWriter {
  return { write: (packet) => out.text(packetJson(packet, look)) };
}

function textWriter(out: LineBuffer, look: PacketLook): PacketWriter {
  const { width } = look;
  const paint = createPaint(look.color);
  const line = createLineWriter(out, {
    time: new TimeColumn(look.time),
    addresses: new AddressTexts(look.names),
    ports: look.ports,
    color: look.color,
    interfaceName: interfaceNames(look.linkName),
  });
  const tree = { ...look, paint };
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
      if (look.verbose) out.text(treeText(packet, tree, width));
      if (look.hex) writeHexDump(out, packet.bytes, packet.start, packet.captured, BYTES_INDENT);
      if (look.verbose || look.hex) out.text('\n');
    },
  };
}

/** All lines below a packet's line: encoded once, since encoding a text costs more than a few lines of it. */
function treeText(packet: Packet, look: TreeLook, width: number | null): string {
  const lines: string[] = [];
  for (const line of treeLines(packet, look)) lines.push(width === null ? line : foldLine(line, width, TREE_INDENT));
  return `${lines.join('\n')}\n`;
}
