// Two explained packets side by side: what differs, why, and what is the same. The contract with the renderers.
import type { Explanation, Look } from '../explanation.ts';

/** How the two belong together. */
export type Relation = 'same-packet' | 'same-flow' | 'answer' | 'other';

export interface Difference {
  /** `TTL`, `outer from IP`. */
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
  /** Labels of what both have alike, with the value. */
  same: readonly { label: string; value: string }[];
  nodeNames: readonly string[];
  snapshotRoot: string;
}
