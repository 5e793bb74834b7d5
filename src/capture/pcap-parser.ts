// The second reader: the npm package pcap-parser behind the same contract, for classic microsecond captures.
// An independent opinion, not the default: it is slow, and these guards are needed around it. It would copy everything
// read so far again for every chunk after a forged length, drop a cut-off last packet in silence and accept any version.
import { type PacketHeader, type Parser, type ParserInput, parse } from 'pcap-parser';
import type { ChunkBuffer } from '../bytes/chunk.ts';
import { isPcapMagic, swapped } from '../bytes/sniff.ts';
import { OverlensError } from '../errors.ts';
import { BATCH_CAPACITY, createBatch } from './batch.ts';
import { captureName, corruptCapture, placeOf } from './capture-errors.ts';
import type { CaptureFormat, OpenedBytes } from './capture-format.ts';
import { capturedLimit } from './limits.ts';
import { linkTypeOf } from './link-type.ts';
import { type LengthOrder, PCAP_HEADER_LENGTH, type PcapHeader, readPcapHeader } from './pcap/file-header.ts';
import { checkedPcapHeader, cutOffRecord, joinedFiles, lengthAboveLimit, pcapInfo, ZERO_RECORD } from './pcap/pcap.ts';
import { layoutOfRecords } from './pcap/records.ts';
import { endReading } from './read-loop.ts';
import type { CaptureInfo, PacketBatch } from './source.ts';

const RECORD_HEADER_LENGTH = 16;
/** Fed at once: no more records than a batch holds can end in it, even without a byte of data. */
const FEED = (BATCH_CAPACITY - 1) * RECORD_HEADER_LENGTH;

/**
 * A capture whose file header is in the buffer, read by pcap-parser. Throws E_UNSUPPORTED_CAPTURE for what that package
 * does not know: pcapng, nanoseconds, the modified format, IXIA's, versions before 2.3.
 */
export function openWithPcapParser(opened: OpenedBytes, kind: 'pcap' | 'pcapng'): CaptureFormat {
  if (kind === 'pcapng') throw unsupported(opened.path, 'pcapng');
  const { chunk } = opened;
  const header = readPcapHeader(chunk.view, chunk.at);
  if (header.nanoseconds) throw unsupported(opened.path, 'pcap with nanoseconds');
  if (header.modified) throw unsupported(opened.path, 'the modified pcap format');
  const info = pcapInfo(opened, checkedPcapHeader(opened));
  if (header.headerLength !== PCAP_HEADER_LENGTH) throw unsupported(opened.path, "IXIA's pcap format");
  if (header.lengthOrder === 'original-first')
    throw unsupported(opened.path, `pcap version ${header.major}.${header.minor}`);
  return { info, headLength: PCAP_HEADER_LENGTH, read: (content) => parserBatches(content, info, header) };
}

function unsupported(path: string, what: string): OverlensError {
  return new OverlensError(
    'E_UNSUPPORTED_CAPTURE',
    `${captureName(path)}: the reader pcap-parser does not know ${what}`,
    {
      hint: 'the built-in reader does: leave out --reader pcap-parser',
    },
  );
}

/** What the parser's events leave behind. */
interface Progress {
  readonly info: CaptureInfo;
  readonly limit: number;
  readonly batch: PacketBatch;
  readonly lengthOrder: LengthOrder;
  /** Packets delivered, and where the record at hand begins. */
  packets: number;
  offset: number;
  /** The header of the record at hand, once the parser has seen it. */
  pending: PacketHeader | null;
}

async function* parserBatches(
  chunk: ChunkBuffer,
  info: CaptureInfo,
  header: PcapHeader,
): AsyncGenerator<PacketBatch, void, void> {
  const batch = createBatch();
  // Record headers of another length than the usual one are not announced: only the records show it.
  const { headerLength } = await layoutOfRecords(chunk, header);
  if (headerLength !== RECORD_HEADER_LENGTH) {
    info.error = unsupported(info.path, `record headers of ${headerLength} bytes`);
    chunk.close();
    return;
  }
  const limit = capturedLimit(header.snaplen);
  const progress: Progress = {
    ...{ info, limit, batch, lengthOrder: header.lengthOrder },
    ...{ packets: 0, offset: PCAP_HEADER_LENGTH, pending: null },
  };
  const feed = startParser(progress);
  let fed = 0;
  try {
    while (chunk.available > 0 || (await chunk.fill(1)) > 0) {
      const length = Math.min(chunk.available, FEED);
      const bytes = chunk.bytes.subarray(chunk.at, chunk.at + length);
      // The parser keeps what is fed first; later pieces it copies.
      feed(fed === 0 ? Buffer.from(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, length));
      chunk.at += length;
      fed += length;
      if (batch.count > 0) yield batch;
      batch.count = 0;
      if (info.error !== null) return;
    }
    const { offset, pending } = progress;
    endReading(chunk, info, progress.packets + 1, (packet) =>
      cutOffRecord(info, packet, {
        available: fed - offset,
        headerLength: RECORD_HEADER_LENGTH,
        offset,
        captured: pending?.capturedLength ?? 0,
      }),
    );
  } finally {
    chunk.close();
  }
}

/** Starts the parser on a stream that is fed by hand, so that it can never run ahead; answers the feeding function. */
function startParser(progress: Progress): (data: Buffer) => void {
  let feed: (data: Buffer) => void = () => {};
  const input: ParserInput = {
    pause() {},
    resume() {},
    on(event: string, listener: (data: never) => void) {
      if (event === 'data') feed = listener as (data: Buffer) => void;
    },
  };
  const parser: Parser = parse(input);
  const { info } = progress;
  parser.on('globalHeader', ({ linkLayerType, snapshotLength }) => {
    const [capture] = info.interfaces;
    if (capture !== undefined) Object.assign(capture, { linkType: linkTypeOf(linkLayerType), snaplen: snapshotLength });
  });
  parser.on('packetHeader', (header) => checkHeader(progress, header));
  parser.on('packet', ({ header, data }) => take(progress, header, data));
  parser.on('error', (error) => {
    info.error ??= corruptCapture(info, 'file header', `pcap-parser: ${error.message}`);
  });
  return feed;
}

/** Before the parser begins to wait for a body that will never come. */
function checkHeader(progress: Progress, header: PacketHeader): void {
  const { info, limit } = progress;
  progress.pending = header;
  if (info.error !== null) return;
  if (progress.lengthOrder === 'by-size' && header.capturedLength > header.originalLength) {
    info.error = unsupported(info.path, 'pcap 2.3 with the lengths of 2.2');
    return;
  }
  const place = placeOf(info, `packet ${progress.packets + 1}`, progress.offset);
  if (header.capturedLength > limit) {
    info.error = corruptCapture(info, place, lengthAboveLimit(header.capturedLength, limit));
  } else if (header.capturedLength === 0 && isFileHeader(header)) {
    info.error = joinedFiles(info, place);
  } else if (Object.values(header).every((field) => field === 0)) {
    info.error = corruptCapture(info, place, ZERO_RECORD);
  }
}

/** Magic number and version 2.4 where a record's time should be, in either byte order. */
function isFileHeader({ timestampSeconds: magic, timestampMicroseconds: version }: PacketHeader): boolean {
  const versions = [0x00020004, 0x00040002];
  const known = versions.includes(version) || versions.includes(swapped(version));
  return known && (isPcapMagic(magic) || isPcapMagic(swapped(magic)));
}

function take(progress: Progress, header: PacketHeader, data: Buffer): void {
  const { batch, info } = progress;
  if (info.error !== null) return;
  const index = batch.count++;
  // All packets of one feeding lie in one buffer of the parser's.
  if (index === 0) batch.bytes = new Uint8Array(data.buffer);
  const carry = Math.floor(header.timestampMicroseconds / 1e6);
  batch.start[index] = data.byteOffset;
  batch.captured[index] = data.length;
  batch.original[index] = header.originalLength;
  batch.seconds[index] = header.timestampSeconds + carry;
  batch.nanos[index] = (header.timestampMicroseconds - carry * 1e6) * 1000;
  progress.pending = null;
  progress.packets++;
  progress.offset += RECORD_HEADER_LENGTH + data.length;
}
