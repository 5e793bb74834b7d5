// The documented shape of `overlens.trace/1`, typed by hand from docs/output.md: keys in order, and what each may hold.
// Keys behind the documented ones are allowed, since fields may be added.

type Check = (value: unknown, at: string) => string[];

/** Differences between a parsed document and the documented shape; empty when it conforms. */
export function traceDocumentProblems(document: unknown): string[] {
  return TRACE(document, '$');
}

const text: Check = (value, at) => (typeof value === 'string' ? [] : [`${at}: no text`]);
const count: Check = (value, at) => (Number.isInteger(value) && (value as number) >= 0 ? [] : [`${at}: no count`]);
const flag: Check = (value, at) => (typeof value === 'boolean' ? [] : [`${at}: no boolean`]);
const time: Check = (value, at) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(value)
    ? []
    : [`${at}: no RFC 3339 time`];
const orNull =
  (check: Check): Check =>
  (value, at) =>
    value === null ? [] : check(value, at);
const oneOf =
  (...words: (string | null)[]): Check =>
  (value, at) =>
    words.includes(value as string | null) ? [] : [`${at}: ${String(value)}`];
const listOf =
  (check: Check): Check =>
  (value, at) =>
    Array.isArray(value) ? value.flatMap((item, i) => check(item, `${at}[${i}]`)) : [`${at}: no list`];
const objectOf =
  (shape: Record<string, Check>): Check =>
  (value, at) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return [`${at}: no object`];
    const keys = Object.keys(value).slice(0, Object.keys(shape).length);
    if (keys.join() !== Object.keys(shape).join()) return [`${at}: keys are ${Object.keys(value).join()}`];
    return Object.entries(shape).flatMap(([key, check]) =>
      check((value as Record<string, unknown>)[key], `${at}.${key}`),
    );
  };

const EVIDENCE = objectOf({ source: text, detail: text });

const CAPTURE = objectOf({
  path: text,
  format: oneOf('pcap', 'pcapng'),
  linkType: orNull(count),
  snaplen: orNull(count),
  packets: count,
  bytes: count,
  first: orNull(time),
  last: orNull(time),
  complete: flag,
  dropped: orNull(count),
  error: orNull(objectOf({ code: text, message: text })),
  outcomes: objectOf({ complete: count, unsupported: count, faulty: count, notFlow: count }),
  points: listOf(
    objectOf({
      interface: orNull(text),
      index: orNull(count),
      node: orNull(text),
      role: oneOf('underlay', 'tunnel', 'workload', 'unknown'),
      evidence: listOf(EVIDENCE),
    }),
  ),
  faults: listOf(objectOf({ code: text, count, firstPacket: count })),
});

const ENDPOINT = objectOf({
  ip: text,
  port: orNull(count),
  kind: oneOf('pod', 'tunnel', 'node', 'service', 'external', 'unknown'),
  namespace: orNull(text),
  pod: orNull(text),
  node: orNull(text),
  pool: orNull(text),
  candidates: listOf(() => []),
  evidence: listOf(EVIDENCE),
});

const OBSERVATION = objectOf({
  capture: count,
  point: count,
  encapsulation: oneOf('none', 'vxlan', 'ipip', 'gre', 'geneve', 'wireguard'),
  outerSrc: orNull(text),
  outerDst: orNull(text),
  vni: orNull(count),
  packets: count,
  bytes: count,
  outerFragments: count,
  firstPacket: count,
  lastPacket: count,
});

const FLOW = objectOf({
  id: count,
  conversation: count,
  protocol: text,
  src: ENDPOINT,
  dst: ENDPOINT,
  observed: objectOf({
    encapsulation: oneOf('vxlan', 'ipip', 'wireguard', 'geneve', 'gre', 'none', 'mixed', 'unknown'),
    vni: orNull(count),
    outerSrc: orNull(text),
    outerDst: orNull(text),
    udpPort: orNull(count),
  }),
  expected: objectOf({
    encapsulation: oneOf('vxlan', 'ipip', 'wireguard', 'none', 'local', null),
    pool: orNull(text),
    reason: text,
  }),
  verdict: oneOf('ok', 'violation', 'unverifiable'),
  findings: listOf(
    objectOf({
      code: text,
      message: text,
      capture: orNull(count),
      firstPacket: orNull(count),
      lastPacket: orNull(count),
    }),
  ),
  packets: count,
  bytes: count,
  overheadBytes: count,
  first: orNull(time),
  last: orNull(time),
  tcp: (value, at) => (value === null || typeof value === 'object' ? [] : [`${at}: neither null nor an object`]),
  outcome: oneOf('answered', 'refused', 'reset', 'half-open', 'no-answer', 'one-way', 'sent-never-arrived', null),
  observations: listOf(OBSERVATION),
});

const TRACE = objectOf({
  schema: oneOf('overlens.trace/1'),
  captures: listOf(CAPTURE),
  flows: listOf(FLOW),
  summary: objectOf({
    packets: count,
    flows: count,
    conversations: count,
    ok: count,
    violation: count,
    unverifiable: count,
    outOfScope: count,
  }),
});
