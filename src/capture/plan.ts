// What can be known of a capture before it is read: the time of its first packet, and of its last one, from both ends of
// the file. A guess is never an answer: what cannot be verified is null.

import { fileSize, readRange } from '../bytes/open-file.ts';
import { OverlensError } from '../errors.ts';
import type { Moment } from '../net/time.ts';
import { capturedLimit, MAX_SECONDS_APART } from './limits.ts';
import { type OpenOptions, openToRead } from './open.ts';
import { readPcapHeader } from './pcap/file-header.ts';
import { lastPcapRecord } from './pcap/last-record.ts';
import { recordLayout } from './pcap/records.ts';
import { readSectionHead } from './pcapng/blocks.ts';
import { descriptionLength, lastPacketBlock } from './pcapng/last-block.ts';
import type { CaptureInfo, CaptureReader, PacketBatch } from './source.ts';

/** First and last by their place in the file: packets between them may be earlier or later. */
export interface CaptureSpan {
  /** Null without packets, or where the first one has no time. */
  first: Moment | null;
  /** Null where it cannot be told without reading everything: compressed captures, odd ends, several sections. */
  last: Moment | null;
  /** Whether no packet is earlier than the one before it: only a whole reading tells. */
  inOrder: null;
}

/** Before a stretch that is longer than any record: room for a record to begin in. */
const SLACK = 128 * 1024;
/** Room for a section's description: hundreds of interfaces. */
const DESCRIPTION = 64 * 1024;

/**
 * The span of a file, by its beginning and, where it is not compressed, its end; a short one is read. Null for stdin and
 * pipes, of which nothing is consumed, and for what is no capture. One that is damaged in the middle has packets up to
 * `last`, but they cannot all be read.
 */
export async function captureSpan(path: string): Promise<CaptureSpan | null> {
  const size = fileSize(path);
  if (size === null) return null;
  try {
    const reader = await openToRead(path);
    return await spanOf(reader, size);
  } catch (error) {
    if (error instanceof OverlensError) return null;
    throw error;
  }
}

async function spanOf(reader: CaptureReader, size: number): Promise<CaptureSpan> {
  const { info } = reader;
  const span: CaptureSpan = { first: null, last: null, inOrder: null };
  let from: number | null = null;
  for await (const batch of reader.batches()) {
    if (from === null) span.first = momentOf(batch, 0);
    // The interfaces of a pcapng are known with its first packets.
    from ??= size - longestRecord(info) - SLACK;
    if (from > 0 || info.compression !== 'none') break;
    span.last = momentOf(batch, batch.count - 1);
  }
  if (from === null || from <= 0 || info.compression !== 'none' || span.first === null) return span;
  return { ...span, last: await lastMoment(info, span.first, from, size) };
}

/** The time of a file's first packet, compressed or not: as `captureSpan`, without a look at the end. */
export async function captureStart(path: string, options: OpenOptions = {}): Promise<Moment | null> {
  if (fileSize(path) === null) return null;
  try {
    return await firstMoment(await openToRead(path, options));
  } catch (error) {
    if (error instanceof OverlensError) return null;
    throw error;
  }
}

async function firstMoment(reader: CaptureReader): Promise<Moment | null> {
  for await (const batch of reader.batches()) return momentOf(batch, 0);
  return null;
}

function momentOf(batch: PacketBatch, index: number): Moment | null {
  const seconds = batch.seconds[index] ?? Number.NaN;
  return Number.isNaN(seconds) ? null : { seconds, nanos: batch.nanos[index] ?? 0 };
}

/** No packet takes more bytes, its header included. */
function longestRecord({ interfaces }: CaptureInfo): number {
  return interfaces.reduce((most, { snaplen }) => Math.max(most, capturedLimit(snaplen)), 0) + 64;
}

/** The time of the last packet in the bytes `from .. size-1`, read by the reader itself. */
async function lastMoment(info: CaptureInfo, first: Moment, from: number, size: number): Promise<Moment | null> {
  const head = await readRange(info.path, 0, DESCRIPTION);
  const tail = await readRange(info.path, from, size);
  const parts = info.format === 'pcap' ? endOfPcap(head, tail, first) : endOfPcapng(head, tail);
  if (parts === null) return null;
  const moment = await firstMoment(await openToRead('-', { stdin: inTurn(parts) }));
  return moment === null || Math.abs(moment.seconds - first.seconds) > MAX_SECONDS_APART ? null : moment;
}

/** A capture of the last packet alone: the file header, then its record. */
function endOfPcap(head: Uint8Array, bytes: Uint8Array, first: Moment): Uint8Array[] | null {
  const view = viewOf(head);
  const header = readPcapHeader(view, 0);
  const layout = recordLayout(header, { view, at: header.headerLength, end: head.length, isAll: false });
  // The first packet is longer than what is at hand: it is not worth a third look.
  if (!('headerLength' in layout)) return null;
  const last = lastPcapRecord({ bytes, latestStart: SLACK, layout, firstSecond: first.seconds });
  return last === null ? null : [head.subarray(0, header.headerLength), bytes.subarray(last)];
}

function endOfPcapng(head: Uint8Array, bytes: Uint8Array): Uint8Array[] | null {
  const section = readSectionHead(viewOf(head), 0);
  if ('problem' in section) return null;
  const described = descriptionLength(head, section.littleEndian);
  const block = lastPacketBlock({ bytes, latestStart: SLACK, littleEndian: section.littleEndian });
  return described === null || block === null ? null : [head.subarray(0, described), block];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

async function* inTurn(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, void> {
  yield* parts;
}
