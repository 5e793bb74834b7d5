// The way of one packet through the cluster: veth, tunnel device, NIC, router, NIC, tunnel device, veth; with what a fault makes
// of it. Every place becomes a sighting.
import { isIpv6 } from '../address.ts';
import { type Decision, decide } from '../cluster/calico.ts';
import type { Device, WorldNode } from '../cluster/cluster-model.ts';
import { ethernetIp, flowPort, type IpPacket, ip, udp, vxlan, wireguardData } from '../frames.ts';
import { encapsulationOf } from './faults.ts';
import { atVeth, type Going, gatewayOf, HOP, nextId, note, outsideMac, passes, type Sent, see } from './places.ts';
import { rejectInside } from './rejections.ts';
import { flowKey, livePools, nodeAt, type Scene } from './scene.ts';
import { bounce, plainOut, underlay } from './underlay.ts';

/** Whether a packet got there, and how many seconds late. */
export interface Delivered {
  arrived: boolean;
  late: number;
}

/** Sends a packet on its way. */
export function transmit(scene: Scene, sent: Sent): Delivered {
  const going: Going = { ...sent, scene, number: scene.packets++, death: null, late: 0, circle: [], errors: [] };
  const arrived = travel(going);
  const { death, late, circle } = going;
  scene.fates.all.set(going.number, { flow: flowKey(sent.packet), death, circle });
  for (const error of going.errors) transmit(scene, error);
  return { arrived: arrived && death === null, late };
}

function travel(going: Going): boolean {
  const { scene } = going;
  const { from, to, packet, time } = going;
  const atSource = going.atSource ?? packet;
  if (from.pod !== null) atVeth(going, from, atSource, { time, outgoing: false, ttl: 64 });
  const ttl = from.pod === null ? 64 : 63;
  const source = from.node === null ? null : nodeAt(scene, from.node);
  const target = to.node === null ? null : nodeAt(scene, to.node);
  if (source !== null && target === source) return within(going, source, ttl);
  if (source === null) return target !== null && fromOutside(going, target);
  const arrived = leave(going, source, target, ttl);
  if (arrived !== null && to.pod !== null)
    atVeth(going, to, going.atTarget ?? packet, { time: time + 5 * HOP, outgoing: true, ttl: arrived - 1 });
  return arrived !== null;
}

function within(going: Going, node: WorldNode, ttl: number): boolean {
  const { scene, packet, to, time } = going;
  const asked = decide(scene.cluster, scene.askedPools, node, packet.dst);
  const { fault } = scene;
  const leaves = fault?.code === 'local-traffic-on-underlay' && fault.from === node.index && going.from.pod !== null;
  if (leaves && to.pod !== null && !isIpv6(packet.dst)) {
    note(going, packet, asked, asked, true);
    const gateway = gatewayOf(scene, node);
    const frame = ethernetIp(node.nic.mac, gateway, ip(packet, ttl));
    see(going, node, node.nic, { role: 'nic', frame, outgoing: true, carried: 'none', faulty: true, time: time + HOP });
    going.death = { stage: 'wire', node: node.index, next: null, why: 'fault' };
    return false;
  }
  note(going, packet, asked, asked, false);
  if (to.pod !== null) atVeth(going, to, going.atTarget ?? packet, { time: time + HOP, outgoing: true, ttl: ttl - 1 });
  return true;
}

/** From a machine that is no node. */
function fromOutside(going: Going, target: WorldNode): boolean {
  const { scene, packet, to, time } = going;
  note(going, packet, null, null, false);
  const frame = ethernetIp(outsideMac(scene, target, packet.src), target.nic.mac, ip(packet, 57));
  see(going, target, target.nic, { role: 'nic', frame, outgoing: false, carried: 'none', faulty: false, time });
  if (to.pod !== null) atVeth(going, to, going.atTarget ?? packet, { time: time + HOP, outgoing: true, ttl: 56 });
  return true;
}

/** Out of the sending node; the hop limit it arrives with, or null. */
function leave(going: Going, source: WorldNode, target: WorldNode | null, ttl: number): number | null {
  const { scene, packet, time } = going;
  const live = decide(scene.cluster, livePools(scene, time), source, packet.dst);
  const asked = decide(scene.cluster, scene.askedPools, source, packet.dst);
  const how = encapsulationOf(scene, source, live, going.from);
  const faulty = how.broken || how.wire !== asked.wire;
  note(going, packet, asked, live, faulty);
  if (target === null) {
    plainOut(going, source, null, { ttl, faulty, how });
    return ttl;
  }
  const receiver = how.outerTarget ?? target;
  const tunnelled = how.wire !== 'none' && how.wire !== 'local';
  passes(going, 'leaving', { from: source, to: receiver }, tunnelled);
  const tunnel = { source, receiver, target, ttl, faulty, ...how };
  let routed = 0;
  if (!tunnelled) routed = plainOut(going, source, target, { ttl, faulty, how });
  else if (how.wire === 'vxlan') throughVxlan(going, tunnel);
  else throughIp(going, tunnel);
  if (!how.delivered)
    going.death ??= how.podFrame
      ? { stage: 'wire', node: source.index, next: null, why: 'fault' }
      : { stage: 'arriving', node: receiver.index, next: null, why: 'fault' };
  if (!passes(going, 'inside', { from: source, to: receiver }, tunnelled)) endInside(going, tunnel);
  return going.death === null ? ttl - routed : null;
}

/** What becomes of a packet that the receiving node does not give to its pod. */
function endInside(going: Going, tunnel: Tunnel): void {
  const { delivery } = going.scene;
  const { source, receiver, ttl } = tunnel;
  const { why, stage } = going.death ?? {};
  if (delivery === null || stage !== 'inside' || why !== delivery.kind) return;
  if (why === 'rejected-inside') rejectInside(going, receiver, ttl);
  if (why !== 'loop' && why !== 'bounce') return;
  going.death = null;
  going.circle.push(receiver.index, ...(why === 'loop' ? [source.index] : []));
  if (why === 'bounce') bounce(going, receiver, ttl - 1);
  else circle(going, tunnel);
  going.death = { stage: 'wire', node: receiver.index, next: null, why };
}

/** Between two nodes, each of which takes the other for the pod's, until the hop limit ends it. */
function circle(going: Going, tunnel: Tunnel): void {
  const [way, back] = [tunnel, { ...tunnel, source: tunnel.receiver, receiver: tunnel.source, target: tunnel.source }];
  const through = tunnel.wire === 'vxlan' ? throughVxlan : throughIp;
  for (let ttl = tunnel.ttl - 1, turn = 0; ttl > 0; ttl--, turn++) {
    going.late += 5 * HOP;
    through(going, { ...(turn % 2 === 0 ? back : way), ttl, faulty: false });
  }
}

interface Tunnel {
  source: WorldNode;
  /** Where the outer address leads, and who should have it. */
  receiver: WorldNode;
  target: WorldNode;
  ttl: number;
  faulty: boolean;
  wire: Decision['wire'];
  vni: number;
  port: number;
  outerSource: string | null;
  macNode: WorldNode | null;
}

function throughVxlan(going: Going, tunnel: Tunnel): void {
  const { scene, packet, time } = going;
  const { source, receiver, target, ttl, faulty } = tunnel;
  const v6 = isIpv6(packet.dst);
  const device = (node: WorldNode): Device => (v6 ? node.vxlan6Device : node.vxlanDevice);
  const inner = ethernetIp(device(source).mac, device(tunnel.macNode ?? target).mac, ip(packet, ttl));
  see(going, source, device(source), {
    ...{ role: 'tunnel', frame: inner, outgoing: true, carried: 'none', faulty: false, time: time + HOP },
  });
  const own = v6 ? (source.ip6 ?? '') : source.ip;
  const src = tunnel.outerSource ?? own;
  const dst = v6 ? (receiver.ip6 ?? '') : receiver.ip;
  const ports = { src: flowPort(flowKey(packet)), dst: tunnel.port };
  const body = udp(src, dst, ports, vxlan(tunnel.vni, inner));
  const outer: IpPacket = { src, dst, protocol: 17, id: nextId(scene, source), dontFragment: false, body };
  const overhead = (v6 ? 40 : 20) + 8 + 8 + 14;
  passes(going, 'device', { from: source, to: receiver }, true);
  underlay(going, source, receiver, { outer, faulty, carried: 'vxlan', overhead, time: time + 2 * HOP });
  const ours = device(receiver).mac === device(tunnel.macNode ?? target).mac;
  if (tunnel.vni !== scene.cluster.vni || tunnel.port !== scene.cluster.port) return;
  see(going, receiver, device(receiver), {
    ...{ role: 'tunnel', frame: inner, outgoing: false, carried: 'none', faulty: false, time: time + 4 * HOP },
    ...(ours ? {} : { packetType: 3 as const }),
  });
}

/** IPIP and WireGuard: devices without link addresses. */
function throughIp(going: Going, tunnel: Tunnel): void {
  const { scene, packet, time } = going;
  const { source, receiver, ttl, faulty, wire } = tunnel;
  const inner = ip(packet, ttl);
  const ipip = wire === 'ipip';
  const device = { name: ipip ? 'tunl0' : 'wireguard.cali', mac: '', ifindex: ipip ? 10 : 11 };
  const shown = { role: 'tunnel', frame: inner, carried: 'none', faulty: false, raw: true } as const;
  see(going, source, device, { ...shown, outgoing: true, time: time + HOP });
  const [src, dst] = [tunnel.outerSource ?? source.ip, receiver.ip];
  const id = nextId(scene, source);
  const sealed = wireguardData(
    0x1000 + receiver.index,
    scene.packets,
    scene.random.fork(`seal ${id}`).bytes(inner.length + 32),
  );
  const outer: IpPacket = ipip
    ? { src, dst, protocol: 4, id, dontFragment: packet.dontFragment, body: inner }
    : { src, dst, protocol: 17, id, dontFragment: false, body: udp(src, dst, { src: 51820, dst: 51820 }, sealed) };
  const carried = ipip ? 'ipip' : 'wireguard';
  underlay(going, source, receiver, { outer, faulty, carried, overhead: 20, time: time + 2 * HOP });
  see(going, receiver, device, { ...shown, outgoing: false, time: time + 4 * HOP });
}
