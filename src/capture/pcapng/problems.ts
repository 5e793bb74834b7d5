// What can be wrong with a pcapng block, in words. Nothing here runs before something is wrong.

import type { ChunkBuffer } from '../../bytes/chunk.ts';
import type { OverlensError } from '../../errors.ts';
import { corruptCapture, placeOf } from '../capture-errors.ts';
import { MAX_PACKET_OPTIONS } from '../limits.ts';
import { lengthAboveLimit } from '../pcap/pcap.ts';
import type { CaptureInfo } from '../source.ts';
import { BLOCK, PROBLEM, type Section } from './packet-blocks.ts';

export const OPTION_OVERRUN = 'one of its options is longer than the block';

const BLOCK_NAMES: Readonly<Record<number, string>> = {
  [BLOCK.section]: 'section header block',
  [BLOCK.interface]: 'interface description block',
  4: 'name resolution block',
  [BLOCK.statistics]: 'interface statistics block',
  9: 'systemd journal block',
  10: 'decryption secrets block',
  2989: 'custom block',
  1073744813: 'custom block',
};

/** `packet 4 at byte offset 220` for a block that holds one, else `name resolution block at byte offset 220 (before packet 4)`. */
export function blockPlace(info: CaptureInfo, type: number, offset: number, packet: number): string {
  if (isPacketBlock(type)) return placeOf(info, `packet ${packet}`, offset);
  const name = BLOCK_NAMES[type] ?? (type < 0 ? 'block' : `block of type 0x${type.toString(16)}`);
  return `${placeOf(info, name, offset)} (before packet ${packet})`;
}

/** The error for the block at hand. */
export function blockError(
  info: CaptureInfo,
  chunk: ChunkBuffer,
  littleEndian: boolean,
  packet: number,
  problem: string,
): OverlensError {
  const type = chunk.view.getUint32(chunk.at, littleEndian);
  return corruptCapture(info, blockPlace(info, type, chunk.offset, packet), problem);
}

/** Null when a block of this kind can have this length. */
export function lengthProblem(length: number, least: number, most: number): string | null {
  if (length % 4 !== 0) return `its length of ${length} bytes is no multiple of 4`;
  if (length < least) return `its length of ${length} bytes is shorter than the ${least} that such a block needs`;
  if (length > most) return `its length of ${length} bytes is above the limit of ${most}`;
  return null;
}

export function trailerProblem(length: number, trailer: number): string {
  return `it begins with the length ${length} but ends with ${trailer}`;
}

/** What the framing found wrong with the block at hand (`section.problem`). */
export function packetProblem({ view, at }: ChunkBuffer, section: Section): string {
  const little = section.littleEndian;
  const type = view.getUint32(at, little);
  const length = view.getUint32(at + 4, little);
  const simple = type === BLOCK.simplePacket;
  switch (section.problem) {
    case PROBLEM.length:
    case PROBLEM.tooShort:
      return lengthProblem(length, leastLength(type), Number.POSITIVE_INFINITY) ?? '';
    case PROBLEM.trailer:
      return trailerProblem(length, view.getUint32(at + length - 4, little));
    case PROBLEM.interface: {
      if (simple) return 'no interface is described before it';
      const id = type === BLOCK.packet ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little);
      return `it is of interface ${id}, but ${describedBefore(section.count)}`;
    }
    case PROBLEM.option:
      return OPTION_OVERRUN;
  }
  const id = simple ? 0 : type === BLOCK.packet ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little);
  const captured = simple ? simpleLength(view.getUint32(at + 8, little), section) : view.getUint32(at + 20, little);
  if (section.problem === PROBLEM.limit) return lengthAboveLimit(captured, section.limits[id] ?? 0);
  if (section.problem === PROBLEM.overrun) {
    return `its captured length of ${captured} bytes does not fit into the block's ${length}`;
  }
  return `its length of ${length} bytes leaves more than ${MAX_PACKET_OPTIONS} for options`;
}

function isPacketBlock(type: number): boolean {
  return type === BLOCK.enhancedPacket || type === BLOCK.simplePacket || type === BLOCK.packet;
}

function leastLength(type: number): number {
  if (type === BLOCK.simplePacket) return 16;
  return isPacketBlock(type) ? 32 : 12;
}

function describedBefore(count: number): string {
  if (count === 0) return 'no interface is described before it';
  return `only ${count} ${count === 1 ? 'is' : 'are'} described before it`;
}

function simpleLength(original: number, { snaplens }: Section): number {
  return snaplens[0] ? Math.min(original, snaplens[0]) : original;
}
