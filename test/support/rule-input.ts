// What a rule on one observation is asked about, made by hand: pod-a (10.48.0.70 on a) to pod-b (10.48.0.140 on b), as it should be and
// otherwise. Nodes, addresses and MACs are those of cluster-frames.ts.
import type { SeenObservation } from '../../src/attribution/observe.ts';
import { type Who, whoByTopology } from '../../src/attribution/who/who.ts';
import type { Node, Topology } from '../../src/topology/model.ts';
import { settingsOf } from '../../src/verdict/flow/overlay-in-use.ts';
import type { RuleInput } from '../../src/verdict/flow/rules.ts';
import { NODE, POD, TUNNEL, VETH } from './cluster-frames.ts';
import { blockAffinities, cluster, ippools, iproute2, nodes, pods } from './cluster-text.ts';

export type Name = 'a' | 'b' | 'c';

// `printf b | sha1sum`, and of c: 66 and the first five bytes (calico-facts 4.4)
export const COMPUTED = { b: '66:e9:d7:1f:5e:e7', c: '66:84:a5:16:84:1b' } as const;
/** Written for b. */
export const WRITTEN = '66:00:00:00:00:0b';
export const OTHER = '66:00:00:00:00:99';
/** A MAC that nothing computes. */
export const FOREIGN = '02:42:ac:11:00:02';
/** What eBPF releases of 3.31 sent by mistake, and what they send NodePort packets with (calico-facts 4.7). */
export const MISSENT = 0;

const names = ['a', 'b', 'c'] as const;
export const nodesWith = (more: Partial<Record<Name, object>> = {}) =>
  nodes(...names.map((name) => ({ name, ip: `${NODE[name]}/24`, vxlan: TUNNEL[name], ...more[name] })));
export const PODS = pods(...names.map((name) => ({ name: `pod-${name}`, ip: POD[name], node: name })));
/** Nothing is written of MACs. */
export const bare = cluster(ippools(), nodesWith(), PODS);
export const written = cluster(ippools(), nodesWith({ b: { mac: WRITTEN } }), PODS);
/** Blocks only say on which node an address usually is. */
export const byBlock = cluster(
  ippools(),
  nodesWith(),
  blockAffinities({ cidr: '10.48.0.64/26', node: 'a' }, { cidr: '10.48.0.128/26', node: 'b' }),
);
/** The VXLAN device of a node takes its keys from eBPF. */
export const ebpf = (name: Name) =>
  cluster(
    ippools(),
    nodesWith({ b: { mac: WRITTEN } }),
    PODS,
    iproute2(
      name,
      'ip-link',
      '7: vxlan.calico: <UP> mtu 1450 qdisc noqueue state UNKNOWN',
      `    link/ether ${name === 'b' ? WRITTEN : OTHER} brd ff:ff:ff:ff:ff:ff promiscuity 0`,
      `    vxlan external id 0 local ${NODE[name]} srcport 0 0 dstport 4789 nolearning`,
    ),
  );

export const node = (topology: Topology, name: Name): Node => {
  const found = topology.nodeByName(name);
  if (found === null) throw new Error(`no node ${name}`);
  return found;
};
export const who = (topology: Topology, address: string): Who => whoByTopology(topology.lookup(address));

export const PLAIN: Partial<SeenObservation> = {
  ...{ encapsulation: 'none', outerSrc: null, outerDst: null, vni: null, udpPort: null },
  ...{ innerSrcMac: null, innerDstMac: null, innerDstMacs: [] },
};
export const IPIP: Partial<SeenObservation> = { ...PLAIN, encapsulation: 'ipip', outerSrc: NODE.a, outerDst: NODE.b };
export const to = (mac: string): Pick<SeenObservation, 'innerDstMac' | 'innerDstMacs'> => ({
  innerDstMac: mac,
  innerDstMacs: [mac],
});

export interface Case extends Partial<Omit<RuleInput, 'seen' | 'expected'>> {
  seen?: Partial<SeenObservation>;
  expected?: Partial<RuleInput['expected']>;
}

/** As it should be from pod-a to pod-b: VXLAN from a to b, with b's MAC inside; and what is other than that. */
export function rule({ topology = bare, seen, expected, ...other }: Case = {}): RuleInput {
  const seenAll: SeenObservation = {
    ...{ capture: 0, point: 0, outerSrc: NODE.a, outerDst: NODE.b, encapsulation: 'vxlan', vni: 4096, udpPort: 4789 },
    ...{ packets: 3, bytes: 300, outerFragments: 0, firstPacket: 1, lastPacket: 3, first: null, last: null },
    ...{ carriers: [], innerSrcMac: VETH, rows: [0], overheadBytes: 150, bits: 0, ...to(COMPUTED.b) },
    firstMoment: { seconds: 1, nanos: 0 },
    lastMoment: { seconds: 2, nanos: 0 },
    pointInfo: {
      ...{ interface: 'eth0', index: null, node: 'a', role: 'underlay', evidence: [], packets: 3, capture: 0 },
      ...{ local: 0, topologyNode: node(topology, 'a'), pod: null, mac: null },
    },
    ...seen,
  };
  const outer = (address: string | null): Node | null => (address === null ? null : topology.nodeByAddress(address));
  return {
    topology,
    settings: settingsOf(topology, null, []),
    src: who(topology, POD.a),
    dst: who(topology, POD.b),
    learned: { macOf: () => null, nodeOf: () => null },
    outerFrom: outer(seenAll.outerSrc),
    outerTo: outer(seenAll.outerDst),
    ...other,
    seen: seenAll,
    expected: { encapsulation: 'vxlan', pool: 'pool', reason: 'pool-always', ...expected },
  };
}
