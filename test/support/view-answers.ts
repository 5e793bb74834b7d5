// What the shipped views should say, computed in plain JavaScript from the JSON of one trace of all captures: no SQL, no Parquet.

interface End {
  ip: string;
  port: number | null;
  namespace: string | null;
  pod: string | null;
  node: string | null;
  pool: string | null;
}

interface Seen {
  capture: number;
  point: number;
  encapsulation: string;
  packets: number;
  outerFragments: number;
  bytes: number;
  firstPacket: number;
  first: string | null;
}

export interface JsonFlow {
  protocol: string;
  src: End;
  dst: End;
  observed: { encapsulation: string };
  expected: { encapsulation: string | null; reason: string };
  verdict: 'ok' | 'violation' | 'unverifiable';
  packets: number;
  bytes: number;
  observations: Seen[];
}

export interface JsonTrace {
  captures: { path: string; points: { interface: string | null; node: string | null; role: string }[] }[];
  flows: JsonFlow[];
}

export type Answer = Record<string, string | number | null>;

/** Rows of each view, in no order. */
export function viewAnswers(trace: JsonTrace): Record<string, Answer[]> {
  return {
    leaks: leaks(trace),
    node_pairs: nodePairs(trace),
    by_pool: byPool(trace),
    timeline: timeline(trace),
    sent_arrived: sentArrived(trace),
  };
}

function pointOf({ captures }: JsonTrace, { capture, point }: Seen) {
  const found = captures[capture]?.points[point];
  if (found === undefined) throw new Error(`no point ${point} in capture ${capture}`);
  return found;
}

function endsOf({ src, dst, protocol }: JsonFlow): Answer {
  return {
    ...{ src_namespace: src.namespace, src_pod: src.pod, src_ip: src.ip, src_port: src.port },
    ...{ dst_namespace: dst.namespace, dst_pod: dst.pod, dst_ip: dst.ip, dst_port: dst.port },
    ...{ protocol, src_node: src.node, dst_node: dst.node },
  };
}

function leaks(trace: JsonTrace): Answer[] {
  return trace.flows.flatMap((flow) =>
    flow.observations.flatMap((seen) => {
      const { role, node } = pointOf(trace, seen);
      const wanted = flow.expected.encapsulation ?? '';
      const isPlain = ['vxlan', 'ipip', 'wireguard'].includes(wanted) && seen.encapsulation === 'none';
      const isOpen = wanted === 'wireguard' && seen.encapsulation !== 'wireguard';
      if (role !== 'underlay' || !(isPlain || isOpen)) return [];
      const { encapsulation, packets, bytes, firstPacket } = seen;
      const file = trace.captures[seen.capture]?.path ?? '';
      return [
        {
          ...endsOf(flow),
          node,
          expected: wanted,
          encapsulation,
          packets,
          wire_bytes: bytes,
          file,
          first_packet: firstPacket,
        },
      ];
    }),
  );
}

/** Sums by the columns that `key` gives. */
function grouped(rows: readonly { key: Answer; sums: Record<string, number> }[]): Answer[] {
  const groups = new Map<string, { key: Answer; sums: Record<string, number> }>();
  for (const { key, sums } of rows) {
    const text = JSON.stringify(key);
    const group = groups.get(text) ?? { key, sums: {} };
    groups.set(text, group);
    for (const [name, value] of Object.entries(sums)) group.sums[name] = (group.sums[name] ?? 0) + value;
  }
  return [...groups.values()].map(({ key, sums }) => ({ ...key, ...sums }));
}

function nodePairs({ flows }: JsonTrace): Answer[] {
  const ofPairs = flows.filter(
    ({ src, dst, observations }) => src.node !== null && dst.node !== null && observations.length > 0,
  );
  return grouped(
    ofPairs.map(({ src, dst, observed, packets, bytes, verdict }) => ({
      key: { src_node: src.node, dst_node: dst.node, encapsulation: observed.encapsulation },
      sums: { flows: 1, packets, bytes, violations: Number(verdict === 'violation') },
    })),
  );
}

function byPool({ flows }: JsonTrace): Answer[] {
  const ofPools = flows.filter(
    ({ src, dst, observations }) => (src.pool ?? dst.pool) !== null && observations.length > 0,
  );
  return grouped(
    ofPools.map(({ src, dst, observed, expected, packets, verdict }) => ({
      key: { pool: dst.pool ?? src.pool, expected: expected.encapsulation, encapsulation: observed.encapsulation },
      sums: {
        ...{ flows: 1, packets, ok: Number(verdict === 'ok') },
        ...{ violations: Number(verdict === 'violation'), unverifiable: Number(verdict === 'unverifiable') },
      },
    })),
  );
}

function timeline(trace: JsonTrace): Answer[] {
  const began = trace.flows.flatMap((flow) =>
    flow.observations.map((seen) => ({ flow, seen, ...pointOf(trace, seen) })),
  );
  return grouped(
    began
      .filter(({ role, seen }) => role === 'underlay' && seen.first !== null)
      .map(({ flow, seen, node }) => ({
        key: {
          second: `${seen.first?.slice(0, 10)} ${seen.first?.slice(11, 19)}`,
          node,
          encapsulation: seen.encapsulation,
        },
        sums: { flows: 1, packets: seen.packets, violations: Number(flow.verdict === 'violation') },
      })),
  );
}

function sentArrived(trace: JsonTrace): Answer[] {
  const points = trace.captures.flatMap((capture) => capture.points);
  const captured = new Set(
    points.filter(({ role, node }) => role === 'underlay' && node !== null).map(({ node }) => node),
  );
  return trace.flows
    .filter(
      ({ src, dst, observations }) =>
        src.node !== dst.node && captured.has(src.node) && captured.has(dst.node) && observations.length > 0,
    )
    .map((flow) => {
      const at = (node: string | null): number => {
        const byInterface = new Map<string | null, number>();
        for (const seen of flow.observations) {
          const point = pointOf(trace, seen);
          if (point.role !== 'underlay' || point.node !== node) continue;
          byInterface.set(
            point.interface,
            (byInterface.get(point.interface) ?? 0) + seen.packets - seen.outerFragments,
          );
        }
        return Math.max(0, ...byInterface.values());
      };
      const [sent, arrived] = [at(flow.src.node), at(flow.dst.node)];
      return { ...endsOf(flow), sent, arrived, missing: sent - arrived };
    });
}
