// The flows of any trace as briefs: also of one whose `flows` are put together by hand, which has objects only.
import type { FlowBrief, Trace, TracedFlow } from './trace-types.ts';

export function flowBriefs(trace: Trace): Iterable<FlowBrief> {
  return trace.flows.briefs?.() ?? asBriefs(trace.flows());
}

/** By id, also where a filter left the flow out; null for an id that is not there. */
export function flowBrief(trace: Trace, id: number): FlowBrief | null {
  if (trace.flows.brief !== undefined) return trace.flows.brief(id);
  const flow = trace.flow(id);
  return flow === null ? null : briefOf(flow);
}

function* asBriefs(flows: Iterable<TracedFlow>): Iterable<FlowBrief> {
  for (const flow of flows) yield briefOf(flow);
}

/** A flow that exists as an object already. */
export function briefOf(flow: TracedFlow): FlowBrief {
  const byPoint = flow.observations.map(({ capture, point, packets, outerFragments }) => ({
    capture,
    point,
    packets: packets - outerFragments,
  }));
  const time = (text: string | null): number => (text === null ? Number.NaN : Date.parse(text));
  const { id, conversation, protocol, src, dst, observed, expected, verdict, unverified, inScope } = flow;
  const { packets, packetsBetween, bytes, tcp, transportData, outcome, exchange, arrival } = flow;
  // each by its name: spread, of thousands of flows it takes ten times as long
  return {
    id,
    conversation,
    protocol,
    src,
    dst,
    observed,
    expected,
    verdict,
    unverified,
    inScope,
    packets,
    packetsBetween,
    bytes,
    tcp,
    transportData,
    outcome,
    exchange,
    arrival,
    asked: flow.exchange?.asked ?? null,
    slowest: Math.max(
      flow.exchange?.firstByte ?? 0,
      flow.exchange?.handshake?.server ?? 0,
      flow.exchange?.asked?.slowest ?? 0,
    ),
    srcPort: flow.src.port,
    dstPort: flow.dst.port,
    codes: [...new Set(flow.findings.map((finding) => finding.code))],
    places: () => byPoint,
    lostOnWay: () => (flow.arrival?.lost === true ? Math.max(0, flow.arrival.sent - flow.arrival.arrived) : 0),
    onceAt: () => null,
    span: () => ({ first: time(flow.first), last: time(flow.last) }),
    whole: () => flow,
  };
}
