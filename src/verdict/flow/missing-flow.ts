// Packets that answers prove were sent, but that are not in the file: a capture through a filter (`udp port 4789`) or of one
// direction hides them. They become flows without packets, unverifiable: silence must never pass for proof.

import type { Points } from '../../attribution/points/points.ts';
import { spanOf } from '../../attribution/points/time-lanes.ts';
import { endpointOf } from '../../attribution/who/who.ts';
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { largestOf, smallestOf } from '../../net/extremes.ts';
import { protocolName } from '../../net/protocol-name.ts';
import { toSeconds } from '../../net/time.ts';
import { endsOf, isInScope, type Shared } from '../judging-context.ts';
import type { FlowBrief, FlowEnd, TracedFlow, Unverified } from '../trace-types.ts';

/** Which answers prove the flow, and how it is listed. */
interface Listed {
  /** The flow that answers it. */
  flow: number;
  id: number;
  conversation: number;
}

/** The missing direction of a flow, as a flow of its own. */
export function missingFlow(shared: Shared, listed: Listed): TracedFlow {
  const { table } = shared.input;
  const { src, dst } = endsOf(shared, listed.flow, true);
  return {
    ...told(shared, listed),
    src: endpointOf(src, table.destinationPortOf(listed.flow)),
    dst: endpointOf(dst, table.sourcePortOf(listed.flow)),
    findings: [],
    overheadBytes: 0,
    first: null,
    last: null,
    observations: [],
  };
}

/** The same for totals: nothing of it is made but what is asked for. */
export function missingBrief(
  shared: Shared,
  endOf: (person: number) => FlowEnd,
  { make, ...listed }: Listed & { make: () => TracedFlow },
): FlowBrief {
  const { table } = shared.input;
  const { flow } = listed;
  return {
    ...told(shared, listed),
    src: endOf(shared.who.destination[flow] ?? -1),
    dst: endOf(shared.who.source[flow] ?? -1),
    srcPort: table.destinationPortOf(flow),
    dstPort: table.sourcePortOf(flow),
    codes: [],
    asked: null,
    slowest: 0,
    places: () => [],
    lostOnWay: () => 0,
    onceAt: () => 0,
    span: () => ({ first: Number.NaN, last: Number.NaN }),
    whole: make,
  };
}

/** What a flow and its brief say alike. */
function told(shared: Shared, { flow, id, conversation }: Listed) {
  const { src, dst, expected } = endsOf(shared, flow, true);
  return {
    id,
    conversation,
    protocol: protocolName(shared.input.table.protocolOf(flow)),
    observed: UNSEEN,
    expected,
    verdict: 'unverifiable',
    unverified: whyMissing(shared, flow, { src, dst, expected }),
    packets: 0,
    packetsBetween: null,
    bytes: 0,
    tcp: null,
    echo: null,
    transportData: 0,
    outcome: 'answered',
    exchange: null,
    via: null,
    arrival: null,
    inScope: isInScope(src, dst, expected),
  } as const;
}

const UNSEEN = { encapsulation: 'unknown', vni: null, outerSrc: null, outerDst: null, udpPort: null } as const;

function whyMissing(
  { input, points, encrypts, adviceFor }: Shared,
  answer: number,
  { src: { node: sender }, dst: { node: receiver }, expected }: ReturnType<typeof endsOf>,
): Unverified {
  if (isAtEdge(input.table, input.captures, points, answer)) {
    const detail = 'the conversation was under way when the capture began, or began as it ended';
    return { reason: 'cut-by-capture', detail, advice: null };
  }
  const from = sender?.name ?? 'its sender';
  if (expected.encapsulation === 'wireguard' && encrypts(sender, receiver)) {
    const detail = `answers show that ${from} sent it, and it may be in its WireGuard to ${receiver?.name}, which cannot be read here`;
    return { reason: 'encrypted', detail, advice: null };
  }
  const detail = `answers show that ${from} sent it, but it is not in the file: a filter, or one direction only`;
  return { reason: 'not-in-capture', detail, advice: adviceFor(sender) };
}

/** What a capture may have missed at either of its ends. */
const EDGE_SECONDS = 1;
const LONG_SECONDS = 10;
/** In a shorter capture, of at least a second: this part of it, and only the last packets of a conversation. */
const SHORT_EDGE = 0.02;
const LAST_PACKETS = 2;

function edgeOf(duration: number, packets: number): number {
  if (duration >= LONG_SECONDS) return EDGE_SECONDS;
  return duration >= 1 && packets <= LAST_PACKETS ? duration * SHORT_EDGE : 0;
}

/** Whether all answers came within moments of the beginning, or of the end, of a capture (all its pieces) that goes on for much longer. */
function isAtEdge(table: FlowTable, captures: readonly CaptureCounters[], points: Points, answer: number): boolean {
  return seenIn(table, points, answer).every(({ ring, packets, first, last }) => {
    const spans = (points.rings.rings[ring] ?? [])
      .map((piece) => spanOf(captures[piece]))
      .filter((span) => span !== null);
    const start = smallestOf(spans.map((span) => span.first));
    const end = largestOf(spans.map((span) => span.last));
    const edge = edgeOf(end - start, packets);
    return edge > 0 && (last <= start + edge || first >= end - edge);
  });
}

/** What one place saw of a flow, in all pieces of its capture. */
interface SeenPart {
  ring: number;
  packets: number;
  first: number;
  last: number;
}

function seenIn(table: FlowTable, { all, ofLink, rings: { ringOf } }: Points, flow: number): SeenPart[] {
  const { rows } = table;
  const parts = new Map<string, SeenPart>();
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    const link = table.linkOf(row);
    const point = all[ofLink[link] ?? -1];
    const ring = ringOf[table.links.captureOf(link)] ?? 0;
    const key = [ring, table.tunnelOf(row), point?.role, point?.interface, point?.index].join();
    const first = toSeconds({ seconds: rows.firstSeconds(row), nanos: rows.firstNanos(row) });
    const last = toSeconds({ seconds: rows.lastSeconds(row), nanos: rows.lastNanos(row) });
    const known = parts.get(key) ?? { ring, packets: 0, first, last };
    known.packets += rows.packets(row);
    known.first = Math.min(known.first, first);
    known.last = Math.max(known.last, last);
    parts.set(key, known);
  }
  return [...parts.values()];
}
