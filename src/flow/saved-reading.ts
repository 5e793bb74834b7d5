// What reading captures leaves behind (the table and what was counted of each), saved and put back: whoever asks the restored one cannot
// tell it from one that was read. What only more packets would ask for (recent packets, fragments, doubts, keys of paths) is left out.

import { isInfoOf, restoreInfo, saveInfo } from '../capture/saved-info.ts';
import type { CaptureInfo } from '../capture/source.ts';
import type { Stretch } from '../capture/stretches.ts';
import { type Fields, must, type SavedFields } from '../store/saved.ts';
import { CaptureCounters } from './capture-counters.ts';
import { CaptureMarks } from './captures/capture-marks.ts';
import { FlowTable } from './flow-table.ts';
import type { NodeAddresses } from './paths/node-addresses.ts';
import { restoreRows, saveRows } from './rows/saved-rows.ts';

/** Raised when what is saved, or what its numbers mean, changes: readings of another form are not asked. */
export const READING_FORM = 1;

/** Everything that captures were read into, when reading has ended. */
export interface CountedCaptures {
  table: FlowTable;
  captures: CaptureCounters[];
}

/** What a later reading of the same captures found, kept beside the first one: by words of whoever reads. */
export interface KeptBeside {
  /** What `read` makes of it; null where there is none, or it is damaged. */
  find<T>(what: string, read: (saved: Fields) => T): T | null;
  keep(what: string, saved: SavedFields): void;
}

/** The columns are the table's own: to be written before it changes. */
export function saveReading({ table, captures }: CountedCaptures): SavedFields {
  return {
    infos: captures.map(({ info }) => saveInfo(info)),
    addresses: table.addresses.save(),
    links: table.links.save(),
    tunnels: table.tunnels.save(),
    paths: table.paths.save(),
    rows: saveRows(table.rows),
    overlaps: table.overlaps.save(),
    icmpErrors: table.icmpErrors.save(),
    arp: table.arp.save(),
    questions: table.counter.questions.save(),
    captures: captures.map((counters) => counters.save()),
  };
}

/**
 * The reading of these captures, put back. Null where it is of others. Throws DamagedStore; then the infos are not to be used.
 * @param nodes as when it was saved
 */
export function restoreReading(
  saved: Fields,
  infos: readonly CaptureInfo[],
  nodes: NodeAddresses | null,
): CountedCaptures | null {
  const described = saved.groups('infos');
  if (described.length !== infos.length) return null;
  if (!described.every((one, i) => isInfoOf(infos[i] as CaptureInfo, one))) return null;
  const table = restoreTable(saved, infos.length, nodes);
  const counted = saved.groups('captures');
  must(counted.length === infos.length, 'a capture was not counted');
  const captures = infos.map((info, i) => {
    restoreInfo(info, described[i] as Fields);
    const counters = new CaptureCounters(info);
    counters.restore(counted[i] as Fields, table);
    return counters;
  });
  return { table, captures };
}

/** Where packets of a capture stand, by a saved reading; none of one with faults, which are to be met again. Throws DamagedStore. */
export function savedStretches(saved: Fields, capture: number): readonly Stretch[] {
  const [info, counted] = [saved.groups('infos')[capture], saved.groups('captures')[capture]];
  if (info === undefined || counted === undefined) return [];
  if (info.value('error') !== null || info.groups('warnings').length > 0) return [];
  const marks = new CaptureMarks();
  marks.restore(counted.group('marks'));
  return marks.stretches;
}

function restoreTable(saved: Fields, captures: number, nodes: NodeAddresses | null): FlowTable {
  const table = new FlowTable(nodes);
  const { addresses, links, tunnels, paths, rows } = table;
  addresses.restore(saved.group('addresses'));
  links.restore(saved.group('links'), captures);
  tunnels.restore(saved.group('tunnels'));
  paths.restore(saved.group('paths'), tunnels.count);
  restoreRows(rows, saved.group('rows'), paths.count);
  table.relink();
  table.overlaps.restore(saved.group('overlaps'));
  table.icmpErrors.restore(saved.group('icmpErrors'), rows.count);
  table.arp.restore(saved.group('arp'), links.count);
  table.counter.questions.restore(saved.group('questions'), { rows: rows.count, captures });
  return table;
}
