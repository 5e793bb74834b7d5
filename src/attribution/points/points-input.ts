// What capture points are told from, and a point as the rest of attribution knows it.
import type { CaptureHint } from '../../capture/capture-hint.ts';
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { Node, Topology } from '../../topology/model.ts';
import type { CapturePoint } from '../vocabulary.ts';
import type { AddressBook } from '../who/address-book.ts';

/** One `--at FILE=NODE[:INTERFACE]`. */
export interface AtRule {
  file: string;
  node: string;
  interface: string | null;
}

/** Whether a capture's path is the one that was named: as given, by its base name, or as its archive has it. */
export function isFileOf(named: string, path: string): boolean {
  return path === named || baseName(path) === named || path.endsWith(`!${named}`);
}

/** The file's name without its folders, of a member of an archive its own: `b.tar.gz!n1/x.pcap` is `x.pcap`. */
export function baseName(path: string): string {
  return path.split(/[/\\]|(?<=\.(?:tar|t?gz|zip|zst)|^-)!/i).at(-1) ?? path;
}

export type CaptureHints = ReadonlyMap<string, readonly CaptureHint[]>;

export interface Point extends CapturePoint {
  capture: number;
  /** Index among the points of its capture. */
  local: number;
  topologyNode: Node | null;
  /** The address of the pod that told the node, and nothing else did. */
  pod: string | null;
  /** The MAC of the NIC that was captured; null where it may be another's, and for devices without one. */
  mac: string | null;
}

export interface PointsInput {
  table: FlowTable;
  captures: readonly CaptureCounters[];
  topology: Topology | null;
  book: AddressBook;
  at: readonly AtRule[];
  /** What is known of captures beside their frames, by their paths, the strongest first. */
  hints?: CaptureHints;
}
