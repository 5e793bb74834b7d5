// A packet at one place after the other: a veth, a tunnel device, a NIC, and the copies that a mirror makes of it.
import { holds, ipBytes, isIpv6, macText } from '../address.ts';
import type { Decision } from '../cluster/calico.ts';
import type { Device, End, WorldNode } from '../cluster/cluster-model.ts';
import { type Carriage, lateness, takes } from '../delivery/delivery.ts';
import type { Death, Stage } from '../delivery/fates.ts';
import { erspan, ethernetIp, gretap, type IpPacket, ip, udp, vxlan } from '../frames.ts';
import { flowKey, type Mirror, nodeAt, type Scene, type Sighting } from './scene.ts';
import { noteFlow } from './truth.ts';

/** Of every veth's host side. */
export const WORKLOAD_MAC = 'ee:ee:ee:ee:ee:ee';
/** None of those that clusters are given. */
const MIRROR_VNI = 7700;
/** Seconds from one place to the next. */
export const HOP = 40e-6;

export interface Sent {
  /** As it goes between the nodes. */
  packet: IpPacket;
  /** As the sending pod, the receiving pod has it, where translated. */
  atSource?: IpPacket;
  atTarget?: IpPacket;
  from: End;
  to: End;
  time: number;
  kind: string;
  asks: boolean;
}

/** A packet on its way. */
export interface Going extends Sent {
  scene: Scene;
  number: number;
  /** Where it was lost: it is seen nowhere more. */
  death: Death | null;
  /** Seconds. */
  late: number;
  /** Nodes that it went in a circle between. */
  circle: number[];
  /** What is said about it, once it is lost. */
  errors: Sent[];
}

/** Whether a packet gets past a stage of its way between two nodes; if not, it is lost there. */
export function passes(
  going: Going,
  stage: Stage,
  way: { from: WorldNode; to: WorldNode },
  tunnelled: boolean,
): boolean {
  const { scene, packet } = going;
  const carriage: Carriage = { packet, tunnelled, ofPods: going.from.pod !== null || going.to.pod !== null };
  if (going.death !== null) return false;
  if (takes(scene.delivery, stage, way, carriage)) {
    const isInSender = stage !== 'arriving' && stage !== 'inside';
    const node = (isInSender ? way.from : way.to).index;
    const why = scene.delivery?.kind ?? 'fault';
    going.death = { stage, node, next: stage === 'wire' ? way.to.index : null, why };
    return false;
  }
  if (stage === 'wire') going.late += lateness(scene.delivery, way.from, way.to);
  return true;
}

/** At a pod's veth, and wherever that is mirrored to. */
export function atVeth(
  going: Going,
  { node, pod }: End,
  packet: IpPacket,
  { time, outgoing, ttl }: { time: number; outgoing: boolean; ttl: number },
): void {
  if (pod === null || node === null || going.death !== null) return;
  const { scene } = going;
  const flow = flowKey(packet);
  if (packet !== going.packet) note(going, packet, null, null, false);
  const [src, dst] = outgoing ? [pod.veth.mac, pod.mac] : [pod.mac, pod.veth.mac];
  const frame = ethernetIp(src, dst, ip(packet, ttl));
  const at = nodeAt(scene, node);
  const shown = see(going, at, pod.veth, { role: 'veth', frame, outgoing, carried: 'none', faulty: false, flow, time });
  if (scene.mirror?.pod === pod.ip) mirror(going, at, scene.mirror, shown);
}

/** A copy of a frame on its way to a collector; `original` is how the frame was seen. */
function mirror(going: Going, node: WorldNode, { collector, kind }: Mirror, original: Original): void {
  const { scene } = going;
  const { frame, time, flow, faulty, needed, role } = original;
  const other = scene.cluster.nodes.find(({ ip: address }) => address === collector) ?? null;
  if (other === node) return;
  const [src, dst] = [node.ip, collector];
  const id = nextId(scene, node);
  const copies = {
    gretap: () => ({ protocol: 47, body: gretap(frame), overhead: 38 }),
    erspan: () => ({ protocol: 47, body: erspan(7, id, frame), overhead: 50 }),
    vxlan: () => ({
      protocol: 17,
      body: udp(src, dst, { src: 40000, dst: 4789 }, vxlan(MIRROR_VNI, frame)),
      overhead: 50,
    }),
  };
  const { overhead, ...rest } = copies[kind]();
  const outer: IpPacket = { src, dst, id, dontFragment: false, ...rest };
  const copied = { node: node.index, role };
  const shown = { role: 'nic', carried: 'copy', copied, faulty, flow, needed: needed + overhead } as const;
  note({ ...going, asks: false, kind: 'mirror' }, outer, null, null, false);
  const toGateway = (): Buffer => ethernetIp(node.nic.mac, gatewayOf(scene, node), ip(outer, 64));
  const copy: Going = { ...going, late: 0 };
  const way = other === null ? null : crossing(scene, node, other, (routers) => ip(outer, 64 - routers));
  see(copy, node, node.nic, { ...shown, frame: way?.sent ?? toGateway(), outgoing: true, time: time + HOP / 2 });
  if (other === null || way === null) return;
  see(copy, other, other.nic, { ...shown, frame: way.received, outgoing: false, time: time + HOP });
}

type Original = Pick<Sighting, 'frame' | 'time' | 'flow' | 'faulty' | 'needed' | 'role'>;

/** What differs from place to place. */
export type Shown = Pick<Sighting, 'role' | 'frame' | 'outgoing' | 'carried' | 'faulty' | 'time'> &
  Partial<Pick<Sighting, 'raw' | 'flow' | 'packetType' | 'needed' | 'copied'>> & { overhead?: number };

/** One more place where the packet can be seen; on a NIC that is mirrored, its copy too. */
export function see(going: Going, node: WorldNode, device: Device, shown: Shown): Sighting {
  const { scene, packet, number } = going;
  const { overhead = 0, ...rest } = shown;
  const raw = shown.raw ?? false;
  const link = raw ? 0 : 14;
  const transport = packet.protocol === 1 || packet.protocol === 58 ? 8 : packet.protocol === 6 ? 20 : 8;
  const sighting: Sighting = {
    node: node.index,
    device: device.name,
    ifindex: device.ifindex,
    packetType: shown.outgoing ? 4 : 0,
    flow: flowKey(packet),
    packet: number,
    needed: link + overhead + (isIpv6(packet.src) ? 40 : 20) + transport,
    ...rest,
    raw,
    time: shown.time + going.late,
  };
  if (going.death !== null) return sighting;
  scene.sightings.push(sighting);
  const isMirrored = scene.nicMirror?.node === node.index && shown.role === 'nic' && shown.carried !== 'copy';
  if (isMirrored && scene.nicMirror !== null) mirror(going, node, scene.nicMirror, sighting);
  return sighting;
}

/** Into the truth of the packet's flow. */
export function note(
  { scene, from, to, kind, asks }: Going,
  packet: IpPacket,
  asked: Decision | null,
  live: Decision | null,
  faulty: boolean,
): void {
  noteFlow(scene, packet, { from, to, kind, asks, asked, live, faulty });
}

/** A packet on the link between two NICs, over a router where they are in two subnets; `packet` by routers passed. */
export function crossing(
  scene: Scene,
  from: WorldNode,
  to: WorldNode,
  packet: (routers: number) => Buffer,
  nextHop: WorldNode = to,
): { sent: Buffer; received: Buffer; routers: number } {
  const routers = from.subnet === to.subnet ? 0 : 1;
  const direct = routers === 0 && !scene.cluster.fabric;
  const sent = ethernetIp(from.nic.mac, direct ? nextHop.nic.mac : gatewayOf(scene, from), packet(0));
  const received = direct ? sent : ethernetIp(gatewayOf(scene, to), to.nic.mac, packet(routers));
  return { sent, received, routers };
}

/** The MAC behind which a machine is that is no node: its own on the node's link, else the router's. */
export function outsideMac(scene: Scene, node: WorldNode, ip: string): string {
  const { fabric, linkPrefix } = scene.cluster;
  const near = !fabric && holds(`${node.ip}/${linkPrefix}`, ip);
  return near ? macText([0x02, 0xaa, ...ipBytes(ip)]) : gatewayOf(scene, node);
}

export function gatewayOf({ cluster }: Scene, node: WorldNode): string {
  return cluster.gatewayMacs[node.subnet] ?? '02:fe:00:00:00:00';
}

export function nextId(scene: Scene, node: WorldNode): number {
  const id = (scene.ids[node.index] ?? 0) + 1;
  scene.ids[node.index] = id;
  return id & 0xffff;
}
