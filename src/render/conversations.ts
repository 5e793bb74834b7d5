// Flows joined to conversations for people: request first, reply second. Works on flows made on demand without keeping
// them all: a flow waits for its reply, and when too many wait, only their numbers are kept.
import type { Trace, TracedFlow } from '../verdict/types.ts';

/** At least one direction is there. `forward` is the one that asked. */
export interface Conversation {
  forward: TracedFlow | null;
  reverse: TracedFlow | null;
}

/** Flows that may wait as objects; beyond that they are made again when their reply comes. */
const WAITING_LIMIT = 20_000;

/** Linux's lowest ephemeral port (net.ipv4.ip_local_port_range). */
const FIRST_EPHEMERAL_PORT = 32768;

/** Every conversation once; those with both directions as they become complete, then the one-way ones. */
export function* conversationsOf(trace: Trace): Generator<Conversation> {
  const waiting = new Map<number, TracedFlow | number>();
  for (const flow of trace.flows()) {
    const other = waiting.get(flow.conversation);
    if (other === undefined) {
      waiting.set(flow.conversation, waiting.size < WAITING_LIMIT ? flow : flow.id);
      continue;
    }
    waiting.delete(flow.conversation);
    yield orient(typeof other === 'number' ? trace.flow(other) : other, flow);
  }
  for (const flow of waiting.values()) yield orient(typeof flow === 'number' ? trace.flow(flow) : flow, null);
}

/** Of two flows (the earlier first) the one that asked becomes `forward`. */
export function orient(earlier: TracedFlow | null, later: TracedFlow | null): Conversation {
  const one = earlier ?? later;
  if (one === null) return { forward: null, reverse: null };
  const other = one === earlier ? later : null;
  return isReply(one, other) ? { forward: other, reverse: one } : { forward: one, reverse: other };
}

/** TCP's SYN and SYN-ACK tell for sure; else the port that looks like a server's; else the first packet asked. */
function isReply(flow: TracedFlow, other: TracedFlow | null): boolean {
  if (flow.tcp !== null && flow.tcp.syn !== flow.tcp.synAck) return flow.tcp.synAck > flow.tcp.syn;
  if (other?.tcp && other.tcp.syn !== other.tcp.synAck) return other.tcp.syn > other.tcp.synAck;
  const [from, to] = [flow.src.port ?? 0, flow.dst.port ?? 0];
  return from !== 0 && from < FIRST_EPHEMERAL_PORT && to >= FIRST_EPHEMERAL_PORT;
}
