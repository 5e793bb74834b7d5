// `overlens decode -w`: the packets that were asked for as a capture.
import { overlayAddresses } from '../../attribution/overlay-settings.ts';
import { pcapngSlice, pcapSlice, type SliceFile } from '../../export/packets/slice-file.ts';
import { InnerPackets } from '../../packets/inner-packet.ts';
import type { PacketWriter } from '../../render/packets/packet-writer.ts';
import { escapeText } from '../../render/text/escape.ts';
import { formatCount, formatNumber } from '../../render/text/format.ts';
import type { Topology } from '../../topology/model.ts';
import type { CommonOptions } from '../declare/trace-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { say, usageError } from '../report-error.ts';
import type { PacketSelection } from '../select-packets.ts';
import { readVersion } from '../version.ts';
import { openPacketFile } from './output-file.ts';

export interface Slicing {
  options: CommonOptions;
  topology: Topology | null;
  wanted: {
    path: string;
    /** Of packets in a tunnel what it carries. */
    isInner: boolean;
    /** The arguments as given: folders and archives too. */
    given: readonly string[];
  };
}

/** What takes packets, and hands on what they became. */
export interface SliceWriting {
  writer: PacketWriter;
  out: Pick<SliceFile, 'length' | 'isFull' | 'take'>;
  write(bytes: Uint8Array): Promise<boolean>;
}

/** Reads the packets that were chosen; how many were written. */
export type CopySlice = (
  selection: PacketSelection,
  slice: SliceWriting,
) => Promise<{ code: ExitCode; written: number }>;

/**
 * The file is opened before anything is read, and removed where nothing of use is in it.
 * @param choose which packets, once the file is open
 * @throws OverlensError E_USAGE for a file that is read too, or a format that cannot hold a packet; E_OUTPUT
 */
export async function writeSlice(
  { options, topology, wanted }: Slicing,
  io: Io,
  choose: () => Promise<PacketSelection>,
  copy: CopySlice,
): Promise<ExitCode> {
  const { path } = wanted;
  const slice = sliceFor(path, options);
  const index = options.index === null ? [] : [options.index];
  const file = openPacketFile(path, [...wanted.given, ...options.captures, ...options.snapshot, ...index], io);
  try {
    const chosen = await choose();
    const inner = wanted.isInner ? innerPackets(topology, options) : null;
    const selection = inner === null ? chosen : withTest(chosen, inner);
    let kept = 0;
    let isRead = true;
    const write = async (bytes: Uint8Array): Promise<boolean> => {
      isRead = await file.write(bytes);
      return isRead;
    };
    const writer: PacketWriter = {
      write(packet) {
        const part = inner?.inner(packet) ?? null;
        if (part === null) kept++;
        slice.write(packet, part);
      },
    };
    const { code, written } = await copy(selection, { writer, out: slice, write });
    slice.end();
    if (slice.length > 0 && isRead) await write(slice.take());
    file.close();
    if (!isRead) return code;
    const plain =
      inner === null || kept === 0
        ? ''
        : `, ${formatNumber(kept)} of them as they were: not in a tunnel that can be opened`;
    const count = formatCount(written, 'packet');
    await say(io, `overlens: ${count} written to ${path === '-' ? 'stdout' : escapeText(path)}${plain}`);
    return code;
  } catch (error) {
    file.discard();
    throw error;
  }
}

function withTest(selection: PacketSelection, test: InnerPackets): PacketSelection {
  const { request } = selection;
  return { ...selection, request: { ...request, tests: [...(request.tests ?? []), test] } };
}

function innerPackets(topology: Topology | null, { pipeline }: CommonOptions): InnerPackets {
  return new InnerPackets(topology === null ? null : overlayAddresses(topology, pipeline.vxlanVNI ?? null));
}

/** By the ending of the name, as tools that read it would expect. Throws bad usage for one that says compressed. */
function sliceFor(path: string, { captures }: CommonOptions): SliceFile {
  if (/\.(gz|zst)$/i.test(path))
    throw usageError(`-w ${path}: packets are written plain`, 'give a name without that ending, and compress the file');
  return /\.(pcap|cap|dmp)$/i.test(path)
    ? pcapSlice(path, captures.length > 1)
    : pcapngSlice(`overlens ${readVersion()}`);
}
