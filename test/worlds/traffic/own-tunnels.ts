// Tunnels that are not the cluster's: of pods, which are payload like any other, and of nodes to machines outside.
import { isIpv6 } from '../address.ts';
import { decide, hostSource } from '../cluster/calico.ts';
import { type End, nodeEnd, podEnd, type WorldPod } from '../cluster/cluster-model.ts';
import {
  arp,
  ethernetIp,
  geneve,
  gre,
  gretap,
  type IpPacket,
  ip,
  type Ports,
  udp,
  vxlan,
  wireguardData,
} from '../frames.ts';
import type { Random } from '../random.ts';
import { converse, type Payload } from './exchange.ts';
import { gatewayOf, nextId } from './places.ts';
import { flowKey, nodeAt, type Scene } from './scene.ts';
import { noteFlow } from './truth.ts';

const [NEAR, FAR] = ['0a:58:c0:a8:4d:01', '0a:58:c0:a8:4d:02'] as const;

/** A packet inside a tunnel; several sources make several flows there. */
function inside(random: Random, source = '192.168.77.1'): Buffer {
  const [src, dst] = [source, '192.168.77.2'];
  const inner = { src, dst, protocol: 17, id: 9, dontFragment: true };
  return ip({ ...inner, body: udp(src, dst, { src: 5000, dst: 6000 }, random.bytes(24)) }, 64);
}

function inside6(random: Random): Buffer {
  const [src, dst] = ['fd00:77::1', 'fd00:77::2'];
  const inner = { src, dst, protocol: 17, id: 9, dontFragment: true };
  return ip({ ...inner, body: udp(src, dst, { src: 5000, dst: 6000 }, random.bytes(24)) }, 64);
}

/** VXLAN, Geneve, GRE, IP in IP or WireGuard from pod to pod: overlays on top of the overlay. */
export function podTunnels(scene: Scene, random: Random, [a, b]: [WorldPod, WorldPod]): void {
  if (isIpv6(a.ip)) return;
  const packet = inside(random);
  const frame = ethernetIp(NEAR, FAR, packet);
  const from = random.between(33_000, 60_000);
  const over = (port: number, body: Buffer): ReturnType<Payload> => ({
    ...{ protocol: 17, ports: { src: from, dst: port }, body },
  });
  const { vni } = scene.cluster;
  const payload = random.pick<Payload>([
    () => over(4789, vxlan(42, frame)),
    () => over(4789, vxlan(vni, frame)),
    () => over(8472, vxlan(1, frame)),
    () => over(6081, geneve(9, frame)),
    () => over(51820, wireguardData(5, 1, frame)),
    () => ({ protocol: 47, ports: null, body: gre(packet) }),
    () => ({ protocol: 4, ports: null, body: packet }),
  ]);
  talk(scene, random, { a: podEnd(a), b: podEnd(b), payload });
}

/** The rarer ones: 6in4, frames in GRE, ARP inside, many flows inside, between tunnel devices of their own. */
export function rarePodTunnels(scene: Scene, random: Random, [a, b]: [WorldPod, WorldPod]): void {
  const from = random.between(33_000, 60_000);
  const frame = (): Buffer => ethernetIp(NEAR, FAR, inside(random, `192.168.77.${random.between(3, 200)}`));
  const vteps = (): Buffer => ethernetIp('66:0a:58:00:00:01', '66:0a:58:00:00:02', inside(random));
  const question = arp(true, { mac: NEAR, ip: '192.168.77.1' }, { mac: FAR, ip: '192.168.77.2' });
  const over = (port: number, body: Buffer): ReturnType<Payload> => ({
    ...{ protocol: 17, ports: { src: from, dst: port }, body },
  });
  const kinds: Payload[] = [
    () => over(4789, vxlan(42, frame())),
    () => over(4789, vxlan(42, question)),
    () => over(4789, vxlan(scene.cluster.vni, vteps())),
    () => over(6081, geneve(9, frame())),
  ];
  const only4: Payload[] = [
    () => ({ protocol: 47, ports: null, body: gretap(frame()) }),
    () => ({ protocol: 41, ports: null, body: inside6(random) }),
  ];
  const payload = random.pick(isIpv6(a.ip) ? kinds : [...kinds, ...only4]);
  talk(scene, random, { a: podEnd(a), b: podEnd(b), payload });
}

/** From a node to a pod that is a gateway: the VXLAN of egress gateways, or whatever a host process has. */
export function gatewayTunnel(scene: Scene, random: Random): void {
  const { cluster } = scene;
  const node = random.pick(cluster.nodes);
  const pods = cluster.pods.filter((pod) => pod.node !== node.index && !isIpv6(pod.ip));
  if (pods.length === 0 || scene.stale !== null) return;
  const pod = random.pick(pods);
  const { wire } = decide(cluster, cluster.pools, node, pod.ip);
  if (wire === 'wireguard') return;
  const src = hostSource(node, wire, pod.ip);
  const a: End = src === node.ip ? nodeEnd(node) : { kind: 'tunnel', ip: src, node: node.index, pod: null };
  const ports: Ports = { src: random.between(33_000, 60_000), dst: 4790 };
  const frame = ethernetIp(NEAR, FAR, inside(random));
  const payload: Payload = () => ({ protocol: 17, ports, body: vxlan(4097, frame) });
  talk(scene, random, { a, b: podEnd(pod), payload });
}

function talk(scene: Scene, random: Random, { a, b, payload }: { a: End; b: End; payload: Payload }): void {
  const start = random.next() * 4;
  converse(scene, { kind: 'tunnel', a, b, src: a.ip, dst: b.ip, start, random, service: null, payload });
}

/** From a node to a machine that is none: VXLAN with a VNI of its own, or frames in GRE. What is inside is nobody's of the cluster. */
export function foreignTunnel(scene: Scene, random: Random): void {
  const node = random.pick(scene.cluster.nodes);
  const [src, dst] = [node.ip, '10.30.0.8'];
  const inner = { src: '192.168.88.1', dst: '192.168.88.2', protocol: 17, id: 9, dontFragment: true };
  const isVxlan = random.chance(0.7);
  const ends = { from: nodeEnd(node), to: { kind: 'external', ip: dst, node: null, pod: null } as const };
  const nothing = { kind: 'mirror', asks: false, asked: null, live: null, faulty: false };
  for (let i = 0; i < 3; i++) {
    const body = udp(inner.src, inner.dst, { src: 5000, dst: 6000 + i }, random.bytes(24));
    const packet: IpPacket = { ...inner, body };
    const frame = ethernetIp(NEAR, FAR, ip(packet, 64));
    const carrier = isVxlan
      ? { protocol: 17, body: udp(src, dst, { src: 40_000, dst: 4789 }, vxlan(4242, frame)) }
      : { protocol: 47, body: gretap(frame) };
    const outer: IpPacket = { src, dst, id: nextId(scene, node), dontFragment: false, ...carrier };
    for (const one of [packet, outer]) noteFlow(scene, one, { ...ends, ...nothing });
    scene.sightings.push({
      ...{ time: 1 + i / 3, node: node.index, device: node.nic.name, ifindex: node.nic.ifindex, role: 'nic' },
      ...{ outgoing: true, packetType: 4, raw: false, carried: 'copy', faulty: false },
      ...{ packet: scene.packets++, flow: flowKey(packet), needed: 14 + 20 + 16 + 14 + 28 },
      frame: ethernetIp(nodeAt(scene, node.index).nic.mac, gatewayOf(scene, node), ip(outer, 64)),
    });
  }
}
