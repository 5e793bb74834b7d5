// Unverifiable flows that keep `verify` from passing: what was seen there speaks against a proof, though it proves no fault.
// Other unverifiable flows (seen on a veth only, ...) merely add nothing.
import type { TracedFlow } from '../trace-types.ts';

/** Reasons of flows in scope. */
const DOUBTS: ReadonlySet<string> = new Set([
  'not-in-capture',
  'owner-by-block',
  'foreign-tunnel',
  'not-on-nic',
  'tunnel-mac-differs',
  'before-mode-change',
  'after-mode-change',
]);
/** Reasons of any flow: traffic that may not leave its node has nothing to meet, cut-off packets have no pods. */
const DOUBTS_ANYWHERE: ReadonlySet<string> = new Set(['owner-by-block', 'inner-cut-off']);

export function isDoubtful({ unverified, inScope }: Pick<TracedFlow, 'unverified' | 'inScope'>): boolean {
  if (unverified === null) return false;
  return (inScope && DOUBTS.has(unverified.reason)) || DOUBTS_ANYWHERE.has(unverified.reason);
}
