// How long a pcap's record headers are. Some writers put more behind the four words of the standard and said so nowhere:
// the first frame stands further on, and so does the second record. The variants are those that Wireshark's wiretap knows.
import { MAX_SECONDS_APART } from '../limits.ts';
import { LINK_TYPE } from '../link-type.ts';
import type { PcapHeader } from './file-header.ts';

/** The four words of every record header. */
const WORDS = 16;

/** With the standard magic number: the standard, Nokia's IPSO (4 bytes more), Red Hat 6.1 (8 bytes more). */
const STANDARD: readonly number[] = [16, 24, 20];
/** Kuznetzov's format: 8 bytes more, and with SuSE 6.3 12. */
const MODIFIED: readonly number[] = [24, 28];
/** What no writer has changed: nanoseconds came later. */
const NANOSECONDS: readonly number[] = [16];

/** Bytes of a frame that tell that it is one: Ethernet's header. */
const FRAME_START = 14;
/** IPv4, ARP, IPv6, VLAN, PPPoE, MPLS. */
const USUAL_ETHERTYPES: readonly number[] = [0x0800, 0x0806, 0x86dd, 0x8100, 0x88a8, 0x8864, 0x8847];
const RAW: readonly number[] = [LINK_TYPE.raw, LINK_TYPE.rawAlias12, LINK_TYPE.rawAlias14, LINK_TYPE.ipv4];

/** The beginning of a capture's records. */
export interface FirstRecords {
  view: DataView;
  /** Where the first record begins, and where the bytes end that are there. */
  at: number;
  end: number;
  /** Whether no byte follows. */
  isAll: boolean;
}

/** Bytes of every record header, or `need`: how many bytes of the records must be there to tell. */
export function recordHeaderLength(
  header: PcapHeader,
  records: FirstRecords,
  limit: number,
): number | { need: number } {
  const lengths = header.nanoseconds ? NANOSECONDS : header.modified ? MODIFIED : STANDARD;
  const [usual = WORDS] = lengths;
  const [room, longest] = [records.end - records.at, Math.max(...lengths)];
  if (longest === usual) return usual;
  if (room < WORDS) return records.isAll ? usual : { need: WORDS };
  const captured = capturedLength(header, records.view, records.at);
  // Too short to show where a frame begins.
  if (captured > limit || usual + captured < longest + FRAME_START) return usual;
  if (room < usual + captured) return records.isAll ? usual : { need: usual + captured };
  const others = lengths.filter((length) => length !== usual && isFrameAt(header, records, length));
  // Who writes into a pipe may take his time with the second packet: it is waited for only where the first one is odd.
  if (others.length === 0 || isFrameAt(header, records, usual)) return usual;
  const need = longest + captured + WORDS;
  if (room < need && !records.isAll) return { need };
  if (isBelievable(header, records, usual + captured, limit)) return usual;
  return others.find((length) => fits(header, records, length + captured, limit)) ?? usual;
}

/** Whether what stands `length` bytes behind the first record's beginning looks like the frame that it should hold. */
function isFrameAt({ linkType }: PcapHeader, { view, at }: FirstRecords, length: number): boolean {
  const start = at + length;
  if (linkType === LINK_TYPE.ethernet) return USUAL_ETHERTYPES.includes(view.getUint16(start + 12));
  if (!RAW.includes(linkType)) return false;
  return [4, 6].includes(view.getUint8(start) >> 4);
}

/** The captured length of the record at `at`, whichever of its lengths that is. */
export function capturedLength({ lengthOrder, littleEndian }: PcapHeader, view: DataView, at: number): number {
  const [first, second] = [view.getUint32(at + 8, littleEndian), view.getUint32(at + 12, littleEndian)];
  if (lengthOrder === 'by-size') return Math.min(first, second);
  return lengthOrder === 'captured-first' ? first : second;
}

/** Whether the usual length may be right: what stands behind the first record is a header, the end, or its beginning. */
function isBelievable(header: PcapHeader, records: FirstRecords, from: number, limit: number): boolean {
  const { view, at, end } = records;
  const rest = end - at - from;
  if (rest <= 0) return true;
  if (rest < WORDS) return rest < 4 || areNear(header, records, at + from);
  return isSane(header, view, at + from, limit);
}

/** Whether another length is right beyond doubt: a second record of the same time follows, or exactly the end. */
function fits(header: PcapHeader, records: FirstRecords, from: number, limit: number): boolean {
  const { view, at, end } = records;
  if (at + from === end) return true;
  if (end - at - from < WORDS || !isSane(header, view, at + from, limit)) return false;
  const shortest = Math.min(
    view.getUint32(at + from + 8, header.littleEndian),
    view.getUint32(at + from + 12, header.littleEndian),
  );
  return shortest === capturedLength(header, view, at + from) && areNear(header, records, at + from);
}

function isSane(header: PcapHeader, view: DataView, at: number, limit: number): boolean {
  return view.getUint32(at + 4, header.littleEndian) < 1e6 && capturedLength(header, view, at) <= limit;
}

/** Whether the seconds at `at` are near those of the first record. */
function areNear({ littleEndian }: PcapHeader, { view, at: first }: FirstRecords, at: number): boolean {
  const apart = view.getUint32(at, littleEndian) - view.getUint32(first, littleEndian);
  return Math.abs(apart) <= MAX_SECONDS_APART;
}
