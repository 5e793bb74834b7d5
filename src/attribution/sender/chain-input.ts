// What the steps of a sender's decision are made from, and what each of them says.

import type { IPPool, Node, Topology } from '../../topology/model.ts';
import type { ChainStep, Expected } from '../vocabulary.ts';

export interface ChainInput {
  topology: Topology;
  from: Node | null;
  to: Node | null;
  destination: string;
  pool: IPPool | null;
  expected: Expected;
  /** What the packet had; nulls when it was plain or is only predicted. */
  seen: { outerDst: string | null; innerDstMac: string | null; vni: number | null };
}

export type Step = Pick<ChainStep, 'text' | 'ref' | 'status' | 'note'>;

/** A step whose table the snapshot does not have. */
export function notGiven(): Step {
  return { text: null, ref: null, status: 'unknown', note: null };
}
