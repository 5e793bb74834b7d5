// What a snapshot tells beside nodes, pools and pods: whether it has all nodes, who else carries, captures that objects list.
import type { Place } from './place.ts';
import type { SnapshotTime } from './time/taken.ts';

/** A capture that an object of the cluster says the node of. */
export interface CaptureFile {
  /** Without its directory. */
  name: string;
  /** On its node. */
  directory: string;
  node: string;
  ref: Place;
}

export interface Surroundings {
  /** When the snapshot was taken, and what tells so; null where nothing does. */
  taken: SnapshotTime | null;
  /** True when a List proves that `nodes` has all nodes: an address of none is then no node's. */
  nodesComplete: boolean;
  /** Something that sets them was read: what is not set has its default, and is not just unknown. */
  settingsGiven: boolean;
  /** A CNI without a profile that carries the pods' packets: nothing is expected then. */
  otherCarrier: { value: string; ref: Place } | null;
  captureFiles: readonly CaptureFile[];
}
