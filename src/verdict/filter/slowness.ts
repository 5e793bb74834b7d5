// How slow a flow was, for `--slower-than`: the one place that says which of its times count.
import type { FlowBrief } from '../trace-types.ts';

/** Times of a flow in seconds, where they are known. */
interface Timed {
  exchange?: {
    handshake: { server: number | null; client: number | null } | null;
    firstByte: number | null;
    asked: { slowest: number | null } | null;
  } | null;
}

/** The longest of its handshake, its time to the first byte and its answers; below everything where none is known. */
export function slowestOf(flow: FlowBrief & Timed): number {
  const { handshake, firstByte, asked } = flow.exchange ?? { handshake: null, firstByte: null, asked: null };
  const known = [handshake?.server, handshake?.client, firstByte, asked?.slowest].filter((time) => time != null);
  return Math.max(Number.NEGATIVE_INFINITY, ...known);
}
