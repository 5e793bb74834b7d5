// Captures -> walked packets, one by one: the loop that `decode` and `explain` share. Memory does not grow with a capture.
import { excuseEmptyPieces } from '../attribution/points/pieces/empty-pieces.ts';
import { type OpenOptions, openCaptures } from '../capture/open.ts';
import type { ReadingProgress } from '../capture/reading-progress.ts';
import type { CaptureInfo, CaptureReader, PacketBatch } from '../capture/source.ts';
import { batchesIn } from '../capture/stretches.ts';
import { LayerStack } from '../decode/layer-stack.ts';
import type { Packet } from '../decode/packet.ts';
import { walk } from '../decode/walk.ts';
import type { WalkPorts } from '../decode/walk-ports.ts';
import { type TimeRange, timeRange } from '../flow/time-range.ts';
import type { Partly } from './merge-by-time.ts';
import { hasNumber, lastNumber, type PacketNumbers } from './packet-numbers.ts';

/** Asked for every packet, since fragments and flows are told by packets before. */
export interface PacketTest {
  fits(packet: Packet): boolean;
}

export interface PacketRequest {
  /** Paths; `-` is stdin. */
  captures: readonly string[];
  ports: WalkPorts;
  reader?: 'builtin' | 'pcap-parser';
  /** As for trace: RFC 3339, HH:MM:SS or seconds after the first packet. */
  since?: string | null;
  until?: string | null;
  numbers?: PacketNumbers | null;
  /** Of a capture that was read as a whole before: its stretches, and which of them to read. */
  partly?: Partly;
  /** Several captures as one, in the order of time; else one after the other, as given. */
  merged?: boolean;
  /** All of them must hold. */
  tests?: readonly PacketTest[];
  /** Times that are not those of the packets are left out. */
  trueTimes?: boolean;
  signal?: AbortSignal;
  /** Called now and then. */
  onProgress?: (progress: ReadingProgress) => void;
}

export interface PacketVisitor {
  /** Before the packets of a capture. */
  begin?(info: CaptureInfo, capture: number): void;
  /** A packet that fits, valid until the call returns. False: no more are wanted. */
  packet(packet: Packet): boolean;
  /** Between two batches: the time to write. False: no more are wanted. */
  pause?(): Promise<boolean>;
}

export interface PacketsRead {
  infos: CaptureInfo[];
  /** Packets read or passed over, whether they fit or not: of all captures, of each. */
  packets: number;
  counts: number[];
}

/**
 * Visits the packets that fit.
 * @throws OverlensError when a path is no capture; what is wrong later is in `infos[].error` and `warnings`
 */
export async function readPackets(request: PacketRequest, visitor: PacketVisitor): Promise<PacketsRead> {
  const options = {
    ...(request.reader === undefined ? {} : { reader: request.reader }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    trueTimes: request.trueTimes === true,
  };
  const range = timeRange(request.since ?? null, request.until ?? null);
  return request.merged === true && request.captures.length > 1
    ? readMerged({ request, visitor, range, packet: emptyPacket() }, options)
    : readInTurn({ request, visitor, range, packet: emptyPacket() }, options);
}

interface Reading {
  request: PacketRequest;
  visitor: PacketVisitor;
  range: TimeRange;
  packet: Packet;
}

async function readMerged(reading: Reading, options: OpenOptions): Promise<PacketsRead> {
  const { request, visitor, packet } = reading;
  // loaded when there is something to merge: most of the time of a short run is loading
  const { mergeByTime } = await import('./merge-by-time.ts');
  const { partly } = request;
  const merge = await mergeByTime(request.captures, { ...options, ...(partly === undefined ? {} : { partly }) });
  const result: PacketsRead = { infos: [...merge.infos], packets: 0, counts: merge.infos.map(() => 0) };
  const last = request.numbers ? lastNumber(request.numbers) : Number.POSITIVE_INFINITY;
  for await (const stretch of merge.stretches()) {
    let more = true;
    let run: { capture: number; position: () => number; packets: number } | null = null;
    for (const { capture, info, position, batch, from, to, number } of stretch) {
      packet.capture = capture;
      packet.info = info;
      packet.number = number - 1;
      more = visitBatch(reading, batch, from, to);
      result.packets += packet.number - (number - 1);
      result.counts[capture] = packet.number;
      run = { capture, position, packets: packet.number };
      if (!more) break;
    }
    if (run !== null)
      request.onProgress?.({ ...run, captures: request.captures, position: run.position(), isMerged: true });
    if (visitor.pause !== undefined && !(await visitor.pause())) break;
    if (!more || request.signal?.aborted || result.counts.every((count) => count >= last)) break;
  }
  return result;
}

async function readInTurn(reading: Reading, options: OpenOptions): Promise<PacketsRead> {
  const readers = await openCaptures(reading.request.captures, options);
  excuseEmptyPieces(readers.map(({ info }) => info));
  const result: PacketsRead = { infos: readers.map((reader) => reader.info), packets: 0, counts: readers.map(() => 0) };
  try {
    for (const [capture, reader] of readers.entries()) {
      if (!(await readCapture(reading, reader, capture, result))) break;
    }
    return result;
  } finally {
    for (const reader of readers) reader.close();
  }
}

/** False when no more packets are wanted, of any capture. */
async function readCapture(
  reading: Reading,
  reader: CaptureReader,
  capture: number,
  result: PacketsRead,
): Promise<boolean> {
  const { request, visitor, packet } = reading;
  const last = request.numbers ? lastNumber(request.numbers) : Number.POSITIVE_INFINITY;
  packet.capture = capture;
  packet.info = reader.info;
  packet.number = 0;
  visitor.begin?.(reader.info, capture);
  const part = request.partly?.(capture) ?? null;
  const batches = part === null ? reader.batches() : batchesIn(reader, part.stretches, part.isWanted);
  for await (const batch of batches) {
    const before = packet.number;
    if (batch.first !== undefined) packet.number = batch.first - 1;
    const more = visitBatch(reading, batch, 0, batch.count);
    result.packets += packet.number - before;
    result.counts[capture] = packet.number;
    request.onProgress?.({ captures: request.captures, capture, position: reader.position(), packets: packet.number });
    if (visitor.pause !== undefined && !(await visitor.pause())) return false;
    if (!more || request.signal?.aborted) return false;
    if (packet.number >= last) break;
  }
  return true;
}

/** Entries `from .. to-1`. False when the visitor wants no more. */
function visitBatch(
  { request, visitor, range, packet }: Reading,
  batch: PacketBatch,
  from: number,
  to: number,
): boolean {
  const { numbers = null, tests = [], ports } = request;
  const interfaces = packet.info.interfaces;
  packet.bytes = batch.bytes;
  for (let i = from; i < to; i++) {
    packet.number++;
    packet.seconds = batch.seconds[i]!;
    packet.nanos = batch.nanos[i]!;
    if (Number.isNaN(packet.firstSeconds)) noteFirst(packet);
    if (!range.includes(packet.seconds, packet.nanos)) continue;
    const isAsked = numbers === null || hasNumber(numbers, packet.number);
    if (!isAsked && tests.length === 0) continue;
    packet.start = batch.start[i]!;
    packet.captured = batch.captured[i]!;
    packet.original = batch.original[i]!;
    packet.interface = interfaces[batch.interface[i]!] ?? null;
    const linkType = packet.interface === null ? -1 : packet.interface.linkType;
    walk(packet.bytes, packet.start, packet.captured, packet.original, linkType, packet.stack, ports);
    let fits = isAsked;
    for (let k = 0; k < tests.length; k++) if (!tests[k]!.fits(packet)) fits = false;
    if (fits && !visitor.packet(packet)) return false;
  }
  return true;
}

function noteFirst(packet: Packet): void {
  packet.firstSeconds = packet.seconds;
  packet.firstNanos = packet.nanos;
}

/** To be filled by a reader. */
export function emptyPacket(): Packet {
  return {
    capture: 0,
    info: {
      path: '',
      format: 'pcap',
      compression: 'none',
      interfaces: [],
      complete: false,
      warnings: [],
      error: null,
    },
    number: 0,
    bytes: new Uint8Array(0),
    start: 0,
    captured: 0,
    original: 0,
    seconds: Number.NaN,
    nanos: 0,
    firstSeconds: Number.NaN,
    firstNanos: 0,
    interface: null,
    stack: new LayerStack(),
  };
}
