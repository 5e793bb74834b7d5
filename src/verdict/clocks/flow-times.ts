// In which of the times that captures ran in a flow was seen.
import { onReference } from '../../attribution/clocks/clocks.ts';
import { toSeconds } from '../../net/time.ts';
import type { Analysis } from '../analysis.ts';
import type { FlowBrief } from '../trace-types.ts';
import { type Ran, timesApart } from './times-apart.ts';

const ALWAYS: readonly number[] = [0];

/** Numbers of times, the earliest first; all flows of captures that ran together have one. */
export function timesOfFlows({ input, clocks, points }: Analysis): (flow: FlowBrief) => readonly number[] {
  const ran = input.captures.flatMap(({ first, last }, capture): (Ran & { capture: number })[] => {
    if (first === null || last === null) return [];
    const [from, to] = [first, last].map((moment) => onReference(clocks, capture, toSeconds(moment)));
    return [{ capture, ring: points.rings.ringOf[capture] ?? -1, first: from as number, last: to as number }];
  });
  const times = timesApart(ran);
  if (times.length < 2) return () => ALWAYS;
  const timeOf = new Map(times.flatMap((captures, time) => captures.map(({ capture }) => [capture, time] as const)));
  return (flow) => {
    const own = new Set(flow.places().flatMap(({ capture }) => timeOf.get(capture) ?? []));
    return own.size === 0 ? ALWAYS : [...own];
  };
}
