// Which problem of a trace a flow is a part of, by its letter.
import type { Cause, FlowBrief } from '../../verdict/trace-types.ts';

/** The first one that names the flow; beyond the ids that a cause keeps, its code and its nodes tell. */
export function causeLetters(causes: readonly Cause[]): (flow: FlowBrief) => string | null {
  const byFlow = new Map<number, string>();
  for (const { id, flowIds } of causes) for (const flow of flowIds) if (!byFlow.has(flow)) byFlow.set(flow, id);
  const large = causes.filter(({ flows, flowIds }) => flows > flowIds.length);
  return (flow) => {
    const letter = byFlow.get(flow.id);
    if (letter !== undefined || flow.codes.length === 0) return letter ?? null;
    const { codes, src, dst } = flow;
    const found = large.find(
      ({ code, fromNode, toNode }) =>
        codes.includes(code) && (fromNode === null || fromNode === src.node) && toNode === dst.node,
    );
    return found?.id ?? null;
  };
}
