// Hand-made Trace objects for tests of verdict/verify/verify.ts, render/ and cli/: facts go in, defaults fill the rest.
import type { CapturePoint, Endpoint, Observation } from '../../src/attribution/vocabulary.ts';
import type { Cause, Trace, TracedCapture, TracedFlow } from '../../src/verdict/trace-types.ts';

/** A pod, tunnel or node address: `pod('10.48.0.130', 'shop/cart', 'control1')`. */
export function pod(ip: string, name: string, node: string | null, port = 0, pool = 'default-ipv4-ippool'): Endpoint {
  const [namespace, podName] = name.split('/');
  const evidence = [{ source: 'pod', detail: `pods.yaml:12 ${name} runs on ${node}` }];
  const named = { namespace: namespace ?? null, pod: podName ?? null };
  return { ip, port, kind: 'pod', ...named, node, pool, candidates: [], evidence };
}

/** Any address that is no pod's. */
export function address(ip: string, kind: Endpoint['kind'], node: string | null = null, port = 0): Endpoint {
  return { ip, port, kind, namespace: null, pod: null, node, pool: null, candidates: [], evidence: [] };
}

export function point(partial: Partial<CapturePoint> = {}): CapturePoint {
  const evidence = [{ source: 'nic-mac', detail: 'its MAC is in every unicast frame' }];
  return { interface: 'ens5', index: null, node: 'control1', role: 'underlay', evidence, packets: 0, ...partial };
}

export function capture(path: string, partial: Partial<TracedCapture> = {}): TracedCapture {
  return {
    path,
    format: 'pcap',
    linkType: 1,
    snaplen: 262144,
    packets: 36,
    bytes: 4242,
    first: '2026-11-22T08:29:50.212345Z',
    last: '2026-11-22T08:30:01.512345Z',
    complete: true,
    dropped: null,
    error: null,
    outcomes: { complete: 36, unsupported: 0, faulty: 0, notFlow: 0 },
    points: [point({ packets: partial.packets ?? 36 })],
    faults: [],
    warnings: [],
    filter: null,
    possibleFilter: null,
    unread: null,
    ...partial,
  };
}

export function observation(partial: Partial<Observation> = {}): Observation {
  return {
    capture: 0,
    point: 0,
    encapsulation: 'vxlan',
    outerSrc: '10.0.1.20',
    outerDst: '10.0.1.30',
    vni: 4096,
    udpPort: 4789,
    packets: 3,
    bytes: 450,
    outerFragments: 0,
    firstPacket: 1,
    lastPacket: 9,
    first: '2026-11-22T08:29:50.212345Z',
    last: '2026-11-22T08:29:51.212345Z',
    carriers: [],
    innerSrcMac: '66:c9:ee:b1:9b:47',
    innerDstMac: '66:14:9d:f4:2c:1f',
    ...partial,
  };
}

/** A flow as configured: VXLAN asked for and seen. `id` and `conversation` are set by `buildTrace` unless given. */
export function flow(src: Endpoint, dst: Endpoint, partial: Partial<TracedFlow> = {}): TracedFlow {
  const configured: TracedFlow = {
    id: 0,
    conversation: 0,
    protocol: 'tcp',
    src,
    dst,
    observed: { encapsulation: 'vxlan', vni: 4096, outerSrc: '10.0.1.20', outerDst: '10.0.1.30', udpPort: 4789 },
    expected: { encapsulation: 'vxlan', pool: 'default-ipv4-ippool', reason: 'pool-always' },
    verdict: 'ok',
    unverified: null,
    findings: [],
    echo: null,
    transportData: 0,
    packets: 3,
    packetsBetween: null,
    bytes: 450,
    overheadBytes: 150,
    first: '2026-11-22T08:29:50.212345Z',
    last: '2026-11-22T08:29:51.212345Z',
    tcp: null,
    outcome: 'answered',
    exchange: null,
    via: null,
    observations: [observation({ packets: partial.packets ?? 3 })],
    arrival: null,
    inScope: true,
  };
  // spread, it would be an object of a slow kind
  return Object.assign(configured, partial);
}

/** What a flow looks like that was seen plain (`none`) on the underlay. */
export const PLAIN = {
  observed: { encapsulation: 'none', vni: null, outerSrc: null, outerDst: null, udpPort: null },
  observations: [
    observation({
      encapsulation: 'none',
      outerSrc: null,
      outerDst: null,
      vni: null,
      udpPort: null,
      innerSrcMac: null,
      innerDstMac: null,
    }),
  ],
} as const satisfies Partial<TracedFlow>;

/** What a flow looks like that was seen on a veth only. */
export const UNSEEN = {
  observed: { encapsulation: 'unknown', vni: null, outerSrc: null, outerDst: null, udpPort: null },
  verdict: 'unverifiable',
  unverified: {
    reason: 'no-underlay',
    detail: 'captured on a veth, where packets are always plain',
    advice: 'control1# tcpdump -i ens5 -s 128 -w control1-ens5.pcap',
  },
} as const satisfies Partial<TracedFlow>;

export function cause(partial: Partial<Cause> = {}): Cause {
  return {
    id: 'A',
    code: 'wrong-destination-vtep',
    severity: 'violation',
    fromNode: 'control1',
    toNode: 'worker1',
    title: "control1 sends worker1's overlay packets to worker2",
    flows: 1,
    packets: 9,
    answers: 0,
    flowIds: [1],
    capture: 0,
    firstPacket: 3,
    lastPacket: 18,
    expected: 'VXLAN 10.0.1.20 → 10.0.1.30',
    seen: 'VXLAN 10.0.1.20 → 10.0.1.31',
    chain: [],
    also: [],
    check: [],
    ...partial,
  };
}

/** Pairs of flows are conversations: each entry is one flow or a request with its reply. */
export function buildTrace(options: {
  captures?: readonly TracedCapture[];
  conversations?: readonly (readonly [TracedFlow] | readonly [TracedFlow, TracedFlow])[];
  causes?: readonly Cause[];
}): Trace {
  const flows: TracedFlow[] = [];
  (options.conversations ?? []).forEach((pair, i) => {
    for (const one of pair) flows.push({ ...one, id: flows.length + 1, conversation: i + 1 });
  });
  return traceOf(flows, options.captures ?? [capture('control1-ens5.pcap')], options.causes ?? []);
}

/** A trace whose flows are made on demand, as the real one makes them: `make(id)` for ids 1 to `count`. */
export function syntheticTrace(count: number, make: (id: number) => TracedFlow): Trace {
  const zero = {
    packets: count * 3,
    flows: count,
    conversations: count / 2,
    ok: count,
    violation: 0,
    unverifiable: 0,
    outOfScope: 0,
  };
  return {
    captures: [capture('big.pcap', { packets: count * 3 })],
    causes: [],
    window: null,
    clocks: [],
    summary: zero,
    flowCount: count,
    *flows() {
      for (let id = 1; id <= count; id++) yield make(id);
    },
    flow: (id) => (id >= 1 && id <= count ? make(id) : null),
  };
}

function traceOf(flows: readonly TracedFlow[], captures: readonly TracedCapture[], causes: readonly Cause[]): Trace {
  const counted = (verdict: TracedFlow['verdict']): number => flows.filter((one) => one.verdict === verdict).length;
  return {
    captures,
    causes,
    window: null,
    clocks: [],
    summary: {
      packets: captures.reduce((sum, one) => sum + one.packets, 0),
      flows: flows.length,
      conversations: new Set(flows.map((one) => one.conversation)).size,
      ok: counted('ok'),
      violation: counted('violation'),
      unverifiable: counted('unverifiable'),
      outOfScope: flows.filter((one) => !one.inScope).length,
    },
    flowCount: flows.length,
    flows: () => flows,
    flow: (id) => flows.find((one) => one.id === id) ?? null,
  };
}
