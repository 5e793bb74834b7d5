// NICs whose silence tells: a node's own VXLAN packets were seen there, none of them was cut off before it could be read whose it is, and
// nothing suggests that only those of one other machine were let through (`host 10.20.0.21`).

import type { Points } from '../../attribution/points/points.ts';
import type { Point } from '../../attribution/points/points-input.ts';
import type { Who } from '../../attribution/who/who.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { formatIPv4 } from '../../net/ip.ts';
import type { Node } from '../../topology/model.ts';
import { hidesFlows } from '../flow/cut-off.ts';

export interface TellingNic {
  point: Point;
  /** Whether packets of IPv4 or IPv6, as text of their addresses, were cut off there before it could be read whose they are. */
  hides: { v4: boolean; v6: boolean };
  /** Addresses of other machines that every packet there has at one end: a filter may have asked for one of them. */
  common: ReadonlySet<string>;
  /** Where the node's own tunnel packets went, outer addresses. */
  sentTo: ReadonlySet<string>;
}

/**
 * The NICs that showed VXLAN packets of their own node: a filter by protocol, or a capture of what comes in, would hide the others alike.
 * @param tunnelPorts UDP ports of the cluster's VXLAN
 */
export function tellingNics(table: FlowTable, points: Points, tunnelPorts: ReadonlySet<number>): TellingNic[] {
  const nics = new Map<Point, Nic>();
  const nicOf = (link: number): Nic | null => {
    const point = points.all[points.ofLink[link] ?? -1];
    if (point?.role !== 'underlay' || point.topologyNode === null) return null;
    const known = nics.get(point) ?? newNic(point, point.topologyNode);
    nics.set(point, known);
    return known;
  };
  for (let row = 0; row < table.rows.count; row++) {
    const nic = nicOf(table.linkOf(row));
    if (nic !== null) addRow(nic, table, row, tunnelPorts);
  }
  for (const { link, sender, target } of table.arp.pairs())
    addEnds(nicOf(link), [formatIPv4(sender), formatIPv4(target)]);
  return [...nics.values()].filter(({ isOpen }) => isOpen);
}

/** Whether a NIC of the sender would have shown packets on their way to `to`. */
export function wouldHave({ hides, common }: TellingNic, to: Who): boolean {
  if (isIpv6(to.owner.address) ? hides.v6 : hides.v4) return false;
  const theirs = to.node?.addresses ?? [];
  return [...common].every((address) => theirs.some((one) => one.address === address));
}

interface Nic extends TellingNic {
  common: Set<string>;
  sentTo: Set<string>;
  own: ReadonlySet<string>;
  /** Frames have gone by already: `common` is what they have in common. */
  isShown: boolean;
  isOpen: boolean;
}

function newNic(point: Point, node: Node): Nic {
  const own = new Set(node.addresses.map(({ address }) => address));
  const hides = { v4: false, v6: false };
  return { point, hides, common: new Set(), sentTo: new Set(), own, isShown: false, isOpen: false };
}

function addRow(nic: Nic, table: FlowTable, row: number, tunnelPorts: ReadonlySet<number>): void {
  const { rows } = table;
  const flow = rows.flow(row);
  const tunnel = table.tunnels.record(table.tunnelOf(row));
  const outer = tunnel.outerSrc ?? table.sourceOf(flow);
  addEnds(nic, [outer, tunnel.outerDst ?? table.destinationOf(flow)]);
  if (!nic.own.has(outer)) return;
  // each family of addresses is carried in its own
  if (hidesFlows(table, row, tunnel, tunnelPorts)) nic.hides[isIpv6(outer) ? 'v6' : 'v4'] = true;
  if (tunnel.encapsulation !== 'vxlan' || rows.overheadBytes(row) === 0) return;
  nic.isOpen = true;
  if (tunnel.outerDst !== null) nic.sentTo.add(tunnel.outerDst);
}

function addEnds(nic: Nic | null, ends: readonly string[]): void {
  if (nic === null) return;
  const others = ends.filter((address) => !nic.own.has(address));
  nic.common = new Set(nic.isShown ? others.filter((address) => nic.common.has(address)) : others);
  nic.isShown = true;
}

function isIpv6(address: string): boolean {
  return address.includes(':');
}
