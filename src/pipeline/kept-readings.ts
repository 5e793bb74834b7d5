// Readings of captures that were kept from an earlier run: when one may stand in for reading, and which is kept.

import type { CaptureReader } from '../capture/source.ts';
import type { WalkPorts } from '../decode/walk-ports.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { NodeAddresses } from '../flow/paths/node-addresses.ts';
import {
  type CountedCaptures,
  type KeptBeside,
  READING_FORM,
  restoreReading,
  saveReading,
} from '../flow/saved-reading.ts';
import { DamagedStore, Fields, type Saved, type SavedFields } from '../store/saved.ts';

/** Where readings are kept: a file, for who has one. It answers for the captures being those that were read. */
export interface KeptReadings {
  /** One of these captures, in their order, under that key, whose nodes fit; null where there is none. */
  find(captures: readonly string[], key: string, fits: (nodes: Saved) => boolean): Saved | null;
  /** Keeps one. Its columns are written, or copied, before this returns. */
  keep(captures: readonly string[], key: string, nodes: Saved, reading: SavedFields): void;
  /** One that was found holds what no reading does: it is not to be found again. */
  refuse(key: string, reason: string): void;
}

/** What a reading hangs on beside the captures. */
export interface ReadingTerms {
  table: FlowTable;
  nodes: NodeAddresses | null;
  ports: WalkPorts;
  options: {
    reader?: string;
    since?: string | null;
    until?: string | null;
    kept?: KeptReadings;
  };
}

/** The reading that these captures would give; null where it has to be made. */
export function keptReading(readers: readonly CaptureReader[], terms: ReadingTerms): CountedCaptures | null {
  const { kept } = terms.options;
  if (kept === undefined) return null;
  const { nodes, table } = terms;
  const infos = readers.map(({ info }) => info);
  const key = keyOf(terms);
  const found = kept.find(pathsOf(readers), key, fitsOf(nodes));
  if (found === null) return null;
  const before = infos.map((info) => ({ ...info }));
  try {
    const reading = restoreReading(new Fields(found), infos, nodes);
    if (reading !== null) reading.table.counter.windows = table.counter.windows;
    return reading;
  } catch (error) {
    if (!(error instanceof DamagedStore)) throw error;
    infos.forEach((info, i) => {
      Object.assign(info, before[i]);
    });
    kept.refuse(key, error.message);
    return null;
  }
}

/** Keeps what was read, where somebody wants that. Before anything changes the table. */
export function keepReading(readers: readonly CaptureReader[], terms: ReadingTerms, reading: CountedCaptures): void {
  const { kept } = terms.options;
  const nodes = terms.nodes === null ? null : terms.nodes.save();
  // what was asked of the nodes was too much to be kept: nobody could say whether others answer it alike
  if (kept === undefined || (nodes === null && terms.nodes !== null)) return;
  kept.keep(pathsOf(readers), keyOf(terms), nodes, saveReading(reading));
}

/** Keeps what is found when these captures are read again; null where nothing is kept. */
export function keptBeside(readers: readonly CaptureReader[], terms: ReadingTerms): KeptBeside | null {
  const { options, nodes } = terms;
  const { kept } = options;
  if (kept === undefined) return null;
  const paths = pathsOf(readers);
  const keyFor = (what: string): string => `${keyOf(terms)} ${what}`;
  return {
    find(what, read) {
      const found = kept.find(paths, keyFor(what), fitsOf(nodes));
      try {
        return found === null ? null : read(new Fields(found));
      } catch (error) {
        if (!(error instanceof DamagedStore)) throw error;
        kept.refuse(keyFor(what), error.message);
        return null;
      }
    },
    keep(what, saved) {
      const asked = nodes === null ? null : nodes.save();
      if (asked !== null || nodes === null) kept.keep(paths, keyFor(what), asked, saved);
    },
  };
}

function fitsOf(nodes: NodeAddresses | null): (saved: Saved) => boolean {
  return (saved) => (nodes === null ? saved === null : saved !== null && nodes.answersAs(new Fields(saved)));
}

function pathsOf(readers: readonly CaptureReader[]): string[] {
  return readers.map(({ info }) => info.path);
}

function keyOf({ table, ports, options }: ReadingTerms): string {
  const { reader = 'builtin', since = null, until = null } = options;
  const kinds: [port: number, kind: number][] = [];
  // one for each port that there may be
  ports.kind.forEach((kind, port) => {
    if (kind !== 0) kinds.push([port, kind]);
  });
  const vnis = [...ports.vnis].sort((a, b) => a - b);
  const windows = [...(table.counter.windows ?? [])];
  return JSON.stringify({ form: READING_FORM, reader, since, until, kinds, vnis, windows });
}
