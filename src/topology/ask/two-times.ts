// A snapshot whose files contradict each other may be two, of two times: with times each would be used for its own (`time/parts.ts`).
import type { Topology } from '../model.ts';

/** What gives parts of a snapshot times, for people. */
export const TELL_TIMES =
  'are they of two times? give each with -t and --taken-at PATH=TIME: each is then used for its time';

/** Whether objects or tables were given twice, otherwise, in different files, and nothing tells that they are of different times. */
export function mayBeTwoTimes({ issues, timeline }: Pick<Topology, 'issues' | 'timeline'>): boolean {
  const areInTwo = ({ refs }: Topology['issues'][number]): boolean => new Set(refs.map(({ file }) => file)).size > 1;
  return timeline === null && issues.some((issue) => issue.code === 'duplicate-object' && areInTwo(issue));
}
