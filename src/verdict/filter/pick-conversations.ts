// Which conversations of those that fit: the first or last so many, or those of flows named by their number.
import type { FlowFilter } from '../flow-filter.ts';
import type { FlowBrief } from '../trace-types.ts';

/** Flows of the table, in order of first packet. */
export interface FlowsInOrder {
  count: number;
  brief(position: number): FlowBrief;
}

/**
 * @param passes the filters of flows
 * @returns the same test when nothing else is asked; what it needs to know is found out at its first call
 */
export function pickConversations(
  { flow, first, last }: FlowFilter,
  passes: (flow: FlowBrief) => boolean,
  flows: FlowsInOrder,
): (flow: FlowBrief) => boolean {
  if (!flow?.length && first === undefined && last === undefined) return passes;
  let picked: ReadonlySet<number> | null = null;
  return (one) => {
    picked ??= pick({ flow: flow ?? [], first, last }, passes, flows);
    return picked.has(one.conversation) && (flow?.length ? true : passes(one));
  };
}

interface Asked {
  flow: readonly number[];
  first: number | undefined;
  last: number | undefined;
}

/** A flow named by its number brings its other direction, whatever the filters of flows say of that one. */
function pick({ flow, first, last }: Asked, passes: (flow: FlowBrief) => boolean, flows: FlowsInOrder): Set<number> {
  const named = new Set(flow);
  const fitting = new Set<number>();
  for (let i = 0; i < flows.count; i++) {
    const one = flows.brief(i);
    if ((named.size === 0 || named.has(one.id)) && passes(one)) fitting.add(one.conversation);
  }
  const inOrder = [...fitting];
  const kept = new Set(first === undefined ? [] : inOrder.slice(0, first));
  if (last !== undefined) for (const conversation of inOrder.slice(-last)) kept.add(conversation);
  return first === undefined && last === undefined ? fitting : kept;
}
