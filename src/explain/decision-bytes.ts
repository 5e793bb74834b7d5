// Which bytes of the packet a line of the sender's tables became, with their values: taken from the packet itself.

import { WORKLOAD_MAC } from '../cluster/calico.ts';
import type { Became } from './explanation.ts';
import { type Scene, type SideLayers, sideLayers } from './packet-facts.ts';
import { fieldOf, spanOf } from './rows/field-cells.ts';

export type Table = 'pool' | 'route' | 'neighbour' | 'fdb' | 'device' | 'next-hop';

/** Empty where the table leaves no bytes (the pool), or where they are not in this packet (yet). */
export function becameOf(scene: Scene, table: Table): Became[] {
  switch (scene.walked.encapsulation) {
    case 'vxlan':
      return vxlanBytes(scene, table);
    case 'ipip':
      return ipipBytes(scene, table);
    case 'none':
      return plainBytes(scene, table);
    default:
      return table === 'next-hop' ? bytesOf(sideLayers(scene, 'outer'), [['link', 'eth.dst']]) : [];
  }
}

function vxlanBytes(scene: Scene, table: Table): Became[] {
  const outer = sideLayers(scene, 'outer');
  const inner = sideLayers(scene, 'inner');
  const ip = outer.ip?.protocol === 'ipv6' ? 'ipv6' : 'ip';
  switch (table) {
    case 'neighbour':
      return bytesOf(inner, [['link', 'eth.dst']]);
    case 'fdb':
      return bytesOf(outer, [['ip', `${ip}.dst`]]);
    case 'device':
      return [
        ...bytesOf(outer, [
          ['tunnel', 'vxlan.vni'],
          ['ip', `${ip}.src`],
          ['upper', 'udp.dstport'],
        ]),
        ...bytesOf(inner, [['link', 'eth.src']]),
      ];
    case 'next-hop':
      return bytesOf(outer, [['link', 'eth.dst']]);
    default:
      return [];
  }
}

function ipipBytes(scene: Scene, table: Table): Became[] {
  const outer = sideLayers(scene, 'outer');
  if (table === 'route') return bytesOf(outer, [['ip', 'ip.dst']]);
  return table === 'next-hop' ? bytesOf(outer, [['link', 'eth.dst']]) : [];
}

/** On the tunnel device the neighbour's MAC is there already; on a NIC or veth the next hop's. */
function plainBytes(scene: Scene, table: Table): Became[] {
  const only = sideLayers(scene, 'only');
  const { place, sender, receiver } = scene;
  const expected = scene.flow?.expected.encapsulation;
  if (place.role === 'tunnel' && expected === 'vxlan') {
    if (table === 'neighbour') return bytesOf(only, [['link', 'eth.dst']]);
    if (table !== 'device') return [];
    return bytesOf(only, [['link', only.link?.protocol === 'sll' ? 'sll.src.eth' : 'eth.src']]);
  }
  if (table !== 'next-hop') return [];
  // on the sender's own veth the frame is still addressed to the node
  const left = place.role === 'underlay' || (place.role === 'workload' && sender === receiver && isLeaving(only));
  return left ? bytesOf(only, [['link', 'eth.dst']]) : [];
}

/** A frame from the node to a pod: the host side of the veth is its source. */
function isLeaving({ link }: SideLayers): boolean {
  return fieldOf(link, 'eth.src')?.value === WORKLOAD_MAC;
}

type Part = 'link' | 'ip' | 'upper' | 'tunnel';

function bytesOf(side: SideLayers, wanted: readonly (readonly [Part, string])[]): Became[] {
  return wanted.flatMap(([part, name]) => {
    const layer = side[part];
    const field = fieldOf(layer, name);
    if (layer === null || field === null) return [];
    return [{ field: name, value: field.text, side: side.side, ...spanOf(layer, field) }];
  });
}
