// Where a packet was seen: the place of its capture where there are several, and the interface where one holds several: of cooked
// captures by the kernel's number, of pcapng by its own description.
import type { Packet } from '../../decode/packet.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import { SLL2 } from '../../wire/sll2.ts';
import { padRight, textWidth } from '../text/text-width.ts';
import { visibleName } from './address-texts.ts';
import { asBytes } from './line-buffer.ts';

/** The name a snapshot has for a device of a capture's node; null where it has none. */
export type LinkName = (capture: number, ifindex: number) => string | null;

/** A column of the places of captures, one for each. */
export function placeColumn(places: readonly string[]): (packet: Packet) => Uint8Array | null {
  const visible = places.map(visibleName);
  const width = Math.max(0, ...visible.map(textWidth));
  const texts = visible.map((place) => asBytes(padRight(place, width)));
  return (packet) => texts[packet.capture] ?? null;
}

/** A number in a forged capture may be anything: beyond this many the table starts anew. */
const MOST_NAMES = 4096;

/** Texts for the packets of captures with several interfaces; null for all others. */
export function interfaceNames(linkName: LinkName): (packet: Packet) => Uint8Array | null {
  const texts = new Map<number, Uint8Array>();
  let width = 0;
  return (packet) => {
    const { stack } = packet;
    const isCooked = stack.depth > 0 && stack.protocol[0] === PROTOCOL.sll2;
    if (!isCooked && packet.info.interfaces.length < 2) return null;
    const number = isCooked ? SLL2.ifindex.read(packet.bytes, stack.start[0]!) : (packet.interface?.index ?? 0);
    const key = (packet.capture * 2 + (isCooked ? 1 : 0)) * 2 ** 32 + number;
    let text = texts.get(key);
    if (text === undefined) {
      const name = isCooked ? linkName(packet.capture, number) : (packet.interface?.name ?? null);
      const visible = visibleName(name ?? `if${number}`);
      // One column for all: after a longer name the others are made anew.
      if (textWidth(visible) > width || texts.size >= MOST_NAMES) texts.clear();
      width = Math.max(width, textWidth(visible));
      text = asBytes(padRight(visible, width));
      texts.set(key, text);
    }
    return text;
  };
}
