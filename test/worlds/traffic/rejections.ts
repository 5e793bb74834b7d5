// ICMP errors that a node sends about packets that it refuses: about a tunnel packet to the other node, about what is in it to the pod.
import { isIpv6 } from '../address.ts';
import { decide, hostSource } from '../cluster/calico.ts';
import type { End, WorldNode } from '../cluster/cluster-model.ts';
import { type IpPacket, icmpError, ip } from '../frames.ts';
import { type Going, HOP, nextId } from './places.ts';
import { flowKey, livePools } from './scene.ts';

/** A REJECT rule for what a node forwards: the error goes to the packet's sender, by the way that packets to it go. */
export function rejectInside(going: Going, node: WorldNode, ttl: number): void {
  const { scene, packet, from, time } = going;
  const { delivery, cluster, fates } = scene;
  const { wire } = decide(cluster, livePools(scene, time), node, packet.src);
  if (delivery === null || isIpv6(packet.src)) return;
  const quote = ip(packet, ttl).subarray(0, delivery.quotesAll ? undefined : 28);
  const own = hostSource(node, wire, packet.src);
  const body = icmpError(3, delivery.code, quote);
  const error: IpPacket = {
    src: own,
    dst: packet.src,
    protocol: 1,
    id: nextId(scene, node),
    dontFragment: false,
    body,
  };
  fates.errors.push({ by: node.index, to: packet.src, flow: flowKey(packet), ofTunnel: false });
  const end: End = { kind: 'tunnel', ip: own, node: node.index, pod: null };
  going.errors.push({ packet: error, from: end, to: from, time: time + 6 * HOP, kind: 'icmp-error', asks: false });
}

/** The receiving node refuses a tunnel packet, and says so to the other node. */
export function rejectTunnel(
  going: Going,
  { from, to, outer, time }: { from: WorldNode; to: WorldNode; outer: IpPacket; time: number },
): void {
  const { scene, packet } = going;
  const { delivery, fates } = scene;
  if (delivery === null) return;
  const routers = from.subnet === to.subnet ? 0 : 1;
  const quote = ip(outer, 64 - routers).subarray(0, delivery.quotesAll ? undefined : 28);
  const body = icmpError(3, delivery.code, quote);
  const error: IpPacket = {
    ...{ src: outer.dst, dst: outer.src, protocol: 1, id: nextId(scene, to), dontFragment: false, body },
  };
  fates.errors.push({ by: to.index, to: outer.src, flow: flowKey(packet), ofTunnel: true });
  const end: End = { kind: 'node', ip: outer.dst, node: to.index, pod: null };
  const back: End = { kind: 'node', ip: outer.src, node: from.index, pod: null };
  going.errors.push({ packet: error, from: end, to: back, time, kind: 'icmp-error', asks: false });
}
