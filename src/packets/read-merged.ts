// Captures -> walked packets, all captures together in the order of time.

import type { Packet } from '../decode/packet.ts';
import { walk } from '../decode/walk.ts';
import { timeRange } from '../flow/time-range.ts';
import { type MergeOptions, mergeByTime, type PacketRun } from './merge-by-time.ts';
import { emptyPacket, type PacketRequest } from './read-packets.ts';

export type MergedRequest = Pick<
  PacketRequest,
  'captures' | 'ports' | 'reader' | 'since' | 'until' | 'signal' | 'onProgress' | 'partly'
> &
  Pick<MergeOptions, 'ahead'> & {
    /** Indexes of the captures to read, in order; all of them without it. */
    among?: readonly number[];
  };

/**
 * Visits every packet, with the times that are its own, until one is answered with false: no more are wanted. A packet is valid until the call returns.
 * @throws OverlensError when a path is no capture, or when too many overlap to be read side by side
 */
export async function readMerged(request: MergedRequest, visit: (packet: Packet) => boolean): Promise<void> {
  const { captures, reader, signal, ahead, partly } = request;
  const among = request.among ?? captures.map((_, capture) => capture);
  const paths = among.map((capture) => captures[capture] ?? '');
  const report = ({ capture, position, number, from, to }: PacketRun): void =>
    request.onProgress?.({
      captures: paths,
      capture,
      position: position(),
      packets: number - 1 + to - from,
      isMerged: true,
    });
  const merge = await mergeByTime(paths, {
    ...(reader === undefined ? {} : { reader }),
    trueTimes: true,
    ...(signal === undefined ? {} : { signal }),
    ...(partly === undefined ? {} : { partly: (one) => partly(among[one] ?? one) }),
    ...(ahead === undefined ? {} : { ahead: among.map((capture) => ahead[capture] ?? 0) }),
  });
  const range = timeRange(request.since ?? null, request.until ?? null);
  const packet = emptyPacket();
  for await (const stretch of merge.stretches()) {
    let last: PacketRun | null = null;
    for (const run of stretch) {
      takeRun(packet, run);
      packet.capture = among[run.capture] ?? run.capture;
      last = run;
      for (let i = run.from; i < run.to; i++) {
        takeEntry(packet, run, i);
        if (range.includes(packet.seconds, packet.nanos) && !walkIt(packet, request, visit)) return;
      }
    }
    if (last !== null) report(last);
    if (signal?.aborted) return;
  }
}

function takeRun(packet: Packet, { info, batch }: PacketRun): void {
  packet.info = info;
  packet.bytes = batch.bytes;
}

function takeEntry(packet: Packet, { batch, from, number, info }: PacketRun, i: number): void {
  packet.number = number + i - from;
  packet.seconds = batch.seconds[i]!;
  packet.nanos = batch.nanos[i]!;
  packet.start = batch.start[i]!;
  packet.captured = batch.captured[i]!;
  packet.original = batch.original[i]!;
  packet.interface = info.interfaces[batch.interface[i]!] ?? null;
}

function walkIt(packet: Packet, { ports }: MergedRequest, visit: (packet: Packet) => boolean): boolean {
  const linkType = packet.interface === null ? -1 : packet.interface.linkType;
  walk(packet.bytes, packet.start, packet.captured, packet.original, linkType, packet.stack, ports);
  return visit(packet);
}
