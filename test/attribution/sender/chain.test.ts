// How a sender decided, table by table: each step right, wrong, missing, or not given (calico-facts 3.2, 9.1, 10).

import { describe, expect, it } from 'vitest';
import { chainOf } from '../../../src/attribution/sender/chain.ts';
import type { ChainInput } from '../../../src/attribution/sender/chain-input.ts';
import type { ChainStep, Expected } from '../../../src/attribution/vocabulary.ts';
import type { SnapshotDocument } from '../../../src/topology/read/read-documents.ts';
import { clusterDocuments, NODE, POD, TUNNEL, VTEP } from '../../support/cluster-frames.ts';
import { cluster, ippools, iproute2 } from '../../support/cluster-text.ts';

const { pools, nodes } = clusterDocuments();
const BLOCK = '10.48.0.128/26';
const VIA_TUNNEL = `${BLOCK} via ${TUNNEL.b} dev vxlan.calico onlink`;
const NEIGHBOUR = `${TUNNEL.b} dev vxlan.calico lladdr ${VTEP.b} PERMANENT`;
const FDB = `${VTEP.b} dev vxlan.calico dst ${NODE.b} self permanent`;
const DEVICE = [
  '7: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN',
  `    link/ether ${VTEP.a} brd ff:ff:ff:ff:ff:ff promiscuity 0`,
  `    vxlan id 4096 local ${NODE.a} dev ens5 srcport 0 0 dstport 4789 nolearning`,
];
const VXLAN: Expected = { encapsulation: 'vxlan', pool: 'pool', reason: 'pool-always' };
const PLAIN: Expected = { encapsulation: 'none', pool: 'pool', reason: 'pool-never' };

interface Tables {
  route?: string[] | undefined;
  neigh?: string[] | undefined;
  fdb?: string[] | undefined;
  link?: string[] | undefined;
  more?: SnapshotDocument[];
  mode?: SnapshotDocument;
}

const HEALTHY: Tables = { route: [VIA_TUNNEL], neigh: [NEIGHBOUR], fdb: [FDB], link: DEVICE };

function chain(tables: Tables, expected: Expected = VXLAN, seen: Partial<ChainInput['seen']> = {}): ChainStep[] {
  const documents = [
    ['ip-route', tables.route],
    ['ip-neigh', tables.neigh],
    ['bridge-fdb', tables.fdb],
    ['ip-link', tables.link],
  ] as const;
  const topology = cluster(
    tables.mode ?? pools,
    nodes,
    ...(tables.more ?? []),
    ...documents.flatMap(([command, lines]) => (lines === undefined ? [] : [iproute2('a', command, ...lines)])),
  );
  return chainOf({
    topology,
    from: topology.nodeByName('a'),
    to: topology.nodeByName('b'),
    destination: POD.b,
    pool: topology.lookup(POD.b).pool,
    expected,
    seen: { outerDst: null, innerDstMac: null, vni: null, ...seen },
  });
}

/** `pool ok, route wrong, ...` */
function statuses(steps: readonly ChainStep[]): string {
  return steps.map((step) => `${step.table} ${step.status}`).join(', ');
}

function step(steps: readonly ChainStep[], table: ChainStep['table']): ChainStep | undefined {
  return steps.find((one) => one.table === table);
}

describe('a healthy sender', () => {
  it('is right in every table, each with its line', () => {
    const steps = chain(HEALTHY, VXLAN, { outerDst: NODE.b, innerDstMac: VTEP.b, vni: 4096 });
    expect(statuses(steps)).toBe('pool ok, route ok, neighbour ok, fdb ok, device ok');
    expect(steps.map((one) => one.text)).toEqual([
      '10.48.0.0/24 has vxlanMode Always',
      VIA_TUNNEL,
      NEIGHBOUR,
      FDB,
      `vxlan.calico id 4096 local ${NODE.a} dstport 4789`,
    ]);
    expect(steps.map((one) => one.ref?.file.split('/').pop())).toEqual([
      'ippools.yaml',
      'ip-route.txt',
      'ip-neigh.txt',
      'bridge-fdb.txt',
      'ip-link.txt',
    ]);
    expect(steps.map((one) => one.field)).toEqual([null, null, 'eth.dst', 'ip.dst', 'vxlan.vni']);
    expect(steps.map((one) => one.note)).toEqual([null, null, null, null, null]);
  });

  it('has two steps when it is to send plain', () => {
    const steps = chain(
      { route: [`${BLOCK} via ${NODE.b} dev ens5 proto bird`], mode: ippools({ vxlan: 'Never' }) },
      PLAIN,
    );
    expect(statuses(steps)).toBe('pool ok, route ok');
  });
});

describe('a device that takes its VNI from eBPF', () => {
  it('has the number 0, which is no other VNI than that of the packet', () => {
    const link = [...DEVICE.slice(0, 2), `    vxlan external id 0 local ${NODE.a} srcport 0 0 dstport 4789 nolearning`];
    expect(step(chain({ ...HEALTHY, link }, VXLAN, { vni: 4096 }), 'device')?.status).toBe('ok');
    const other = [...DEVICE.slice(0, 2), `    vxlan id 1 local ${NODE.a} srcport 0 0 dstport 4789 nolearning`];
    expect(step(chain({ ...HEALTHY, link: other }, VXLAN, { vni: 4096 }), 'device')).toMatchObject({
      status: 'wrong',
      note: 'the packet had VNI 4096',
    });
  });
});

describe('tables that were not given', () => {
  it('are unknown, never wrong and never missing', () => {
    expect(statuses(chain({}))).toBe('pool ok, route unknown, neighbour unknown, fdb unknown, device unknown');
    expect(statuses(chain({ route: [VIA_TUNNEL] }))).toBe(
      'pool ok, route ok, neighbour unknown, fdb unknown, device unknown',
    );
  });
});

describe('the route', () => {
  it('past the tunnel is wrong, and makes the tables behind it irrelevant', () => {
    const steps = chain({ ...HEALTHY, route: [`${BLOCK} via ${NODE.b} dev ens5 proto bird`] });
    expect(statuses(steps)).toBe('pool ok, route wrong, neighbour unknown, fdb unknown, device ok');
    expect(step(steps, 'route')?.note).toContain(TUNNEL.b);
  });

  it('past the tunnel is wrong for IP-in-IP too, whose gateway is the node itself', () => {
    const ipip: Expected = { encapsulation: 'ipip', pool: 'pool', reason: 'pool-always' };
    const by = (device: string) =>
      step(
        chain({ route: [`${BLOCK} via ${NODE.b} dev ${device} proto bird`], mode: ippools({ ipip: 'Always' }) }, ipip),
        'route',
      );
    expect(by('ens5')).toMatchObject({ status: 'wrong', note: 'sends it plain; should go through the tunnel device' });
    expect(by('tunl0')).toMatchObject({ status: 'ok', note: null });
  });

  it('into the tunnel is wrong for a pool that says Never', () => {
    expect(statuses(chain({ ...HEALTHY, mode: ippools({ vxlan: 'Never' }) }, PLAIN))).toBe('pool ok, route wrong');
  });

  it("to another node's tunnel address is wrong", () => {
    const steps = chain({ ...HEALTHY, route: [`${BLOCK} via ${TUNNEL.c} dev vxlan.calico onlink`] });
    expect(step(steps, 'route')).toMatchObject({ status: 'wrong', note: `should go via ${TUNNEL.b}` });
  });

  it("to another node's tunnel address is the one wrong step, where the tables behind it lead there too", () => {
    const astray = {
      ...HEALTHY,
      route: [`${BLOCK} via ${TUNNEL.c} dev vxlan.calico onlink`],
      neigh: [`${TUNNEL.c} dev vxlan.calico lladdr ${VTEP.c} PERMANENT`],
      fdb: [`${VTEP.c} dev vxlan.calico dst ${NODE.c} self permanent`],
    };
    const steps = chain(astray);
    expect(statuses(steps)).toBe('pool ok, route wrong, neighbour ok, fdb ok, device ok');
    expect(steps.map((one) => one.note)).toEqual([
      null,
      `should go via ${TUNNEL.b}`,
      'follows from the route',
      'follows from the route',
      null,
    ]);
    const toB = chain({ ...astray, fdb: [`${VTEP.c} dev vxlan.calico dst ${NODE.b} self permanent`] });
    expect(step(toB, 'fdb')).toMatchObject({ status: 'wrong', note: `${NODE.b} is b; c is ${NODE.c}` });
  });

  it('that is not there is missing, when the table was given', () => {
    const steps = chain({ ...HEALTHY, route: [`${TUNNEL.c} via ${TUNNEL.c} dev vxlan.calico onlink`] });
    expect(step(steps, 'route')).toMatchObject({ status: 'missing', text: null });
    expect(step(steps, 'route')?.note).toContain(POD.b);
  });

  it('is the most specific one', () => {
    const route = ['default via 10.0.1.254 dev ens5', VIA_TUNNEL, `${POD.b} via ${TUNNEL.c} dev vxlan.calico onlink`];
    expect(step(chain({ ...HEALTHY, route }), 'route')?.text).toContain(`via ${TUNNEL.c}`);
  });

  it('by default is wrong where nothing more specific is there: the packet leaves plain', () => {
    const steps = chain({ ...HEALTHY, route: ['default via 10.0.1.254 dev ens5'] });
    expect(step(steps, 'route')).toMatchObject({ status: 'wrong', text: 'default via 10.0.1.254 dev ens5' });
  });

  it('into a black hole is wrong: nothing is sent at all', () => {
    const steps = chain({ ...HEALTHY, route: [`blackhole ${BLOCK} proto 80`] });
    expect(step(steps, 'route')).toMatchObject({ status: 'wrong' });
    expect(step(steps, 'route')?.note).toContain('drops');
  });

  it('of another routing table is none of it', () => {
    const route = [VIA_TUNNEL, `${POD.b} dev wireguard.cali table 1`, `throw ${BLOCK} table 1`];
    expect(step(chain({ ...HEALTHY, route }), 'route')).toMatchObject({ status: 'ok', text: VIA_TUNNEL });
  });

  it('for WireGuard is in its own table; the main one says nothing about it', () => {
    const wireguard: Expected = { encapsulation: 'wireguard', pool: 'pool', reason: 'wireguard-keys' };
    expect(statuses(chain(HEALTHY, wireguard))).toBe('pool ok, route unknown');
    const own = { ...HEALTHY, route: [VIA_TUNNEL, `${BLOCK} dev wireguard.cali table 1`] };
    expect(statuses(chain(own, wireguard))).toBe('pool ok, route ok');
    const thrown = { ...HEALTHY, route: [VIA_TUNNEL, `throw ${BLOCK} table 1`] };
    expect(statuses(chain(thrown, wireguard))).toBe('pool ok, route wrong');
  });
});

describe('the neighbour', () => {
  it('that is not there is missing', () => {
    const steps = chain({ ...HEALTHY, neigh: [`${TUNNEL.c} dev vxlan.calico lladdr ${VTEP.c} PERMANENT`] });
    expect(step(steps, 'neighbour')).toMatchObject({ status: 'missing', text: null });
    expect(step(steps, 'neighbour')?.note).toContain(TUNNEL.b);
  });

  it('without a MAC is missing, and shows its line', () => {
    const line = `${TUNNEL.b} dev vxlan.calico FAILED`;
    expect(step(chain({ ...HEALTHY, neigh: [line] }), 'neighbour')).toMatchObject({ status: 'missing', text: line });
  });

  it("with a MAC other than the node's own is wrong", () => {
    const own = iproute2(
      'b',
      'ip-link',
      '7: vxlan.calico: <UP> mtu 1450 qdisc noqueue state UNKNOWN',
      `    link/ether ${VTEP.b} brd ff:ff:ff:ff:ff:ff`,
    );
    const neigh = [`${TUNNEL.b} dev vxlan.calico lladdr 66:de:ad:00:00:01 PERMANENT`];
    const steps = chain({ ...HEALTHY, neigh, more: [own] });
    expect(step(steps, 'neighbour')).toMatchObject({ status: 'wrong', note: `b's VTEP MAC is ${VTEP.b}` });
  });

  it("with another node's MAC is wrong, and the FDB entry that leads that MAC to its node is not", () => {
    const link = (node: 'b' | 'c') =>
      iproute2(
        node,
        'ip-link',
        '7: vxlan.calico: <UP> mtu 1450 qdisc noqueue state UNKNOWN',
        `    link/ether ${VTEP[node]} brd ff:ff:ff:ff:ff:ff`,
      );
    const tables = {
      ...HEALTHY,
      neigh: [`${TUNNEL.b} dev vxlan.calico lladdr ${VTEP.c} PERMANENT`],
      more: [link('b'), link('c')],
    };
    const fdb = (to: string): string[] => [`${VTEP.c} dev vxlan.calico dst ${to} self permanent`];
    const steps = chain({ ...tables, fdb: fdb(NODE.c) });
    expect(statuses(steps)).toBe('pool ok, route ok, neighbour wrong, fdb ok, device ok');
    expect(step(steps, 'fdb')?.note).toBe('follows from the neighbour entry');
    expect(step(chain({ ...tables, fdb: fdb(NODE.a) }), 'fdb')?.status).toBe('wrong');
  });

  it("on another device than the route's does not count", () => {
    const steps = chain({ ...HEALTHY, neigh: [`${TUNNEL.b} dev ens5 lladdr ${VTEP.b} STALE`] });
    expect(step(steps, 'neighbour')?.status).toBe('missing');
  });
});

describe('the FDB', () => {
  it('that sends the MAC to another node is wrong, and says where it should go', () => {
    const steps = chain({ ...HEALTHY, fdb: [`${VTEP.b} dev vxlan.calico dst ${NODE.c} self permanent`] });
    expect(step(steps, 'fdb')).toMatchObject({ status: 'wrong', note: `${NODE.c} is c; b is ${NODE.b}` });
  });

  it('without the MAC is missing', () => {
    const steps = chain({ ...HEALTHY, fdb: [`${VTEP.c} dev vxlan.calico dst ${NODE.c} self permanent`] });
    expect(step(steps, 'fdb')).toMatchObject({ status: 'missing', text: null });
  });

  it('that was not given is judged by the packet: the right MAC at the wrong address', () => {
    const own = iproute2(
      'b',
      'ip-link',
      '7: vxlan.calico: <UP> mtu 1450 qdisc noqueue state UNKNOWN',
      `    link/ether ${VTEP.b} brd ff:ff:ff:ff:ff:ff`,
    );
    const tables = { route: [VIA_TUNNEL], neigh: [NEIGHBOUR], more: [own] };
    const steps = chain(tables, VXLAN, { outerDst: NODE.c, innerDstMac: VTEP.b });
    expect(step(steps, 'fdb')?.status).toBe('wrong');
    expect(step(chain(tables, VXLAN, { outerDst: NODE.b, innerDstMac: VTEP.b }), 'fdb')?.status).toBe('unknown');
  });
});

describe('the device', () => {
  it('with another VNI than the packet is wrong', () => {
    const steps = chain(HEALTHY, VXLAN, { vni: 4097 });
    expect(step(steps, 'device')).toMatchObject({ status: 'wrong', note: 'the packet had VNI 4097' });
  });

  it("that sends from an address that is not its node's is wrong", () => {
    const link = [
      ...DEVICE.slice(0, 2),
      '    vxlan id 4096 local 10.9.9.9 dev ens5 srcport 0 0 dstport 4789 nolearning',
    ];
    expect(step(chain({ ...HEALTHY, link }), 'device')?.status).toBe('wrong');
  });

  it("is Calico's, not the first VXLAN device there is", () => {
    const flannel = [
      '5: flannel.1: <UP> mtu 1450 qdisc noqueue state UNKNOWN',
      '    link/ether 0a:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0',
      `    vxlan id 1 local ${NODE.a} dev ens5 srcport 0 0 dstport 8472 nolearning`,
    ];
    expect(step(chain({ ...HEALTHY, link: [...flannel, ...DEVICE] }), 'device')?.text).toMatch(/^vxlan\.calico/);
  });

  it('of an eBPF node has no VNI to compare', () => {
    const link = [...DEVICE.slice(0, 2), '    vxlan external id 0 srcport 0 0 dstport 4789 nolearning'];
    expect(step(chain({ ...HEALTHY, link }, VXLAN, { vni: 4096 }), 'device')?.status).toBe('ok');
  });
});
