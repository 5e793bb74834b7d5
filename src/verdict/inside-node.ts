// Packets that a node's own tunnel device swallows (calico-facts 10.5 to 10.8): captured on vxlan.calico but never on the
// NIC, or addressed to another host's VTEP. Needs both places of one node, as `-i any` has them.
import { isBefore, type SeenObservation } from '../attribution/observe.ts';
import type { Point, Points } from '../attribution/points.ts';
import type { Expected } from '../attribution/types.ts';
import type { Who } from '../attribution/who.ts';
import type { CaptureCounters } from '../flow/capture-counters.ts';
import type { FlowTable } from '../flow/table.ts';
import type { RawFinding } from './judge.ts';
import { nameOf } from './rules.ts';

export interface InsideNode {
  /** Findings of one flow. */
  of(input: InsideInput): RawFinding[];
}

export interface InsideInput {
  src: Who;
  dst: Who;
  expected: Expected;
  observations: readonly SeenObservation[];
}

/** One packet may have been on its way when the capture ended. */
const ENOUGH_PACKETS = 2;
/** Cooked packet type of frames for another host (calico-facts 6). */
const TO_SOMEONE_ELSE = 3;

export function insideNode(table: FlowTable, points: Points, captures: readonly CaptureCounters[]): InsideNode {
  const nics = nicsThatShowTunnels(table, points);
  return {
    of: (input) => [missingFdb(input, nics, captures), notForThisHost(input, table)].filter((f) => f !== null),
  };
}

/** NIC points where a node's own VXLAN packets were seen: a filter or one-sided capture would hide the others alike. */
function nicsThatShowTunnels(table: FlowTable, points: Points): Set<Point> {
  const found = new Set<Point>();
  for (let row = 0; row < table.columns.count; row++) {
    const point = points.all[points.ofLink[table.columns.link[row] ?? 0] ?? -1];
    if (point?.role !== 'underlay' || point.topologyNode === null || found.has(point)) continue;
    const { encapsulation, outerSrc } = table.tunnels.record(table.columns.tunnel[row] ?? 0);
    if (encapsulation === 'vxlan' && point.topologyNode.addresses.some((a) => a.address === outerSrc)) found.add(point);
  }
  return found;
}

function missingFdb(
  { src, dst, expected, observations }: InsideInput,
  nics: ReadonlySet<Point>,
  captures: readonly CaptureCounters[],
): RawFinding | null {
  if (expected.encapsulation !== 'vxlan' || src.node === null) return null;
  const onTunnel = observations.find(
    (o) => o.pointInfo.role === 'tunnel' && o.pointInfo.topologyNode === src.node && o.packets >= ENOUGH_PACKETS,
  );
  if (onTunnel === undefined || observations.some((o) => o.pointInfo.role === 'underlay')) return null;
  const covering = [...nics].find((p) => p.topologyNode === src.node && covers(captures[p.capture], onTunnel));
  if (covering === undefined) return null;
  const message = `${nameOf(src)} to ${nameOf(dst)}: ${onTunnel.packets} packets on ${src.node.name}'s tunnel device, none on its NIC: no FDB entry for ${onTunnel.innerDstMac ?? 'the inner MAC'}`;
  return { code: 'missing-fdb-entry', message: message.replace(' for the inner MAC', ''), seen: onTunnel };
}

function covers(capture: CaptureCounters | undefined, seen: SeenObservation): boolean {
  if (capture?.first == null || capture.last === null) return false;
  return !isBefore(seen.firstMoment, capture.first) && !isBefore(capture.last, seen.lastMoment);
}

function notForThisHost({ src, dst, observations }: InsideInput, table: FlowTable): RawFinding | null {
  const seen = observations.find(
    (o) =>
      o.pointInfo.role === 'tunnel' &&
      o.rows.some((row) => table.links.record(table.columns.link[row] ?? 0).packetType === TO_SOMEONE_ELSE),
  );
  if (seen === undefined) return null;
  const where = seen.pointInfo.node ?? 'a node';
  const message = `${nameOf(src)} to ${nameOf(dst)} arrived on ${where}'s tunnel device addressed to another VTEP's MAC: dropped there (stale FDB or neighbour entry at the sender)`;
  return { code: 'not-for-this-host', message, seen };
}
