// An eBPF node takes a client's packet to its NodePort and sends it on in a VXLAN of its own kind, whatever the pool (3.7, row 15;
// 4.7): VNI 0xca11c0, no MACs, no checksum; the answer comes back the same way, already in the NodePort's name.
import { isIpv6 } from '../address.ts';
import { type End, nodeEnd, podEnd, type WorldNode, type WorldPod } from '../cluster/cluster-model.ts';
import { ethernetIp, type IpPacket, ip, TCP_FLAG, tcp, udp, vxlan } from '../frames.ts';
import type { Random } from '../random.ts';
import { crossing } from './places.ts';
import { type Carried, flowKey, nodeAt, type Scene, type Sighting } from './scene.ts';
import { noteFlow } from './truth.ts';

const VNI = 0xca11c0;
const NO_MAC = '00:00:00:00:00:00';

export function ebpfTalk(scene: Scene, random: Random): void {
  const pods = scene.cluster.pods.filter((pod) => !isIpv6(pod.ip) && pod.ip !== scene.stale?.ip);
  if (pods.length === 0) return;
  const pod = random.pick(pods);
  const behind = nodeAt(scene, pod.node);
  const front = random.pick(scene.cluster.nodes.filter((node) => node !== behind));
  const client: End = { kind: 'external', ip: `203.0.113.${random.between(1, 200)}`, node: null, pod: null };
  const ports = { client: random.between(40_000, 60_000), node: random.between(30_000, 32_767), pod: 8080 };
  const start = 1 + random.next();
  const { syn, ack } = TCP_FLAG;
  const talk = (): Talk => ({ scene, number: scene.packets++, pod, behind, front, client, ports });
  request(talk(), start, { seq: 100, ack: 0, flags: syn });
  reply(talk(), start + 0.001, { seq: 900, ack: 101, flags: syn | ack });
  request(talk(), start + 0.002, { seq: 101, ack: 901, flags: ack });
}

interface Talk {
  scene: Scene;
  /** Of the segment under way: the same at every place. */
  number: number;
  pod: WorldPod;
  /** The pod's node, and the one whose NodePort was asked. */
  behind: WorldNode;
  front: WorldNode;
  client: End;
  ports: { client: number; node: number; pod: number };
}

interface Segment {
  seq: number;
  ack: number;
  flags: number;
}

function packetOf(src: [string, number], dst: [string, number], segment: Segment): IpPacket {
  const body = tcp(src[0], dst[0], { src: src[1], dst: dst[1] }, segment, Buffer.alloc(0));
  return { src: src[0], dst: dst[0], protocol: 6, id: (segment.seq & 0xff) + 1, dontFragment: true, body };
}

function request(talk: Talk, time: number, segment: Segment): void {
  const { scene, pod, behind, front, client, ports } = talk;
  const from: [string, number] = [client.ip, ports.client];
  const asked = packetOf(from, [front.ip, ports.node], segment);
  const inside = packetOf(from, [pod.ip, ports.pod], segment);
  const gateway = scene.cluster.gatewayMacs[front.subnet] ?? NO_MAC;
  note(talk, asked, client, nodeEnd(front));
  note(talk, inside, client, podEnd(pod));
  see(talk, front, { packet: asked, frame: ethernetIp(gateway, front.nic.mac, ip(asked, 57)), outgoing: false, time });
  tunnelled(talk, front, behind, { packet: inside, time: time + 1e-4 });
  const frame = ethernetIp('ee:ee:ee:ee:ee:ee', pod.mac, ip(inside, 55));
  see(talk, behind, { packet: inside, frame, outgoing: true, time: time + 2e-4, veth: pod });
}

function reply(talk: Talk, time: number, segment: Segment): void {
  const { scene, pod, behind, front, client, ports } = talk;
  const to: [string, number] = [client.ip, ports.client];
  const said = packetOf([pod.ip, ports.pod], to, segment);
  const shown = packetOf([front.ip, ports.node], to, segment);
  const gateway = scene.cluster.gatewayMacs[front.subnet] ?? NO_MAC;
  note(talk, said, podEnd(pod), client);
  note(talk, shown, nodeEnd(front), client);
  const frame = ethernetIp(pod.mac, 'ee:ee:ee:ee:ee:ee', ip(said, 64));
  see(talk, behind, { packet: said, frame, outgoing: false, time, veth: pod });
  tunnelled(talk, behind, front, { packet: shown, time: time + 1e-4 });
  const out = ethernetIp(front.nic.mac, gateway, ip(shown, 62));
  see(talk, front, { packet: shown, frame: out, outgoing: true, time: time + 3e-4 });
}

function tunnelled(
  talk: Talk,
  from: WorldNode,
  to: WorldNode,
  { packet, time }: { packet: IpPacket; time: number },
): void {
  const { scene, ports } = talk;
  const inner = ethernetIp(NO_MAC, NO_MAC, ip(packet, 56));
  const body = udp(
    from.ip,
    to.ip,
    { src: ports.client ^ ports.pod, dst: scene.cluster.port },
    vxlan(VNI, inner),
    false,
  );
  const outer: IpPacket = { src: from.ip, dst: to.ip, protocol: 17, id: packet.id, dontFragment: true, body };
  const { sent, received } = crossing(scene, from, to, (routers) => ip(outer, 56 - routers));
  see(talk, from, { packet, frame: sent, outgoing: true, time, carried: 'vxlan' });
  see(talk, to, { packet, frame: received, outgoing: false, time: time + 5e-5, carried: 'vxlan' });
}

function note({ scene }: Talk, packet: IpPacket, from: End, to: End): void {
  noteFlow(scene, packet, { from, to, kind: 'ebpf-nodeport', asks: true, asked: null, live: null, faulty: false });
}

interface Shown {
  packet: IpPacket;
  frame: Buffer;
  outgoing: boolean;
  time: number;
  carried?: Carried;
  veth?: WorldPod;
}

function see(
  { scene, number }: Talk,
  node: WorldNode,
  { packet, frame, outgoing, time, carried = 'none', veth }: Shown,
): void {
  const device = veth?.veth ?? node.nic;
  const sighting: Sighting = {
    ...{ time, node: node.index, device: device.name, ifindex: device.ifindex, outgoing, frame, carried },
    role: veth === undefined ? 'nic' : 'veth',
    packetType: outgoing ? 4 : 0,
    raw: false,
    flow: flowKey(packet),
    packet: number,
    faulty: false,
    needed: 54 + (carried === 'vxlan' ? 50 : 0),
  };
  scene.sightings.push(sighting);
}
