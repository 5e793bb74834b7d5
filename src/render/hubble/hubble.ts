// `trace -o hubble`: one line a flow.
import type { Trace } from '../../verdict/trace-types.ts';
import { type HubbleLook, hubbleLine } from './hubble-line.ts';

/** Lines in the order of flows; those that only answers prove were never seen, and have none. */
export function* renderHubble(trace: Trace, look: HubbleLook): Generator<string> {
  for (const flow of trace.flows()) if (flow.packets > 0) yield hubbleLine(flow, look);
}
