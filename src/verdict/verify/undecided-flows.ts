// When a proof is none: nothing was seen, a filter hides the opposite, packets are missing. That packets did not get through is no
// reason: what was seen of them was encapsulated as it should be, or was not.
import type { FilterHint } from '../../attribution/filter/filter-hint.ts';
import type { FlowBrief, Trace, TracedCapture } from '../trace-types.ts';
import type { CanaryReport } from './canary.ts';
import type { Coverage } from './coverage.ts';
import type { Cover } from './questions.ts';
import type { Demand, UndecidedReason, VerifyOptions } from './verify-report.ts';

export interface UndecidedInput {
  trace: Trace;
  counts: { flows: number; ok: number; violation: number; unverifiable: number };
  /** Flows that speak against a proof (doubts.ts). */
  doubtful: number;
  /** NIC captures through a filter that matters. */
  filtered: readonly TracedCapture[];
  coverage: Coverage;
  canary: CanaryReport | null;
  options: VerifyOptions;
}

/** Every reason why this is no pass, the most telling one first. */
export function undecidedReasons({
  trace,
  counts,
  doubtful,
  coverage,
  canary,
  filtered,
  options,
}: UndecidedInput): UndecidedReason[] {
  const reasons: UndecidedReason[] = [];
  if (counts.flows === 0) reasons.push('nothing-in-scope');
  else if (counts.ok + counts.violation === 0) reasons.push('nothing-judged');
  // a proof of less than what was given is none
  if (unreadCaptures(trace.captures).length > 0) reasons.push('unread-capture');
  if (trace.captures.some(({ error, format }) => error !== null && format !== null)) reasons.push('corrupt-capture');
  if (unreadNics(trace.captures).length > 0) reasons.push('not-understood');
  if (filtered.length > 0) reasons.push('filtered');
  if (canary !== null && canary.seen < canary.nics) reasons.push('canary-missing');
  if (doubtful > 0 && counts.ok > 0) reasons.push('doubtful');
  if (options.strict && counts.unverifiable > 0 && counts.ok + counts.violation > 0) reasons.push('unverifiable');
  if (options.cover && (options.topology === null || !isCovered(coverage, options.cover))) reasons.push('uncovered');
  return reasons;
}

/** What was given as a capture and is none, is not there or cannot be read. */
export function unreadCaptures(captures: readonly TracedCapture[]): TracedCapture[] {
  return captures.filter(({ format }) => format === null);
}

/** Captures of NICs, or of a place that nobody knows, with IP packets that could not be read: they may have gone past the overlay. */
export function unreadNics(captures: readonly TracedCapture[]): TracedCapture[] {
  return captures.filter(({ unread, points }) => {
    const mayBeNic = points.length === 0 || points.some(({ role }) => role === 'underlay' || role === 'unknown');
    return unread !== null && mayBeNic;
  });
}

/** Captures that hold a flow that is as it was asked to be, by what was asked: what a filter may have kept out there counts. */
export interface Proofs {
  tunnels: Set<number>;
  plain: Set<number>;
}

/** Notes where a flow that is `ok` was seen. */
export function noteProof({ tunnels, plain }: Proofs, asked: Demand['asked'], flow: FlowBrief): void {
  const captures = asked === 'none' ? plain : tunnels;
  for (const { capture } of flow.places()) captures.add(capture);
}

/**
 * Captures of NICs through a filter that would have dropped what refutes the proof: a plain packet where a tunnel is asked for, a
 * tunnel where plain is. Each NIC stands for its own node: another's open capture does not make up for it.
 */
export function filteredNics(captures: readonly TracedCapture[], { tunnels, plain }: Proofs): TracedCapture[] {
  return captures.filter(({ points, filter }, i) => {
    if (filter === null || !points.some(isNic)) return false;
    return (tunnels.has(i) && filter.hidesBypass) || (plain.has(i) && filter.hidesOverlay);
  });
}

/**
 * Captures of NICs that look as if a filter had kept out what could refute a proof, but prove nothing themselves, or look so only if they
 * are no pieces of one: a pass names them.
 */
export function suspectNics(captures: readonly TracedCapture[], filtered: readonly TracedCapture[]): Suspect[] {
  return captures.flatMap((capture) => {
    const hint = capture.filter ?? capture.possibleFilter;
    const isSuspect = hint?.guessed === true && (hint.hidesBypass || hint.hidesOverlay);
    if (!isSuspect || filtered.includes(capture) || !capture.points.some(isNic)) return [];
    return [{ path: capture.path, hint }];
  });
}

export interface Suspect {
  path: string;
  hint: FilterHint;
}

function isNic({ role }: TracedCapture['points'][number]): boolean {
  return role === 'underlay';
}

function isCovered(coverage: Coverage, { of, percent }: Cover): boolean {
  const { covered, total } = of === 'nodes' ? coverage.nodes : coverage.pairs;
  return total > 0 && covered * 100 >= percent * total;
}
