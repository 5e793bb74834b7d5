// First reading of the captures: when each was taken, what the snaplen cut off, whose packets are asked for, and a sample of packets
// that tells which flows are one.
import type { Packet } from '../decode/packet.ts';
import type { PacketLocator } from '../flow/packet-locator.ts';
import { type PacketRequest, readPackets } from '../packets/read-packets.ts';
import { Frame } from './frame.ts';
import type { PacketRef } from './path-model.ts';
import { PacketSample, type Span } from './sample.ts';

export interface FirstReading {
  spans: (Span | null)[];
  /** Packets, whatever their flow is. */
  anywhere: PacketSample;
  /** Flows of the table of which the snaplen cut off what tells packets. */
  cut: Set<number>;
  /** Links of the table with tunnels that were cut off. */
  unread: Set<number>;
  /** Flows of the packets that are asked for by number, in their order; -1 for those of none. */
  asked: number[];
  digits: number[];
}

/** @param packets those that are asked for */
export async function readFirst(
  request: PacketRequest,
  locator: PacketLocator,
  packets: readonly PacketRef[],
): Promise<FirstReading> {
  const { captures } = request;
  const found: FirstReading = {
    spans: captures.map(() => null),
    anywhere: new PacketSample(),
    cut: new Set(),
    unread: new Set(),
    asked: packets.map(() => -1),
    digits: captures.map(() => 6),
  };
  const frame = new Frame();
  await readPackets(
    { ...request, trueTimes: true },
    {
      packet(packet) {
        locator.locate(packet.bytes, packet.stack, packet.capture, packet.interface?.index ?? 0);
        note(found, packet);
        const isOfFlow = frame.read(packet, locator);
        if (frame.isUnread) found.unread.add(frame.link);
        if (!isOfFlow) return true;
        for (const [i, one] of packets.entries())
          if (one.capture === frame.capture && one.number === frame.number) found.asked[i] = frame.flow;
        if (frame.isOuterRest) return true;
        if (frame.isCut || frame.isUnread) found.cut.add(frame.flow);
        if (!frame.isStrong) return true;
        found.anywhere.add(frame.contentKey, frame);
        return true;
      },
    },
  );
  return found;
}

function note({ spans, digits }: FirstReading, { capture, seconds, nanos, interface: device }: Packet): void {
  if (device !== null) digits[capture] = device.timeDigits;
  if (!Number.isFinite(seconds)) return;
  const time = seconds + nanos / 1e9;
  const span = spans[capture] ?? { first: time, last: time };
  span.first = Math.min(span.first, time);
  span.last = Math.max(span.last, time);
  spans[capture] = span;
}
