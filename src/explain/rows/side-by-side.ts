// The side-by-side table: what stands in the outer and in the inner header, each value with its meaning. One column for a
// plain packet.
import type { Column, Row, Side } from '../explanation.ts';
import { type Scene, shownSides, sideLayers } from '../packet-facts.ts';
import { arpRows, linkRows } from './link-rows.ts';
import { networkRows } from './network-rows.ts';
import { transportRows, tunnelRows } from './transport-rows.ts';

export interface Table {
  columns: Column[];
  rows: Row[];
}

export function tableOf(scene: Scene): Table {
  const sides = shownSides(scene);
  const headers = sides.map((side) => sideLayers(scene, side));
  return {
    columns: sides.map((side) => ({ side, title: columnTitle(scene, side) })),
    rows: [
      ...linkRows(scene, headers),
      ...arpRows(scene, headers),
      ...networkRows(scene, headers),
      ...transportRows(scene, headers),
      ...tunnelRows(scene, headers),
    ],
  };
}

function columnTitle(scene: Scene, side: Side): string {
  switch (side) {
    case 'outer':
      return 'OUTER: node to node';
    case 'inner':
      return `INNER: ${kindOf(scene, 'src')} to ${kindOf(scene, 'dst')}`;
    default:
      return scene.walked.first > 0 ? 'THE PACKET: a mirrored copy' : 'THE PACKET: no tunnel around it';
  }
}

function kindOf({ flow }: Scene, end: 'src' | 'dst'): string {
  const kind = flow?.[end].kind;
  if (kind === undefined) return 'end';
  return { pod: 'pod', tunnel: 'node', node: 'node', service: 'service', external: 'outside', unknown: 'end' }[kind];
}
