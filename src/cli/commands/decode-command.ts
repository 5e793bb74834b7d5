// `overlens decode`: packets as they are, one a line, in full, or as JSON. Reads once and writes as it reads.

import { isFileOf } from '../../attribution/points/points-input.ts';
import { saidOf } from '../../attribution/points/said/capture-said.ts';
import type { IsWanted } from '../../capture/stretches.ts';
import type { Packet } from '../../decode/packet.ts';
import type { WalkPorts } from '../../decode/walk-ports.ts';
import { formatTime } from '../../net/time.ts';
import { type PacketNumbers, parsePacketNumbers } from '../../packets/packet-numbers.ts';
import type { PacketsRead } from '../../packets/read-packets.ts';
import type { AddressNames } from '../../render/packets/address-texts.ts';
import type { LinkName } from '../../render/packets/interface-names.ts';
import { LineBuffer } from '../../render/packets/line-buffer.ts';
import { macNames, ownerNames } from '../../render/packets/owner-name.ts';
import { TIME_STYLES } from '../../render/packets/packet-time.ts';
import { createTextWriter, type PacketWriter } from '../../render/packets/packet-writer.ts';
import { formatCount } from '../../render/text/format.ts';
import { createPaint } from '../../render/text/paint.ts';
import type { Node, Topology } from '../../topology/model.ts';
import {
  type CommonOptions,
  checkTraceOptions,
  type RawTraceOptions,
  resolvePlaces,
} from '../declare/trace-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { outerHint } from '../habits/expression-words.ts';
import type { IndexFile } from '../index-file/index-file.ts';
import { withIndex } from '../index-file/with-index.ts';
import { whyNoTime } from '../inputs/capture-times.ts';
import { sortInputs } from '../inputs/sort-inputs.ts';
import { type Io, writePiece } from '../io.ts';
import { printProblem, say, usageError } from '../report-error.ts';
import { topologyOf } from '../run-trace.ts';
import { type PacketSelection, selectPackets } from '../select-packets.ts';
import type { Stages } from '../stages.ts';
import { colorOf, widthOf } from '../terminal.ts';
import { parseChoice, parseInteger } from '../values.ts';
import { copyPackets, type Shown } from './copy-packets.ts';

export interface RawDecodeCommand extends RawTraceOptions {
  count?: string;
  packet?: string[];
  time: string;
  output: string;
  verbose?: boolean;
  hex?: boolean;
  each?: boolean;
  write?: string;
  decapsulate?: boolean;
}

export async function runDecode(
  operands: readonly string[],
  raw: RawDecodeCommand,
  commands: readonly string[],
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  const given = checkTraceOptions(operands, raw);
  const most = raw.count === undefined ? Number.POSITIVE_INFINITY : parseInteger('-c', raw.count, 1, 1e15);
  const numbers = parseNumbers(raw.packet ?? []);
  checkWriting(raw);
  const options = await sortInputs(given, commands, io, { isOnce: false });
  const look = lookOf(options, raw, io);
  return withIndex(options, io, async (kept) => {
    const topology = await topologyOf(options, io, stages);
    const choose = async (): Promise<PacketSelection> => {
      const selection = await selectPackets(options, topology, io, stages, kept);
      if (kept !== null && numbers !== null) findNumbers(selection, numbers, kept);
      return selection;
    };
    const end = async (shown: Shown): Promise<ExitCode> =>
      shown.closed ? EXIT.ok : report(shown, options, raw.packet ?? [], io);
    if (raw.write === undefined) {
      const shown = await show(await choose(), topology, { options, raw, look, numbers, most, io });
      return end(shown);
    }
    const { writeSlice } = await import('../writing/write-slice.ts');
    const wanted = { path: raw.write, isInner: raw.decapsulate === true, given: given.captures };
    return writeSlice({ options, topology, wanted }, io, choose, async (selection, slice) => {
      const shown = await copyPackets(selection, { numbers, most, ...slice, io, merged: raw.each !== true });
      return { code: await end(shown), written: shown.packets };
    });
  });
}

interface Showing {
  options: CommonOptions;
  raw: RawDecodeCommand;
  look: Look;
  numbers: PacketNumbers | null;
  most: number;
  io: Io;
}

async function show(
  selection: PacketSelection,
  topology: Topology | null,
  { options, raw, look, numbers, most, io }: Showing,
): Promise<Shown> {
  const out = new LineBuffer();
  const writer = await writerOf(out, look, {
    ports: selection.request.ports,
    names: topology === null || selection.lookup === null ? null : ownerNames(topology, selection.lookup),
    macNames: topology === null ? null : macNames(topology),
    linkName: linkNames(options, topology),
  });
  const write = (bytes: Uint8Array): Promise<boolean> => writePiece(io.stdout, bytes);
  return copyPackets(selection, { numbers, most, writer, out, write, io, merged: raw.each !== true });
}

/** Of one capture, packets by their numbers are read where they stand. Several are merged by the times of all their packets. */
function findNumbers({ request }: PacketSelection, numbers: PacketNumbers, kept: IndexFile): void {
  const { captures, tests = [], partly, reader } = request;
  if (captures.length > 1 || partly !== undefined || reader === 'pcap-parser') return;
  const stretches = kept.stretchesOf(captures[0] ?? '');
  const isWanted: IsWanted = ({ packet, hasFragments }, end) =>
    // times may be relative to the first packet, and what fits may hang on fragments
    packet === 1 || (hasFragments && tests.length > 0) || numbers.some(({ from, to }) => from < end && to >= packet);
  request.partly = () => ({ stretches, isWanted });
}

/** What says how packets are shown says nothing of packets that are written. Throws bad usage. */
function checkWriting({ write, decapsulate, output, verbose, hex }: RawDecodeCommand): void {
  if (write === undefined) {
    if (decapsulate === true)
      throw usageError('--decapsulate: says what -w writes', 'for example -w inner.pcapng --decapsulate');
    return;
  }
  const shows = [...(output === 'json' ? ['-o json'] : []), ...(verbose ? ['-v'] : []), ...(hex ? ['-x'] : [])];
  if (shows.length > 0) throw usageError(`-w ${write} ${shows.join(' ')}: packets are written or shown, not both`);
}

type Look = ReturnType<typeof lookOf>;

interface Knowledge {
  ports: WalkPorts;
  names: AddressNames | null;
  macNames: AddressNames | null;
  linkName: LinkName;
}

/** What lines do not need is loaded when it is asked for: most of the time of a short run is loading. */
async function writerOf(out: LineBuffer, look: Look, known: Knowledge): Promise<PacketWriter> {
  if (look.output === 'json') {
    const { packetJson } = await import('../../render/packets/packet-json.ts');
    const timeText = (packet: Packet): string | null => formatTime(packet, packet.interface?.timeDigits ?? 6);
    const jsonLook = { ...known, timeText, hex: look.hex };
    return { write: (packet) => out.text(packetJson(packet, jsonLook)) };
  }
  if (!look.verbose) return createTextWriter(out, { ...look, ...known, tree: null });
  const { treeLines } = await import('../../render/packets/packet-tree.ts');
  const { packetComments } = await import('../../capture/pcapng/packet-comments.ts');
  const comments = (packet: Packet): string[] => (packet.info.format === 'pcapng' ? packetComments(packet) : []);
  const treeLook = { ...known, comments, paint: createPaint(look.color) };
  return createTextWriter(out, { ...look, ...known, tree: (packet) => treeLines(packet, treeLook) });
}

function lookOf(options: CommonOptions, raw: RawDecodeCommand, io: Io) {
  const output = parseChoice('-o', raw.output, ['text', 'json']);
  return {
    output,
    time: parseChoice('--time', raw.time, TIME_STYLES),
    verbose: raw.verbose === true,
    hex: raw.hex === true,
    color: output === 'text' && colorOf(io, options.color),
    width: io.stdoutIsTTY ? widthOf(io) : null,
    headings: raw.each === true && options.captures.length > 1,
    places: raw.each === true || options.captures.length < 2 ? null : placesOf(options),
  };
}

/** Each capture by its `--at`, else by its file's name, else by its path where names are alike. */
function placesOf({ captures, places }: CommonOptions): string[] {
  const names = captures.map((path) => {
    const place = places.find(({ file }) => isFileOf(file, path));
    if (place !== undefined) return [place.node, place.interface].filter((part) => part !== null).join(':');
    return path.replace(/^.*\//, '').replace(CAPTURE_ENDING, '');
  });
  return names.map((name, i) => (names.indexOf(name) === names.lastIndexOf(name) ? name : (captures[i] ?? name)));
}

const CAPTURE_ENDING = /(\.(pcap|pcapng|cap|dmp))?(\.(gz|zst))?$/i;

function parseNumbers(texts: readonly string[]): PacketNumbers | null {
  if (texts.length === 0) return null;
  const numbers = parsePacketNumbers(texts.join(','));
  if (numbers !== null) return numbers;
  throw usageError(
    `-p ${texts.join(' -p ')}: not a packet number`,
    'give 44, 1-20, 3,5 or 100-; the first packet is 1',
  );
}

/** What stderr says once all is written, and the exit code. */
async function report(
  { read, packets, isWhole }: Shown,
  options: CommonOptions,
  numberTexts: readonly string[],
  io: Io,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  for (const { path, warnings, error } of read.infos) {
    for (const { message } of warnings) await printProblem(io, `${path}: ${message}`, null);
    if (error === null) continue;
    await printProblem(io, error.message, error.hint);
    code = EXIT.error;
  }
  if (io.signal.aborted) {
    await say(io, 'overlens: stopped by Ctrl-C: this is what had been read by then');
    return EXIT.interrupted;
  }
  if (packets === 0) await explainNothing({ ...read, isWhole }, options, numberTexts, io);
  return code;
}

async function explainNothing(
  { infos, packets, counts, isWhole }: PacketsRead & Pick<Shown, 'isWhole'>,
  options: CommonOptions,
  numberTexts: readonly string[],
  io: Io,
): Promise<void> {
  const numbers = parseNumbers(numberTexts);
  const isBeyond = numbers !== null && !counts.some((count) => count >= (numbers[0]?.from ?? 1));
  if (isBeyond && options.filterText === '' && options.causeIds.length === 0) {
    const held = infos.map(({ path }, i) => `${path} has ${formatCount(counts[i] ?? 0, 'packet')}`).join(', ');
    return printProblem(io, `no such packet: ${held}`, null);
  }
  const asked = [
    ...numberTexts.map((text) => `-p ${text}`),
    options.filterText,
    ...options.causeIds.map((id) => `--finding ${id}`),
  ]
    .filter(Boolean)
    .join(' ');
  const outside = await whyNoTime(options.pipeline, options.captures);
  if (outside !== null) return printProblem(io, outside, null);
  if (asked === '') return printProblem(io, `no packet in ${options.captures.join(', ')}`, null);
  const few = options.captures.length <= 3;
  const needsNames = options.snapshot.length === 0 && /--(from-|to-)?pod |--node |--namespace |--label /.test(asked);
  const hint = needsNames
    ? 'names need a snapshot: -t SNAPSHOT'
    : (outerHint(options.filter.expression) ??
      `overlens trace ${few ? options.captures.join(' ') : 'with the same captures'} shows what there is`);
  return printProblem(io, `no packet fits ${asked}${isWhole ? `; ${formatCount(packets, 'packet')} read` : ''}`, hint);
}

/** Devices by the kernel's number, of captures whose node is known by --at, or by what is said of them beside their packets. */
function linkNames(options: CommonOptions, topology: Topology | null): LinkName {
  if (topology === null) return () => null;
  const places = resolvePlaces(options.places, options.captures, topology);
  const nodes = options.captures.map((path): Node | null => {
    const place = places.find(({ file }) => isFileOf(file, path));
    return place === undefined
      ? (saidOf(topology, path, options.hints.get(path) ?? [])?.node ?? null)
      : topology.nodeByName(place.node);
  });
  return (capture, ifindex) => nodes[capture]?.links.find((link) => link.ifindex === ifindex)?.name ?? null;
}
