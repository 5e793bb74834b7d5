// The generator itself: the same seed is the same world, its frames are what tshark says they are, its truth is Calico's.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTopology } from '../../src/input/load-topology.ts';
import { everyNth } from '../support/whole-matrix.ts';
import { holds, ipBytes } from './address.ts';
import { checkSeed, removeFolder, workFolder } from './check/check-world.ts';
import { decide, hostSource } from './cluster/calico.ts';
import { tunnelMac } from './cluster/cluster.ts';
import type { Cluster, Mode, WorldNode, WorldPod, WorldPool } from './cluster/cluster-model.ts';
import { drawFeatures, FEATURES } from './features.ts';
import { Random } from './random.ts';
import { makeWorld, truthOf, type World, writeWorld } from './world.ts';

let folder = '';
beforeAll(() => {
  folder = workFolder();
});
afterAll(() => removeFolder(folder));

describe('a seed', () => {
  it('makes the same world each time', () => {
    const [one, two] = [makeWorld(7), makeWorld(7)];
    expect(one.files.map(({ name, bytes }) => [name, bytes.toString('hex')])).toEqual(
      two.files.map(({ name, bytes }) => [name, bytes.toString('hex')]),
    );
    expect(one.snapshot).toEqual(two.snapshot);
    expect(JSON.stringify(truthOf(one))).toBe(JSON.stringify(truthOf(two)));
    expect(makeWorld(8).snapshot).not.toEqual(one.snapshot);
  });

  it('keeps its cluster when a feature of the captures is turned off', () => {
    const all = new Set(FEATURES);
    const world = makeWorld(7, all);
    const less = makeWorld(7, new Set(FEATURES.filter((name) => name !== 'filter' && name !== 'snaplen')));
    expect(less.scene.cluster).toEqual(world.scene.cluster);
    expect([...less.scene.flows.keys()]).toEqual([...world.scene.flows.keys()]);
  });

  it('gives every feature to some world, and none that was not asked for', () => {
    const drawn = Array.from({ length: 300 }, (_, seed) => drawFeatures(new Random(seed), null));
    expect(FEATURES.filter((name) => !drawn.some((features) => features.has(name)))).toEqual([]);
    expect(drawFeatures(new Random(1), new Set())).toEqual(new Set());
  });

  it('makes a snapshot that the program reads from a folder too', async () => {
    const world = makeWorld(12);
    writeWorld(world, join(folder, 'kept'));
    const topology = await loadTopology([join(folder, 'kept', 'topology')]);
    expect(topology.nodes.map(({ name }) => name).sort()).toEqual(
      world.scene.cluster.nodes.map(({ name }) => name).sort(),
    );
  });

  it('asks by the pool around one that was not collected, and has no other fault then', () => {
    const { scene } = makeWorld(11995, new Set(FEATURES.filter((name) => name !== 'delivery')));
    expect(scene.cluster.pools.map(({ name }) => name)).toContain('inner-pool');
    expect(scene.askedPools.map(({ name }) => name)).not.toContain('inner-pool');
    expect(scene.fault).toBeNull();
    const codes = new Set([...scene.flows.values()].map(({ faultCode }) => faultCode));
    expect([...codes].sort()).toEqual(['stale', null].sort());
  });

  it('makes worlds in which each kind of fault is seen', () => {
    const missing = new Set<string>([
      ...['local-traffic-on-underlay', 'overlay-bypassed', 'stale', 'unencrypted', 'unexpected-overlay'],
      ...['wrong-destination-vtep', 'wrong-encapsulation', 'wrong-source-vtep', 'wrong-tunnel-mac'],
      ...['wrong-udp-port', 'wrong-vni'],
    ]);
    for (let seed = 1; seed <= 400 && missing.size > 0; seed++)
      for (const flow of makeWorld(seed).scene.flows.values()) missing.delete(flow.faultCode ?? '');
    expect([...missing]).toEqual([]);
  });
});

describe('the checker', () => {
  it('answers the same for the same world', async () => {
    expect(await checkSeed(12, folder)).toEqual(await checkSeed(12, folder));
  });
});

const hasTshark = spawnSync('tshark', ['--version']).status === 0;

describe.skipIf(!hasTshark)('frames, by tshark,', () => {
  it.each(everyNth([3, 19, 22, 49, 174, 237, 355], 7))('of world %i are well-formed, with right checksums', (seed) => {
    const world = makeWorld(seed, new Set(FEATURES.filter((name) => name !== 'snaplen' && name !== 'ebpf-nodeport')));
    writeWorld(world, join(folder, 'tshark'));
    for (const file of world.files) {
      const { lines, stderr } = tshark(world, join(folder, 'tshark', file.name));
      expect(stderr).toBe('');
      expect(lines).toHaveLength(file.written.length);
      lines.forEach((line, i) => {
        const [malformed, ipStatus, udpStatus, tcpStatus, icmpStatus, sources = ''] = line.split('\t');
        expect([malformed, ipStatus, udpStatus, tcpStatus, icmpStatus].join()).not.toMatch(/malformed|\b0\b/i);
        const { flow, carried } = file.written[i]?.sighting ?? { flow: null, carried: 'none' };
        if (flow !== null && carried !== 'copy') expect(sources.split(',')).toContain(flow.split(' ')[1]);
      });
    }
  });
});

/** Per frame: malformed, status of checksums (1 good, 2 unverified, 0 bad), sources from the outside in. */
function tshark({ scene }: World, path: string): { lines: string[]; stderr: string } {
  const fields = [
    '_ws.malformed',
    'ip.checksum.status',
    'udp.checksum.status',
    'tcp.checksum.status',
    'icmp.checksum.status',
  ];
  const checks = ['ip.check_checksum', 'udp.check_checksum', 'tcp.check_checksum'].flatMap((name) => [
    '-o',
    `${name}:TRUE`,
  ]);
  const ports = [...new Set([4789, 8472, scene.cluster.port])].flatMap((port) => ['-d', `udp.port==${port},vxlan`]);
  const show = [...fields, 'ip.src', 'ipv6.src'].flatMap((name) => ['-e', name]);
  // what ports promise of payloads is nobody's question here
  const ignored = ['http', 'tls', 'pgsql', 'ntp', 'syslog'].flatMap((name) => ['--disable-protocol', name]);
  const args = ['-r', path, ...ignored, '-T', 'fields', ...checks, ...ports, ...show];
  const { stdout, stderr } = spawnSync('tshark', args, { encoding: 'utf8' });
  const lines = stdout.split('\n').slice(0, -1);
  const merged = lines.map((line) => line.replace(/\t([^\t]*)$/, (_, v6: string) => (v6 === '' ? '' : `,${v6}`)));
  const noise = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Running as user'));
  return { lines: merged, stderr: noise.join('\n') };
}

describe('addresses', () => {
  it('are read in both families', () => {
    expect([...ipBytes('10.0.1.20')]).toEqual([10, 0, 1, 20]);
    expect(ipBytes('fd00:10:244::1a').toString('hex')).toBe('fd00001002440000000000000000001a');
    expect(holds('10.0.1.0/26', '10.0.1.63')).toBe(true);
    expect(holds('10.0.1.0/26', '10.0.1.64')).toBe(false);
    expect(holds('fd00:10:244::/112', 'fd00:10:244::ffff')).toBe(true);
  });

  it('of VTEPs are the ones of the reference', () => {
    expect(tunnelMac('node1')).toBe('66:f9:37:c3:7e:94');
    expect(tunnelMac('node1-v6')).toBe('66:0f:35:f2:60:df');
    expect(tunnelMac('ip-10-0-1-30.eu-west-1.compute.internal')).toBe('66:14:9d:f4:2c:1f');
  });
});

/** The truth table of the reference, 3.7: what A sends to a pod, a tunnel address or a node. */
describe('the truth', () => {
  const near = clusterOf({ prefix: 24 });
  const wireTo = (cluster: Cluster, dst: string): string =>
    decide(cluster, cluster.pools, cluster.nodes[0] as WorldNode, dst).wire;

  it.each([
    ['rows 1 and 2: VXLAN Always', ['Always', 'Never'], 24, 'vxlan'],
    ['row 3: VXLAN CrossSubnet in one subnet', ['CrossSubnet', 'Never'], 24, 'none'],
    ['row 4: VXLAN CrossSubnet, another subnet', ['CrossSubnet', 'Never'], 32, 'vxlan'],
    ['row 5: IPIP Always', ['Never', 'Always'], 24, 'ipip'],
    ['row 6: IPIP CrossSubnet in one subnet', ['Never', 'CrossSubnet'], 24, 'none'],
    ['row 6: IPIP CrossSubnet, another subnet', ['Never', 'CrossSubnet'], 32, 'ipip'],
    ['row 7: Never', ['Never', 'Never'], 24, 'none'],
    ['both: VXLAN wins', ['Always', 'Always'], 24, 'vxlan'],
  ] as const)('%s', (_, [vxlanMode, ipipMode], prefix, wire) => {
    expect(wireTo(clusterOf({ prefix, vxlanMode, ipipMode }), '10.100.0.70')).toBe(wire);
  });

  it('of a node address is plain, of a tunnel address what its pool says, of one’s own node local', () => {
    expect(wireTo(near, '10.0.0.2')).toBe('none');
    expect(wireTo(near, '10.100.0.65')).toBe('vxlan');
    expect(wireTo(near, '10.100.0.10')).toBe('local');
    expect(wireTo(near, '10.9.9.9')).toBe('none');
  });

  it('is WireGuard where both nodes have keys', () => {
    const keyed = clusterOf({ prefix: 24, key: 'k' });
    expect(wireTo(keyed, '10.100.0.70')).toBe('wireguard');
    const [a, b] = keyed.nodes as [WorldNode, WorldNode];
    expect(wireTo({ ...keyed, nodes: [{ ...a, wireguardKey: null }, b] }, '10.100.0.70')).toBe('vxlan');
  });

  it('of nested pools is the inner one’s, CrossSubnet if any is', () => {
    const outer = poolOf({ vxlanMode: 'CrossSubnet' });
    const inner = { ...poolOf({ vxlanMode: 'Always' }), name: 'inner', cidr: '10.100.0.64/26' };
    expect(wireTo({ ...near, pools: [outer, inner] }, '10.100.0.70')).toBe('none');
    expect(wireTo({ ...near, pools: [{ ...inner, vxlanMode: 'Never' }, outer] }, '10.100.0.70')).toBe('none');
  });

  it('of a host’s source is its tunnel address inside a tunnel', () => {
    const [a] = near.nodes as [WorldNode];
    expect(hostSource(a, 'vxlan', '10.100.0.70')).toBe('10.100.0.5');
    expect(hostSource(a, 'none', '10.100.0.70')).toBe('10.0.0.1');
  });
});

function poolOf({ vxlanMode = 'Always', ipipMode = 'Never' }: { vxlanMode?: Mode; ipipMode?: Mode }): WorldPool {
  const cidr = '10.100.0.0/20';
  return { name: 'pool', cidr, blockSize: 26, vxlanMode, ipipMode, natOutgoing: true, disabled: false };
}

function clusterOf(options: { prefix: number; vxlanMode?: Mode; ipipMode?: Mode; key?: string }): Cluster {
  const nodeOf = (index: number): WorldNode => ({
    ...{
      index,
      name: `n${index}`,
      subnet: 0,
      ip: `10.0.0.${index + 1}`,
      prefix: options.prefix,
      ip6: null,
      nic2: null,
    },
    nic: { name: 'eth0', mac: `02:00:00:00:00:0${index}`, ifindex: 2 },
    vxlanDevice: { name: 'vxlan.calico', mac: tunnelMac(`n${index}`), ifindex: 9 },
    vxlan6Device: { name: 'vxlan-v6.calico', mac: tunnelMac(`n${index}-v6`), ifindex: 8 },
    ...{ vxlanIp: `10.100.0.${5 + 60 * index}`, vxlanIp6: null, ipipIp: null, wireguardKey: options.key ?? null },
  });
  const podOf = (node: number, ip: string): WorldPod => ({
    ...{ name: `p${node}`, namespace: 'shop', node, ip, mac: 'd6:00:00:00:00:01', borrowed: false },
    veth: { name: 'cali0', mac: 'ee:ee:ee:ee:ee:ee', ifindex: 12 },
  });
  return {
    nodes: [nodeOf(0), nodeOf(1)],
    pools: [poolOf(options)],
    pods: [podOf(0, '10.100.0.10'), podOf(1, '10.100.0.70')],
    ...{
      blocks: [],
      services: [],
      linkPrefix: 24,
      gatewayMacs: ['02:fe:00:00:00:00'],
      fabric: false,
      vni: 4096,
      port: 4789,
    },
  };
}
