// Flows that could not be judged, folded by reason: however many flows share one, it is told once.
import type { FlowBrief } from './trace-types.ts';

/** Flows that share a reason. */
export interface UnverifiedGroup {
  reason: string;
  /** Of the first flow; others may word it with their own names. */
  detail: string;
  flows: number;
  packets: number;
  /** Distinct tcpdump lines that would settle it, in order of first flow; the first few are kept. */
  advice: string[];
  /** Distinct lines beyond those. */
  moreAdvice: number;
}

const ADVICE_KEPT = 3;

export interface UnverifiedTally {
  /** Counts the flow if it carries a reason. */
  add(flow: FlowBrief): void;
  /** Most flows first. */
  groups(): UnverifiedGroup[];
}

/** An empty tally. */
export function createUnverifiedTally(): UnverifiedTally {
  const groups = new Map<string, UnverifiedGroup>();
  const known = new Set<string>();
  return {
    add(flow) {
      if (flow.unverified === null) return;
      const { reason, advice } = flow.unverified;
      const group = groups.get(reason) ?? newGroup(reason, flow);
      groups.set(reason, group);
      group.flows++;
      group.packets += flow.packets;
      const key = JSON.stringify([reason, advice]);
      if (advice === null || known.has(key)) return;
      known.add(key);
      if (group.advice.length < ADVICE_KEPT) group.advice.push(advice);
      else group.moreAdvice++;
    },
    groups: () => [...groups.values()].sort((a, b) => b.flows - a.flows),
  };
}

/** Worded by its first flow. */
function newGroup(reason: string, flow: FlowBrief): UnverifiedGroup {
  const detail = flow.whole().unverified?.detail ?? '';
  return { reason, detail, flows: 0, packets: 0, advice: [], moreAdvice: 0 };
}
