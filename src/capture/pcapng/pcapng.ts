// The pcapng reader: sections, interfaces and statistics made a CaptureInfo, packets framed by pcapng-packets.ts.

import type { ChunkBuffer } from '../../bytes/chunk.ts';
import { OverlensError } from '../../errors.ts';
import { captureName, corruptCapture, placeOf, warnOnce } from '../capture-errors.ts';
import type { CaptureFormat, OpenedBytes } from '../capture-format.ts';
import { capturedLimit, MAX_BLOCK, MAX_DESCRIPTION, MAX_HOST_NAMES, MAX_INTERFACES, MAX_TEXTS } from '../limits.ts';
import { gadgetPlace } from '../names/gadget-interface.ts';
import { type BlockResult, type Framer, readBatches } from '../read-loop.ts';
import type { CaptureInfo, CaptureInterface, CaptureWarning } from '../source.ts';
import { readInterface, readSectionHead, readStatistics, SECTION_LENGTH } from './blocks.ts';
import { readHostNames } from './host-names.ts';
import { BLOCK, framePcapngBlocks, optionsFit, PROBLEM, type Section } from './packet-blocks.ts';
import { blockError, blockPlace, lengthProblem, OPTION_OVERRUN, packetProblem, trailerProblem } from './problems.ts';

/** Type, length, byte order and version: what `readSectionHead` looks at. */
const SECTION_HEAD = 16;

/** A pcapng whose first 28 bytes are in the buffer. Throws when no section can begin there or its version is unknown. */
export function openPcapng({ path, compression, chunk }: OpenedBytes): CaptureFormat {
  const head = readSectionHead(chunk.view, chunk.at);
  if ('problem' in head) {
    throw new OverlensError('E_UNSUPPORTED_CAPTURE', `${captureName(path)}: ${head.problem}`, {
      hint: 'if another tool reads the file, convert it with Wireshark: editcap FILE new.pcapng',
    });
  }
  const info: CaptureInfo = {
    path,
    format: 'pcapng',
    compression,
    interfaces: [],
    complete: false,
    warnings: [],
    error: null,
  };
  return {
    info,
    headLength: SECTION_HEAD,
    read: (content) => readBatches(content, info, pcapngFramer(content, info)),
  };
}

/** One reading: where it is, in which section, and the block it is stepping over piece by piece. */
interface Reading {
  readonly chunk: ChunkBuffer;
  readonly info: CaptureInfo;
  readonly section: Section;
  skipped: { offset: number; length: number; type: number } | null;
  /** Characters of interfaces' texts so far. */
  texts: number;
}

/** Frames what is in the buffer, from a section's header on. */
export function pcapngFramer(chunk: ChunkBuffer, info: CaptureInfo): Framer {
  const section = newSection(true, 0);
  const reading: Reading = { chunk, info, section, skipped: null, texts: 0 };
  return {
    frame: (batch) => framePcapngBlocks(chunk, batch, section),
    get need() {
      return section.need;
    },
    block: (packet) => readBlock(reading, packet),
    corruption: (packet) => blockError(info, chunk, section.littleEndian, packet, packetProblem(chunk, section)),
    cutOff: (packet) => cutOffBlock(reading, packet),
  };
}

function newSection(littleEndian: boolean, base: number): Section {
  return { littleEndian, base, count: 0, units: [], limits: [], snaplens: [], need: 0, problem: PROBLEM.none };
}

/** Handles the block at hand, which holds no packet, and consumes it. */
async function readBlock(reading: Reading, packet: number): Promise<BlockResult> {
  const { chunk, info, section } = reading;
  if (chunk.view.getUint32(chunk.at) === BLOCK.section) {
    if (!(await chunk.require(SECTION_LENGTH))) return 'cut-off';
    const head = readSectionHead(chunk.view, chunk.at);
    if ('problem' in head) return blockError(info, chunk, section.littleEndian, packet, head.problem);
    Object.assign(section, newSection(head.littleEndian, info.interfaces.length));
  }
  const little = section.littleEndian;
  const fail = (problem: string) => blockError(info, chunk, little, packet, problem);
  const type = chunk.view.getUint32(chunk.at, little);
  const length = chunk.view.getUint32(chunk.at + 4, little);
  const fixed = FIXED_LENGTH[type];
  const wrongLength = lengthProblem(length, (fixed ?? 8) + 4, fixed === undefined ? MAX_BLOCK : MAX_DESCRIPTION);
  if (wrongLength !== null) return fail(wrongLength);
  if (type === BLOCK.nameResolution && length <= MAX_DESCRIPTION) return takeHostNames(reading, packet, length);
  if (fixed === undefined) return skipBlock(reading, packet, length, type);
  if (!(await chunk.require(length))) return 'cut-off';
  const trailer = chunk.view.getUint32(chunk.at + length - 4, little);
  if (trailer !== length) return fail(trailerProblem(length, trailer));
  if (!optionsFit(chunk.view, chunk.at + fixed, chunk.at + length - 4, little)) return fail(OPTION_OVERRUN);
  if (type === BLOCK.interface && info.interfaces.length >= MAX_INTERFACES) {
    return fail(`the capture describes more than ${MAX_INTERFACES} interfaces`);
  }
  if (type === BLOCK.interface) takeInterface(reading, length);
  else if (type === BLOCK.statistics) takeStatistics(reading, length);
  chunk.at += length;
  return 'handled';
}

/** Bytes before the options of the blocks that are read. */
const FIXED_LENGTH: Readonly<Record<number, number>> = {
  [BLOCK.section]: 24,
  [BLOCK.interface]: 16,
  [BLOCK.statistics]: 20,
};

function takeInterface(reading: Reading, length: number): void {
  const { chunk, info, section } = reading;
  const place = { littleEndian: section.littleEndian, index: info.interfaces.length };
  const described = readInterface(chunk.view, chunk.at, length, place);
  const gadget = gadgetPlace(described.interface);
  info.interfaces.push({ ...withinTexts(reading, described.interface), ...(gadget === null ? {} : { gadget }) });
  section.units.push(described.unit);
  section.limits.push(capturedLimit(described.interface.snaplen));
  section.snaplens.push(described.interface.snaplen);
  section.count++;
}

/** A file that consists of texts would fill the memory: from some interface on they are left out. */
function withinTexts(reading: Reading, described: CaptureInterface): CaptureInterface {
  const { name, description, filter } = described;
  for (const text of [name, description, filter]) reading.texts += text?.length ?? 0;
  if (reading.texts <= MAX_TEXTS) return described;
  const message = `names and filters of interfaces from number ${described.index} on are left out: there are more than ${MAX_TEXTS} characters of them`;
  warnOnce(reading.info, 'interface-texts', message);
  return { ...described, name: null, description: null, filter: filter === null ? null : 'filter that is not kept' };
}

function takeStatistics({ chunk, info, section }: Reading, length: number): void {
  const { id, dropped } = readStatistics(chunk.view, chunk.at, length, section.littleEndian);
  const described = id < section.count ? info.interfaces[section.base + id] : undefined;
  if (described !== undefined) {
    // Counts run on: the last statistics of an interface count.
    if (dropped !== null) described.dropped = dropped;
    return;
  }
  const place = placeOf(info, 'interface statistics', chunk.offset);
  warnOnce(info, 'unknown-interface', `${place}: they are of interface ${id}, which no block before describes`);
}

/** Names are extra: records that make no sense, and what is too much, are left out and end nothing. */
async function takeHostNames(reading: Reading, packet: number, length: number): Promise<BlockResult> {
  const { chunk, info, section } = reading;
  if (!(await chunk.require(length))) return 'cut-off';
  const trailer = chunk.view.getUint32(chunk.at + length - 4, section.littleEndian);
  if (trailer !== length) return blockError(info, chunk, section.littleEndian, packet, trailerProblem(length, trailer));
  info.hostNames ??= [];
  const room = MAX_HOST_NAMES - info.hostNames.length;
  for (const one of room > 0 ? readHostNames(chunk.view, chunk.at, length, section.littleEndian).slice(0, room) : [])
    info.hostNames.push(one);
  chunk.at += length;
  return 'handled';
}

/** Over a block that is not read, without ever holding it whole. */
async function skipBlock(reading: Reading, packet: number, length: number, type: number): Promise<BlockResult> {
  const { chunk, info, section } = reading;
  reading.skipped = { offset: chunk.offset, length, type };
  if (!(await chunk.skip(length - 4)) || !(await chunk.require(4))) return 'cut-off';
  const trailer = chunk.view.getUint32(chunk.at, section.littleEndian);
  if (trailer !== length) {
    const place = blockPlace(info, type, reading.skipped.offset, packet);
    return corruptCapture(info, place, trailerProblem(length, trailer));
  }
  chunk.at += 4;
  reading.skipped = null;
  return 'handled';
}

function cutOffBlock({ chunk, info, section, skipped }: Reading, packet: number): CaptureWarning | null {
  const end = chunk.offset + chunk.available;
  const offset = skipped?.offset ?? chunk.offset;
  if (offset === end) return null;
  const little = section.littleEndian;
  const type = skipped?.type ?? (chunk.available >= 8 ? chunk.view.getUint32(chunk.at, little) : -1);
  // A section header's length is in its own byte order, which is known once its fixed part is there.
  const known = chunk.available >= (type === BLOCK.section ? SECTION_LENGTH : 8);
  const length = skipped?.length ?? (known ? chunk.view.getUint32(chunk.at + 4, little) : 0);
  const there = length === 0 ? `${end - offset} bytes of it` : `${end - offset} of its ${length} bytes`;
  return {
    code: 'cut-off-block',
    message: `${blockPlace(info, type, offset, packet)} is cut off: the capture ends after ${there}`,
  };
}
