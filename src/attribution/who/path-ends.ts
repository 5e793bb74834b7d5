// Which nodes the frames of each path came from and went to: by the outer header, or by the NICs' MACs (calico-facts 6.1).

import type { FlowTable } from '../../flow/flow-table.ts';
import { PACKET_TYPE } from '../../flow/frame-records.ts';
import type { Node } from '../../topology/model.ts';
import type { PathFacts } from '../path-facts.ts';
import { isRoutedOnce } from '../points/link-facts.ts';
import type { Points } from '../points/points.ts';
import type { AddressBook } from './address-book.ts';
import { ownMacs } from './own-macs.ts';

/** Which nodes the frames of each path name as their ends; nulls beside the underlay and in tunnels that are not the cluster's. */
export interface PathEnds {
  from: (Node | null)[];
  to: (Node | null)[];
  /** Where it was captured. */
  here: (Node | null)[];
  /** Of the underlay, without a tunnel. */
  plain: Uint8Array;
}

/** The ends of every path, by its number. */
export function pathEnds(table: FlowTable, points: Points, facts: PathFacts, book: AddressBook): PathEnds {
  const { paths, links, tunnels } = table;
  const own = ownMacs(table, points);
  const nodeOf = (mac: string | null): Node | null =>
    mac === null ? null : (points.macs.nicNode(mac)?.node ?? own.get(mac) ?? null);
  const ends: PathEnds = { from: [], to: [], here: [], plain: new Uint8Array(paths.count) };
  for (let path = 0; path < paths.count; path++) {
    const link = paths.link[path] ?? -1;
    const { outerSrc, outerDst } = tunnels.record(paths.tunnel[path] ?? 0);
    const here = points.all[points.ofLink[link] ?? -1]?.topologyNode ?? null;
    ends.here.push(here);
    if (facts.isUnderlay[path] !== 1 || facts.isStrange[path] === 1) {
      ends.from.push(null);
      ends.to.push(null);
    } else if (outerSrc !== null && outerDst !== null) {
      ends.from.push(book.nodeOf(outerSrc));
      ends.to.push(book.nodeOf(outerDst));
    } else {
      const { src, dst, packetType } = links.record(link);
      ends.plain[path] = 1;
      ends.from.push(nodeOf(src) ?? (packetType === PACKET_TYPE.outgoing ? here : null));
      ends.to.push(nodeOf(dst) ?? (packetType === PACKET_TYPE.toUs ? here : null));
    }
  }
  return ends;
}

/** Plain frames for a MAC that is no known node's, a router's perhaps, or where they came in: nobody knows where they end. */
export function isPlainToAnywhere({ to, here, plain }: PathEnds, path: number): boolean {
  return plain[path] === 1 && (to[path] === null || to[path] === here[path]);
}

/** A plain frame is its sender's own only if its packet was routed once: a node may route for others. */
export function senderOf({ rows }: FlowTable, ends: PathEnds, row: number): Node | null {
  const path = rows.path(row);
  const from = ends.from[path] ?? null;
  if (from === null || ends.plain[path] !== 1) return from;
  const ttl = rows.ttlMax(row);
  return isRoutedOnce(ttl) ? from : null;
}

/** The MAC of one end of a path's frames; empty where they have none. */
export function macOf({ paths, links }: FlowTable, path: number, end: 'src' | 'dst'): string {
  return links.record(paths.link[path] ?? 0)[end] ?? '';
}
