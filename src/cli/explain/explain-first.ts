// The packet that `explain` was asked for by its number, shown on a terminal before the rest of a large capture is read: its own headers hang on
// no other packet.
import { fileSize } from '../../bytes/open-file.ts';
import { type FirstLook, firstLook } from '../../explain/first-look.ts';
import { type PacketCopy, readPacket } from '../../packets/read-packet.ts';
import { walkSettings } from '../../packets/walked-packet.ts';
import { renderFirstLook } from '../../render/explain/explanation-text.ts';
import type { ExplainLook } from '../../render/explain/packet-sections.ts';
import type { Topology } from '../../topology/model.ts';
import type { CommonOptions } from '../declare/trace-options.ts';
import type { IndexFile } from '../index-file/index-file.ts';
import { type Io, writeAll } from '../io.ts';
import { createProgress } from '../progress/progress.ts';

/** Bytes of captures from which on reading all of them is noticed, even where they are not compressed. */
const LARGE = 32 * 1024 * 1024;

/** What stands on the terminal already. */
export interface Shown {
  packet: PacketCopy;
  first: FirstLook;
}

export interface FirstRequest {
  options: CommonOptions;
  /** Where the captures are read from. */
  paths: readonly string[];
  number: number;
  look: ExplainLook;
  kept: IndexFile | null;
}

/** Whether anybody waits: in a pipe or file the answer is one document, and a small capture is read before it is noticed. */
export function isWorthFirst(paths: readonly string[], io: Io): boolean {
  return io.stdoutIsTTY && paths.reduce((sum, path) => sum + (fileSize(path) ?? 0), 0) >= LARGE;
}

/**
 * Shows the packet of that number of the first capture; null where it cannot be shown alone, and where Ctrl-C came before it was found.
 * @throws OverlensError E_USAGE when there is no such packet, the capture's own error when it is corrupt before it
 */
export async function showFirst(request: FirstRequest, topology: Topology | null, io: Io): Promise<Shown | null> {
  const { options, look } = request;
  const packet = await findPacket(request, topology, io);
  if (packet === null) return null;
  const capture = { index: 0, path: options.captures[0] ?? packet.path };
  const { vxlanPorts = [], vxlanVNI = null } = options.pipeline;
  const first = firstLook({ packet, capture, topology, vxlanPorts, vxlanVNI });
  if (first === null) return null;
  await writeAll(io.unpaged ?? io.stdout, renderFirstLook(first, look));
  return { packet, first };
}

async function findPacket(
  { options: { pipeline }, paths: [path = ''], number, kept }: FirstRequest,
  topology: Topology | null,
  io: Io,
): Promise<PacketCopy | null> {
  const progress = createProgress(io, { why: 'looking for the packet' });
  try {
    const reading = {
      ports: walkSettings(topology, pipeline).ports,
      trueTimes: true,
      signal: io.signal,
      ...(pipeline.reader === undefined ? {} : { reader: pipeline.reader }),
      ...(progress.report === undefined ? {} : { onProgress: progress.report }),
    };
    // the other reader knows no offsets
    const stretches = pipeline.reader === 'pcap-parser' ? [] : kept?.stretchesOf(path);
    return await readPacket(path, number, reading, stretches);
  } catch (error) {
    if (io.signal.aborted) return null;
    throw error;
  } finally {
    progress.end();
  }
}
