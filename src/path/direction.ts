// A flow of the trace together with those that are the same under other addresses.
import type { FlowBrief, FlowEnd } from '../verdict/trace-types.ts';

/** One direction of a connection: its flows under all their addresses, and what they say together. */
export interface Direction {
  /** Of the table, the one nearest to the sender first. */
  flows: readonly number[];
  briefs: readonly FlowBrief[];
  brief: FlowBrief;
  /** Whom it comes to in the end. */
  dst: FlowEnd;
  dstPort: number | null;
}

/** @param group flows of the table that are one, in any order */
export function directionOf(group: readonly number[], briefOf: (flow: number) => FlowBrief | null): Direction | null {
  const members = group.flatMap((flow) => {
    const brief = briefOf(flow);
    return brief === null ? [] : [{ flow, brief }];
  });
  members.sort((a, b) => nearness(a.brief) - nearness(b.brief) || a.brief.id - b.brief.id);
  const [first] = members;
  if (first === undefined) return null;
  const briefs = members.map(({ brief }) => brief);
  const { dst, dstPort } = briefs.findLast((brief) => brief.dst.kind === 'pod') ?? first.brief;
  return { flows: members.map(({ flow }) => flow), briefs, brief: first.brief, dst, dstPort };
}

/** The flow as a pod sent it comes before what was made of it; as a pod gets it, behind. */
function nearness({ src, dst }: FlowBrief): number {
  return (src.kind === 'pod' ? 0 : 2) + (dst.kind === 'pod' ? 1 : 0);
}
