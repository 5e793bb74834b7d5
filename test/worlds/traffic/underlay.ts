// Between two nodes: from NIC to NIC, in a tunnel or plain, over routers where there are some, or to a wrong machine.
import type { Device, WorldNode } from '../cluster/cluster-model.ts';
import { ethernetIp, type IpPacket, ip } from '../frames.ts';
import type { Encapsulation } from './faults.ts';
import {
  crossing,
  type Going,
  gatewayOf,
  HOP,
  note,
  outsideMac,
  passes,
  type Shown,
  see,
  WORKLOAD_MAC,
} from './places.ts';
import { rejectTunnel } from './rejections.ts';
import { type Carried, flowKey, nodeAt } from './scene.ts';

interface Outer {
  outer: IpPacket;
  faulty: boolean;
  carried: Carried;
  overhead: number;
  time: number;
}

/** A node's own packet to another one, over routers where there are some. */
export function underlay(
  going: Going,
  from: WorldNode,
  to: WorldNode,
  { outer, faulty, carried, overhead, time }: Outer,
): void {
  const { scene, packet } = going;
  // what WireGuard carries is nobody's to see: the packet counts for the outer flow only
  const hidden = carried === 'wireguard';
  const flow = hidden ? flowKey(outer) : flowKey(packet);
  if (hidden) note({ ...going, asks: false, kind: 'wireguard' }, outer, null, null, false);
  const common = { role: 'nic', carried, faulty, overhead, flow } as const;
  const packetBy = (routers: number): Buffer => ip(outer, 64 - routers);
  const { sent, received } = crossing(scene, from, to, packetBy, nextHopOf(going, from, to));
  see(going, from, from.nic, { ...common, frame: sent, outgoing: true, time });
  if (!passes(going, 'wire', { from, to }, true)) {
    astray(going, from, to, { ...common, frame: sent, time });
    return;
  }
  see(going, to, to.nic, { ...common, frame: received, outgoing: false, time: time + HOP });
  if (passes(going, 'arriving', { from, to }, true) || going.death?.why !== 'tunnel-rejected') return;
  rejectTunnel(going, { from, to, outer, time: time + 2 * HOP });
}

/** What another node gets that is not for it: its kernel drops it. */
function astray(going: Going, from: WorldNode, to: WorldNode, shown: Omit<Shown, 'outgoing'>): void {
  const other = nextHopOf(going, from, to);
  if (other === to || going.death === null) return;
  going.death = null;
  see(going, other, other.nic, { ...shown, outgoing: false, time: shown.time + HOP });
  going.death = { stage: 'arriving', node: other.index, next: null, why: 'wrong-next-hop' };
}

/** Whose NIC frames for a neighbour go to. */
function nextHopOf({ scene }: Going, from: WorldNode, to: WorldNode): WorldNode {
  const { delivery } = scene;
  const isMoved = delivery?.kind === 'wrong-next-hop' && delivery.from === from.index && delivery.to === to.index;
  return isMoved ? nodeAt(scene, delivery.other) : to;
}

/** Without a tunnel; the number of routers on the way. */
export function plainOut(
  going: Going,
  from: WorldNode,
  to: WorldNode | null,
  { ttl, faulty, how }: { ttl: number; faulty: boolean; how: Encapsulation },
): number {
  const { scene, packet, time } = going;
  const shown = { role: 'nic', carried: 'none', faulty } as const;
  const leave = (device: Device, frame: Buffer, role: 'nic' | 'nic2'): void => {
    see(going, from, device, { ...shown, role, frame, outgoing: true, time: time + HOP });
  };
  if (how.podFrame && going.from.pod !== null) {
    leave(from.nic, ethernetIp(going.from.pod.mac, WORKLOAD_MAC, ip(packet, ttl)), 'nic');
    return 0;
  }
  if (to === null) {
    leave(from.nic, ethernetIp(from.nic.mac, outsideMac(scene, from, packet.dst), ip(packet, ttl)), 'nic');
    return 0;
  }
  const second = how.secondNic && from.nic2 !== null && to.nic2 !== null ? { from: from.nic2, to: to.nic2 } : null;
  if (second !== null) {
    const frame = ethernetIp(second.from.mac, second.to.mac, ip(packet, ttl));
    leave(second.from, frame, 'nic2');
    see(going, to, second.to, { ...shown, role: 'nic2', frame, outgoing: false, time: time + 2 * HOP });
    return 0;
  }
  const packetBy = (passed: number): Buffer => ip(packet, ttl - passed);
  const { sent, received, routers } = crossing(scene, from, to, packetBy, nextHopOf(going, from, to));
  leave(from.nic, sent, 'nic');
  if (!passes(going, 'wire', { from, to }, false)) {
    astray(going, from, to, { ...shown, frame: sent, time: time + HOP });
    return routers;
  }
  see(going, to, to.nic, { ...shown, frame: received, outgoing: false, time: time + 2 * HOP });
  passes(going, 'arriving', { from, to }, false);
  return routers;
}

/** The pod is gone, and no route would drop what is for it: back out, to the router. */
export function bounce(going: Going, node: WorldNode, ttl: number): void {
  const { scene, packet, time } = going;
  const frame = ethernetIp(node.nic.mac, gatewayOf(scene, node), ip(packet, ttl));
  see(going, node, node.nic, {
    ...{ role: 'nic', frame, outgoing: true, carried: 'none', faulty: false, time: time + 5 * HOP },
  });
}
