// HOT: per packet. No allocation.
// pcapng packet blocks in a buffer to entries of a batch; other blocks are stepped over or left to pcapng-blocks.ts.
// draft-ietf-opsawg-pcapng sections 4.3 (EPB), 4.4 (SPB), appendix A (the obsolete Packet Block).
import type { ChunkBuffer } from '../../bytes/chunk.ts';
import { PCAPNG_SECTION } from '../../bytes/sniff.ts';
import { MAX_PACKET_OPTIONS } from '../limits.ts';
import { STOP } from '../read-loop.ts';
import type { PacketBatch } from '../source.ts';
import { COMMENT, END_OF_OPTIONS } from './options.ts';
import { storeTime, type TimeUnit } from './timestamp.ts';

export const BLOCK = {
  section: PCAPNG_SECTION,
  interface: 1,
  packet: 2,
  simplePacket: 3,
  nameResolution: 4,
  statistics: 5,
  enhancedPacket: 6,
} as const;

/** What is wrong with a block; pcapng.ts has the words. */
export const PROBLEM = {
  none: 0,
  length: 1,
  tooShort: 2,
  trailer: 3,
  limit: 4,
  overrun: 5,
  interface: 6,
  optionSpace: 7,
  option: 8,
} as const;

/** The section that is being read: its byte order and its interfaces by their number in it. */
export interface Section {
  littleEndian: boolean;
  /** Interfaces described so far in this section; `units`, `limits` and `snaplens` have as many entries. */
  count: number;
  /** Index in `CaptureInfo.interfaces` of this section's interface 0. */
  base: number;
  units: TimeUnit[];
  limits: number[];
  snaplens: number[];
  /** After STOP.more: bytes that the block at hand needs. */
  need: number;
  /** After STOP.corrupt: a PROBLEM. */
  problem: number;
}

/** Shortest block of a type: type, length, fixed fields, length again. */
const ENHANCED_LENGTH = 32;
const SIMPLE_LENGTH = 16;
const BLOCK_LENGTH = 12;

/** Frames blocks from `chunk.at` on; consumes them and sets the batch's count. Answers a STOP. */
export function framePcapngBlocks(chunk: ChunkBuffer, batch: PacketBatch, section: Section): number {
  const view = chunk.view;
  const little = section.littleEndian;
  const end = chunk.end;
  let at = chunk.at;
  let stop: number = STOP.more;
  batch.bytes = chunk.bytes;
  batch.count = 0;
  batch.hasComments = false;
  section.need = BLOCK_LENGTH;
  while (end - at >= BLOCK_LENGTH) {
    const type = view.getUint32(at, little);
    if (type === BLOCK.section) {
      stop = STOP.block;
      break;
    }
    const length = view.getUint32(at + 4, little);
    if (type === BLOCK.enhancedPacket || type === BLOCK.packet) stop = framePacket(view, batch, section, at, end);
    else if (type === BLOCK.simplePacket) stop = frameSimplePacket(view, batch, section, at, end);
    else stop = stepOver(view, section, at, end, type);
    if (stop !== STEP) break;
    at += length;
    section.need = BLOCK_LENGTH;
    stop = STOP.more;
  }
  chunk.at = at;
  return stop;
}

/** Beside STOP: the block is consumed, on with the next. */
const STEP = -1;

function framePacket(view: DataView, batch: PacketBatch, section: Section, at: number, end: number): number {
  const little = section.littleEndian;
  const length = view.getUint32(at + 4, little);
  if (length < ENHANCED_LENGTH || (length & 3) !== 0) return corrupt(section, lengthProblem(length));
  if (end - at < ENHANCED_LENGTH) return more(section, ENHANCED_LENGTH);
  const obsolete = view.getUint32(at, little) === BLOCK.packet;
  const id = obsolete ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little);
  if (id >= section.count) return corrupt(section, PROBLEM.interface);
  const captured = view.getUint32(at + 20, little);
  if (captured > section.limits[id]!) return corrupt(section, PROBLEM.limit);
  const options = 28 + ((captured + 3) & ~3);
  if (options + 4 > length) return corrupt(section, PROBLEM.overrun);
  if (length - options > MAX_PACKET_OPTIONS) return corrupt(section, PROBLEM.optionSpace);
  if (end - at < length) return more(section, length);
  if (view.getUint32(at + length - 4, little) !== length) return corrupt(section, PROBLEM.trailer);
  if (options + 4 < length && !optionsFit(view, at + options, at + length - 4, little)) {
    return corrupt(section, PROBLEM.option);
  }
  const index = batch.count;
  if (index === batch.start.length) return STOP.full;
  batch.start[index] = at + 28;
  batch.captured[index] = captured;
  batch.original[index] = view.getUint32(at + 24, little);
  batch.interface[index] = section.base + id;
  storeTime(batch, index, section.units[id]!, view.getUint32(at + 12, little), view.getUint32(at + 16, little));
  batch.count = index + 1;
  if (!obsolete && !batch.hasComments && options + 4 < length)
    batch.hasComments = hasComment(view, at + options, at + length - 4, little);
  return STEP;
}

/** No time, no captured length: as many bytes as the snaplen of interface 0 lets through. */
function frameSimplePacket(view: DataView, batch: PacketBatch, section: Section, at: number, end: number): number {
  const little = section.littleEndian;
  const length = view.getUint32(at + 4, little);
  if (length < SIMPLE_LENGTH || (length & 3) !== 0) return corrupt(section, lengthProblem(length));
  if (section.count === 0) return corrupt(section, PROBLEM.interface);
  const original = view.getUint32(at + 8, little);
  const snaplen = section.snaplens[0]!;
  const captured = snaplen === 0 ? original : Math.min(original, snaplen);
  if (captured > section.limits[0]!) return corrupt(section, PROBLEM.limit);
  const dataEnd = 12 + ((captured + 3) & ~3);
  if (dataEnd + 4 > length) return corrupt(section, PROBLEM.overrun);
  if (length - dataEnd > MAX_PACKET_OPTIONS) return corrupt(section, PROBLEM.optionSpace);
  if (end - at < length) return more(section, length);
  if (view.getUint32(at + length - 4, little) !== length) return corrupt(section, PROBLEM.trailer);
  const index = batch.count;
  if (index === batch.start.length) return STOP.full;
  batch.start[index] = at + 12;
  batch.captured[index] = captured;
  batch.original[index] = original;
  batch.interface[index] = section.base;
  batch.seconds[index] = Number.NaN;
  batch.nanos[index] = 0;
  batch.count = index + 1;
  return STEP;
}

/** Blocks without a packet: over them at once where they are whole in the buffer and say nothing that is needed. */
function stepOver(view: DataView, section: Section, at: number, end: number, type: number): number {
  const length = view.getUint32(at + 4, section.littleEndian);
  if (length < BLOCK_LENGTH || (length & 3) !== 0) return corrupt(section, lengthProblem(length));
  const isRead = type === BLOCK.interface || type === BLOCK.statistics || type === BLOCK.nameResolution;
  if (isRead || end - at < length) return STOP.block;
  if (view.getUint32(at + length - 4, section.littleEndian) !== length) return corrupt(section, PROBLEM.trailer);
  return STEP;
}

/** Whether a list of options ends inside the block: code, length, value padded to four bytes; code 0 ends it. */
export function optionsFit(view: DataView, from: number, to: number, little: boolean): boolean {
  let at = from;
  while (to - at >= 4) {
    if (view.getUint16(at, little) === END_OF_OPTIONS) return true;
    at += 4 + ((view.getUint16(at + 2, little) + 3) & ~3);
  }
  return at === to;
}

/** Whether options that fit have a comment (opt_comment) among them. */
function hasComment(view: DataView, from: number, to: number, little: boolean): boolean {
  for (let at = from; to - at >= 4; at += 4 + ((view.getUint16(at + 2, little) + 3) & ~3)) {
    const code = view.getUint16(at, little);
    if (code <= COMMENT) return code === COMMENT;
  }
  return false;
}

function lengthProblem(length: number): number {
  return (length & 3) !== 0 ? PROBLEM.length : PROBLEM.tooShort;
}

function corrupt(section: Section, problem: number): number {
  section.problem = problem;
  return STOP.corrupt;
}

function more(section: Section, need: number): number {
  section.need = need;
  return STOP.more;
}
