// When a proof is none: nothing was seen, a filter hides the opposite, packets are missing. That packets did not get through is no
// reason: what was seen of them was encapsulated as it should be, or was not.
import type { Trace, TracedCapture } from '../trace-types.ts';
import type { Coverage } from './coverage.ts';
import type { Cover } from './questions.ts';
import type { UndecidedReason, VerifyOptions } from './verify-report.ts';

export interface UndecidedInput {
  trace: Trace;
  counts: { flows: number; ok: number; violation: number; unverifiable: number };
  /** Flows that speak against a proof (doubts.ts). */
  doubtful: number;
  coverage: Coverage;
  options: VerifyOptions;
}

/** Every reason why this is no pass, the most telling one first. */
export function undecidedReasons({ trace, counts, doubtful, coverage, options }: UndecidedInput): UndecidedReason[] {
  const reasons: UndecidedReason[] = [];
  if (counts.flows === 0) reasons.push('nothing-in-scope');
  else if (counts.ok + counts.violation === 0) reasons.push('nothing-judged');
  if (trace.captures.some((capture) => capture.error !== null)) reasons.push('corrupt-capture');
  if (isFiltered(trace.captures)) reasons.push('filtered');
  if (doubtful > 0 && counts.ok > 0) reasons.push('doubtful');
  if (options.strict && counts.unverifiable > 0 && counts.ok + counts.violation > 0) reasons.push('unverifiable');
  if (options.cover && (options.topology === null || !isCovered(coverage, options.cover))) reasons.push('uncovered');
  return reasons;
}

/** Every capture of a NIC was taken through a filter that would hide a violation. */
function isFiltered(captures: readonly TracedCapture[]): boolean {
  const underlay = captures.filter((capture) => capture.points.some((point) => point.role === 'underlay'));
  return underlay.length > 0 && underlay.every((capture) => capture.filter?.hidesBypass === true);
}

function isCovered(coverage: Coverage, { of, percent }: Cover): boolean {
  const { covered, total } = of === 'nodes' ? coverage.nodes : coverage.pairs;
  return total > 0 && covered * 100 >= percent * total;
}
