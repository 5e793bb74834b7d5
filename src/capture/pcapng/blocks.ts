// pcapng blocks that describe: sections, interfaces, statistics. draft-ietf-opsawg-pcapng sections 4.1, 4.2, 4.6.
// Read once per block; the caller has the whole block in the buffer and has checked its lengths and that options fit.

import { PCAPNG_SECTION } from '../../bytes/sniff.ts';
import { MAX_FILTER, MAX_NAME } from '../limits.ts';
import { linkTypeOf } from '../link-type.ts';
import type { CaptureInterface } from '../source.ts';
import { INTERFACE_OPTION, MICROSECONDS, STATISTICS_OPTION } from './options.ts';
import { type TimeUnit, timeUnit } from './timestamp.ts';

/** Shortest possible Section Header Block: without options. */
export const SECTION_LENGTH = 28;

/** The byte order of the section whose header stands at `at`, or what is wrong with its first 16 bytes. */
export function readSectionHead(view: DataView, at: number): { littleEndian: boolean } | { problem: string } {
  if (view.getUint32(at) !== PCAPNG_SECTION) return { problem: 'no section header stands here' };
  const magic = view.getUint32(at + 8);
  if (magic !== 0x1a2b3c4d && magic !== 0x4d3c2b1a) {
    return { problem: `its byte-order magic is 0x${hex(magic)}, neither 0x1a2b3c4d nor 0x4d3c2b1a` };
  }
  const littleEndian = magic === 0x4d3c2b1a;
  const major = view.getUint16(at + 12, littleEndian);
  const minor = view.getUint16(at + 14, littleEndian);
  if (major !== 1) return { problem: `pcapng version ${major}.${minor} is not known (1.0 is what tools write)` };
  return { littleEndian };
}

/** An interface as its block describes it, with the unit of its timestamps. */
export interface DescribedInterface {
  interface: CaptureInterface;
  unit: TimeUnit;
}

/** Reads an Interface Description Block of `length` bytes at `at`; `index` is its place in `CaptureInfo.interfaces`. */
export function readInterface(
  view: DataView,
  at: number,
  length: number,
  { littleEndian, index }: { littleEndian: boolean; index: number },
): DescribedInterface {
  const options = readOptions(view, at + 16, at + length - 4, littleEndian);
  const resolution = options.get(INTERFACE_OPTION.resolution)?.[0] ?? MICROSECONDS;
  const shift = options.get(INTERFACE_OPTION.offset);
  const offset = shift?.length === 8 ? signed64(shift, littleEndian) : 0;
  const unit = timeUnit(resolution, offset);
  return {
    unit,
    interface: {
      index,
      name: optionText(options.get(INTERFACE_OPTION.name)),
      description: optionText(options.get(INTERFACE_OPTION.description)),
      linkType: linkTypeOf(view.getUint16(at + 8, littleEndian)),
      snaplen: view.getUint32(at + 12, littleEndian),
      filter: filterText(options.get(INTERFACE_OPTION.filter)),
      timeDigits: unit.digits,
      dropped: null,
      ...(resolution === unit.digits && offset === 0 ? {} : { clock: { resolution, offset } }),
    },
  };
}

/** Reads an Interface Statistics Block: the interface's number in its section, and isb_ifdrop, else isb_osdrop. */
export function readStatistics(
  view: DataView,
  at: number,
  length: number,
  littleEndian: boolean,
): { id: number; dropped: number | null } {
  const options = readOptions(view, at + 20, at + length - 4, littleEndian);
  const dropped = options.get(STATISTICS_OPTION.ifdrop) ?? options.get(STATISTICS_OPTION.osdrop);
  return {
    id: view.getUint32(at + 8, littleEndian),
    dropped: dropped?.length === 8 ? signed64(dropped, littleEndian) : null,
  };
}

/** Options by code; of several with one code the first. */
function readOptions(view: DataView, from: number, to: number, little: boolean): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>();
  let at = from;
  while (to - at >= 4) {
    const code = view.getUint16(at, little);
    const length = view.getUint16(at + 2, little);
    if (code === 0) break;
    if (!options.has(code)) options.set(code, new Uint8Array(view.buffer, view.byteOffset + at + 4, length));
    at += 4 + ((length + 3) & ~3);
  }
  return options;
}

/** Text of an option, cut where it is endless: UTF-8, some writers end it with zero bytes; null when absent or empty. */
function optionText(bytes: Uint8Array | undefined, most = MAX_NAME): string | null {
  if (bytes === undefined) return null;
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length--;
  // Four bytes are a character's most.
  const text = new TextDecoder().decode(bytes.subarray(0, Math.min(length, 4 * most)));
  return (text.length > most ? `${text.slice(0, most)}…` : text) || null;
}

/** if_filter: a byte that says what follows (0 text, 1 BPF instructions of 8 bytes); old writers left it out. */
function filterText(bytes: Uint8Array | undefined): string | null {
  const kind = bytes?.[0];
  if (bytes === undefined || kind === undefined) return null;
  if (kind === 1) return `BPF program of ${Math.floor((bytes.length - 1) / 8)} instructions`;
  if (kind > 0 && kind < 0x20) return `filter of unknown kind ${kind}`;
  if (bytes.length > MAX_FILTER) return `filter of ${bytes.length} bytes, more than are kept`;
  return optionText(kind === 0 ? bytes.subarray(1) : bytes, MAX_FILTER);
}

/** Whether a filter is the text that the file has, and no word on one that is not kept. */
export function isFilterText(filter: string): boolean {
  return !/^(BPF program of \d+ instructions|filter (of unknown kind \d+|of \d+ bytes, more than are kept|that is not kept))$/.test(
    filter,
  );
}

function signed64(bytes: Uint8Array, little: boolean): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0, little));
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
