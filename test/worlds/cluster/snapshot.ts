// What somebody collected of the cluster: Kubernetes objects as kubectl prints them, texts of iproute2; more or less complete, and
// perhaps out of date.

import { fromNumber, toNumber } from '../address.ts';
import { EPOCH } from '../capture/taps.ts';
import type { Scene } from '../traffic/scene.ts';
import { decide, isSameSubnet, poolOf } from './calico.ts';
import type { WorldNode, WorldPod, WorldPool } from './cluster-model.ts';
import { flannelObjects, flannelRoute } from './flannel.ts';

export interface SnapshotFile {
  /** Below the snapshot's folder. */
  path: string;
  text: string;
}

export function snapshotFiles(scene: Scene): SnapshotFile[] {
  const { has, random, cluster } = scene;
  const pools = scene.askedPools.filter((pool) => pool.name !== missingPool(scene));
  const items: unknown[] =
    cluster.flannel === undefined ? pools.map(poolObject) : flannelObjects(scene, cluster, cluster.flannel);
  if (!has.has('no-nodes') && cluster.flannel === undefined) items.push(...cluster.nodes.map(nodeObject));
  if (has.has('pods')) items.push(...podObjects(scene), ...cluster.services.map(serviceObject));
  if (has.has('blocks')) items.push(...affinities(scene));
  if (cluster.flannel === undefined && (cluster.vni !== 4096 || cluster.port !== 4789)) items.push(felixObject(scene));
  const files = [list('snapshot.json', items)];
  const contradiction = contradictingPools(scene);
  if (contradiction !== null) files.push(list('pools-again.json', contradiction.map(poolObject)));
  if (has.has('texts')) {
    const some = cluster.nodes.filter((node) => random.fork(`texts ${node.index}`).chance(0.6));
    files.push(...some.flatMap((node) => nodeTexts(scene, node)));
  }
  return files;
}

/** Whose object was not collected: the second one's, where there is one, and no other file has it. */
export function missingPool({ has, cluster }: Pick<Scene, 'has' | 'cluster'>): string | null {
  return has.has('missing-pool') && !has.has('contradiction') && cluster.pools.length > 1
    ? (cluster.pools[1]?.name ?? null)
    : null;
}

/** What the pools ask for as far as the snapshot tells: addresses of a pool that it lacks are those of the pool around it. */
export function poolsAsked(scene: Pick<Scene, 'has' | 'cluster'>, pools: WorldPool[]): WorldPool[] {
  const missing = pools.find((pool) => pool.name === missingPool(scene));
  const base = missing?.cidr.split('/')[0] ?? '';
  const collected = pools.filter((pool) => pool !== missing);
  return missing !== undefined && poolOf(collected, base) !== null ? collected : pools;
}

/** The first pool once more, edited: two files of one snapshot that do not agree. */
export function contradictingPools({ has, askedPools }: Scene): WorldPool[] | null {
  const [first, ...others] = askedPools;
  if (!has.has('contradiction') || first === undefined) return null;
  const vxlanMode = first.vxlanMode === 'Always' ? 'Never' : 'Always';
  return [{ ...first, vxlanMode, ipipMode: 'Never' }, ...others];
}

function list(path: string, items: readonly unknown[]): SnapshotFile {
  return { path, text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 1) };
}

function poolObject(pool: WorldPool): unknown {
  const { name, ...rest } = pool;
  const { disabled, ...spec } = rest;
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name },
    spec: { ...spec, ...(disabled ? { disabled } : {}), nodeSelector: 'all()' },
  };
}

function nodeObject(node: WorldNode): unknown {
  const annotations: Record<string, string> = { 'projectcalico.org/IPv4Address': `${node.ip}/${node.prefix}` };
  const add = (key: string, value: string | null): void => {
    if (value !== null) annotations[`projectcalico.org/${key}`] = value;
  };
  add('IPv4VXLANTunnelAddr', node.vxlanIp);
  add('IPv4IPIPTunnelAddr', node.ipipIp);
  add('IPv6Address', node.ip6 === null ? null : `${node.ip6}/64`);
  add('IPv6VXLANTunnelAddr', node.vxlanIp6);
  add('WireguardPublicKey', node.wireguardKey);
  const addresses = [
    { type: 'InternalIP', address: node.ip },
    { type: 'Hostname', address: node.name },
  ];
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: node.name, annotations }, status: { addresses } };
}

function podObjects({ cluster, stale }: Scene): unknown[] {
  return cluster.pods.map((pod) => {
    if (stale?.kind === 'pod-moved' && stale.ip === pod.ip)
      return podObject({ ...pod, name: 'gone' }, cluster.nodes[stale.claimed ?? 0], 0);
    if (stale?.kind === 'pod-born' && stale.ip === pod.ip)
      return podObject({ ...pod, name: 'newcomer' }, cluster.nodes[stale.claimed ?? 0], EPOCH + 4000);
    return podObject(pod, cluster.nodes[pod.node], 0);
  });
}

/** @param born seconds since the epoch; 0: long before the capture */
function podObject({ name, namespace, ip }: WorldPod, node: WorldNode | undefined, born: number): unknown {
  const creationTimestamp = new Date((born === 0 ? EPOCH - 86_400 : born) * 1000).toISOString().replace('.000', '');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, creationTimestamp },
    spec: { nodeName: node?.name },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
  };
}

function serviceObject({ name, ip, port, pod }: Scene['cluster']['services'][number]): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: pod.namespace },
    spec: { type: 'ClusterIP', clusterIP: ip, clusterIPs: [ip], ports: [{ port, protocol: 'TCP', targetPort: 8080 }] },
  };
}

function affinities({ cluster }: Scene): unknown[] {
  return cluster.blocks.map(({ cidr, node }) => {
    const owner = cluster.nodes[node]?.name ?? '';
    const name = `${owner}-${cidr.replace(/[./:]+/g, '-')}`;
    const spec = { cidr, node: owner, state: 'confirmed', deleted: 'false' };
    return { apiVersion: 'crd.projectcalico.org/v1', kind: 'BlockAffinity', metadata: { name }, spec };
  });
}

function felixObject({ cluster }: Scene): unknown {
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'FelixConfiguration',
    metadata: { name: 'default' },
    spec: { vxlanVNI: cluster.vni, vxlanPort: cluster.port },
  };
}

/** `ip link`, `ip route`, `ip neigh` and `bridge fdb` of a node, in a folder of its name. */
function nodeTexts(scene: Scene, node: WorldNode): SnapshotFile[] {
  const { cluster } = scene;
  const others = cluster.nodes.filter((other) => other !== node);
  const own = cluster.pods.filter((pod) => pod.node === node.index && !pod.ip.includes(':'));
  const link = (index: number, name: string, mac: string): string =>
    `${index}: ${name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000\n    link/ether ${mac} brd ff:ff:ff:ff:ff:ff`;
  const links = [link(2, node.nic.name, node.nic.mac)];
  if (node.nic2 !== null) links.push(link(3, node.nic2.name, node.nic2.mac));
  if (node.vxlanIp !== null) links.push(link(9, node.vxlanDevice.name, node.vxlanDevice.mac));
  if (node.vxlanIp6 !== null) links.push(link(8, node.vxlan6Device.name, node.vxlan6Device.mac));
  if (node.ipipIp !== null)
    links.push(
      '10: tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 1480 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\n    link/ipip 0.0.0.0 brd 0.0.0.0',
    );
  for (const { veth } of cluster.pods.filter((pod) => pod.node === node.index))
    links.push(link(veth.ifindex, `${veth.name}@if3`, veth.mac));
  const vteps = node.vxlanIp === null ? [] : others;
  const vteps6 = node.vxlanIp6 === null ? [] : others;
  const near = others.filter((other) => other.subnet === node.subnet);
  const neighbours = [
    ...vteps6.map((other) => `${other.vxlanIp6} dev vxlan-v6.calico lladdr ${other.vxlan6Device.mac} PERMANENT`),
    ...vteps.map((other) => `${other.vxlanIp} dev ${node.vxlanDevice.name} lladdr ${other.vxlanDevice.mac} PERMANENT`),
    ...near.map((other) => `${other.ip} dev ${node.nic.name} lladdr ${other.nic.mac} REACHABLE`),
    ...own.map((pod) => `${pod.ip} dev ${pod.veth.name} lladdr ${pod.mac} STALE`),
  ];
  const fdb = [
    ...vteps.map((other) => `${other.vxlanDevice.mac} dev ${node.vxlanDevice.name} dst ${other.ip} self permanent`),
    ...vteps6.map((other) => `${other.vxlan6Device.mac} dev vxlan-v6.calico dst ${other.ip6} self permanent`),
  ];
  const texts = {
    'ip-link.txt': links,
    'ip-route.txt': routes(scene, node),
    'ip-neigh.txt': neighbours,
    'bridge-fdb.txt': fdb,
  };
  return Object.entries(texts)
    .filter(([, lines]) => lines.length > 0)
    .map(([name, lines]) => ({ path: `${node.name}/${name}`, text: `${lines.join('\n')}\n` }));
}

function routes(scene: Scene, node: WorldNode): string[] {
  const { cluster } = scene;
  const lines = [`default via ${gatewayIp(node)} dev ${node.nic.name} proto dhcp src ${node.ip} metric 100`];
  const [base, length] = linkNetwork(cluster.linkPrefix, node);
  lines.push(`${base}/${length} dev ${node.nic.name} proto kernel scope link src ${node.ip}`);
  for (const { cidr, node: owner } of cluster.blocks.filter((block) => !block.cidr.includes(':'))) {
    const to = cluster.nodes[owner];
    if (to === undefined) continue;
    if (to === node) lines.push(cluster.flannel === undefined ? `blackhole ${cidr} proto 80` : ownPart(cidr));
    else lines.push(`${cidr} ${nextHop(scene, node, to, cidr.split('/')[0] ?? '')}`);
  }
  for (const pod of cluster.pods.filter((one) => one.node === node.index && !one.ip.includes(':')))
    lines.push(`${pod.ip} dev ${pod.veth.name} scope link`);
  return lines;
}

function nextHop({ cluster, routedPools }: Scene, node: WorldNode, to: WorldNode, base: string): string {
  const around = routedPools.filter(
    (pool) => pool.cidr.split('.').slice(0, 2).join('.') === base.split('.').slice(0, 2).join('.'),
  );
  const probe = { ...cluster, pods: [{ ip: base, node: to.index }] } as unknown as Scene['cluster'];
  const { wire } = decide(probe, around, { ...node, wireguardKey: null }, base);
  if (cluster.flannel !== undefined) return flannelRoute(node, to, wire);
  if (wire === 'vxlan' && to.vxlanIp !== null) return `via ${to.vxlanIp} dev vxlan.calico onlink`;
  if (wire === 'ipip') return `via ${to.ip} dev tunl0 proto bird onlink`;
  const onlink = isSameSubnet(node, to, false) ? ' onlink' : '';
  return `via ${to.ip} dev ${node.nic.name} proto bird${onlink}`;
}

/** The bridge of the node's own pods. */
function ownPart(cidr: string): string {
  return `${cidr} dev cni0 proto kernel scope link src ${cidr.replace(/0\/24$/, '1')}`;
}

function linkNetwork(prefix: number, { ip }: WorldNode): [string, number] {
  const size = 2 ** (32 - prefix);
  return [fromNumber(Math.floor(toNumber(ip) / size) * size), prefix];
}

function gatewayIp({ ip }: WorldNode): string {
  return ip.replace(/\d+$/, '1');
}
