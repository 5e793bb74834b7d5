// What the paths of a table mean, decided once per path: where its frames were seen, and the tunnel they were in.

import type { FlowTable } from '../flow/flow-table.ts';
import type { TunnelRecord } from '../flow/frame-records.ts';
import type { Points } from './points/points.ts';
import type { Point } from './points/points-input.ts';

export interface PathFacts {
  /** Index into `points.all`, -1 where none is known. */
  pointOf: Int32Array;
  /** By path; null without a point. */
  point: (Point | null)[];
  tunnel: TunnelRecord[];
  /** The same for paths that differ in their capture only. */
  way: Int32Array;
  isUnderlay: Uint8Array;
  /** In a tunnel that is none of the cluster's: it tells nothing of pods and modes. */
  isStrange: Uint8Array;
}

/** @param isStrange the test of `strangeTunnels` */
export function pathFacts(
  table: FlowTable,
  points: Points,
  isStrange: (tunnel: TunnelRecord) => boolean = () => false,
): PathFacts {
  const { paths } = table;
  const facts: PathFacts = {
    pointOf: new Int32Array(paths.count).fill(-1),
    point: [],
    tunnel: [],
    way: new Int32Array(paths.count),
    isUnderlay: new Uint8Array(paths.count),
    isStrange: new Uint8Array(paths.count),
  };
  const ways = new Map<string, number>();
  for (let path = 0; path < paths.count; path++) {
    const index = points.ofLink[paths.link[path] ?? -1] ?? -1;
    const point = points.all[index] ?? null;
    facts.pointOf[path] = index;
    facts.point.push(point);
    const tunnel = table.tunnels.record(paths.tunnel[path] ?? 0);
    facts.tunnel.push(tunnel);
    facts.isStrange[path] = isStrange(tunnel) ? 1 : 0;
    const way = [...table.links.wordsInCapture(paths.link[path] ?? 0), paths.tunnel[path]].join();
    if (!ways.has(way)) ways.set(way, ways.size);
    facts.way[path] = ways.get(way) ?? 0;
    facts.isUnderlay[path] = point?.role === 'underlay' ? 1 : 0;
  }
  return facts;
}
