// Packets that a node's own tunnel device swallows (calico-facts 10.5 to 10.8): captured on it but never on the
// NIC, or addressed to another host's VTEP. Needs both places of one node, as `-i any` has them.

import type { KeptOut } from '../../attribution/filter/kept-out.ts';
import type { SeenObservation } from '../../attribution/observe.ts';
import { hasDrops } from '../../attribution/points/drops.ts';
import type { Points } from '../../attribution/points/points.ts';
import type { Expected } from '../../attribution/vocabulary.ts';
import type { Who } from '../../attribution/who/who.ts';
import { type Profile, vxlanDevice } from '../../cluster/profile.ts';
import { showFdb, showNeighbours } from '../../cluster/show-commands.ts';
import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { formatIPv4 } from '../../net/ip.ts';
import { isBefore } from '../../net/time.ts';
import type { Node } from '../../topology/model.ts';
import type { MayHide } from '../delivery/hidden-places.ts';
import { type TellingNic, tellingNics, wouldHave } from '../delivery/telling-nics.ts';
import type { Unverified } from '../trace-types.ts';
import type { RawFinding } from './judgement.ts';
import { nameOf } from './rules.ts';

export interface InsideNode {
  /** Packets that a tunnel device dropped as addressed to another one: told by where they were seen. */
  misplaced(input: Omit<InsideInput, 'flow'>): RawFinding[];
  /** Packets on a tunnel device that its node's NIC never had: told flow by flow. */
  missing(input: InsideInput): RawFinding[];
  /**
   * Set when packets were seen on a tunnel device and not on its node's NIC, which was captured too.
   * @param unanswered whether these were requests that got no answer: answers show that they did leave.
   */
  notOnNic(input: InsideInput, unanswered: boolean): Unverified | null;
  /** Whether a NIC of the node was captured that shows tunnel packets. */
  hasNic(node: Node | null): boolean;
}

export interface InsideInput {
  flow: number;
  src: Who;
  dst: Who;
  expected: Expected;
  observations: readonly SeenObservation[];
}

/** One packet may have been on its way when the capture ended. */
const ENOUGH_PACKETS = 2;
const UDP = 17;
/** Cooked packet type of frames for another host (calico-facts 6). */
const TO_SOMEONE_ELSE = 3;

export interface InsideOptions {
  table: FlowTable;
  points: Points;
  captures: readonly CaptureCounters[];
  profile: Profile;
  /** UDP ports of the cluster's VXLAN. */
  tunnelPorts: ReadonlySet<number>;
  mayHide: MayHide;
  keptOut: KeptOut;
}

export function insideNode({
  table,
  points,
  captures,
  profile,
  tunnelPorts,
  mayHide,
  keptOut,
}: InsideOptions): InsideNode {
  const nics = tellingNics(table, points, tunnelPorts);
  const places: Places = {
    nics,
    unanswered: unansweredAddresses(table),
    cutOff: cutOffPairs(table, points),
    table,
    profile,
    mayHide,
    keptOut,
  };
  return {
    misplaced: (input) => [notForThisHost(input, table)].filter((f) => f !== null),
    missing: (input) => [missingFdb(input, places, captures)].filter((f) => f !== null),
    hasNic: (node) => node !== null && nics.some(({ point }) => point.topologyNode === node),
    notOnNic: (input, unanswered) => (unanswered ? neverOnNic(input, places, captures) : null),
  };
}

interface Places {
  nics: readonly TellingNic[];
  /** Addresses that were asked for by ARP and never answered. */
  unanswered: ReadonlySet<string>;
  /** Ends of flows on NICs whose ports the snaplen cut off: any flow between them may be there. */
  cutOff: ReadonlySet<string>;
  table: FlowTable;
  profile: Profile;
  mayHide: MayHide;
  keptOut: KeptOut;
}

function cutOffPairs(table: FlowTable, points: Points): Set<string> {
  const found = new Set<string>();
  for (let flow = 0; flow < table.flowCount; flow++) {
    if (table.destinationPortOf(flow) !== null) continue;
    for (let row = table.firstRow(flow); row >= 0; row = table.rows.next(row)) {
      if (points.all[points.ofLink[table.linkOf(row)] ?? -1]?.role === 'underlay')
        found.add(pairOf(table.sourceOf(flow), table.destinationOf(flow)));
    }
  }
  return found;
}

function pairOf(src: string, dst: string): string {
  return `${src} ${dst}`;
}

function unansweredAddresses(table: FlowTable): Set<string> {
  const pairs = [...table.arp.pairs()];
  const heard = new Set(pairs.map((p) => p.sender));
  return new Set(pairs.filter((p) => p.operation === 1 && !heard.has(p.target)).map((p) => formatIPv4(p.target)));
}

/** On a tunnel device the frame's own destination MAC is the inner one. */
function linkDestination(seen: SeenObservation, table: FlowTable): string | null {
  const [row] = seen.rows;
  return row === undefined ? null : table.links.record(table.linkOf(row)).dst;
}

/** What the sender's own VXLAN device had of a flow that no NIC had. */
function onOwnTunnel(
  { src, dst, expected, observations }: InsideInput,
  { cutOff, table }: Pick<Places, 'cutOff' | 'table'>,
): SeenObservation | undefined {
  const from = src.node;
  if (cutOff.has(pairOf(src.owner.address, dst.owner.address))) return undefined;
  if (expected.encapsulation !== 'vxlan' || from === null) return undefined;
  if (observations.some((o) => o.pointInfo.role === 'underlay')) return undefined;
  return observations.find(
    (o) =>
      o.pointInfo.role === 'tunnel' &&
      o.pointInfo.topologyNode === from &&
      o.packets >= ENOUGH_PACKETS &&
      hasLinkAddress(o, table),
  );
}

/** Devices of IP-in-IP and WireGuard have none: what is seen there has no VTEP to go to. */
function hasLinkAddress({ rows: [row] }: SeenObservation, table: FlowTable): boolean {
  return row !== undefined && table.links.record(table.linkOf(row)).src !== null;
}

function missingFdb(
  input: InsideInput,
  { nics, unanswered, cutOff, table, mayHide, keptOut }: Places,
  captures: readonly CaptureCounters[],
): RawFinding | null {
  const { src, dst } = input;
  const from = src.node;
  const onTunnel = onOwnTunnel(input, { cutOff, table });
  if (from === null || onTunnel === undefined) return null;
  if (dst.node?.addresses.some((a) => unanswered.has(a.address))) return null;
  const mac = onTunnel.innerDstMac ?? linkDestination(onTunnel, table);
  const notInTable = from.has.fdb && mac !== null && !from.fdb.some((entry) => entry.mac === mac);
  const nicSilent = nics.some(
    (nic) =>
      nic.point.topologyNode === from &&
      wouldHave(nic, dst) &&
      covers(captures[nic.point.capture], onTunnel) &&
      !mayHide(nic.point, input, true) &&
      !mayHaveOwnPort(keptOut, nic, from, dst.node),
  );
  if (!notInTable && !nicSilent) return null;
  const why = notInTable ? `${from.name}'s FDB has no entry for ${mac}` : 'the kernel found no VTEP for the inner MAC';
  const message = `${nameOf(src)} to ${nameOf(dst)}: ${onTunnel.packets} packets on ${from.name}'s tunnel device, none on its NIC: ${why}`;
  return { code: 'missing-fdb-entry', message, seen: onTunnel };
}

/**
 * Whether a filter may have kept out of a NIC what a device sends to a node: what goes to others there need not have the same port, an FDB
 * entry may have its own (`bridge fdb append .. port`).
 */
function mayHaveOwnPort(keptOut: KeptOut, nic: TellingNic, from: Node, to: Node | null): boolean {
  const addressesOf = (node: Node | null): string[] => (node?.addresses ?? []).map(({ address }) => address);
  const [destination = '', ...more] = addressesOf(to);
  if ([destination, ...more].some((address) => nic.sentTo.has(address))) return false;
  const [source = '', ...others] = addressesOf(from);
  const ends = [source, destination, ...others, ...more];
  return keptOut.mayLack(nic.point.capture, { protocol: UDP, ends, ports: [] });
}

/** The two captures need not have begun together, so that this is no finding yet. */
function neverOnNic(
  input: InsideInput,
  { nics, cutOff, profile, table, mayHide }: Places,
  captures: readonly CaptureCounters[],
): Unverified | null {
  const { src, dst } = input;
  const inside = onOwnTunnel(input, { cutOff, table }) ?? onOwnVeth(input, cutOff);
  const place = inside === undefined ? undefined : captures[inside.capture];
  const nic = nics.find(
    (one) =>
      one.point.topologyNode === src.node &&
      wouldHave(one, dst) &&
      overlap(captures[one.point.capture], place) &&
      !mayHide(one.point, input, inside?.pointInfo.role === 'tunnel'),
  );
  if (inside === undefined || nic === undefined || src.node === null) return null;
  const what = inside.pointInfo.role === 'tunnel' ? `${src.node.name}'s tunnel device` : "the pod's veth";
  const detail = `${inside.packets} unanswered packets on ${what}, none on ${src.node.name}'s NIC, which was captured too`;
  const device = vxlanDevice(profile, 4);
  const advice = `${src.node.name}$ ip route get ${dst.owner.address}; ${showNeighbours(device)}; ${showFdb(device)}`;
  return { reason: 'not-on-nic', detail, advice };
}

/** What a pod's own veth had of a flow that was seen nowhere else. */
function onOwnVeth(
  { src, dst, expected, observations }: InsideInput,
  cutOff: Places['cutOff'],
): SeenObservation | undefined {
  if (cutOff.has(pairOf(src.owner.address, dst.owner.address)) || expected.encapsulation !== 'vxlan') return undefined;
  if (src.node === null || observations.some(({ pointInfo }) => pointInfo.role !== 'workload')) return undefined;
  return observations.find(
    ({ pointInfo, packets }) => pointInfo.topologyNode === src.node && packets >= ENOUGH_PACKETS,
  );
}

function overlap(a: CaptureCounters | undefined, b: CaptureCounters | undefined): boolean {
  if (a?.first == null || a.last === null || b?.first == null || b.last === null || hasDrops(a)) return false;
  return !isBefore(a.last, b.first) && !isBefore(b.last, a.first);
}

/** Whether the NIC was being captured while some of these packets were seen. */
function covers(capture: CaptureCounters | undefined, seen: SeenObservation): boolean {
  if (capture?.first == null || capture.last === null || hasDrops(capture)) return false;
  return !isBefore(capture.last, seen.firstMoment) && !isBefore(seen.lastMoment, capture.first);
}

function notForThisHost({ src, dst, observations }: Omit<InsideInput, 'flow'>, table: FlowTable): RawFinding | null {
  const seen = observations.find(
    (o) =>
      o.pointInfo.role === 'tunnel' &&
      o.rows.some((row) => table.links.record(table.linkOf(row)).packetType === TO_SOMEONE_ELSE),
  );
  if (seen === undefined) return null;
  const where = seen.pointInfo.node ?? 'a node';
  const message = `${nameOf(src)} to ${nameOf(dst)} arrived on ${where}'s tunnel device addressed to another VTEP's MAC: dropped there (stale FDB or neighbour entry at the sender)`;
  return { code: 'not-for-this-host', message, seen };
}
