// A canary: a plain packet that the user sent on purpose, from every node, to a pool address that nobody has. A capture that shows it
// was not taken through a filter that hides plain packets; it is no traffic of the cluster, and left out of the verdict.
import { type CaptureExpression, parseCaptureExpression } from '../../net/capture-expression.ts';
import { parseIp } from '../../net/ip.ts';
import { protocolNumber } from '../../net/protocol-name.ts';
import type { Cause, FlowBrief, TracedCapture } from '../trace-types.ts';

export interface Canary {
  /** As given: an expression of tcpdump, or an address. */
  text: string;
  fits: CaptureExpression;
}

/** NICs that prove something, and on how many of them the canary was seen. */
export interface CanaryReport {
  expression: string;
  nics: number;
  seen: number;
  /** Of the others, a capture each. */
  missing: readonly string[];
  /** That fit it, and were left out of the verdict. */
  flows: number;
  packets: number;
}

/** Null for a text that is empty, no expression, or one that asks for more than addresses, protocols and ports. */
export function parseCanary(text: string): Canary | null {
  const fits = text.trim() === '' ? null : parseCaptureExpression(text, { strict: true });
  return fits && { text, fits };
}

export interface CanaryWatch {
  /** Whether a flow is the canary's; notes the NICs that saw it plain. */
  take(flow: FlowBrief): boolean;
  /** Whether a cause is about nothing else. */
  isOf(cause: Cause): boolean;
  /** @param proving captures that hold what is as it should be; null without a canary */
  report(proving: ReadonlySet<number>): CanaryReport | null;
}

export function watchCanary(canary: Canary | null, captures: readonly TracedCapture[]): CanaryWatch {
  const places = captures.map(placeOf);
  const seen = new Set<string>();
  const ids = new Set<number>();
  let packets = 0;
  return {
    take(flow) {
      if (canary === null || !isCanary(canary, flow)) return false;
      ids.add(flow.id);
      packets += flow.packets;
      for (const { capture, point, encapsulation } of flow.whole().observations) {
        const place = places[capture] ?? null;
        const isNic = captures[capture]?.points[point]?.role === 'underlay';
        if (isNic && encapsulation === 'none' && place !== null) seen.add(place);
      }
      return true;
    },
    isOf: ({ flowIds }) => flowIds.length > 0 && flowIds.every((id) => ids.has(id)),
    report(proving) {
      if (canary === null) return null;
      const nics = new Map<string, string>();
      for (const capture of proving) {
        const place = places[capture] ?? null;
        if (place !== null && !nics.has(place)) nics.set(place, captures[capture]?.path ?? '');
      }
      const missing = [...nics].filter(([place]) => !seen.has(place)).map(([, path]) => path);
      const seenOn = nics.size - missing.length;
      return { expression: canary.text, nics: nics.size, seen: seenOn, missing, flows: ids.size, packets };
    },
  };
}

/** The node whose NIC a capture is of, else the capture itself; null where it is of no NIC. */
function placeOf({ points, path }: TracedCapture): string | null {
  const nics = points.filter(({ role }) => role === 'underlay');
  if (nics.length === 0) return null;
  const nodes = new Set(nics.map(({ node }) => node));
  const [node] = nodes;
  return nodes.size === 1 && node != null ? `node ${node}` : `file ${path}`;
}

function isCanary({ fits }: Canary, { src, dst, protocol, srcPort, dstPort }: FlowBrief): boolean {
  const [source, destination] = [parseIp(src.ip), parseIp(dst.ip)];
  const version = source?.family ?? 4;
  const frame = { source, destination, version, sourcePort: srcPort, destinationPort: dstPort };
  return fits({ ...frame, protocol: protocolNumber(protocol) }) === true;
}
