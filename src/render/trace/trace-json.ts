// `trace -o json` and `-o jsonl` (docs/output.md): the stable form that tools parse. One flow a line, made and written one
// at a time; every key is always there, absent facts are null, and fields may be added but never change.
import type { Asked, CapturePoint, Endpoint, HandshakeTimes, Observation } from '../../attribution/vocabulary.ts';
import { formatTime } from '../../net/time.ts';
import { communityIdOf } from '../../verdict/flow-community-id.ts';
import type { Cause, Finding, Trace, TracedCapture, TracedFlow } from '../../verdict/trace-types.ts';
import { stringifyJson } from '../text/escape.ts';
import { type GivenInput, inputJson } from '../text/given-input.ts';

export const TRACE_SCHEMA = 'overlens.trace/1';

/** The whole document in pieces: valid JSON once all pieces are written. */
export function* renderJson(trace: Trace, inputs: readonly GivenInput[] = []): Generator<string> {
  yield `{\n"schema": ${stringifyJson(TRACE_SCHEMA)},\n"captures": [`;
  yield* members(trace.captures, (capture) => stringifyJson(captureJson(capture)));
  yield '],\n"flows": [';
  yield* members(trace.flows(), flowWriter());
  yield `],\n"summary": ${stringifyJson(trace.summary)},\n"causes": [`;
  yield* members(trace.causes, (cause) => stringifyJson(causeJson(cause)));
  yield `],\n"window": ${stringifyJson(trace.window)},\n"clocks": ${stringifyJson(trace.clocks)},\n"inputs": ${stringifyJson(inputs.map(inputJson))}\n}\n`;
}

/** One object a line: captures, then flows, then the summary; `type` tells which. */
export function* renderJsonLines(trace: Trace, inputs: readonly GivenInput[] = []): Generator<string> {
  for (const capture of trace.captures) yield `${stringifyJson({ type: 'capture', ...captureJson(capture) })}\n`;
  const write = flowWriter();
  for (const flow of trace.flows()) yield `{"type":"flow",${write(flow).slice(1)}\n`;
  const causes = trace.causes.map(causeJson);
  const { summary, window, clocks } = trace;
  yield `${stringifyJson({ type: 'summary', schema: TRACE_SCHEMA, ...summary, causes, window, clocks, inputs: inputs.map(inputJson) })}\n`;
}

function* members<T>(items: Iterable<T>, write: (item: T) => string): Generator<string> {
  let separator = '\n  ';
  for (const item of items) {
    yield separator + write(item);
    separator = ',\n  ';
  }
  if (separator !== '\n  ') yield '\n';
}

/** Keys in the order of docs/output.md; what stands behind the documented ones was added later. */
export function captureJson(capture: TracedCapture): object {
  return {
    path: capture.path,
    format: capture.format,
    linkType: capture.linkType,
    snaplen: capture.snaplen,
    packets: capture.packets,
    bytes: capture.bytes,
    first: capture.first,
    last: capture.last,
    ...(capture.untimed === undefined ? {} : { untimed: capture.untimed }),
    complete: capture.complete,
    dropped: capture.dropped,
    ...(capture.droppedWith === undefined ? {} : { droppedWith: capture.droppedWith }),
    error: capture.error,
    outcomes: capture.outcomes,
    points: capture.points.map(pointJson),
    faults: capture.faults,
    warnings: capture.warnings,
    filter: capture.filter,
    unread: capture.unread,
  };
}

function pointJson(point: CapturePoint): object {
  return {
    interface: point.interface,
    index: point.index,
    node: point.node,
    role: point.role,
    evidence: point.evidence,
    packets: point.packets,
  };
}

/** What only few flows have, beside what all have: optional, so that objects of all flows are made alike (and fast). */
interface FlowJson {
  packetsLeast?: number;
  packetsMost?: number;
  policy?: object;
}

/** Writes one flow after the other. Both ends come first of what repeats, and are half of the text: theirs is kept. */
function flowWriter(): (flow: TracedFlow) => string {
  const endText = endWriter();
  return (flow) => {
    const [src, dst] = [endText(flow.src), endText(flow.dst)];
    const { id, conversation, protocol } = flow;
    const head = stringifyJson({ id, conversation, protocol });
    return `${head.slice(0, -1)},"src":${src},"dst":${dst},${stringifyJson(factsJson(flow)).slice(1)}`;
  };
}

/** What a flow has behind its ends. */
function factsJson(flow: TracedFlow): object {
  const { observed, expected, exchange, packetsBetween, policy } = flow;
  const json: FlowJson = {
    observed: {
      encapsulation: observed.encapsulation,
      vni: observed.vni,
      outerSrc: observed.outerSrc,
      outerDst: observed.outerDst,
      udpPort: observed.udpPort,
    },
    expected: { encapsulation: expected.encapsulation, pool: expected.pool, reason: expected.reason },
    verdict: flow.verdict,
    findings: flow.findings.map(findingJson),
    packets: flow.packets,
    bytes: flow.bytes,
    overheadBytes: flow.overheadBytes,
    first: flow.first,
    last: flow.last,
    tcp: flow.tcp,
    outcome: flow.outcome,
    observations: flow.observations.map(observationJson),
    unverified: flow.unverified,
    inScope: flow.inScope,
    arrival: flow.arrival,
    state: exchange?.state ?? null,
    by: exchange?.by ?? null,
    asked: exchange?.asked == null ? null : askedJson(exchange.asked),
    duration: rounded(exchange?.duration),
    rate: exchange?.rate == null ? null : Math.round(exchange.rate),
    handshake: exchange?.handshake == null ? null : handshakeJson(exchange.handshake),
    firstByte: rounded(exchange?.firstByte),
    resent: rounded(exchange?.resent),
    dns: exchange?.dns == null ? null : { ...exchange.dns, slowest: rounded(exchange.dns.slowest) },
    via: flow.via,
    communityId: communityIdOf(flow),
  } as FlowJson;
  if (packetsBetween !== null) {
    json.packetsLeast = packetsBetween.least;
    json.packetsMost = packetsBetween.most;
  }
  if (policy !== undefined) json.policy = policyJson(policy);
  return json;
}

function askedJson({ median, slowest, ...counts }: Asked): object {
  return { ...counts, median: rounded(median), slowest: rounded(slowest) };
}

function handshakeJson({ server, client, capture, point }: HandshakeTimes): object {
  return { server: rounded(server), client: rounded(client), capture, point };
}

/** To the nanosecond: digits beyond are those of subtraction. */
function rounded(value: number | null | undefined): number | null {
  return value == null ? null : Math.round(value * 1e9) / 1e9;
}

/** Ends whose texts are kept, some 400 bytes each. */
const KEPT_ENDS = 4096;

/** An end without address and port, which differ between flows of one pod. */
type EndFacts = Omit<Endpoint, 'ip' | 'port'>;

function endWriter(): (end: Endpoint) => string {
  const known = new Map<Endpoint['evidence'], { facts: EndFacts; text: string }>();
  const textOf = (end: Endpoint): string => {
    const last = known.get(end.evidence);
    if (last !== undefined && isSameEnd(last.facts, end)) return last.text;
    const { kind, namespace, pod, node, pool, candidates, evidence } = end;
    const facts: EndFacts = { kind, namespace, pod, node, pool, candidates, evidence };
    const text = stringifyJson(facts).slice(1);
    if (known.size >= KEPT_ENDS) known.clear();
    known.set(evidence, { facts, text });
    return text;
  };
  return (end) => `{"ip":${stringifyJson(end.ip)},"port":${end.port},${textOf(end)}`;
}

/** The lists by identity: all flows of an address have the same ones. */
function isSameEnd(one: EndFacts, other: EndFacts): boolean {
  return (
    one.evidence === other.evidence &&
    one.candidates === other.candidates &&
    one.kind === other.kind &&
    one.namespace === other.namespace &&
    one.pod === other.pod &&
    one.node === other.node &&
    one.pool === other.pool
  );
}

function findingJson(finding: Finding): object {
  return {
    code: finding.code,
    message: finding.message,
    capture: finding.capture,
    firstPacket: finding.firstPacket,
    lastPacket: finding.lastPacket,
    severity: finding.severity,
  };
}

/** A key more where the flow log says something of a flow that nobody answered. */
function policyJson({ verdict, denied, allowed }: NonNullable<TracedFlow['policy']>): object {
  return { verdict, denied: recordJson(denied), allowed: recordJson(allowed) };
}

function recordJson(record: NonNullable<TracedFlow['policy']>['denied']): object | null {
  if (record === null) return null;
  const { reporter, src, dst, protocol, port, start, end, enforced, ref } = record;
  const [from, to] = [start, end].map((time) => formatTime({ seconds: Math.floor(time), nanos: 0 }, 0));
  return { reporter, src, dst, protocol, port, start: from, end: to, enforced, ref };
}

function observationJson(observation: Observation): object {
  return {
    capture: observation.capture,
    point: observation.point,
    encapsulation: observation.encapsulation,
    outerSrc: observation.outerSrc,
    outerDst: observation.outerDst,
    vni: observation.vni,
    packets: observation.packets,
    bytes: observation.bytes,
    outerFragments: observation.outerFragments,
    firstPacket: observation.firstPacket,
    lastPacket: observation.lastPacket,
    udpPort: observation.udpPort,
    first: observation.first,
    last: observation.last,
    carriers: observation.carriers,
    innerSrcMac: observation.innerSrcMac,
    innerDstMac: observation.innerDstMac,
  };
}

export function causeJson(cause: Cause): object {
  return {
    id: cause.id,
    code: cause.code,
    severity: cause.severity,
    fromNode: cause.fromNode,
    toNode: cause.toNode,
    title: cause.title,
    flows: cause.flows,
    packets: cause.packets,
    answers: cause.answers,
    flowIds: cause.flowIds,
    capture: cause.capture,
    firstPacket: cause.firstPacket,
    lastPacket: cause.lastPacket,
    expected: cause.expected,
    seen: cause.seen,
    chain: cause.chain,
    also: cause.also,
    check: cause.check,
  };
}
