// Packets -> the output asked for: lines, trees, JSON, bytes; all into one buffer.
import type { Packet } from '../decode/packet.ts';
import type { WalkPorts } from '../decode/walk-ports.ts';
import { type AddressNames, AddressTexts } from './address-texts.ts';
import { createLineWriter } from './decode-line.ts';
import { TimeColumn, type TimeStyle } from './decode-time.ts';
import { escapeText } from './escape.ts';
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
  linkName: LinkName;
}

export interface PacketWriter {
  write(packet: Packet): void;
}

export function createPacketWriter(out: LineBuffer, look: PacketLook): PacketWriter {
  const paint = createPaint(look.color);
  const line = createLineWriter(out, {
    time: new TimeColumn(look.time),
    addresses: new AddressTexts(look.names),
    ports: look.ports,
    color: look.color,
    interfaceName: interfaceNames(look.linkName),
  });
  let capture = -1;
  return {
    write(packet) {
      if (look.headings && packet.capture !== capture) {
        capture = packet.capture;
        out.text(`${paint('strong', escapeText(packet.info.path))}\n`);
      }
      line.write(packet);
    },
  };
}
