// `trace -o json` and `-o jsonl` (docs/output.md): the stable form that tools parse. One flow a line, made and written one
// at a time; every key is always there, absent facts are null, and fields may be added but never change.
import type { CapturePoint, Endpoint, Observation } from '../attribution/types.ts';
import type { Cause, Finding, Trace, TracedCapture, TracedFlow } from '../verdict/types.ts';
import { stringifyJson } from './escape.ts';

export const TRACE_SCHEMA = 'overlens.trace/1';

/** The whole document in pieces: valid JSON once all pieces are written. */
export function* renderJson(trace: Trace): Generator<string> {
  yield `{\n"schema": ${stringifyJson(TRACE_SCHEMA)},\n"captures": [`;
  yield* members(trace.captures, captureJson);
  yield '],\n"flows": [';
  yield* members(trace.flows(), flowJson);
  yield `],\n"summary": ${stringifyJson(trace.summary)},\n"causes": [`;
  yield* members(trace.causes, causeJson);
  yield `],\n"window": ${stringifyJson(trace.window)}\n}\n`;
}

/** One object a line: captures, then flows, then the summary; `type` tells which. */
export function* renderJsonLines(trace: Trace): Generator<string> {
  for (const capture of trace.captures) yield `${stringifyJson({ type: 'capture', ...captureJson(capture) })}\n`;
  for (const flow of trace.flows()) yield `${stringifyJson({ type: 'flow', ...flowJson(flow) })}\n`;
  const causes = trace.causes.map(causeJson);
  yield `${stringifyJson({ type: 'summary', schema: TRACE_SCHEMA, ...trace.summary, causes, window: trace.window })}\n`;
}

function* members<T>(items: Iterable<T>, toJson: (item: T) => object): Generator<string> {
  let separator = '\n  ';
  for (const item of items) {
    yield separator + stringifyJson(toJson(item));
    separator = ',\n  ';
  }
  if (separator !== '\n  ') yield '\n';
}

export function captureJson(capture: TracedCapture): object {
  const { path, format, linkType, snaplen, packets, bytes, first, last, complete, dropped, error } = capture;
  return {
    ...{ path, format, linkType, snaplen, packets, bytes, first, last, complete, dropped },
    error: error === null ? null : { code: error.code, message: error.message, hint: error.hint },
    outcomes: capture.outcomes,
    points: capture.points.map(pointJson),
    faults: capture.faults.map(({ code, count, firstPacket }) => ({ code, count, firstPacket })),
    warnings: capture.warnings,
    filter: capture.filter,
  };
}

function pointJson(point: CapturePoint): object {
  const { index, node, role, evidence, packets } = point;
  return { interface: point.interface, index, node, role, evidence, packets };
}

function flowJson(flow: TracedFlow): object {
  const {
    id,
    conversation,
    protocol,
    observed,
    expected,
    verdict,
    packets,
    bytes,
    overheadBytes,
    first,
    last,
    tcp,
    outcome,
  } = flow;
  const { vni, outerSrc, outerDst, udpPort } = observed;
  return {
    ...{ id, conversation, protocol, src: endpointJson(flow.src), dst: endpointJson(flow.dst) },
    observed: { encapsulation: observed.encapsulation, vni, outerSrc, outerDst, udpPort },
    expected: { encapsulation: expected.encapsulation, pool: expected.pool, reason: expected.reason },
    ...{ verdict, findings: flow.findings.map(findingJson), packets, bytes, overheadBytes, first, last, tcp, outcome },
    observations: flow.observations.map(observationJson),
    ...{ unverified: flow.unverified, inScope: flow.inScope, arrival: flow.arrival },
  };
}

function endpointJson(endpoint: Endpoint): object {
  const { ip, port, kind, namespace, pod, node, pool, candidates, evidence } = endpoint;
  return { ip, port, kind, namespace, pod, node, pool, candidates, evidence };
}

function findingJson(finding: Finding): object {
  const { code, message, capture, firstPacket, lastPacket, severity } = finding;
  return { code, message, capture, firstPacket, lastPacket, severity };
}

function observationJson(observation: Observation): object {
  const { capture, point, encapsulation, outerSrc, outerDst, vni, packets, bytes, outerFragments } = observation;
  const { firstPacket, lastPacket, udpPort, first, last, carriers, innerSrcMac, innerDstMac } = observation;
  return {
    ...{
      capture,
      point,
      encapsulation,
      outerSrc,
      outerDst,
      vni,
      packets,
      bytes,
      outerFragments,
      firstPacket,
      lastPacket,
    },
    ...{ udpPort, first, last, carriers, innerSrcMac, innerDstMac },
  };
}

export function causeJson(cause: Cause): object {
  const { id, code, severity, fromNode, toNode, title, flows, packets, answers, flowIds } = cause;
  const { capture, firstPacket, lastPacket, expected, seen, chain, also, check } = cause;
  return {
    ...{ id, code, severity, fromNode, toNode, title, flows, packets, answers, flowIds },
    ...{ capture, firstPacket, lastPacket, expected, seen, chain, also, check },
  };
}
