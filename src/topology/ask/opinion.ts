// One source's answer to "who has this address".
import type { TunnelKind } from '../../cluster/profile.ts';
import type { Candidate, Node, Owner, OwnerSource, SourceRef } from '../model.ts';

/** One source's answer. */
export interface Opinion {
  source: OwnerSource;
  kind: Owner['kind'] | null;
  /** Null when the source cannot decide. */
  node: Node | null;
  /** It knows this very address, not only a range around it. */
  exact: boolean;
  namespace: string | null;
  pod: string | null;
  tunnelKind: TunnelKind | null;
  /** Filled when it names several, or one that is weak. */
  candidates: readonly Candidate[];
  /** The node to fall back to when no source knows any. */
  lastResort: Node | null;
  detail: string;
  ref: SourceRef;
}

export interface Window {
  first: number;
  last: number;
}

/** An opinion that knows nothing. */
export const NOBODY = {
  kind: null,
  node: null,
  exact: false,
  namespace: null,
  pod: null,
  tunnelKind: null,
  candidates: [],
  lastResort: null,
};
