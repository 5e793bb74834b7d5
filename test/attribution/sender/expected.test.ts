// calico-facts 3.3 to 3.9: what the sender is to put on the wire, row by row of the truth table in 3.7.
import { describe, expect, it } from 'vitest';
import { expectedOf } from '../../../src/attribution/sender/expected.ts';
import { type Who, whoByTopology } from '../../../src/attribution/who/who.ts';
import type { Topology } from '../../../src/topology/model.ts';
import {
  barePool,
  cluster,
  doc,
  ipamBlocks,
  ippools,
  type NodeText,
  nodes,
  type PoolText,
  pods,
  services,
} from '../../support/cluster-text.ts';

const S = { name: 's', ip: '10.0.1.1/24', vxlan: '10.48.0.65', ipip: '10.48.0.66' };
const T = { name: 't', ip: '10.0.1.2/24', vxlan: '10.48.0.129', ipip: '10.48.0.130' };
const FAR = { name: 't', ip: '10.0.2.2/24', vxlan: '10.48.0.129', ipip: '10.48.0.130' };
const PODS = pods(
  { name: 'on-s', ip: '10.48.0.70', node: 's' },
  { name: 'on-t', ip: '10.48.0.140', node: 't' },
  { name: 'hosted', ip: '10.0.1.2', node: 't', hostNetwork: true },
);
const [POD_S, POD_T] = ['10.48.0.70', '10.48.0.140'];

function snapshot(pool: PoolText, s: NodeText = S, t: NodeText = T): Topology {
  return cluster(ippools(pool), nodes(s, t), PODS);
}

function who(topology: Topology, address: string): Who {
  return whoByTopology(topology.lookup(address));
}

/** `vxlan pool-always`, as the sender of `src` is to send it. */
function ask(topology: Topology, src: string, dst: string): string {
  const { encapsulation, reason } = expectedOf({ topology, src: who(topology, src), dst: who(topology, dst) });
  return `${encapsulation} ${reason}`;
}

describe('a node that the snapshot only mentions', () => {
  it('is in no subnet that could be compared: neither the same nor another one', () => {
    const topology = cluster(ippools({ vxlan: 'CrossSubnet' }), nodes(S), PODS);
    expect(ask(topology, POD_S, POD_T)).toBe('null receiver-unknown');
    expect(ask(topology, POD_T, POD_S)).toBe('null sender-unknown');
  });

  it('still receives by VXLAN of a pool that always asks for it', () => {
    expect(ask(cluster(ippools({ vxlan: 'Always' }), nodes(S), PODS), POD_S, POD_T)).toBe('vxlan pool-always');
  });
});

describe('the truth table of 3.7', () => {
  it('row 1: pod to pod of a VXLAN Always pool is VXLAN, on one subnet too', () => {
    expect(ask(snapshot({ vxlan: 'Always' }), POD_S, POD_T)).toBe('vxlan pool-always');
    expect(ask(snapshot({ vxlan: 'Always' }, S, FAR), POD_S, POD_T)).toBe('vxlan pool-always');
  });

  it("row 2: the host, by its tunnel address or (3.6) its node's, is VXLAN too", () => {
    expect(ask(snapshot({ vxlan: 'Always' }), S.vxlan, POD_T)).toBe('vxlan pool-always');
    expect(ask(snapshot({ vxlan: 'Always' }), '10.0.1.1', POD_T)).toBe('vxlan pool-always');
  });

  it('row 3: CrossSubnet on one subnet is plain', () => {
    expect(ask(snapshot({ vxlan: 'CrossSubnet' }), POD_S, POD_T)).toBe('none crosssubnet-same');
  });

  it("row 3h: so is the host's, with the node's address", () => {
    expect(ask(snapshot({ vxlan: 'CrossSubnet' }), '10.0.1.1', POD_T)).toBe('none crosssubnet-same');
  });

  it('row 4: CrossSubnet across subnets is VXLAN, for pod and host', () => {
    const topology = snapshot({ vxlan: 'CrossSubnet' }, S, FAR);
    expect(ask(topology, POD_S, POD_T)).toBe('vxlan crosssubnet-different');
    expect(ask(topology, S.vxlan, POD_T)).toBe('vxlan crosssubnet-different');
  });

  it('row 5: IPIP Always', () => {
    expect(ask(snapshot({ ipip: 'Always' }), POD_S, POD_T)).toBe('ipip pool-always');
    expect(ask(snapshot({ ipip: 'Always' }), S.ipip, POD_T)).toBe('ipip pool-always');
  });

  it('row 5: IPIP to a node without any address asks for what cannot be sent (1.2)', () => {
    const nowhere = { name: 't', ip: null, ipip: '10.48.0.130' };
    expect(ask(snapshot({ ipip: 'Always' }, S, nowhere), POD_S, POD_T)).toBe('ipip no-vtep');
    expect(ask(snapshot({ ipip: 'Always' }, S, { ...nowhere, internal: '10.0.1.2' }), POD_S, POD_T)).toBe(
      'ipip pool-always',
    );
  });

  it('row 6: IPIP CrossSubnet, same and different', () => {
    expect(ask(snapshot({ ipip: 'CrossSubnet' }), POD_S, POD_T)).toBe('none crosssubnet-same');
    expect(ask(snapshot({ ipip: 'CrossSubnet' }, S, FAR), POD_S, POD_T)).toBe('ipip crosssubnet-different');
  });

  it('row 7: Never and Never is plain', () => {
    expect(ask(snapshot({ vxlan: 'Never' }), POD_S, POD_T)).toBe('none pool-never');
    expect(ask(snapshot({ vxlan: 'Never', ipip: 'Never' }), '10.0.1.1', POD_T)).toBe('none pool-never');
  });

  it("row 8: a pod to a node's address is plain, the answer follows the pod's pool", () => {
    const topology = snapshot({ vxlan: 'Always' });
    expect(ask(topology, POD_S, '10.0.1.2')).toBe('none node-address');
    expect(ask(topology, '10.0.1.2', POD_S)).toBe('vxlan pool-always');
  });

  it('row 8: a hostNetwork pod is its node', () => {
    const topology = snapshot({ vxlan: 'Always' });
    expect(who(topology, '10.0.1.2').kind).toBe('node');
    expect(ask(topology, POD_S, '10.0.1.2')).toBe('none node-address');
  });

  it('row 9: a tunnel address follows the pool that holds it', () => {
    expect(ask(snapshot({ vxlan: 'Always' }), POD_S, T.vxlan)).toBe('vxlan pool-always');
    expect(ask(snapshot({ vxlan: 'CrossSubnet' }), POD_S, T.vxlan)).toBe('none crosssubnet-same');
    expect(ask(snapshot({ vxlan: 'Never' }), S.vxlan, T.vxlan)).toBe('none pool-never');
  });

  it('row 10: host to host is plain', () => {
    expect(ask(snapshot({ vxlan: 'Always' }), '10.0.1.1', '10.0.1.2')).toBe('none node-address');
  });

  it('row 11: external destinations are plain, external senders are not asked', () => {
    const topology = snapshot({ vxlan: 'Always' });
    expect(ask(topology, POD_S, '8.8.8.8')).toBe('none external');
    expect(ask(topology, '8.8.8.8', POD_T)).toBe('null sender-not-a-node');
    expect(ask(topology, '8.8.8.8', '10.0.1.2')).toBe('null sender-not-a-node');
  });

  it('row 12: a pool for load balancers decides nothing', () => {
    const topology = cluster(
      ippools({ name: 'lb', cidr: '10.60.0.0/24', vxlan: 'Never', uses: ['LoadBalancer'] }, { name: 'pods' }),
      nodes(S, T),
      PODS,
    );
    expect(ask(topology, POD_S, '10.60.0.5')).toMatch(/^null (load-balancer|service-address)$/);
  });

  it('row 13: a pod in no pool, where all pools are known, is plain', () => {
    const topology = cluster(
      ippools({ cidr: '10.48.1.0/24' }),
      nodes(S, T),
      pods({ name: 'x', ip: '10.48.0.70', node: 's' }, { name: 'y', ip: '10.48.0.140', node: 't' }),
    );
    expect(ask(topology, POD_S, POD_T)).toBe('none no-pool');
  });

  it('row 14: a node without a tunnel address leaves the pool unanswered: still asked for', () => {
    const { vxlan: _, ...without } = T;
    expect(ask(snapshot({ vxlan: 'Always' }, S, without), POD_S, POD_T)).toBe('vxlan no-vtep');
    expect(ask(snapshot({ vxlan: 'CrossSubnet' }, S, { ...without, ip: FAR.ip }), POD_S, POD_T)).toBe('vxlan no-vtep');
    expect(ask(snapshot({ vxlan: 'CrossSubnet' }, S, without), POD_S, POD_T)).toBe('none crosssubnet-same');
  });

  it('row 14: VXLAN needs the BGP address, IPIP takes any (1.2)', () => {
    const t = { ...T, ip: null, internal: '10.0.1.2' };
    expect(ask(snapshot({ vxlan: 'Always' }, S, t), POD_S, POD_T)).toBe('vxlan no-vtep');
    expect(ask(snapshot({ ipip: 'Always' }, S, t), POD_S, POD_T)).toBe('ipip pool-always');
  });
});

describe('same node', () => {
  it('is local for pods, the host, its tunnel address, in both directions', () => {
    const topology = cluster(
      ippools({}),
      nodes(S, T),
      pods({ name: 'p', ip: POD_S, node: 's' }, { name: 'q', ip: '10.48.0.71', node: 's' }),
    );
    for (const [src, dst] of [
      [POD_S, '10.48.0.71'],
      ['10.0.1.1', POD_S],
      [POD_S, '10.0.1.1'],
      [S.vxlan, POD_S],
      [POD_S, S.vxlan],
    ] as const)
      expect(ask(topology, src, dst)).toBe('local same-node');
  });
});

describe('which pool counts', () => {
  const inner = { name: 'inner', cidr: '10.48.0.128/26' };
  const outer = { name: 'outer', cidr: '10.48.0.0/16' };

  it("is the destination's, whatever the sender's", () => {
    const flat = { name: 'flat', cidr: '10.50.0.0/24', vxlan: 'Never' };
    const topology = cluster(
      ippools({ name: 'tunnel' }, flat),
      nodes(S, T),
      PODS,
      pods({ name: 'f', ip: '10.50.0.9', node: 't' }),
    );
    expect(ask(topology, '10.50.0.9', POD_S)).toBe('vxlan pool-always');
    expect(ask(topology, POD_S, '10.50.0.9')).toBe('none pool-never');
  });

  it('is the most specific one', () => {
    const topology = cluster(ippools({ ...outer, vxlan: 'Never' }, { ...inner, vxlan: 'Always' }), nodes(S, T), PODS);
    expect(ask(topology, POD_S, POD_T)).toBe('vxlan pool-always');
    const other = cluster(ippools({ ...outer, vxlan: 'Always' }, { ...inner, vxlan: 'Never' }), nodes(S, T), PODS);
    expect(ask(other, POD_S, POD_T)).toBe('none pool-never');
  });

  it('passes over pools for load balancers', () => {
    const lb = { ...inner, vxlan: 'Never', uses: ['LoadBalancer'] };
    const topology = cluster(ippools({ ...outer, vxlan: 'Always' }, lb), nodes(S, T), PODS);
    expect(ask(topology, POD_S, POD_T)).toBe('vxlan pool-always');
  });

  it('becomes cross-subnet when an enclosing pool is (3.3, point 3)', () => {
    const topology = cluster(
      ippools({ ...outer, vxlan: 'CrossSubnet' }, { ...inner, vxlan: 'Always' }),
      nodes(S, T),
      PODS,
    );
    expect(ask(topology, POD_S, POD_T)).toBe('none crosssubnet-same');
  });

  it('counts when it is disabled', () => {
    expect(ask(snapshot({ vxlan: 'Always', disabled: true }), POD_S, POD_T)).toBe('vxlan pool-always');
  });

  it('says VXLAN when it has both modes', () => {
    expect(ask(snapshot({ vxlan: 'Always', ipip: 'Always' }), POD_S, POD_T)).toBe('vxlan pool-always');
  });

  it('may be one that is not in the snapshot: one bare pool proves nothing of the others', () => {
    const topology = cluster(barePool({ cidr: '10.49.0.0/24' }), nodes(S, T), PODS);
    expect(ask(topology, POD_S, POD_T)).toBe('null pool-not-in-snapshot');
    expect(ask(cluster(nodes(S, T), PODS), POD_S, POD_T)).toBe('null pool-not-in-snapshot');
  });

  it('and a bare pool that holds the address may have a nested one, which needs no guess', () => {
    expect(ask(cluster(barePool({}), nodes(S, T), PODS), POD_S, POD_T)).toBe('vxlan pool-always');
  });
});

describe('same subnet (3.4)', () => {
  const cross = { vxlan: 'CrossSubnet' };

  it("is by the sender's prefix only: unequal ones give lawful asymmetry", () => {
    const topology = snapshot(cross, { ...S, ip: '10.0.1.1/16' }, { ...T, ip: '10.0.2.2/24' });
    expect(ask(topology, POD_S, POD_T)).toBe('none crosssubnet-same');
    expect(ask(topology, POD_T, POD_S)).toBe('vxlan crosssubnet-different');
  });

  it('never holds for a /32', () => {
    const topology = snapshot(cross, { ...S, ip: '10.0.1.1/32' }, T);
    expect(ask(topology, POD_S, POD_T)).toBe('vxlan crosssubnet-different');
    expect(ask(topology, POD_T, POD_S)).toBe('none crosssubnet-same');
  });

  it('never holds for a node without a BGP address, at either end', () => {
    const bare = { ...S, ip: null, internal: '10.0.1.1' };
    const topology = snapshot(cross, bare, T);
    expect(ask(topology, POD_S, POD_T)).toBe('vxlan crosssubnet-different');
    expect(ask(topology, POD_T, POD_S)).toMatch(/^vxlan /);
  });

  it('needs both nodes: who sends from a block of no known node cannot be asked', () => {
    const topology = cluster(ippools(cross), nodes(S, T), PODS);
    expect(ask(topology, '10.48.0.200', POD_T)).toBe('null sender-unknown');
    expect(ask(topology, POD_S, '10.48.0.200')).toBe('null receiver-unknown');
  });

  it('is not asked for by Always and Never', () => {
    expect(ask(snapshot({ vxlan: 'Always' }), POD_S, '10.48.0.250')).toBe('vxlan pool-always');
    expect(ask(snapshot({ vxlan: 'Never' }), POD_S, '10.48.0.250')).toBe('none pool-never');
  });
});

describe('borrowed addresses (3.5)', () => {
  it("are on the borrower, and judged against the borrower's subnet", () => {
    const topology = cluster(
      ippools({ vxlan: 'CrossSubnet' }),
      nodes(S, T, { name: 'far', ip: '10.0.2.3/24', vxlan: '10.48.0.193' }),
      ipamBlocks({ cidr: '10.48.0.128/26', affinity: 't', allocations: { 12: { node: 'far', pod: 'guest' } } }),
    );
    expect(ask(topology, POD_S, '10.48.0.140')).toBe('vxlan crosssubnet-different');
    expect(ask(topology, POD_S, '10.48.0.141')).toBe('none crosssubnet-same');
  });
});

describe('WireGuard (3.8)', () => {
  const keys = (s: string | undefined, t: string | undefined): [NodeText, NodeText] => [
    { ...S, ...(s === undefined ? {} : { key: s }) },
    { ...T, ...(t === undefined ? {} : { key: t }) },
  ];

  it('replaces every mode between two nodes with keys of their own', () => {
    for (const pool of [{ vxlan: 'Always' }, { vxlan: 'CrossSubnet' }, { vxlan: 'Never' }, { ipip: 'Always' }])
      expect(ask(snapshot(pool, ...keys('k1', 'k2')), POD_S, POD_T)).toBe('wireguard wireguard-keys');
    expect(ask(snapshot({}, ...keys('k1', 'k2')), POD_S, T.vxlan)).toBe('wireguard wireguard-keys');
  });

  it("leaves the pool's mode when one node has no key", () => {
    expect(ask(snapshot({}, ...keys('k1', undefined)), POD_S, POD_T)).toBe('vxlan pool-always');
    expect(ask(snapshot({}, ...keys(undefined, 'k2')), POD_S, POD_T)).toBe('vxlan pool-always');
  });

  it("leaves the pool's mode when two nodes claim one key, whoever the third is", () => {
    expect(ask(snapshot({}, ...keys('k', 'k')), POD_S, POD_T)).toBe('vxlan pool-always');
    const third = { name: 'u', ip: '10.0.1.3/24', vxlan: '10.48.0.193', key: 'k2' };
    const topology = cluster(ippools({}), nodes({ ...S, key: 'k1' }, { ...T, key: 'k2' }, third), PODS);
    expect(ask(topology, POD_S, POD_T)).toBe('vxlan pool-always');
  });

  it('does not encrypt to node addresses', () => {
    expect(ask(snapshot({}, ...keys('k1', 'k2')), POD_S, '10.0.1.2')).toBe('none node-address');
    expect(ask(snapshot({}, ...keys('k1', 'k2')), '10.0.1.1', '10.0.1.2')).toBe('none node-address');
  });

  it('is not known where an end is not known and could have a key', () => {
    expect(ask(snapshot({}, ...keys('k1', 'k2')), POD_S, '10.48.0.250')).toBe('null wireguard-node-unknown');
    expect(ask(snapshot({}, ...keys('k1', 'k2')), '10.48.0.250', POD_T)).toBe('null wireguard-node-unknown');
    // the end that is known has none
    const third = { name: 'u', ip: '10.0.1.3/24', key: 'k3' };
    const without = cluster(ippools({}), nodes({ ...S, key: 'k1' }, T, third), PODS);
    expect(ask(without, '10.48.0.250', POD_T)).toBe('vxlan pool-always');
    expect(ask(without, POD_T, '10.48.0.250')).toBe('vxlan pool-always');
    expect(ask(without, '10.48.0.250', POD_S)).toBe('null wireguard-node-unknown');
    expect(ask(snapshot({}, ...keys('k1', undefined)), POD_S, '10.48.0.250')).toBe('vxlan pool-always');
  });
});

describe('IPv6', () => {
  const s = { name: 's', ip: '10.0.1.1/24', ip6: 'fd00::1/64', vxlan: '10.48.0.65', vxlan6: 'fd00:48::40' };
  const t = { name: 't', ip: '10.0.9.2/24', ip6: 'fd00::2/64', vxlan: '10.48.0.129', vxlan6: 'fd00:48::80' };
  const six = (pool: PoolText, from: NodeText = s, to: NodeText = t): Topology =>
    cluster(
      ippools({ cidr: 'fd00:48::/64', ...pool }),
      nodes(from, to),
      pods({ name: 'p', ip: 'fd00:48::41', node: 's' }, { name: 'q', ip: 'fd00:48::81', node: 't' }),
    );
  const [P, Q] = ['fd00:48::41', 'fd00:48::81'];

  it('has the same logic, with the IPv6 addresses of the nodes', () => {
    expect(ask(six({ vxlan: 'Always' }), P, Q)).toBe('vxlan pool-always');
    expect(ask(six({ vxlan: 'CrossSubnet' }), P, Q)).toBe('none crosssubnet-same');
    expect(ask(six({ vxlan: 'CrossSubnet' }, s, { ...t, ip6: 'fd00:9::2/64' }), P, Q)).toBe(
      'vxlan crosssubnet-different',
    );
    expect(ask(six({ vxlan: 'Never' }), P, Q)).toBe('none pool-never');
  });

  it('has WireGuard keys of its own', () => {
    expect(ask(six({ vxlan: 'Always' }, { ...s, key: 'k1' }, { ...t, key: 'k2' }), P, Q)).toBe('vxlan pool-always');
    expect(ask(six({ vxlan: 'Always' }, { ...s, key6: 'k1' }, { ...t, key6: 'k2' }), P, Q)).toBe(
      'wireguard wireguard-keys',
    );
  });

  it('needs the IPv6 tunnel address', () => {
    const { vxlan6: _, ...without } = t;
    expect(ask(six({ vxlan: 'Always' }, s, without), P, Q)).toBe('vxlan no-vtep');
  });
});

describe('nothing is asked', () => {
  const topology = snapshot({ vxlan: 'Always' });

  it('without a snapshot', () => {
    const nobody = who(topology, POD_S);
    expect(expectedOf({ topology: null, src: nobody, dst: nobody })).toEqual({
      encapsulation: null,
      pool: null,
      reason: 'no-snapshot',
    });
  });

  it('of multicast, broadcast and link-local destinations', () => {
    for (const dst of ['224.0.0.251', '255.255.255.255', '169.254.1.1', 'ff02::1', 'fe80::1'])
      expect(ask(topology, POD_S, dst)).toBe('null not-unicast');
  });

  it('of service addresses', () => {
    const withService = cluster(ippools({}), nodes(S, T), PODS, services({ name: 'web', ip: '10.96.0.7' }));
    expect(ask(withService, POD_S, '10.96.0.7')).toBe('null service-address');
    expect(ask(withService, '10.96.0.7', POD_S)).toBe('null service-address');
  });

  it('of an address that only an excerpt might explain', () => {
    const excerpt = doc(
      'nodes.txt',
      '      projectcalico.org/IPv4Address: 10.0.1.1/24\n      projectcalico.org/IPv4VXLANTunnelAddr: 10.48.0.65',
    );
    expect(ask(cluster(barePool({}), excerpt), '10.50.0.1', '10.50.0.2')).toBe('null pool-not-in-snapshot');
  });
});
