// Sent and arrived: with captures of both ends, what one node's NIC sent and the other's received, only inside the time
// that both cover. Super-frames and fragments are no loss: where segment sizes differ, bytes are compared, not packets.

import { type CountInput, countFlow } from '../attribution/count-flow.ts';
import { type PathFacts, pathFacts } from '../attribution/path-facts.ts';
import { captureSets } from '../attribution/points/capture-sets.ts';
import { ringIndexes } from '../attribution/points/point-groups.ts';
import type { Points } from '../attribution/points/points.ts';
import type { CaptureCounters } from '../flow/capture-counters.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import { PACKET_TYPE, type TunnelRecord } from '../flow/frame-records.ts';
import { cutCopies } from '../flow/rows/cut-content.ts';
import { BIT } from '../flow/rows/row-layout.ts';
import type { Node } from '../topology/model.ts';
import type { CommonWindow } from './clocks/common-window.ts';
import type { MayHaveArrived } from './delivery/may-have-arrived.ts';
import { hidesFlows } from './flow/cut-off.ts';
import type { FlowClasses } from './flow-classes.ts';

export interface Arrival {
  /** Packets inside the window at the sender's and at the receiver's NIC. */
  sent: number;
  arrived: number;
  /** Null when it cannot be told: segments were merged or split on the way, and no bytes are missing or they are not known; packets may be copies. */
  lost: boolean | null;
}

const TCP = 6;

interface Side {
  /** Inside the window. */
  sent: number;
  sentBytes: number;
  /** Inside the window and its edges. */
  seen: number;
  seenBytes: number;
  largest: number;
  /** Packets that may be copies of others. */
  doubts: number;
  /** The snaplen left too little of packets without an identification to tell them apart. */
  isBlurred: boolean;
  /** TCP headers were cut off: how many bytes are payload is not known. */
  hidesBytes: boolean;
}

/** Flow of the trace's table -> what was sent and what arrived inside the window. */
export interface Arrivals {
  window: CommonWindow;
  of(flow: number, from: Node | null, to: Node | null): Arrival | null;
}

export interface ArrivalsOptions {
  sameFlow: (flow: number) => number;
  cutShort: ReadonlySet<number>;
  mayHaveArrived: MayHaveArrived;
  isStrange: (tunnel: TunnelRecord) => boolean;
}

/**
 * @param table counted what was inside the window apart
 * @param options.cutShort nodes on whose NICs the snaplen hid whose packets they were
 * @param options.mayHaveArrived whether packets of the trace's flow may have come to a node, and not be in the capture of its NIC
 * @param options.isStrange the test of `strangeTunnels`
 * @param options.sameFlow the table's flow for one of the trace's: they are one table, unless the captures had to be read again
 */
export function arrivalsIn(
  window: CommonWindow,
  table: FlowTable,
  points: Points,
  captures: readonly CaptureCounters[],
  { sameFlow, cutShort, mayHaveArrived, isStrange }: ArrivalsOptions,
): Arrivals {
  const counting = { table, paths: pathFacts(table, points, isStrange), sets: captureSets(points, captures) };
  const covered = new Set(window.nodes.map((n) => n.index).filter((node) => !cutShort.has(node)));
  const hearing = nodesThatHear(table, points);
  // a table that was made for it has no captures but those of the window
  const number = captures.length === window.captures.length ? window.captures : captures.map((_, i) => i);
  const inPartsWith = (from: Node, to: Node): ((capture: number) => boolean) | null => {
    const [one, ...others] = window.parts.filter(({ nodes }) => nodes.includes(from) && nodes.includes(to));
    if (one === undefined) return null;
    // captures beside those of the NICs count in the first part
    if (window.parts.length === 1) return () => true;
    const known = new Set([one, ...others].flatMap((part) => part.captures));
    return (capture) => known.has(number[capture] ?? -1);
  };
  return {
    window,
    of(asked, from, to) {
      if (from === null || to === null || from === to) return null;
      const flow = sameFlow(asked);
      if (flow < 0) return null;
      if (!covered.has(from.index) || !covered.has(to.index) || !hearing.has(to.index)) return null;
      const isThen = inPartsWith(from, to);
      if (isThen === null) return null;
      const arrival = compare(sideOf(counting, flow, from, isThen), sideOf(counting, flow, to, isThen));
      return arrival?.arrived === 0 && mayHaveArrived(asked, from, to) ? null : arrival;
    },
  };
}

/**
 * NICs, by index of their points, on which packets were cut off before it could be read whose they are: what seems to be missing there may be
 * among them.
 */
export function nicsCutShort(
  table: FlowTable,
  paths: PathFacts,
  { of, list }: FlowClasses,
  tunnelPorts: ReadonlySet<number>,
): Set<number> {
  const { rows } = table;
  const nics = new Set<number>();
  for (let flow = 0; flow < table.flowCount; flow++) {
    const isCut = list[of[flow] ?? -1]?.cutOff === true || table.sourcePortOf(flow) === null;
    for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
      const path = rows.path(row);
      const nic = paths.isUnderlay[path] === 1 ? (paths.pointOf[path] ?? -1) : -1;
      const tunnel = paths.tunnel[path];
      if (nic < 0 || tunnel === undefined || nics.has(nic)) continue;
      if (isCut || hidesFlows(table, row, tunnel, tunnelPorts)) nics.add(nic);
    }
  }
  return nics;
}

/** Nodes, by index, that have these NICs. */
export function nodesOf({ all }: Points, nics: ReadonlySet<number>): Set<number> {
  return new Set([...nics].flatMap((nic) => all[nic]?.topologyNode?.index ?? []));
}

/** Nodes on one of whose NICs frames of others were seen: a capture of what a NIC sends shows no arrivals at all. */
function nodesThatHear(table: FlowTable, points: Points): Set<number> {
  const nics = ringIndexes(points);
  const senders = new Map<number, Set<string>>();
  const hearing = new Set<number>();
  for (let i = 0; i < table.links.count; i++) {
    const index = points.ofLink[i] ?? -1;
    const point = points.all[index];
    const node = point?.role === 'underlay' ? point.topologyNode : null;
    const { src, packetType } = table.links.record(i);
    if (node === null || src === null) continue;
    const nic = nics[index] ?? -1;
    const macs = senders.get(nic) ?? new Set();
    senders.set(nic, macs.add(src));
    const sender = points.macs.nicNode(src)?.node ?? null;
    const received = packetType === null ? macs.size > 1 : packetType !== PACKET_TYPE.outgoing;
    if (received || (sender !== null && sender !== node)) hearing.add(node.index);
  }
  return hearing;
}

/** What a node's NICs saw of a flow, each packet once. */
function sideOf(counting: CountInput, flow: number, { index }: Node, isThen: (capture: number) => boolean): Side {
  const { table, paths } = counting;
  const { rows } = table;
  const mayBeCopies = isSeenItself(counting, flow);
  const isHere = (row: number): boolean => {
    const path = rows.path(row);
    const point = paths.point[path];
    if (point?.role !== 'underlay' || !isThen(point.capture) || (mayBeCopies && paths.isStrange[path] === 1))
      return false;
    return point.topologyNode?.index === index;
  };
  const side = {
    sent: 0,
    sentBytes: 0,
    seen: 0,
    seenBytes: 0,
    largest: 0,
    doubts: 0,
    isBlurred: false,
    hidesBytes: false,
  };
  const counted = countFlow(counting, flow, (one) => (isHere(one) ? rows.windows.edgePackets(one) : 0)).rows;
  const here = counted.filter(isHere);
  for (const row of here) {
    side.sent += rows.windows.packets(row);
    side.sentBytes += rows.windows.bytes(row);
    side.seen += rows.windows.edgePackets(row);
    side.seenBytes += rows.windows.edgeBytes(row);
    side.doubts += rows.doubts(row);
    side.isBlurred ||= isBlurred(table, flow, row);
    side.hidesBytes ||= (rows.bits(row) & BIT.headerCut) !== 0;
    side.largest = Math.max(side.largest, rows.windows.edgeLargest(row));
  }
  side.doubts = Math.max(side.doubts, cutCopies(rows, here));
  return side;
}

/**
 * Whether a flow was seen on an underlay as it is or in a tunnel of the cluster: then what another tunnel has of it may be a mirror's
 * copies, which say nothing of what the NIC that they went by sent or received.
 */
export function isSeenItself({ table, paths }: Pick<CountInput, 'table' | 'paths'>, flow: number): boolean {
  for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
    const path = table.rows.path(row);
    if (paths.isUnderlay[path] === 1 && paths.isStrange[path] !== 1) return true;
  }
  return false;
}

/** Of IPv6: segments whose sequence numbers were cut off, and other packets of which anything was. */
function isBlurred(table: FlowTable, flow: number, row: number): boolean {
  if (table.familyOf(flow) === 4) return false;
  const bits = table.rows.bits(row);
  return table.protocolOf(flow) === TCP ? (bits & BIT.sequenceKnown) === 0 : (bits & BIT.truncated) !== 0;
}

function compare(from: Side, to: Side): Arrival | null {
  if (from.sent === 0) return null;
  // what arrived at the edges belongs to packets sent inside only as far as there were that many
  const sameSizes = from.largest === to.largest;
  const counts = { sent: from.sent, arrived: sameSizes ? Math.min(to.seen, Math.max(to.sent, from.sent)) : to.sent };
  if (to.seen === 0) return { ...counts, arrived: 0, lost: true };
  if (from.isBlurred || to.isBlurred) return { ...counts, lost: counts.arrived < counts.sent ? null : false };
  if (sameSizes) return { ...counts, lost: isLess(to, from) };
  const doubtful = from.doubts + to.doubts > 0 || from.hidesBytes || to.hidesBytes;
  return { ...counts, lost: !doubtful && to.seenBytes < from.sentBytes ? true : null };
}

/** Whether fewer arrived than were sent, whatever of both are copies; null where that decides. */
function isLess(to: Side, from: Side): boolean | null {
  if (to.seen < from.sent - from.doubts) return true;
  return to.seen - to.doubts < from.sent ? null : false;
}
