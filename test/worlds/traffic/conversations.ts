// Who talks to whom in a world: pods of different nodes above all, nodes, services, machines outside, and what else is on a link.
import { isIpv6 } from '../address.ts';
import { decide, hostSource, poolOf } from '../cluster/calico.ts';
import { type End, nodeEnd, podEnd, type WorldNode, type WorldPod } from '../cluster/cluster-model.ts';
import type { DeliveryFault, DeliveryKind } from '../delivery/fates.ts';
import { arp, ethernetIp, ip, udp } from '../frames.ts';
import type { Random } from '../random.ts';
import { ebpfTalk } from './ebpf.ts';
import { type Conversation, type ConversationKind, converse } from './exchange.ts';
import { foreignTunnel, gatewayTunnel, podTunnels, rarePodTunnels } from './own-tunnels.ts';
import { outsideMac } from './places.ts';
import { flowKey, nodeAt, type Scene } from './scene.ts';
import { noteFlow } from './truth.ts';

const SECONDS = 5;

/** Fills a scene with traffic. */
export function runTraffic(scene: Scene): void {
  const { has, random } = scene;
  const count = random.fork('count').between(3, 9);
  for (let i = 0; i < count; i++) podTalk(scene, random.fork(`pods ${i}`));
  if (scene.delivery !== null) lossTalk(scene, random.fork('losses'), scene.delivery);
  if (has.has('host-traffic')) hostTalk(scene, random.fork('host'));
  if (has.has('node-traffic')) nodeTalk(scene, random.fork('nodes'));
  if (has.has('external')) outsideTalk(scene, random.fork('outside'));
  if (has.has('lan-pool')) lanTalk(scene, random.fork('lan'));
  if (has.has('services')) serviceTalk(scene, random.fork('service'));
  if (has.has('pod-tunnels')) tunnelTalk(scene, random.fork('tunnel'));
  if (has.has('pod-tunnels')) rareTunnelTalk(scene, random.fork('rare tunnels'));
  if (has.has('node-tunnel')) foreignTunnel(scene, random.fork('node tunnel'));
  if (has.has('second-nic')) storageTalk(scene, random.fork('storage'));
  if (has.has('ebpf-nodeport')) ebpfTalk(scene, random.fork('ebpf'));
  if (has.has('arp')) neighbours(scene, random.fork('arp'));
}

function talk(
  scene: Scene,
  random: Random,
  { kind, a, b }: { kind: ConversationKind; a: End; b: End },
  more: Partial<Conversation> = {},
): void {
  const start = random.next() * (SECONDS - 1);
  const src = masqueraded(scene, a, b, more.service?.ip) ?? a.ip;
  converse(scene, { kind, a, b, src, dst: b.ip, start, random, service: null, payload: null, ...more });
}

/** The address that a node puts in place of its pod's, also where the pod asked a service's address. */
function masqueraded({ cluster, delivery, fates }: Scene, a: End, b: End, service?: string): string | null {
  const isHit = delivery?.kind === 'masquerade' && delivery.from === a.node && delivery.to === b.node;
  const node = cluster.nodes[a.node ?? -1];
  if (!isHit || a.pod === null || b.pod === null || node === undefined || isIpv6(b.ip)) return null;
  const own = hostSource(node, decide(cluster, cluster.pools, node, b.ip).wire, b.ip);
  for (const one of [a.ip, own]) fates.translated.set(`${one} ${b.ip}`, node.index);
  if (service !== undefined) fates.translated.set(`${a.ip} ${service}`, node.index);
  return own;
}

function kindOf(scene: Scene, random: Random): ConversationKind {
  const kinds: ConversationKind[] = ['tcp', 'tcp', 'tcp', 'dns', 'echo'];
  if (scene.has.has('one-way')) kinds.push('one-way', 'one-way');
  return random.pick(kinds);
}

/** Two pods of one family, nearly always on two nodes; where a fault or a stale entry waits, it is often met. */
function podPair(scene: Scene, random: Random): [WorldPod, WorldPod] | null {
  const { pods } = scene.cluster;
  const a = random.pick(pods);
  const fits = pods.filter((pod) => pod !== a && isIpv6(pod.ip) === isIpv6(a.ip));
  const far = fits.filter((pod) => pod.node !== a.node);
  const local = scene.fault?.code === 'local-traffic-on-underlay' ? 0.4 : 0.1;
  const near = fits.filter((pod) => pod.node === a.node);
  const choice = near.length > 0 && random.chance(local) ? near : far;
  return choice.length === 0 ? null : [a, random.pick(choice)];
}

function podTalk(scene: Scene, random: Random): void {
  const pair = wantedPair(scene, random) ?? podPair(scene, random);
  if (pair !== null) talk(scene, random, { kind: kindOf(scene, random), a: podEnd(pair[0]), b: podEnd(pair[1]) });
}

function wantedPair({ cluster, fault, stale }: Scene, random: Random): [WorldPod, WorldPod] | null {
  if (!random.chance(0.4)) return null;
  const v4 = cluster.pods.filter((pod) => !isIpv6(pod.ip));
  const moved = v4.find((pod) => pod.ip === stale?.ip);
  const from = moved ? v4.filter((pod) => pod.node !== moved.node) : v4.filter((pod) => pod.node === fault?.from);
  if (from.length === 0) return null;
  const a = random.pick(from);
  const local = fault?.code === 'local-traffic-on-underlay';
  const isTarget = (pod: WorldPod): boolean =>
    pod !== a && (pod.node === a.node) === local && (local || fault?.to == null || pod.node === fault.to);
  const to = moved ? [moved] : v4.filter(isTarget);
  return to.length === 0 ? null : [a, random.pick(to)];
}

/** What meets the world's fault of delivery, asked by either side of it. */
function lossTalk(scene: Scene, random: Random, { kind, from, to, pod }: DeliveryFault): void {
  const podsOf = (node: number): WorldPod[] =>
    scene.cluster.pods.filter((one) => one.node === node && !isIpv6(one.ip) && one.ip !== scene.stale?.ip);
  const targets = podsOf(to).filter(({ ip }) => pod === null || ip === pod);
  const sources = podsOf(from);
  if (sources.length === 0 || targets.length === 0) return;
  for (let i = random.between(2, 4); i > 0; i--) {
    const [a, b] = [random.pick(sources), random.pick(targets)];
    const asks = ASKS[kind] ?? (['tcp', 'tcp', 'echo', 'dns'] as const);
    // the answers are what is lost
    const isBack = kind.startsWith('answer-') || (pod === null && random.chance(0.3));
    const [asker, asked] = isBack ? [b, a] : [a, b];
    talk(scene, random.fork(`talk ${i}`), { kind: random.pick(asks), a: podEnd(asker), b: podEnd(asked) });
  }
}

/** Conversations that show a fault; of others any. */
const ASKS: Partial<Record<DeliveryKind, readonly ConversationKind[]>> = {
  'tcp-lost-on-wire': ['tcp', 'tcp', 'echo'],
  'tcp-policy': ['tcp', 'tcp', 'echo'],
  'answer-lost-on-wire': ['tcp'],
  'answer-dropped': ['tcp'],
  mtu: ['tcp'],
  'dns-silent': ['dns'],
  'dns-failing': ['dns'],
};

/** From a node's own process to a pod; the answer goes to whatever address it showed. */
function hostTalk(scene: Scene, random: Random): void {
  const { cluster } = scene;
  const node = random.pick(cluster.nodes);
  const pods = cluster.pods.filter((pod) => pod.node !== node.index && !isIpv6(pod.ip));
  if (pods.length === 0) return;
  const pod = random.pick(pods);
  const { wire } = decide(cluster, cluster.pools, node, pod.ip);
  // nodes with WireGuard and edited pools show addresses that are another page of the book
  if (wire === 'wireguard' || scene.stale !== null) return;
  const src = hostSource(node, wire, pod.ip);
  const a: End = src === node.ip ? nodeEnd(node) : { kind: 'tunnel', ip: src, node: node.index, pod: null };
  talk(scene, random, { kind: random.pick(['tcp', 'echo']), a, b: podEnd(pod) });
}

function nodePair(scene: Scene, random: Random): [WorldNode, WorldNode] {
  const [a, b] = random.shuffle(scene.cluster.nodes);
  return [a as WorldNode, b as WorldNode];
}

/** kubelet, etcd, monitoring: what every NIC of a cluster shows. */
function nodeTalk(scene: Scene, random: Random): void {
  for (const node of scene.cluster.nodes) {
    const others = scene.cluster.nodes.filter((other) => other !== node);
    const other = random.pick(others);
    talk(scene, random.fork(node.name), { kind: 'tcp', a: nodeEnd(node), b: nodeEnd(other) });
  }
}

/** From a pod to a machine outside, behind the node's address where the pool says so. */
function outsideTalk(scene: Scene, random: Random): void {
  const { cluster } = scene;
  const pods = cluster.pods.filter((pod) => !isIpv6(pod.ip) && pod.ip !== scene.stale?.ip);
  if (pods.length === 0) return;
  const pod = random.pick(pods);
  const nat = poolOf(cluster.pools, pod.ip)?.natOutgoing ?? false;
  const b: End = { kind: 'external', ip: `93.184.216.${random.between(1, 200)}`, node: null, pod: null };
  const src = nat ? nodeAt(scene, pod.node).ip : pod.ip;
  talk(scene, random, { kind: 'external', a: podEnd(pod), b }, { src });
}

/** From a pod to a machine on its node's own network, which a pool claims too: nobody masquerades, nobody encapsulates. */
function lanTalk(scene: Scene, random: Random): void {
  const pods = scene.cluster.pods.filter((pod) => !isIpv6(pod.ip) && pod.ip !== scene.stale?.ip);
  if (pods.length === 0) return;
  const pod = random.pick(pods);
  const node = nodeAt(scene, pod.node);
  const ip = node.ip.replace(/\d+$/, (last) => String(Number(last) + 10));
  const host = { mac: outsideMac(scene, node, ip), ip };
  const own = { mac: node.nic.mac, ip: node.ip };
  linkFrame(scene, node, node, { frame: arp(true, own, host), time: 0.1, second: false, key: null });
  linkFrame(scene, node, node, {
    frame: arp(false, host, own),
    time: 0.1002,
    second: false,
    key: null,
    incoming: true,
  });
  talk(scene, random, { kind: 'external', a: podEnd(pod), b: { kind: 'external', ip, node: null, pod: null } });
}

function serviceTalk(scene: Scene, random: Random): void {
  const [service] = scene.cluster.services;
  if (service === undefined || service.pod.ip === scene.stale?.ip) return;
  const clients = scene.cluster.pods.filter((pod) => pod.node !== service.pod.node && !isIpv6(pod.ip));
  if (clients.length === 0) return;
  talk(scene, random, { kind: 'service', a: podEnd(random.pick(clients)), b: podEnd(service.pod) }, { service });
}

function tunnelTalk(scene: Scene, random: Random): void {
  const pair = podPair(scene, random);
  if (pair !== null) podTunnels(scene, random, pair);
}

/** Tunnels of pods that fewer have. */
function rareTunnelTalk(scene: Scene, random: Random): void {
  const pair = podPair(scene, random);
  if (pair !== null && random.chance(0.7)) rarePodTunnels(scene, random.fork('pods'), pair);
  if (random.chance(0.4)) gatewayTunnel(scene, random.fork('gateway'));
}

function storageTalk(scene: Scene, random: Random): void {
  const [a, b] = nodePair(scene, random);
  if (a.nic2 === null || b.nic2 === null) return;
  for (const [at, from, to] of [
    [0.3, a, b],
    [0.301, b, a],
  ] as const) {
    const [src, dst] = [from.nic2?.ip ?? '', to.nic2?.ip ?? ''];
    const ports = from === a ? { src: 40_123, dst: 3260 } : { src: 3260, dst: 40_123 };
    const body = udp(src, dst, ports, Buffer.alloc(40, 7));
    const packet = { src, dst, protocol: 17, id: 77, dontFragment: true, body };
    const frame = ethernetIp(from.nic2?.mac ?? '', to.nic2?.mac ?? '', ip(packet, 64));
    const ends = { from: nodeEnd(from), to: nodeEnd(to) };
    noteFlow(scene, packet, { ...ends, kind: 'storage', asks: true, asked: null, live: null, faulty: false });
    linkFrame(scene, from, to, { frame, time: at, second: true, key: flowKey(packet) });
  }
}

interface LinkFrame {
  frame: Buffer;
  time: number;
  second: boolean;
  key: string | null;
  incoming?: boolean;
}

/** A frame between two neighbours that is no pod's. */
function linkFrame(scene: Scene, from: WorldNode, to: WorldNode, shown: LinkFrame): void {
  const { frame, time, second, key, incoming = false } = shown;
  const packet = scene.packets++;
  const broadcast = frame[0] === 0xff;
  for (const node of new Set([from, to])) {
    const outgoing = node === from && !incoming;
    const device = second ? node.nic2 : node.nic;
    if (device === null) continue;
    scene.sightings.push({
      time: time + (node === from ? 0 : 30e-6),
      node: node.index,
      device: device.name,
      ifindex: device.ifindex,
      role: second ? 'nic2' : 'nic',
      outgoing,
      packetType: outgoing ? 4 : broadcast ? 1 : 0,
      ...{ frame, raw: false, flow: key, carried: 'none', packet, faulty: false, needed: 42 },
    });
  }
}

/** ARP between neighbours. */
function neighbours(scene: Scene, random: Random): void {
  if (scene.cluster.fabric) return;
  for (const node of scene.cluster.nodes) {
    const near = scene.cluster.nodes.filter((other) => other !== node && other.subnet === node.subnet);
    if (near.length === 0) continue;
    const other = random.pick(near);
    const time = random.next() * 4;
    const [own, its] = [
      { mac: node.nic.mac, ip: node.ip },
      { mac: other.nic.mac, ip: other.ip },
    ];
    linkFrame(scene, node, other, { frame: arp(true, own, its), time, second: false, key: null });
    linkFrame(scene, other, node, { frame: arp(false, its, own), time: time + 2e-4, second: false, key: null });
  }
}
