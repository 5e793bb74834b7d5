// Two explained packets side by side: what differs, why, and what is the same. The contract with the renderers.
import type { Explanation, Look } from '../explanation.ts';

/** How the two belong together. */
export type Relation = 'same-packet' | 'same-flow' | 'answer' | 'other';

export interface Difference {
  /** `outer from IP`, `inner TTL`: of the packet that one of the two carries in a tunnel; `TTL` where neither is in one. */
  label: string;
  /** Null where that packet has no such value. */
  first: string | null;
  second: string | null;
  firstMeaning: string | null;
  secondMeaning: string | null;
  /** Why it differs; null when there is nothing to say. */
  why: string | null;
  look: Look;
}

export interface Comparison {
  first: Explanation;
  second: Explanation;
  relation: Relation;
  headline: string;
  /** What lies between the two, in sentences. */
  story: readonly string[];
  differences: readonly Difference[];
  /** What both have alike, labelled in the same way. */
  same: readonly { label: string; value: string }[];
  nodeNames: readonly string[];
  snapshotRoot: string;
}
