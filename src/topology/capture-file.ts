// A file of its own, since it speaks of captures, which nothing else of the model does.
import type { Place } from './place.ts';

/** A capture that an object of the cluster says the node of. */
export interface CaptureFile {
  /** Without its directory. */
  name: string;
  /** On its node. */
  directory: string;
  node: string;
  ref: Place;
}
