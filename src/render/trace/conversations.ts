// Flows joined to conversations for people: request first, reply second. Works on flows made on demand without keeping
// them all: a flow waits for its reply, and when too many wait, only their numbers are kept.
import type { Trace, TracedFlow } from '../../verdict/trace-types.ts';

/** At least one direction is there. `forward` is the one that asked. */
export interface Conversation {
  forward: TracedFlow | null;
  reverse: TracedFlow | null;
}

/** Flows that may wait as objects; beyond that they are made again when their reply comes. */
const WAITING_LIMIT = 20_000;

/** Linux's lowest ephemeral port (net.ipv4.ip_local_port_range). */
const FIRST_EPHEMERAL_PORT = 32768;

/**
 * Every conversation once; those with both directions as they become complete, then the one-way ones.
 * @param visit told of each of the trace's flows in passing: making them costs more than all else
 */
export function* conversationsOf(trace: Trace, visit?: (flow: TracedFlow) => void): Generator<Conversation> {
  const waiting = new Map<number, TracedFlow | number>();
  let count = 0;
  let highest = 0;
  for (const flow of trace.flows()) {
    visit?.(flow);
    count++;
    highest = flow.id;
    const other = waiting.get(flow.conversation);
    if (other === undefined) {
      waiting.set(flow.conversation, waiting.size < WAITING_LIMIT ? flow : flow.id);
      continue;
    }
    waiting.delete(flow.conversation);
    yield orient(typeof other === 'number' ? trace.flow(other) : other, flow);
  }
  const filtered = highest > count ? otherDirections(trace, waiting) : null;
  for (const [conversation, flow] of waiting) {
    const one = typeof flow === 'number' ? trace.flow(flow) : flow;
    const other = filtered?.get(conversation) ?? null;
    const first = one !== null && other !== null && other < one.id;
    const reply = other === null ? null : trace.flow(other);
    yield first ? orient(reply, one) : orient(one, reply);
  }
}

/** Directions that a filter left out (`--from-pod`, `--verdict`): a row without them would look unanswered. Ids by conversation. */
function otherDirections(trace: Trace, waiting: ReadonlyMap<number, TracedFlow | number>): Map<number, number> {
  const others = new Map<number, number>();
  for (let id = 1; ; id++) {
    const flow = trace.flow(id);
    if (flow === null) return others;
    const known = waiting.get(flow.conversation);
    const knownId = typeof known === 'object' ? known.id : known;
    if (knownId !== undefined && knownId !== id) others.set(flow.conversation, id);
  }
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
