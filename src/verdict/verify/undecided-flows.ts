// When a proof is none: nothing was seen, a filter hides the opposite, packets are missing or did not get through.
import { BROKEN_PATHS } from '../codes.ts';
import type { Trace, TracedCapture } from '../trace-types.ts';
import type { UndecidedReason, VerifyOptions } from './verify-report.ts';

export interface UndecidedInput {
  trace: Trace;
  counts: { flows: number; ok: number; violation: number; unverifiable: number };
  /** Flows that speak against a proof (doubts.ts). */
  doubtful: number;
  /** Ordered pairs of nodes without a judged flow. */
  uncovered: number;
  options: VerifyOptions;
}

/** Every reason why this is no pass, the most telling one first. */
export function undecidedReasons({ trace, counts, doubtful, uncovered, options }: UndecidedInput): UndecidedReason[] {
  const reasons: UndecidedReason[] = [];
  if (counts.flows === 0) reasons.push('nothing-in-scope');
  else if (counts.ok + counts.violation === 0) reasons.push('nothing-judged');
  if (trace.captures.some((capture) => capture.error !== null)) reasons.push('corrupt-capture');
  if (isFiltered(trace.captures)) reasons.push('filtered');
  if (trace.causes.some((cause) => BROKEN_PATHS.has(cause.code))) reasons.push('broken-path');
  if (doubtful > 0 && counts.ok > 0) reasons.push('doubtful');
  if (options.strict && counts.unverifiable > 0 && counts.ok + counts.violation > 0) reasons.push('unverifiable');
  if (options.coverNodePairs && (uncovered > 0 || options.topology === null)) reasons.push('uncovered');
  return reasons;
}

/** Every capture of a NIC was taken through a filter that would hide a violation. */
function isFiltered(captures: readonly TracedCapture[]): boolean {
  const underlay = captures.filter((capture) => capture.points.some((point) => point.role === 'underlay'));
  return underlay.length > 0 && underlay.every((capture) => capture.filter?.hidesBypass === true);
}
