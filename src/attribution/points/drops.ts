// Where silence proves nothing: packets that the kernel dropped while capturing (pcapng statistics, tcpdump's log), that fell between the
// pieces of a ring, or that a mirror has not copied, may have been on the wire.
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { Points } from './points.ts';

/** Whether the silence of a capture proves nothing: also of one that programs wrote who take what they get to. Classic pcap does not say, and is believed. */
export function hasDrops({
  info,
  hasGaps = false,
}: Pick<CaptureCounters, 'info'> & Partial<Pick<CaptureCounters, 'hasGaps'>>): boolean {
  return hasGaps || info.untimed !== undefined || (droppedIn(info)?.packets ?? 0) > 0;
}

/** Packets that the kernel dropped while capturing; null where nothing says. */
export interface Dropped {
  packets: number;
  /** The log that says so, of this capture and of the other pieces that it is of together; null where the capture says it itself. */
  log: string | null;
}

export function droppedIn({ interfaces, log }: CaptureCounters['info']): Dropped | null {
  const said = interfaces.map(({ dropped }) => dropped).filter((dropped) => dropped !== null);
  if (said.length > 0) return { packets: said.reduce((sum, dropped) => sum + dropped, 0), log: null };
  return log?.dropped == null ? null : { packets: log.dropped, log: log.file };
}

/** Indexes, into `points.all`, of places that nobody captured there: all their frames came inside a carrier. */
export function mirroredPoints(table: FlowTable, { all, ofLink }: Pick<Points, 'all' | 'ofLink'>): ReadonlySet<number> {
  const mirrored = new Set(all.keys());
  for (let link = 0; link < table.links.count; link++)
    if (!table.links.record(link).carried) mirrored.delete(ofLink[link] ?? -1);
  return mirrored;
}
