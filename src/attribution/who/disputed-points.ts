// Places whose node only a pod told, once packets elsewhere show that the snapshot has that pod's address on another node.

import { addUnder } from '../../net/multi-map.ts';
import type { Point } from '../points/points-input.ts';
import type { Directory } from './who.ts';

/** Takes the node back from such points: neither the snapshot's node nor the packets' can be trusted alone. */
export function unnameDisputed(points: readonly Point[], who: Directory): void {
  const told = new Map<string, Point[]>();
  for (const point of points) if (point.pod !== null) addUnder(told, point.pod, point);
  if (told.size === 0) return;
  for (let person = 0; person < who.count; person++) {
    const { dispute, owner } = who.whoOf(person);
    if (dispute === null) continue;
    for (const point of told.get(owner.address) ?? []) unname(point);
  }
}

function unname(point: Point): void {
  const but = 'but its packets show another node';
  point.evidence = point.evidence.map((one) =>
    one.source === 'company' ? { source: 'contradiction', detail: `${one.detail}, ${but}` } : one,
  );
  point.node = null;
  point.topologyNode = null;
  point.pod = null;
}
