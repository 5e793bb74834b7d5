// A random cluster: subnets, nodes, pools of every mode, blocks, pods, tunnel addresses. Valid as Calico understands it.
import { createHash } from 'node:crypto';
import { fromNumber, macText, toNumber } from '../address.ts';
import type { FeatureSet } from '../features.ts';
import type { Random } from '../random.ts';
import type { Cluster, Mode, WorldBlock, WorldNode, WorldPod, WorldPool } from './cluster-model.ts';

const NODE_NAMES: readonly ((i: number, ip: string) => string)[] = [
  (i) => `worker${i}`,
  (i) => `k8s-node-${i}.example.net`,
  (_, ip) => `ip-${ip.replaceAll('.', '-')}.eu-west-1.compute.internal`,
  (i) => `gke-pool-${i}`,
  (i) => `n${String.fromCharCode(97 + i)}`,
];
const NIC_NAMES = ['eth0', 'ens5', 'ens192', 'enp1s0', 'bond0', 'eno1'];
const LAN_POOL = 'lan-pool';
/** Azure's. */
const FABRIC_MAC = '12:34:56:78:9a:bc';
const NAMESPACES = ['shop', 'kube-system', 'bank', 'default'];

export function makeCluster(random: Random, has: FeatureSet): Cluster {
  const linkPrefix = random.fork('link').pick([24, 24, 26, 22, 25]);
  const pools = makePools(random.fork('pools'), has);
  const nodes = makeNodes(random.fork('nodes'), has, linkPrefix);
  const subnets = Math.max(...nodes.map((node) => node.subnet)) + 1;
  const settings = has.has('felix-settings') ? random.fork('felix') : null;
  const cluster: Cluster = {
    nodes,
    pools,
    pods: [],
    blocks: makeBlocks(random.fork('blocks'), nodes, pools),
    services: [],
    linkPrefix,
    gatewayMacs: Array.from({ length: subnets }, (_, i) =>
      has.has('fabric-mac') ? FABRIC_MAC : macText([2, 0xfe, 0, 0, 0, i]),
    ),
    fabric: has.has('fabric-mac'),
    vni: settings?.pick([4096, 5000, 77]) ?? 4096,
    port: settings?.pick([4789, 8472, 14789]) ?? 4789,
  };
  const free = freeAddresses(random.fork('addresses'), cluster.blocks);
  giveTunnelAddresses(random.fork('tunnels'), cluster, free);
  givePods(random.fork('pods'), has, cluster, free);
  giveServices(random.fork('services'), has, cluster);
  return cluster;
}

const MODES: readonly [Mode, Mode][] = [
  ['Always', 'Never'],
  ['Always', 'Never'],
  ['Always', 'Never'],
  ['CrossSubnet', 'Never'],
  ['CrossSubnet', 'Never'],
  ['CrossSubnet', 'Never'],
  ['Never', 'Always'],
  ['Never', 'CrossSubnet'],
  ['Never', 'Never'],
  ['Never', 'Never'],
  ['Always', 'Always'],
];

function makePools(random: Random, has: FeatureSet): WorldPool[] {
  const names = ['default-ipv4-ippool', 'blue-pool', 'flat-pool'];
  const count = random.pick([1, 1, 2, 2, 3]);
  const pools = names.slice(0, count).map((name, i): WorldPool => {
    const [vxlanMode, ipipMode] = random.pick(MODES);
    const blockSize = random.pick([26, 26, 27, 28, 25]);
    const cidr = `10.${100 + i}.0.0/20`;
    return { name, cidr, blockSize, vxlanMode, ipipMode, natOutgoing: random.chance(0.7), disabled: false };
  });
  const first = pools[0] as WorldPool;
  if (has.has('nested-pools')) {
    const [vxlanMode, ipipMode] = random.pick(MODES);
    pools.push({ ...first, name: 'inner-pool', cidr: '10.100.8.0/21', vxlanMode, ipipMode });
  }
  if (has.has('lan-pool') && tunnelKind(first) !== 'none') {
    // laid over the nodes' own network by mistake: no block of it is anybody's
    const { vxlanMode, ipipMode } = first;
    pools.push({ ...first, name: LAN_POOL, cidr: '10.20.0.0/18', blockSize: 26, vxlanMode, ipipMode });
  }
  if (has.has('ipv6')) {
    const vxlanMode = random.pick<Mode>(['Always', 'CrossSubnet', 'Never']);
    const cidr = 'fd00:10:244::/112';
    pools.push({ ...first, name: 'default-ipv6-ippool', cidr, blockSize: 122, vxlanMode, ipipMode: 'Never' });
  }
  if (has.has('disabled-pools')) disableOne(pools);
  return pools;
}

/** Only where another pool keeps the tunnel of its kind alive: a disabled pool gives no tunnel addresses. */
function disableOne(pools: readonly WorldPool[]): void {
  const kind = (pool: WorldPool): string => `${pool.cidr.includes(':')} ${tunnelKind(pool)}`;
  const spare = pools.find((pool) => pools.filter((other) => kind(other) === kind(pool)).length > 1);
  if (spare !== undefined) spare.disabled = true;
}

function tunnelKind({ vxlanMode, ipipMode }: WorldPool): 'vxlan' | 'ipip' | 'none' {
  return vxlanMode !== 'Never' ? 'vxlan' : ipipMode !== 'Never' ? 'ipip' : 'none';
}

function makeNodes(random: Random, has: FeatureSet, linkPrefix: number): WorldNode[] {
  const count = random.chance(0.03) ? random.between(7, 9) : random.between(2, 5);
  const subnets = has.has('routers') ? random.between(1, 3) : 1;
  const nameOf = random.pick(NODE_NAMES);
  const step = 2 ** (32 - linkPrefix);
  const base = toNumber('10.20.0.0');
  return Array.from({ length: count }, (_, i): WorldNode => {
    const subnet = i < subnets ? i : random.int(subnets);
    const ip = fromNumber(base + subnet * step + 20 + i);
    const name = nameOf(i, ip);
    const nic = { name: random.pick(NIC_NAMES), mac: macText([2, 0, 0x5e, i, 0, subnet]), ifindex: 2 };
    const nic2 = { name: nic.name === 'eth0' ? 'eth1' : 'ens9', mac: macText([2, 0, 0x5e, i, 1, subnet]), ifindex: 3 };
    return {
      index: i,
      name,
      subnet,
      ip,
      prefix: has.has('slash-32') ? 32 : linkPrefix,
      ip6: has.has('ipv6') ? `fd20:${subnet + 1}::${(0x20 + i).toString(16)}` : null,
      nic,
      nic2: has.has('second-nic') ? { ...nic2, ip: `172.30.0.${20 + i}` } : null,
      vxlanDevice: { name: 'vxlan.calico', mac: tunnelMac(name), ifindex: 9 },
      vxlan6Device: { name: 'vxlan-v6.calico', mac: tunnelMac(`${name}-v6`), ifindex: 8 },
      vxlanIp: null,
      vxlanIp6: null,
      ipipIp: null,
      wireguardKey: has.has('wireguard') && random.chance(0.75) ? random.bytes(32).toString('base64') : null,
    };
  });
}

/** Reference page, 4.4: 0x66 and the first five bytes of SHA-1 over the node's name. */
export function tunnelMac(name: string): string {
  return macText([0x66, ...createHash('sha1').update(name).digest().subarray(0, 5)]);
}

function makeBlocks(random: Random, nodes: readonly WorldNode[], pools: readonly WorldPool[]): WorldBlock[] {
  const blocks: WorldBlock[] = [];
  for (const pool of pools.filter(({ name }) => name !== LAN_POOL)) {
    const nested = pools.find(
      (other) => other !== pool && other.name === 'inner-pool' && pool.cidr === '10.100.0.0/20',
    );
    const [base = '', length = ''] = pool.cidr.split('/');
    const prefix = Number(length) + (nested === undefined ? 0 : 1);
    const all = random.shuffle(Array.from({ length: 2 ** (pool.blockSize - prefix) }, (_, i) => i));
    for (const node of nodes) {
      const count = random.chance(0.5) ? 1 : 2;
      for (const index of all.splice(0, count))
        blocks.push({ cidr: blockCidr(base, pool.blockSize, index), node: node.index, pool: pool.name });
    }
  }
  return blocks;
}

function blockCidr(base: string, size: number, index: number): string {
  if (!base.includes(':')) return `${fromNumber(toNumber(base) + index * 2 ** (32 - size))}/${size}`;
  const low = index * 2 ** (128 - size);
  return low === 0 ? `${base}/${size}` : `${base}${low.toString(16)}/${size}`;
}

type Free = (block: WorldBlock) => string;

/** Addresses of a block, each once, in random order; the first and last ones are as good as any. */
function freeAddresses(random: Random, blocks: readonly WorldBlock[]): Free {
  const left = new Map<WorldBlock, string[]>();
  for (const block of blocks) {
    const [base = '', size = ''] = block.cidr.split('/');
    const v6 = base.includes(':');
    const [head = '', tail = ''] = v6 ? base.split('::') : [];
    const start = v6 ? Number.parseInt(tail || '0', 16) : toNumber(base);
    const count = v6 ? 64 : 2 ** (32 - Number(size));
    const offsets = Array.from({ length: count }, (_, i) => start + i).filter((value) => value > 0);
    const texts = offsets.map((value) => (v6 ? `${head}::${value.toString(16)}` : fromNumber(value)));
    left.set(block, random.shuffle(texts));
  }
  return (block) => {
    const ip = left.get(block)?.pop();
    if (ip === undefined) throw new RangeError(`no address is left in ${block.cidr}`);
    return ip;
  };
}

/** Reference page, 1.4: from an enabled pool of the mode, in one of the node's own blocks. */
function giveTunnelAddresses(random: Random, { nodes, pools, blocks }: Cluster, free: Free): void {
  const from = (kind: 'vxlan' | 'ipip', v6: boolean): WorldPool | null => {
    const fit = pools.filter(
      (p) => !p.disabled && p.name !== LAN_POOL && tunnelKind(p) === kind && p.cidr.includes(':') === v6,
    );
    return fit.length === 0 ? null : random.pick(fit);
  };
  const [vxlan, ipip, vxlan6] = [from('vxlan', false), from('ipip', false), from('vxlan', true)];
  for (const node of nodes) {
    const give = (pool: WorldPool | null): string | null => {
      const own = blocks.filter((one) => one.node === node.index && one.pool === pool?.name);
      return own.length === 0 ? null : free(random.pick(own));
    };
    node.vxlanIp = give(vxlan);
    node.ipipIp = give(ipip);
    node.vxlanIp6 = give(vxlan6);
  }
}

function givePods(random: Random, has: FeatureSet, cluster: Cluster, free: Free): void {
  for (const node of cluster.nodes) {
    const count = random.between(1, 4);
    for (let i = 0; i < count; i++) {
      const borrowed = has.has('borrowed') && random.chance(0.2);
      const blocks = cluster.blocks.filter((block) => (block.node === node.index) !== borrowed);
      const block = random.pick(blocks);
      cluster.pods.push(makePod(random, { node, ip: free(block), number: i, borrowed }));
    }
  }
}

function makePod(
  random: Random,
  { node, ip, number, borrowed }: { node: WorldNode; ip: string; number: number; borrowed: boolean },
): WorldPod {
  const namespace = random.pick(NAMESPACES);
  const name = `pod-${node.index}-${number}-${random.bytes(2).toString('hex')}`;
  const hash = createHash('sha1').update(`${namespace}.${name}`).digest('hex').slice(0, 11);
  const mac = macText([0xd6, ...random.bytes(5)]);
  const veth = { name: `cali${hash}`, mac: 'ee:ee:ee:ee:ee:ee', ifindex: 12 + number };
  return { name, namespace, node: node.index, ip, mac, veth, borrowed };
}

function giveServices(random: Random, has: FeatureSet, cluster: Cluster): void {
  const pods = cluster.pods.filter((pod) => !pod.ip.includes(':'));
  if (!has.has('services') || pods.length === 0) return;
  const pod = random.pick(pods);
  cluster.services.push({ name: 'front', ip: `10.96.${random.int(4)}.${random.between(2, 250)}`, port: 80, pod });
}
