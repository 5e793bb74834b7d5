// Flows joined to conversations for people: request first, reply second. A flow waits for its reply as a number.
import { flowBrief, flowBriefs } from '../../verdict/flow-briefs.ts';
import type { FlowBrief, Trace } from '../../verdict/trace-types.ts';

/** At least one direction is there. `forward` is the one that asked. */
export interface Conversation {
  forward: FlowBrief | null;
  reverse: FlowBrief | null;
}

/** Linux's lowest ephemeral port (net.ipv4.ip_local_port_range). */
const FIRST_EPHEMERAL_PORT = 32768;

/**
 * Every conversation once; those with both directions as they become complete, then the one-way ones.
 * @param visit told of each of the trace's flows in passing
 */
export function* conversationsOf(trace: Trace, visit?: (flow: FlowBrief) => void): Generator<Conversation> {
  const waiting = new Map<number, number>();
  let count = 0;
  let highest = 0;
  for (const flow of flowBriefs(trace)) {
    visit?.(flow);
    count++;
    highest = flow.id;
    const other = waiting.get(flow.conversation);
    if (other === undefined) {
      waiting.set(flow.conversation, flow.id);
      continue;
    }
    waiting.delete(flow.conversation);
    yield orient(flowBrief(trace, other), flow);
  }
  const filtered = highest > count ? otherDirections(trace, waiting) : null;
  for (const [conversation, id] of waiting) {
    const one = flowBrief(trace, id);
    const other = filtered?.get(conversation) ?? null;
    const reply = other === null ? null : flowBrief(trace, other);
    yield other !== null && other < id ? orient(reply, one) : orient(one, reply);
  }
}

/** Directions that a filter left out (`--from-pod`, `--verdict`): a row without them would look unanswered. Ids by conversation. */
function otherDirections(trace: Trace, waiting: ReadonlyMap<number, number>): Map<number, number> {
  const others = new Map<number, number>();
  for (let id = 1; ; id++) {
    const flow = flowBrief(trace, id);
    if (flow === null) return others;
    const known = waiting.get(flow.conversation);
    if (known !== undefined && known !== id) others.set(flow.conversation, id);
  }
}

/** Of two flows (the earlier first) the one that asked becomes `forward`. */
export function orient(earlier: FlowBrief | null, later: FlowBrief | null): Conversation {
  const one = earlier ?? later;
  if (one === null) return { forward: null, reverse: null };
  const other = one === earlier ? later : null;
  return isReply(one, other) ? { forward: other, reverse: one } : { forward: one, reverse: other };
}

/** TCP's SYN and SYN-ACK tell for sure; else the port that looks like a server's; else the first packet asked. */
function isReply(flow: FlowBrief, other: FlowBrief | null): boolean {
  const [tcp, otherTcp] = [flow.tcp, other?.tcp];
  if (tcp !== null && tcp.syn !== tcp.synAck) return tcp.synAck > tcp.syn;
  if (otherTcp && otherTcp.syn !== otherTcp.synAck) return otherTcp.syn > otherTcp.synAck;
  const [from, to] = [flow.srcPort ?? 0, flow.dstPort ?? 0];
  return from !== 0 && from < FIRST_EPHEMERAL_PORT && to >= FIRST_EPHEMERAL_PORT;
}
