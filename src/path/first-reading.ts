// First reading of the captures: when each was taken, what the snaplen cut off, whose packets are asked for, and a sample of packets
// that tells which flows are one.
import type { Packet } from '../decode/packet.ts';
import type { PacketLocator } from '../flow/packet-locator.ts';
import { type PacketRequest, readPackets } from '../packets/read-packets.ts';
import { areWithin, type Fields, must, numberIn, type SavedFields } from '../store/saved.ts';
import type { TraceIndex } from '../verdict/trace-types.ts';
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

/** What is kept of it: all but who was asked for. */
export function saveFirst({ spans, anywhere, cut, unread, digits }: FirstReading): SavedFields {
  return {
    spans: spans.map((span) => (span === null ? null : Float64Array.of(span.first, span.last))),
    anywhere: anywhere.save(),
    cut: Int32Array.from(cut),
    unread: Int32Array.from(unread),
    digits: [...digits],
  };
}

/** The first reading of these captures, put back; nobody is asked for in it. Throws DamagedStore. */
export function restoreFirst(saved: Fields, captures: number, { table }: TraceIndex): FirstReading {
  const spans = saved.list('spans').map((span) => {
    if (span === null) return null;
    must(span instanceof Float64Array && span.length === 2, 'a span has no two ends');
    const [first = 0, last = 0] = span as Float64Array;
    return { first, last };
  });
  const digits = saved.list('digits').map((one) => numberIn(one, 'digits'));
  must(spans.length === captures && digits.length === captures, 'a capture is missing');
  const [cut, unread] = [saved.words('cut'), saved.words('unread')];
  must(
    areWithin(cut, 0, table.flowCount - 1) && areWithin(unread, -1, table.links.count - 1),
    'a flow or link is none',
  );
  const anywhere = new PacketSample();
  anywhere.restore(saved.group('anywhere'), table.flowCount);
  return { spans, anywhere, cut: new Set(cut), unread: new Set(unread), asked: [], digits };
}

/** Flows of packets, as `readFirst` tells them; read are the packets themselves, and what fragments are of. */
export async function readAsked(
  request: PacketRequest,
  locator: PacketLocator,
  packets: readonly PacketRef[],
  stretches: TraceIndex['stretches'],
): Promise<number[]> {
  const asked = packets.map(() => -1);
  const frame = new Frame();
  if (packets.length === 0) return asked;
  const partly: PacketRequest['partly'] = (capture) => ({
    stretches: stretches[capture] ?? [],
    isWanted: ({ packet, hasFragments }, end) =>
      hasFragments || packets.some((one) => one.capture === capture && packet <= one.number && one.number < end),
  });
  await readPackets(
    { ...request, partly },
    {
      packet(packet) {
        locator.locate(packet.bytes, packet.stack, packet.capture, packet.interface?.index ?? 0);
        if (!frame.read(packet, locator)) return true;
        for (const [i, one] of packets.entries())
          if (one.capture === frame.capture && one.number === frame.number) asked[i] = frame.flow;
        return true;
      },
    },
  );
  return asked;
}
