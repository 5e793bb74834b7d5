// A node with Calico's eBPF dataplane decides by its own routes: what their flags mean, step by step, and on the wire.
import { describe, expect, it } from 'vitest';
import { chainOf } from '../../../src/attribution/sender/chain.ts';
import type { ChainStep, Expected } from '../../../src/attribution/vocabulary.ts';
import type { SnapshotDocument } from '../../../src/topology/read/read-documents.ts';
import {
  clusterDocuments,
  flowBetween,
  gist,
  ip,
  NODE,
  POD,
  plain,
  TUNNEL,
  traceFrames,
  VTEP,
  vxlan,
} from '../../support/cluster-frames.ts';
import { barePool, cluster, felix, iproute2, nodes as nodesOf, pods as podsOf } from '../../support/cluster-text.ts';
import { type BpfRouteJson, bpfRoutesOfA, inBundle, jsonOf, textOf } from '../../support/ebpf-bundle.ts';

const VXLAN: Expected = { encapsulation: 'vxlan', pool: 'pool', reason: 'pool-always' };
const PLAIN: Expected = { encapsulation: 'none', pool: 'pool', reason: 'pool-never' };
const ROUTES = 'nodes/a/bpf-routes.json';
const bundled = (routes: readonly BpfRouteJson[]): SnapshotDocument => inBundle(ROUTES, jsonOf(routes));

function chain(more: SnapshotDocument[], expected: Expected = VXLAN, mode = { vxlan: 'Always' }): ChainStep[] {
  const { pools, nodes } = clusterDocuments(mode);
  const topology = cluster(pools, nodes, ...more);
  return chainOf({
    topology,
    from: topology.nodeByName('a'),
    to: topology.nodeByName('b'),
    destination: POD.b,
    pool: topology.lookup(POD.b).pool,
    expected,
    seen: { outerDst: NODE.b, innerDstMac: null, vni: 4096 },
  });
}
const route = (more: SnapshotDocument[], ...rest: [Expected?, { vxlan: string }?]): ChainStep | undefined =>
  chain(more, ...rest).find(({ table }) => table === 'route');
const withB = (change: Partial<BpfRouteJson>): SnapshotDocument[] => [
  bundled(bpfRoutesOfA().map((one) => (one.dest === '10.48.0.128/26' ? { ...one, ...change } : one))),
];
const remote = (...flags: string[]) => ({ flags: ['remote', 'workload', 'in-pool', ...flags] });

describe('the eBPF route', () => {
  it('is the decision, not `ip route`, with its line and the outer destination that it becomes', () => {
    const kernel = iproute2('a', 'ip-route', `10.48.0.128/26 via ${NODE.b} dev ens5 proto bird`);
    const steps = chain([bundled(bpfRoutesOfA()), kernel]);
    expect(steps.map(({ table, status }) => `${table} ${status}`)).toEqual([
      ...['pool ok', 'route ok', 'neighbour unknown', 'fdb unknown', 'device unknown'],
    ]);
    expect(steps[1]).toMatchObject({
      by: 'eBPF',
      text: `10.48.0.128/26: remote workload in-pool nat-out tunneled vxlan nh ${NODE.b}`,
      field: 'ip.dst',
    });
    expect(steps[1]?.ref?.file).toMatch(/nodes\/a\/bpf-routes\.json$/);
    expect(steps[1]?.ref?.line).toBeGreaterThan(30);
  });

  it('sends plain without `tunneled`, and with `same-subnet`', () => {
    expect(route(withB(remote()))?.note).toBe(`eBPF sends it plain (not tunneled); should be tunneled to ${NODE.b}`);
    expect(route(withB(remote('same-subnet', 'tunneled', 'vxlan')))?.note).toContain('plain (same-subnet)');
    const ipip: Expected = { encapsulation: 'ipip', pool: 'pool', reason: 'pool-always' };
    expect(route(withB(remote()), ipip)?.note).toBe(
      `eBPF sends it plain (not tunneled); should be tunneled to ${NODE.b}`,
    );
    expect(route(withB(remote('tunneled', 'vxlan')), ipip)?.note).toBe('tunneled by VXLAN, not by IPIP');
    expect(route(withB(remote()), PLAIN, { vxlan: 'Never' })?.status).toBe('ok');
    expect(route([bundled(bpfRoutesOfA())], PLAIN, { vxlan: 'Never' })?.note).toBe(
      'eBPF sends it into the tunnel (tunneled); should go plain',
    );
  });

  it('into a tunnel of no kind is wrong for plain, unless it may be that of WireGuard: enabled, or with keys', () => {
    const routes = bpfRoutesOfA().map((one) => ({ ...one, flags: one.flags.filter((flag) => flag !== 'vxlan') }));
    const status = (...more: SnapshotDocument[]): string | undefined =>
      route([bundled(routes), ...more], PLAIN, { vxlan: 'Never' })?.status;
    const enabled = (spec: string): SnapshotDocument => felix({ name: 'default', spec });
    expect(status()).toBe('wrong');
    expect(status(enabled('vxlanPort: 4789'))).toBe('wrong');
    expect(status(enabled('wireguardEnabled: false'))).toBe('wrong');
    expect(status(enabled('wireguardEnabled: true'))).toBe('ok');
    expect(status(enabled('wireguardEnabledV6: true'))).toBe('ok');
    const keyed = nodesOf({ name: 'd', ip: '10.0.1.4/24', key: 'd' });
    expect(status({ ...keyed, path: 'd.yaml', file: 'topology/d.yaml' })).toBe('ok');
  });

  it("is wrong where its next hop is another node's", () => {
    expect(route(withB({ next_hop: NODE.c }))?.note).toBe(`nh ${NODE.c} is c; b is ${NODE.b}`);
    expect(route(withB({ next_hop: '10.9.9.9' }))?.note).toBe(`nh 10.9.9.9 is no node; b is ${NODE.b}`);
  });

  it('keeps what is local, and drops what is blackholed', () => {
    const own = { flags: ['local', 'workload', 'in-pool'], ifindex: 4 };
    expect(route(withB({ ...own, dest: `${POD.b}/32` }))?.note).toBe('eBPF keeps it: local workload; it is on b');
    expect(route(withB({ flags: ['local', 'host'], dest: `${POD.b}/32` }))?.note).toContain('local host');
    expect(route(withB({ flags: ['in-pool', 'blackhole-drop'] }))?.note).toBe('eBPF drops it (blackhole-drop)');
  });

  it('that names a pool only leaves it to the kernel', () => {
    const kernel = iproute2('a', 'ip-route', `10.48.0.128/26 via ${TUNNEL.b} dev vxlan.calico onlink`);
    const pool = bpfRoutesOfA().filter(({ dest }) => dest === '10.48.0.0/24');
    expect(route([bundled(pool), kernel])).toMatchObject({ status: 'ok', text: kernel.text.trim() });
    expect(route([bundled([]), kernel])?.by).toBeUndefined();
  });

  it('as text, which leaves `vxlan` out, says the same', () => {
    const text = inBundle('nodes/a/bpf-routes.txt', textOf(bpfRoutesOfA()));
    expect(route([text])).toMatchObject({ by: 'eBPF', status: 'ok' });
    expect(route([text])?.ref?.line).toBe(7);
  });

  it('is no fault where WireGuard makes all workloads `tunneled`', () => {
    const { pools } = clusterDocuments({ vxlan: 'Never' });
    const keyed = nodesOf({ name: 'a', ip: `${NODE.a}/24`, key: 'a' }, { name: 'b', ip: `${NODE.b}/24` });
    const topology = cluster(
      pools,
      keyed,
      ...withB(remote('tunneled')).map((one) => ({ ...one, text: one.text.replaceAll(/,\s+"vxlan"/g, '') })),
    );
    const ends = { from: topology.nodeByName('a'), to: topology.nodeByName('b'), destination: POD.b, pool: null };
    const steps = chainOf({
      topology,
      ...ends,
      expected: PLAIN,
      seen: { outerDst: null, innerDstMac: null, vni: null },
    });
    expect(steps[1]).toMatchObject({ by: 'eBPF', status: 'ok' });
  });
});

describe("the kernel's tables", () => {
  const link = (vxlan: string) =>
    iproute2(
      'a',
      'ip-link',
      '7: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN',
      `    link/ether ${VTEP.a} brd ff:ff:ff:ff:ff:ff`,
      `    ${vxlan}`,
    );
  const tables = [
    iproute2('a', 'ip-route', `10.48.0.128/26 via ${TUNNEL.b} dev vxlan.calico onlink`),
    iproute2('a', 'ip-neigh', `${TUNNEL.b} dev vxlan.calico lladdr ${VTEP.b} PERMANENT`),
    iproute2('a', 'bridge-fdb', `${VTEP.b} dev vxlan.calico dst ${NODE.c} self permanent`),
  ];

  it('count where its own device makes the tunnel, as before 3.31', () => {
    const steps = chain([
      bundled(bpfRoutesOfA()),
      link(`vxlan id 4096 local ${NODE.a} dev ens5 srcport 0 0 dstport 4789 nolearning`),
      ...tables,
    ]);
    expect(steps.find(({ table }) => table === 'fdb')?.status).toBe('wrong');
  });

  it('do not where the device takes its keys from eBPF', () => {
    const steps = chain([
      bundled(bpfRoutesOfA()),
      link('vxlan external id 0 srcport 0 0 dstport 4789 nolearning'),
      ...tables,
    ]);
    expect(steps.find(({ table }) => table === 'fdb')?.status).toBe('unknown');
  });
});

describe('on the wire', () => {
  const ping = ip({ src: POD.a, dst: POD.b });
  const { pools, nodes, pods } = clusterDocuments();

  it('a plain packet that eBPF sent plain is a bypass, with the route as its reason', async () => {
    const topology = cluster(pools, nodes, pods, ...withB(remote()));
    const trace = await traceFrames([{ frames: [plain(ping)] }], topology);
    expect(gist(flowBetween(trace, POD.a, POD.b))).toBe('none violation overlay-bypassed');
    expect(trace.causes[0]?.also.join()).toContain('eBPF route: eBPF sends it plain (not tunneled)');
  });

  // b is known by name only: whether it is in a's subnet, its own eBPF routes know
  const across = (flags: string[], more: SnapshotDocument[] = []) =>
    cluster(
      clusterDocuments({ vxlan: 'CrossSubnet' }).pools,
      nodesOf({ name: 'a', ip: `${NODE.a}/24`, vxlan: TUNNEL.a }),
      podsOf({ name: 'pod-a', ip: POD.a, node: 'a' }, { name: 'pod-b', ip: POD.b, node: 'b' }),
      bundled(bpfRoutesOfA(['in-pool', ...flags])),
      ...more,
    );
  const judged = async (frame: Uint8Array, flags: string[]) => {
    const flow = flowBetween(await traceFrames([{ frames: [frame] }], across(flags)), POD.a, POD.b);
    return `${flow.expected.encapsulation} ${flow.expected.reason}: ${flow.verdict} ${flow.findings.filter(({ severity }) => severity === 'violation').map(({ code }) => code)}`;
  };

  it('what the configuration leaves open, the eBPF routes of the sender tell', async () => {
    expect(await judged(plain(ping), ['same-subnet', 'tunneled', 'vxlan'])).toBe('none bpf-route: ok ');
    expect(await judged(plain(ping), ['tunneled', 'vxlan'])).toBe('vxlan bpf-route: violation overlay-bypassed');
    expect(await judged(vxlan(ping), ['same-subnet', 'tunneled', 'vxlan'])).toMatch(
      /^none bpf-route: violation unexpected-overlay/,
    );
    const text = (await traceFrames([{ frames: [plain(ping)] }], across(['tunneled', 'vxlan']))).all[0]?.findings[0]
      ?.message;
    expect(text).toMatch(
      /^a's eBPF routes have "10\.48\.0\.128\/26: remote workload in-pool tunneled vxlan nh 10\.0\.1\.2" \(\S+bpf-routes\.json:\d+\), so /,
    );
  });

  it('a pool that is not in the snapshot: tunneled and vxlan are enough', async () => {
    const other = barePool({ name: 'other', cidr: '10.99.0.0/24' });
    const topology = cluster(other, nodes, pods, bundled(bpfRoutesOfA()));
    const flow = flowBetween(await traceFrames([{ frames: [vxlan(ping)] }], topology), POD.a, POD.b);
    expect([flow.expected.reason, flow.verdict]).toEqual(['bpf-route', 'ok']);
  });

  it('what the configuration decides stays decided', async () => {
    const topology = cluster(pools, nodes, pods, ...withB(remote()));
    const flow = flowBetween(await traceFrames([{ frames: [vxlan(ping)] }], topology), POD.a, POD.b);
    expect([flow.expected.reason, flow.verdict]).toEqual(['pool-always', 'ok']);
  });
});
