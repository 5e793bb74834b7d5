// Packets that a loop put where they were seen: the same ones with fewer hops left, or sent out again by the node that they had come to.
// They do not tell how their sender sent them.

import type { SeenObservation } from '../../attribution/observe.ts';
import type { Points } from '../../attribution/points/points.ts';
import type { Who } from '../../attribution/who/who.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { PACKET_TYPE } from '../../flow/frame-records.ts';
import { circles } from '../../flow/rows/circles.ts';
import { largestOf, smallestOf } from '../../net/extremes.ts';

/**
 * The underlay observations of a flow that its sender is not answerable for. Never the one with most hops left, unless it goes in a circle
 * and came to the sender: what had let it out before is not in the capture.
 */
export function returnedOf(
  { table, points: { rings } }: { table: FlowTable; points: Pick<Points, 'rings'> },
  { src, dst }: { src: Who; dst: Who },
  observations: readonly SeenObservation[],
): readonly SeenObservation[] {
  const underlay = observations.filter(({ pointInfo }) => pointInfo.role === 'underlay');
  if (underlay.length < 2) return [];
  const highest = (seen: SeenObservation): number => largestOf(seen.rows.map((row) => table.rows.ttlMax(row)));
  // also where a place, or a piece of a capture, shows too few turns to tell
  const turns = observations.some((seen) => isInCircle(table, seen));
  const others = underlay.filter((seen) => !(turns && hasComeTo(table, src, seen)));
  const rest = new Set(others.length === 0 ? underlay : others);
  const first = largestOf([...rest].map(highest));
  return underlay.filter(
    (seen) =>
      !rest.has(seen) ||
      (highest(seen) < first &&
        (turns ||
          isSentByReceiver(table, dst, seen) ||
          isSentOn(table, seen, underlay) ||
          isForwarded(table, rings, seen, underlay))),
  );
}

/** Whether of flows that were seen on these ways some may have been sent on by a machine that they came to: packets and hop limits tell which. */
export function mayBeForwarded(table: FlowTable, observations: readonly SeenObservation[]): boolean {
  const underlay = observations.filter(({ pointInfo }) => pointInfo.role === 'underlay');
  const linkOf = (row: number) => table.links.record(table.linkOf(row));
  const receivers = new Set(underlay.flatMap(({ rows }) => rows.map((row) => linkOf(row).dst)));
  return underlay.some(({ rows }) =>
    rows.every((row) => {
      const { src } = linkOf(row);
      return src !== null && receivers.has(src);
    }),
  );
}

/** Whether nothing was seen of a flow but packets in a circle, away from its sender or back at it; or that came back to it and found nobody; or that its receiver let out. */
export function isOnlyInCircle(
  table: FlowTable,
  { src, dst }: { src: Who; dst: Who },
  observations: readonly SeenObservation[],
): boolean {
  const underlay = observations.filter(({ pointInfo }) => pointInfo.role === 'underlay');
  if (underlay.length === 0) return false;
  if (src.node !== null && src.node === dst.node) return underlay.every((seen) => cameBack(table, dst, seen));
  // another node's, sent by the one that it is for: were one of them elsewhere, so would both have to be
  if (src.node !== null && underlay.every((seen) => isSentByReceiver(table, dst, seen))) return true;
  return underlay.every(
    (seen) =>
      isInCircle(table, seen) &&
      (src.node === null || seen.pointInfo.topologyNode !== src.node || hasComeTo(table, src, seen)),
  );
}

function isInCircle({ rows }: Pick<FlowTable, 'rows'>, seen: SeenObservation): boolean {
  return seen.rows.some((row) => circles(rows, row));
}

/** Frames that left the NIC of the node that they were for. */
function isSentByReceiver(table: FlowTable, { node }: Who, { pointInfo, rows }: SeenObservation): boolean {
  if (node === null || pointInfo.topologyNode !== node) return false;
  return rows.some((row) => wasSent(table, row, pointInfo.mac));
}

/** Frames that came to the NIC of their sender's node. */
function hasComeTo(table: FlowTable, { node }: Who, { pointInfo, rows }: SeenObservation): boolean {
  return node !== null && pointInfo.topologyNode === node && rows.every((row) => hasCome(table, row, pointInfo.mac));
}

/** Frames that left the NIC of a node to which they had come before, with more hops left: it is not their sender. */
function isSentOn(table: FlowTable, { pointInfo, rows }: SeenObservation, all: readonly SeenObservation[]): boolean {
  const { mac, topologyNode } = pointInfo;
  if (topologyNode === null || !rows.every((row) => wasSent(table, row, mac))) return false;
  const highest = largestOf(rows.map((row) => table.rows.ttlMax(row)));
  return all.some(
    (one) =>
      one.pointInfo.topologyNode === topologyNode &&
      one.rows.some((row) => hasCome(table, row, mac) && table.rows.ttlMin(row) > highest),
  );
}

/**
 * The very packets that came to a MAC and left from it with fewer hops left, whoever has it: that machine is not their sender. Of one NIC
 * nothing else does that; where frames of several are there, the packets must be the same.
 */
function isForwarded(
  table: FlowTable,
  { mixed }: Points['rings'],
  seen: SeenObservation,
  all: readonly SeenObservation[],
): boolean {
  const { rows, overlaps, links } = table;
  const isOfOneNic = (a: number, b: number): boolean => {
    const [capture, other] = [a, b].map((row) => links.captureOf(table.linkOf(row)));
    return capture === other && mixed[capture ?? -1] === false;
  };
  return seen.rows.every((row) =>
    cameTo(table, row, all).some(
      (other) => rows.ttlMin(other) > rows.ttlMax(row) && (overlaps.overlap(other, row) || isOfOneNic(other, row)),
    ),
  );
}

/** Rows of frames for the MAC that a row's frames came from. */
function cameTo(table: FlowTable, row: number, all: readonly SeenObservation[]): number[] {
  const { src } = table.links.record(table.linkOf(row));
  if (src === null) return [];
  return all.flatMap(({ rows }) => rows.filter((other) => table.links.record(table.linkOf(other)).dst === src));
}

/** Frames that the node they were for let out and got again, with a hop less; nobody answered them. */
function cameBack(table: FlowTable, dst: Who, seen: SeenObservation): boolean {
  const [first = -1] = seen.rows;
  if (!isSentByReceiver(table, dst, seen) || table.reverseOf(table.rows.flow(first)) >= 0) return false;
  const { mac } = seen.pointInfo;
  const lowest = smallestOf(seen.rows.filter((row) => wasSent(table, row, mac)).map((row) => table.rows.ttlMin(row)));
  return seen.rows.some((row) => hasCome(table, row, mac) && table.rows.ttlMax(row) < lowest);
}

/** Whether the frames of a row went out of the device that has this MAC; a cooked header says so by itself. */
export function wasSent(table: FlowTable, row: number, mac: string | null): boolean {
  const { src, packetType } = table.links.record(table.linkOf(row));
  return packetType === null ? mac !== null && src === mac : packetType === PACKET_TYPE.outgoing;
}

/** Whether they came in by it, for this host. */
export function hasCome(table: FlowTable, row: number, mac: string | null): boolean {
  const { dst, packetType } = table.links.record(table.linkOf(row));
  return packetType === null ? mac !== null && dst === mac : packetType === PACKET_TYPE.toUs;
}
