// A capture read in part: what was noted of its stretches when it was read as a whole tells which of them are worth reading again.

import { fileId } from '../bytes/open-file.ts';
import { otherFile } from './open.ts';
import { PcapParts } from './pcap/pcap-parts.ts';
import { PcapngParts } from './pcapng/pcapng-parts.ts';
import type { CaptureReader, PacketBatch } from './source.ts';

/** Packets that follow each other in a plain file, about a MiB of them. */
export interface Stretch {
  /** Number of its first packet, and where that packet's bytes begin in the file. */
  packet: number;
  offset: number;
  /** Whole seconds, of its earliest packet and of its latest one: both are somewhere in the second after it. */
  first: number;
  last: number;
  /** What is read later may hang on it, wherever it is: it has fragments, or a part of them. */
  hasFragments: boolean;
}

/** Whether a stretch is to be read. `end` is the number of the packet behind it, infinite for the last one. */
export type IsWanted = (stretch: Stretch, end: number) => boolean;

/**
 * The batches of a capture, without those stretches that nobody wants; `PacketBatch.first` is set. Of what cannot be read in part (all but
 * plain files), and without stretches, all batches.
 * @param stretches of the whole capture
 */
export function batchesIn(
  reader: CaptureReader,
  stretches: readonly Stretch[],
  isWanted: IsWanted,
): AsyncIterable<PacketBatch> {
  const { info, head } = reader;
  const isPlain = info.compression === 'none' && head !== null && info.path !== '-';
  const id = isPlain ? fileId(info.path) : null;
  const [first] = stretches;
  if (id === null || first === undefined) return reader.batches();
  return readRuns(reader, id, first, runsOf(stretches, isWanted));
}

/** Stretches that are read in one go: from the one of that index to before the other. */
interface Run {
  from: Stretch;
  until: Stretch | null;
}

function runsOf(stretches: readonly Stretch[], isWanted: IsWanted): Run[] {
  const runs: Run[] = [];
  for (const [i, stretch] of stretches.entries()) {
    const until = stretches[i + 1] ?? null;
    const before = runs.at(-1);
    if (!isWanted(stretch, until?.packet ?? Number.POSITIVE_INFINITY)) continue;
    if (before?.until === stretch) before.until = until;
    else runs.push({ from: stretch, until });
  }
  return runs;
}

async function* readRuns(
  { info, head }: CaptureReader,
  id: string,
  first: Stretch,
  runs: readonly Run[],
): AsyncGenerator<PacketBatch, void, void> {
  const begin = head ?? new Uint8Array(0);
  const parts =
    info.format === 'pcapng'
      ? await PcapngParts.open(info.path, id, begin, first.offset)
      : await PcapParts.open(info.path, id, begin);
  if (parts === null) {
    info.error = otherFile(info.path);
    return;
  }
  try {
    const placeOf = ({ offset }: Stretch): number => offset - parts.recordHeader;
    for (const { from, until } of runs) {
      let packet = from.packet;
      const part = { from: placeOf(from), until: until === null ? Number.POSITIVE_INFINITY : placeOf(until), packet };
      for await (const batch of parts.read(part, info).batches) {
        if (packet === from.packet && !isIn(from, batch.seconds[0] ?? Number.NaN)) {
          info.error = otherFile(info.path);
          return;
        }
        batch.first = packet;
        packet += batch.count;
        yield batch;
      }
      if (info.error !== null) return;
    }
  } finally {
    parts.close();
  }
}

/** Whether a second is one of a stretch: where another file has taken the name, the first packet's is not. */
function isIn({ first, last }: Stretch, second: number): boolean {
  return second >= first && second <= last;
}
