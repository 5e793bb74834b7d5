// The classic pcap reader: the file header made a CaptureInfo, the records framed by pcap-records.ts.

import type { ChunkBuffer } from '../../bytes/chunk.ts';
import { OverlensError } from '../../errors.ts';
import { captureName, corruptCapture, placeOf } from '../capture-errors.ts';
import type { CaptureFormat, OpenedBytes } from '../capture-format.ts';
import { type Framer, readBatches } from '../read-loop.ts';
import type { CaptureInfo, CaptureWarning } from '../source.ts';
import { isPcapHeader, isZeroRecord, type PcapHeader, pcapVersionProblem, readPcapHeader } from './file-header.ts';
import { framePcapRecords, layoutOfRecords, lengthsAt, type RecordLayout } from './records.ts';

/** A classic pcap whose header is in the buffer. Throws E_UNSUPPORTED_CAPTURE for versions that nobody writes. */
export function openPcap(opened: OpenedBytes): CaptureFormat {
  const header = checkedPcapHeader(opened);
  const info = pcapInfo(opened, header);
  return {
    info,
    headLength: header.headerLength,
    async *read(chunk) {
      const layout = await layoutOfRecords(chunk, header);
      chunk.at += header.headerLength;
      yield* readBatches(chunk, info, pcapFramer(chunk, info, layout));
    },
  };
}

/** The file header at hand. Throws E_UNSUPPORTED_CAPTURE. */
export function checkedPcapHeader({ path, chunk }: OpenedBytes): PcapHeader {
  const header = readPcapHeader(chunk.view, chunk.at);
  const problem = pcapVersionProblem(header);
  if (problem === null) return header;
  throw new OverlensError('E_UNSUPPORTED_CAPTURE', `${captureName(path)}: ${problem}`, {
    hint: 'if the file is whole, convert it with Wireshark: editcap FILE new.pcapng',
  });
}

/** The info of a capture with this header: one interface, nothing read yet. */
export function pcapInfo(
  { path, compression }: Pick<OpenedBytes, 'path' | 'compression'>,
  header: PcapHeader,
): CaptureInfo {
  return {
    path,
    format: 'pcap',
    compression,
    interfaces: [
      {
        index: 0,
        name: null,
        description: null,
        linkType: header.linkType,
        snaplen: header.snaplen,
        filter: null,
        timeDigits: header.nanoseconds ? 9 : 6,
        dropped: null,
      },
    ],
    complete: false,
    warnings: [],
    error: null,
  };
}

export function pcapFramer(chunk: ChunkBuffer, info: CaptureInfo, layout: RecordLayout): Framer {
  return {
    frame: (batch) => framePcapRecords(chunk, batch, layout),
    get need() {
      return layout.need;
    },
    block: async () => 'handled',
    corruption(packet) {
      const place = placeOf(info, `packet ${packet}`, chunk.offset);
      if (isPcapHeader(chunk.view, chunk.at)) return joinedFiles(info, place);
      if (isZeroRecord(chunk.view, chunk.at)) return corruptCapture(info, place, ZERO_RECORD);
      const { captured } = lengthsAt(chunk.view, chunk.at, layout);
      return corruptCapture(info, place, lengthAboveLimit(captured, layout.limit));
    },
    cutOff(packet) {
      const { available, offset } = chunk;
      const { headerLength } = layout;
      const captured = available < headerLength ? 0 : lengthsAt(chunk.view, chunk.at, layout).captured;
      return cutOffRecord(info, packet, { available, headerLength, offset, captured });
    },
  };
}

/** The words for a captured length that nobody captures. */
export function lengthAboveLimit(length: number, limit: number): string {
  return `its captured length of ${length} bytes is above the limit of ${limit}`;
}

/** The words for a file whose end was reserved but never written. */
export const ZERO_RECORD = 'only zero bytes stand where a packet should be: the file was never written to its end';

/** The error for `cat a.pcap b.pcap`. */
export function joinedFiles(info: CaptureInfo, place: string): OverlensError {
  const problem = 'another pcap file header stands where a packet should be: these are several captures in one file';
  return corruptCapture(info, place, problem, 'join captures with mergecap -w, or name each of them');
}

/** What the end of a capture left of the record at hand. */
export interface RecordRest {
  readonly available: number;
  readonly headerLength: number;
  /** Offset of the record in the capture. */
  readonly offset: number;
  /** Its captured length; counts once the record header is there. */
  readonly captured: number;
}

/** The warning for a capture that ends inside a record; null when no byte of it is there. */
export function cutOffRecord(info: CaptureInfo, packet: number, rest: RecordRest): CaptureWarning | null {
  const { available, headerLength } = rest;
  if (available === 0) return null;
  const there =
    available < headerLength
      ? `${available} of the ${headerLength} bytes of its record header`
      : `${available - headerLength} of its ${rest.captured} captured bytes`;
  const place = placeOf(info, `packet ${packet}`, rest.offset);
  return { code: 'cut-off-record', message: `${place} is cut off: the capture ends after ${there}` };
}
