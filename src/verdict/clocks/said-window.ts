// The times that NICs of several nodes were captured together, as the trace says them.
import { largestOf } from '../../net/extremes.ts';
import { formatTime } from '../../net/time.ts';
import type { Analysis } from '../analysis.ts';
import type { TimeSpan, Trace } from '../trace-types.ts';
import type { WindowPart } from './common-window.ts';

export function saidWindow({ arrivals, input }: Analysis): Trace['window'] {
  if (arrivals === null) return null;
  const digits = largestOf(input.captures.map((c) => c.timeDigits));
  const said = ({ first, last, nodes }: WindowPart): TimeSpan => ({
    first: formatTime(first, digits),
    last: formatTime(last, digits),
    nodes: nodes.map(({ name }) => name),
  });
  const { parts } = arrivals.window;
  return { ...said(arrivals.window), ...(parts.length > 1 ? { parts: parts.map(said) } : {}) };
}
