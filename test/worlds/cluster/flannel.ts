// Clusters that flannel carries: one network, a part of it per node, the backend's mode for all. From flannel's own sources and its
// page on backends: DirectRouting is plain where the kernel reaches the other node without a gateway, host-gw is always plain; the
// device has the first address of the node's part. Half of them are canal: Calico's plugin makes the pods' links, and a pool exists.
import { fromNumber, macText, toNumber } from '../address.ts';
import type { FeatureSet } from '../features.ts';
import type { Random } from '../random.ts';
import type { Scene } from '../traffic/scene.ts';
import { makeCluster } from './cluster.ts';
import type { Cluster, FlannelFacts, Mode, WorldNode, WorldPod } from './cluster-model.ts';

/** Seeds from here on are worlds of flannel: those before keep their worlds. */
export const FLANNEL_SEEDS = 1_000_000_000;

/** What only Calico's clusters have. */
const NOT_HERE = new Set([
  ...['slash-32', 'ipv6', 'wireguard', 'borrowed', 'nested-pools', 'disabled-pools', 'lan-pool', 'felix-settings'],
  ...['ebpf-nodeport', 'stale', 'contradiction', 'missing-pool', 'blocks', 'no-nodes'],
]);

export function featuresOfFlannel(features: FeatureSet): FeatureSet {
  return new Set([...features].filter((feature) => !NOT_HERE.has(feature)));
}

const NETWORK = '10.244.0.0/16';

export function makeFlannelCluster(random: Random, has: FeatureSet): Cluster {
  const base = makeCluster(random, has);
  const draw = random.fork('flannel');
  const canal = draw.chance(0.5);
  const vxlanMode = draw.pick<Mode>(['Always', 'Always', 'CrossSubnet', 'CrossSubnet', 'Never']);
  const vni = draw.pick([1, 1, 1, 7]);
  const nodes = base.nodes.map(
    (node): WorldNode => ({
      ...node,
      prefix: base.linkPrefix,
      vxlanDevice: { name: `flannel.${vni}`, mac: macText([0x0a | (draw.int(15) << 4), ...draw.bytes(5)]), ifindex: 9 },
      vxlanIp: vxlanMode === 'Never' ? null : (partOf(node).split('/')[0] ?? null),
      ipipIp: null,
    }),
  );
  const pods = base.pods.map((pod, i): WorldPod => {
    const ip = fromNumber(toNumber(partOf({ index: pod.node }).split('/')[0] ?? '') + 2 + i);
    const bridge = macText([0x86, 0, 0, 0, 1, pod.node]);
    return {
      ...pod,
      ip,
      borrowed: false,
      veth: canal ? pod.veth : { ...pod.veth, name: `veth${draw.bytes(4).toString('hex')}`, mac: bridge },
    };
  });
  const pool = { name: NETWORK, cidr: NETWORK, blockSize: 24, vxlanMode, ipipMode: 'Never' as const };
  const services = base.services.map((one) => ({ ...one, pod: pods[base.pods.indexOf(one.pod)] ?? one.pod }));
  return {
    ...base,
    nodes,
    pods,
    services,
    pools: [{ ...pool, natOutgoing: true, disabled: false }],
    blocks: nodes.map((node) => ({ cidr: partOf(node), node: node.index, pool: NETWORK })),
    vni,
    port: draw.pick([8472, 8472, 8472, 4789]),
    flannel: { canal, configured: vxlanMode === 'CrossSubnet' || draw.chance(0.6) },
  };
}

function partOf({ index }: Pick<WorldNode, 'index'>): string {
  return `10.244.${index + 1}.0/24`;
}

/** What kubectl prints of such a cluster, instead of Calico's objects. */
export function flannelObjects(
  { askedPools }: Scene,
  cluster: Cluster,
  { canal, configured }: FlannelFacts,
): unknown[] {
  const mode = askedPools[0]?.vxlanMode ?? 'Always';
  // defaults are left out, as people do; the port must be stated where nothing else would tell it
  const stated = configured || cluster.port !== 8472;
  return [
    ...cluster.nodes.map((node) => nodeObject(node, { mode, vni: cluster.vni, canal })),
    ...(stated ? [configMap(cluster, mode)] : []),
    ...(canal ? [poolObject()] : []),
  ];
}

function nodeObject(node: WorldNode, { mode, vni, canal }: { mode: Mode; vni: number; canal: boolean }): unknown {
  const prefix = 'flannel.alpha.coreos.com';
  const part = partOf(node);
  const annotations = {
    [`${prefix}/backend-type`]: mode === 'Never' ? 'host-gw' : 'vxlan',
    [`${prefix}/backend-data`]: mode === 'Never' ? 'null' : JSON.stringify({ VNI: vni, VtepMAC: node.vxlanDevice.mac }),
    [`${prefix}/kube-subnet-manager`]: 'true',
    [`${prefix}/public-ip`]: node.ip,
    // Calico's agent runs beside it, and makes policies only
    ...(canal ? { 'projectcalico.org/IPv4Address': `${node.ip}/${node.prefix}` } : {}),
  };
  const addresses = [
    { type: 'InternalIP', address: node.ip },
    { type: 'Hostname', address: node.name },
  ];
  const spec = { podCIDR: part, podCIDRs: [part] };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: node.name, annotations }, spec, status: { addresses } };
}

function configMap({ vni, port }: Cluster, mode: Mode): unknown {
  const backend = {
    Type: mode === 'Never' ? 'host-gw' : 'vxlan',
    ...(vni === 1 ? {} : { VNI: vni }),
    ...(port === 8472 ? {} : { Port: port }),
    ...(mode === 'CrossSubnet' ? { DirectRouting: true } : {}),
  };
  const text = JSON.stringify({ Network: NETWORK, Backend: backend }, null, 2);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-flannel-cfg' },
    data: { 'net-conf.json': text },
  };
}

function poolObject(): unknown {
  const spec = { cidr: NETWORK, ipipMode: 'Never', vxlanMode: 'Never', natOutgoing: true };
  return { apiVersion: 'crd.projectcalico.org/v1', kind: 'IPPool', metadata: { name: 'default-ipv4-ippool' }, spec };
}

/** flanneld's routes, in place of Felix's. */
export function flannelRoute(node: WorldNode, to: WorldNode, wire: string): string {
  return wire === 'vxlan'
    ? `via ${to.vxlanIp} dev ${node.vxlanDevice.name} onlink`
    : `via ${to.ip} dev ${node.nic.name}`;
}
