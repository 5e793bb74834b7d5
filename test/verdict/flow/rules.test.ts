// Each rule on one observation: what makes it speak, and each thing without which it is silent.
import { describe, expect, it } from 'vitest';
import type { SeenObservation } from '../../../src/attribution/observe.ts';
import { type Dispute, type Who, whoByTopology } from '../../../src/attribution/who/who.ts';
import type { Node, Topology } from '../../../src/topology/model.ts';
import { settingsOf } from '../../../src/verdict/flow/overlay-in-use.ts';
import {
  disputeText,
  isCalicoVxlan,
  mayBeIts,
  overlayBypassed,
  placeOf,
  type RuleInput,
  strayMac,
  unencrypted,
  unexpectedOverlay,
  wrongDestinationVtep,
  wrongEncapsulation,
  wrongSourceVtep,
  wrongTunnelMac,
  wrongUdpPort,
  wrongVni,
} from '../../../src/verdict/flow/rules.ts';
import { NODE, POD, TUNNEL, VETH } from '../../support/cluster-frames.ts';
import { blockAffinities, cluster, ippools, iproute2, nodes, pods } from '../../support/cluster-text.ts';

type Name = 'a' | 'b' | 'c';

// `printf b | sha1sum`, and of c: 66 and the first five bytes (calico-facts 4.4)
const COMPUTED = { b: '66:e9:d7:1f:5e:e7', c: '66:84:a5:16:84:1b' } as const;
/** Written for b. */
const WRITTEN = '66:00:00:00:00:0b';
const OTHER = '66:00:00:00:00:99';
/** A MAC that nothing computes. */
const FOREIGN = '02:42:ac:11:00:02';
/** What eBPF releases of 3.31 sent by mistake, and what they send NodePort packets with (calico-facts 4.7). */
const MISSENT = 0;

const names = ['a', 'b', 'c'] as const;
const nodesWith = (more: Partial<Record<Name, object>> = {}) =>
  nodes(...names.map((name) => ({ name, ip: `${NODE[name]}/24`, vxlan: TUNNEL[name], ...more[name] })));
const PODS = pods(...names.map((name) => ({ name: `pod-${name}`, ip: POD[name], node: name })));
const bare = cluster(ippools(), nodesWith(), PODS);
const written = cluster(ippools(), nodesWith({ b: { mac: WRITTEN } }), PODS);
/** Blocks only say on which node an address usually is. */
const byBlock = cluster(
  ippools(),
  nodesWith(),
  blockAffinities({ cidr: '10.48.0.64/26', node: 'a' }, { cidr: '10.48.0.128/26', node: 'b' }),
);
const ebpf = (name: Name) =>
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

const node = (topology: Topology, name: Name): Node => {
  const found = topology.nodeByName(name);
  if (found === null) throw new Error(`no node ${name}`);
  return found;
};
const who = (topology: Topology, address: string): Who => whoByTopology(topology.lookup(address));

const PLAIN: Partial<SeenObservation> = {
  ...{ encapsulation: 'none', outerSrc: null, outerDst: null, vni: null, udpPort: null },
  ...{ innerSrcMac: null, innerDstMac: null, innerDstMacs: [] },
};
const IPIP: Partial<SeenObservation> = { ...PLAIN, encapsulation: 'ipip', outerSrc: NODE.a, outerDst: NODE.b };
const to = (mac: string): Pick<SeenObservation, 'innerDstMac' | 'innerDstMacs'> => ({
  innerDstMac: mac,
  innerDstMacs: [mac],
});

interface Case extends Partial<Omit<RuleInput, 'seen' | 'expected'>> {
  seen?: Partial<SeenObservation>;
  expected?: Partial<RuleInput['expected']>;
}

/** As it should be from pod-a to pod-b: VXLAN from a to b, with b's MAC inside; and what is other than that. */
function rule({ topology = bare, seen, expected, ...other }: Case = {}): RuleInput {
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

const NEVER = { encapsulation: 'none', reason: 'pool-never' } as const;
const WIREGUARD = { encapsulation: 'wireguard', reason: 'wireguard-keys' } as const;

/** Whether a rule says something. */
const speaks = (of: (input: RuleInput) => unknown, given: Case): boolean => of(rule(given)) !== null;

describe('a packet as it was asked for', () => {
  it.each([bare, written, byBlock])('breaks no rule', (topology) => {
    const input = rule({ topology, seen: to(topology === written ? WRITTEN : COMPUTED.b) });
    const rules = [overlayBypassed, unencrypted, unexpectedOverlay, wrongEncapsulation, wrongVni, wrongUdpPort];
    const all = [...rules, wrongDestinationVtep, wrongSourceVtep, wrongTunnelMac];
    expect(all.map((one) => one(input))).toEqual(all.map(() => null));
  });
});

describe('overlayBypassed', () => {
  it.each<[boolean, string, Case]>([
    [true, 'plain where VXLAN is asked for', { seen: PLAIN }],
    [true, 'plain where IP-in-IP is asked for', { seen: PLAIN, expected: { encapsulation: 'ipip' } }],
    [false, 'plain where plain is asked for', { seen: PLAIN, expected: NEVER }],
    [false, 'plain where WireGuard is asked for: another rule says that', { seen: PLAIN, expected: WIREGUARD }],
    [false, 'plain where nothing is known', { seen: PLAIN, expected: { encapsulation: null } }],
    [false, 'IP-in-IP where VXLAN is asked for: it is in a tunnel', { seen: IPIP }],
  ])('%s of %s', (says, _, given) => {
    expect(speaks(overlayBypassed, given)).toBe(says);
  });

  it('says why, who, and where', () => {
    expect(overlayBypassed(rule({ seen: PLAIN }))).toBe(
      "pool pool says Always, so default/pod-a (10.48.0.70) to default/pod-b (10.48.0.140) should be VXLAN; it was plain on a's eth0",
    );
  });
});

describe('unencrypted', () => {
  it.each<[string | null, Case]>([
    ["it was plain on a's eth0", { seen: PLAIN, expected: WIREGUARD }],
    ["it was in clear VXLAN on a's eth0", { expected: WIREGUARD }],
    [null, { seen: { ...PLAIN, encapsulation: 'wireguard' }, expected: WIREGUARD }],
    [null, { seen: PLAIN }],
  ])('%s', (how, given) => {
    const message = unencrypted(rule(given));
    if (how === null) expect(message).toBeNull();
    else expect(message).toContain(how);
  });
});

describe('unexpectedOverlay', () => {
  it.each<[boolean, string, Case]>([
    [true, 'VXLAN where the pool says Never', { expected: NEVER }],
    [true, 'VXLAN within one subnet', { expected: { encapsulation: 'none', reason: 'crosssubnet-same' } }],
    [true, "VXLAN where the sender's eBPF routes send plain", { expected: { ...NEVER, reason: 'bpf-route' } }],
    [true, 'IP-in-IP where the pool says Never', { seen: IPIP, expected: NEVER }],
    [true, "IP-in-IP from another of the sender's NICs", { seen: IPIP, expected: NEVER, outerFrom: null }],
    [true, 'VXLAN to what is no known node', { expected: NEVER, outerTo: null }],
    [true, 'VXLAN from what is no known node', { expected: NEVER, outerFrom: null }],
    [false, 'VXLAN that is asked for', {}],
    [false, 'VXLAN where plain is no demand', { expected: { encapsulation: 'none', reason: 'external' } }],
    [false, 'plain where the pool says Never', { seen: PLAIN, expected: NEVER }],
    [false, 'WireGuard, which a key asks for', { seen: { ...PLAIN, encapsulation: 'wireguard' }, expected: NEVER }],
    [false, "VXLAN that is not Calico's", { seen: { vni: 77, ...to(FOREIGN) }, expected: NEVER }],
    [false, 'VXLAN between no nodes', { expected: NEVER, outerFrom: null, outerTo: null }],
    [false, 'IP-in-IP between no nodes', { seen: IPIP, expected: NEVER, outerFrom: null, outerTo: null }],
    [false, 'GRE to what is no node', { seen: { ...IPIP, encapsulation: 'gre' }, expected: NEVER, outerTo: null }],
  ])('%s of %s', (says, _, given) => {
    expect(speaks(unexpectedOverlay, given)).toBe(says);
  });
});

describe('wrongEncapsulation', () => {
  const ipip = { expected: { encapsulation: 'ipip' } } as const;
  it.each<[boolean, string, Case]>([
    [true, 'IP-in-IP where VXLAN is asked for', { seen: IPIP }],
    [true, 'VXLAN where IP-in-IP is asked for', ipip],
    [true, 'IP-in-IP of which only the receiver is a known node', { seen: IPIP, outerFrom: null }],
    [true, 'IP-in-IP of which only the sender is a known node', { seen: IPIP, outerTo: null }],
    [false, 'what is asked for', { seen: IPIP, ...ipip }],
    [false, 'plain: another rule says that', { seen: PLAIN }],
    [false, 'IP-in-IP between no nodes', { seen: IPIP, outerFrom: null, outerTo: null }],
    [false, 'VXLAN from what is no node', { ...ipip, outerFrom: null }],
    [false, 'VXLAN to what is no node', { ...ipip, outerTo: null }],
    [false, 'a tunnel where plain is asked for: another rule says that', { expected: NEVER }],
  ])('%s of %s', (says, _, given) => {
    expect(speaks(wrongEncapsulation, given)).toBe(says);
  });
});

describe("VXLAN is Calico's own", () => {
  it.each<[boolean, string, Case]>([
    [true, 'by its VNI', { seen: to(FOREIGN) }],
    [true, 'by a VTEP MAC as receiver', { seen: { vni: 77 } }],
    [true, 'by a VTEP MAC as sender', { seen: { vni: 77, ...to(FOREIGN), innerSrcMac: COMPUTED.c } }],
    [false, 'by neither', { seen: { vni: 77, ...to(FOREIGN) } }],
    [true, 'with a VNI sent by mistake between the very nodes', { seen: { vni: MISSENT, ...to(VETH) } }],
    [false, 'with that VNI from another node', { seen: { vni: MISSENT, ...to(VETH), outerSrc: NODE.c } }],
    [false, 'with that VNI to another node', { seen: { vni: MISSENT, ...to(VETH), outerDst: NODE.c } }],
    [false, 'with another VNI between the very nodes', { seen: { vni: 77, ...to(VETH) } }],
    [false, 'with that VNI, where only blocks name both', { topology: byBlock, seen: { vni: MISSENT, ...to(VETH) } }],
    [
      false,
      'with that VNI, where only a block names the receiver',
      { seen: { vni: MISSENT, ...to(VETH) }, dst: { ...who(bare, POD.b), nodeSource: 'block-affinity' } as Who },
    ],
    [false, 'with that VNI between what is no node', { seen: { vni: MISSENT, ...to(VETH) }, outerFrom: null }],
    [false, 'IP-in-IP is not', { seen: IPIP }],
  ])('%s: %s', (own, _, given) => {
    expect(isCalicoVxlan(rule(given))).toBe(own);
  });
});

describe('wrongVni and wrongUdpPort', () => {
  it.each<[string | null, string | null, Case]>([
    [
      "VNI 77 between a and b; the cluster's is 4096 (default)",
      "VXLAN on UDP 8472 between a and b; the cluster's port is 4789 (default)",
      {},
    ],
    [null, null, { expected: NEVER }],
    [null, null, { expected: { encapsulation: 'ipip' } }],
    [null, null, { outerFrom: null }],
    [null, null, { outerTo: null }],
    [null, null, { seen: { vni: 77, udpPort: 8472, ...to(FOREIGN) } }],
    [null, null, { seen: { ...IPIP, vni: 77, udpPort: 8472, ...to(COMPUTED.b) } }],
  ])('%s', (vni, port, given) => {
    const input = rule({ seen: { vni: 77, udpPort: 8472 }, ...given });
    expect([wrongVni(input), wrongUdpPort(input)]).toEqual([vni, port]);
  });

  it('have nothing to say of a port that the snaplen cut off, nor of one that the user allows', () => {
    expect(wrongUdpPort(rule({ seen: { udpPort: null } }))).toBeNull();
    expect(wrongUdpPort(rule({ seen: { udpPort: 8472 }, settings: settingsOf(bare, null, [8472]) }))).toBeNull();
    expect(wrongVni(rule({ seen: { vni: 77 }, settings: settingsOf(bare, 77, []) }))).toBeNull();
  });
});

describe('the outer addresses', () => {
  const nodeless = { ...who(bare, POD.b), node: null, nodeSource: null };
  const elsewhere = (given: Case = {}): Case => ({ seen: { outerDst: NODE.c, outerSrc: NODE.c }, ...given });
  it('are those of the nodes that have the pods', () => {
    const input = rule(elsewhere());
    expect(wrongDestinationVtep(input)).toEqual({
      message: 'default/pod-b (10.48.0.140) is on b, but its packets were sent to 10.0.1.3, which is c',
      unsure: null,
    });
    expect(wrongSourceVtep(input)).toEqual({
      message: 'default/pod-a (10.48.0.70) is on a, but its packets came from 10.0.1.3, which is c',
      unsure: null,
    });
  });

  it('may be of no known node: to it is wrong, and from it too, in VXLAN', () => {
    const stranger = { seen: { outerDst: '10.0.9.9', outerSrc: '10.0.9.9' } };
    expect(wrongDestinationVtep(rule(stranger))?.message).toContain('10.0.9.9, which is no known node');
    expect(wrongSourceVtep(rule(stranger))?.message).toContain('10.0.9.9, which is no known node');
  });

  it('are left to the kernel as source of IP-in-IP and of eBPF', () => {
    const from = { outerSrc: '10.0.9.9' };
    expect(wrongSourceVtep(rule({ seen: { ...IPIP, ...from } }))).toBeNull();
    expect(wrongSourceVtep(rule({ seen: { ...from, ...to(VETH) } }))).toBeNull();
    expect(wrongSourceVtep(rule({ topology: ebpf('a'), seen: from }))).toBeNull();
    expect(wrongSourceVtep(rule({ topology: ebpf('b'), seen: from }))).not.toBeNull();
    expect(wrongSourceVtep(rule({ seen: { ...IPIP, outerSrc: NODE.c } }))).not.toBeNull();
  });

  it('are nobody’s where there is no tunnel, and tell nothing of a pod whose node is not known', () => {
    for (const vtep of [wrongDestinationVtep, wrongSourceVtep]) {
      expect(vtep(rule({ seen: PLAIN }))).toBeNull();
      expect(vtep(rule(elsewhere({ src: nodeless, dst: nodeless })))).toBeNull();
    }
  });

  it('may be another address of the same node, written or of one of its devices', () => {
    const second = cluster(
      ippools(),
      nodesWith(),
      PODS,
      ...(['a', 'b'] as const).map((name) =>
        iproute2(
          name,
          'ip-addr',
          '3: eth1: <UP> mtu 1500 qdisc noqueue state UP',
          `    link/ether 02:00:00:00:02:0${name} brd ff:ff:ff:ff:ff:ff`,
          `    inet 10.0.9.${name === 'a' ? 1 : 2}/24 scope global eth1`,
        ),
      ),
    );
    const own = { outerSrc: '10.0.9.1', outerDst: '10.0.9.2' };
    const input = rule({ topology: second, seen: own, outerFrom: null, outerTo: null });
    expect([wrongSourceVtep(input), wrongDestinationVtep(input)]).toEqual([null, null]);
    const crossed = rule({ topology: second, seen: { outerSrc: '10.0.9.2', outerDst: '10.0.9.1' } });
    expect(wrongSourceVtep(crossed)).not.toBeNull();
    expect(wrongDestinationVtep(crossed)).not.toBeNull();
  });

  it.each([
    ['block-affinity', 'owner-by-block', '; only block-affinity says so'],
    ['outer-header', 'owner-elsewhere', '; its own packets say so'],
    ['nic-mac', 'owner-elsewhere', '; its own packets say so'],
  ] as const)('accuse nobody where only %s tells the node', (nodeSource, unsure, words) => {
    const weak = (address: string): Who => ({ ...who(bare, address), nodeSource }) as Who;
    const input = rule(elsewhere({ src: weak(POD.a), dst: weak(POD.b) }));
    for (const fault of [wrongDestinationVtep(input), wrongSourceVtep(input)]) {
      expect(fault?.unsure).toBe(unsure);
      expect(fault?.message.endsWith(words)).toBe(true);
    }
  });

  describe('of an end in dispute', () => {
    const [b, c] = [node(bare, 'b'), node(bare, 'c')];
    const shown = [{ node: c, source: 'outer-header', detail: 'packets to it were answered from c' }] as const;
    const disputed = (strong: boolean, address: string, stated = b): Who => {
      const dispute: Dispute = { stated, source: 'pod', strong, shown };
      return { ...who(bare, address), node: null, nodeSource: null, dispute };
    };
    const cases: [boolean, string, string | null][] = [
      [true, NODE.b, 'owner-elsewhere'],
      [true, NODE.c, 'owner-elsewhere'],
      [true, NODE.a, null],
      [false, NODE.b, 'owner-by-block'],
      [false, NODE.a, 'owner-by-block'],
    ];
    it.each(cases)('strong %s, to %s: %s', (strong, outerDst, unsure) => {
      expect(wrongDestinationVtep(rule({ dst: disputed(strong, POD.b), seen: { outerDst } }))?.unsure).toBe(unsure);
    });
    it.each(cases)('strong %s, from %s: %s', (strong, outerSrc, unsure) => {
      expect(wrongSourceVtep(rule({ src: disputed(strong, POD.a), seen: { outerSrc } }))?.unsure).toBe(unsure);
    });

    it('is wrong at no known node, as receiver; as sender that proves nothing', () => {
      const seen = { outerSrc: '10.0.9.9', outerDst: '10.0.9.9' };
      expect(wrongDestinationVtep(rule({ dst: disputed(true, POD.b), seen }))?.unsure).toBeNull();
      expect(wrongSourceVtep(rule({ src: disputed(true, POD.a), seen }))).toBeNull();
    });

    it('is told with both sides', () => {
      const said = 'default/pod-b (10.48.0.140) is on b by pod, but packets to it were answered from c';
      expect(disputeText(disputed(true, POD.b))).toBe(said);
      expect(disputeText(disputed(false, POD.b))).toBe(said.replace('by pod', 'by pod only'));
    });
  });
});

describe('a node of which the snapshot has the name only', () => {
  const nameless = cluster(ippools(), nodesWith({ b: { ip: null } }), PODS);
  const b = node(nameless, 'b');
  it('may have any address that is not another’s by name', () => {
    expect(mayBeIts(b, null)).toBe(true);
    expect(mayBeIts(b, b)).toBe(false);
    expect(mayBeIts(b, { ...node(nameless, 'c'), named: true })).toBe(false);
    expect(mayBeIts(b, { ...node(nameless, 'c'), named: false })).toBe(true);
    expect(mayBeIts(node(nameless, 'a'), null)).toBe(false);
  });

  it('is not told from where its packets went', () => {
    expect(wrongDestinationVtep(rule({ topology: nameless, seen: { outerDst: '10.0.9.9' } }))).toBeNull();
    const back = { src: who(nameless, POD.b), dst: who(nameless, POD.a), seen: { outerSrc: '10.0.9.9' } };
    expect(wrongSourceVtep(rule({ topology: nameless, ...back }))).toBeNull();
  });
});

describe('the inner MAC', () => {
  const unknown = { ...who(bare, POD.b), node: null, nodeSource: null };
  const learnedAs = (name: Name, mac: string, topology = bare): RuleInput['learned'] => ({
    macOf: (of) => (of.name === name ? mac : null),
    nodeOf: (of) => (of === mac ? node(topology, name) : null),
  });

  it.each<[string | null, string, Case]>([
    [null, "is the receiver's as written", { topology: written, seen: to(WRITTEN) }],
    ["b's VTEP is 66:00:00:00:00:0b", 'is another than the one written', { topology: written, seen: to(OTHER) }],
    ["b's VTEP is", 'is no computed one', { topology: written, seen: to(FOREIGN) }],
    [null, "may be the veth's, from eBPF", { topology: written, seen: to(VETH) }],
    [
      `addressed to ${OTHER}`,
      'is one of several',
      { topology: written, seen: { ...to(WRITTEN), innerDstMacs: [VETH, WRITTEN, OTHER] } },
    ],
    [null, 'is nobody’s where nothing is written', { seen: to(OTHER) }],
    [null, 'tells nothing on an eBPF node', { topology: ebpf('b'), seen: to(OTHER) }],
    [
      null,
      'tells nothing with a VNI that eBPF sends by mistake',
      { topology: written, seen: { vni: 0, ...to(OTHER) } },
    ],
    [null, 'is none of IP-in-IP', { topology: written, seen: { ...IPIP, ...to(OTHER) } }],
    ["c's VTEP", "is a third node's, by its name", { seen: to(COMPUTED.c) }],
    ["c's VTEP", "is a third node's, by what it sends", { seen: to(OTHER), learned: learnedAs('c', OTHER) }],
    [null, 'is that of whom it was sent to', { seen: { ...to(COMPUTED.c), outerDst: NODE.c } }],
    [null, 'may be right where the receiver is not known', { seen: to(COMPUTED.c), dst: unknown }],
    [
      "b's VTEP is",
      'is compared with that of whom it was sent to where the receiver is not known',
      { topology: written, seen: to(OTHER), dst: unknown },
    ],
    [
      null,
      'is nobody’s where neither is known',
      { topology: written, seen: { ...to(OTHER), outerDst: '10.0.9.9' }, dst: unknown },
    ],
    [
      null,
      'of a frame that went to another node, with that one’s MAC: one wrong choice, which the outer address tells',
      { topology: written, seen: { ...to(COMPUTED.c), outerDst: NODE.c } },
    ],
    [
      null,
      'of a frame that went to another node, with the MAC that one sends from',
      { topology: written, seen: { ...to(OTHER), outerDst: NODE.c }, learned: learnedAs('c', OTHER, written) },
    ],
    [
      "b's VTEP is",
      'of a frame that went to another node, with nobody’s MAC',
      { topology: written, seen: { ...to(OTHER), outerDst: NODE.c } },
    ],
    [
      "b's VTEP is",
      'of a frame that went to no node, with nobody’s MAC',
      { topology: written, seen: { ...to(OTHER), outerDst: '10.0.9.9' } },
    ],
  ])('%s: %s', (words, _, given) => {
    const message = wrongTunnelMac(rule(given));
    if (words === null) expect(message).toBeNull();
    else expect(message).toContain(words);
  });

  it('is told with the place of what was written', () => {
    expect(wrongTunnelMac(rule({ topology: written, seen: to(OTHER) }))).toMatch(
      /^the inner frame is addressed to 66:00:00:00:00:99; b's VTEP is 66:00:00:00:00:0b \(topology\/nodes\.yaml:\d+\)$/,
    );
  });

  describe('is a stray one', () => {
    const stray = (given: Case, target: Name | null = 'b'): string | undefined => {
      const input = rule(given);
      return strayMac(input, target === null ? null : node(input.topology, target))?.node.name;
    };
    it('of the node whose it is, by name or by what it sends', () => {
      expect(stray({ seen: to(COMPUTED.c) })).toBe('c');
      expect(stray({ seen: to(OTHER), learned: learnedAs('c', OTHER) })).toBe('c');
      expect(stray({ seen: { ...to(COMPUTED.b), innerDstMacs: [COMPUTED.b, COMPUTED.c] } })).toBe('c');
    });

    it('not where nobody is known to have it, nor without a receiver, a tunnel, or a device that keeps MACs', () => {
      expect(stray({ seen: to(OTHER) })).toBeUndefined();
      expect(stray({ seen: to(COMPUTED.c) }, null)).toBeUndefined();
      expect(stray({ seen: { ...IPIP, ...to(COMPUTED.c) } })).toBeUndefined();
      expect(stray({ topology: ebpf('b'), seen: to(COMPUTED.c) })).toBeUndefined();
    });

    it("not of the target itself, of the outer destination, nor of one that shares the target's MAC", () => {
      expect(stray({ seen: to(COMPUTED.b) })).toBeUndefined();
      expect(stray({ seen: { ...to(COMPUTED.c), outerDst: NODE.c } })).toBeUndefined();
      const both = { macOf: () => COMPUTED.c, nodeOf: () => null };
      expect(stray({ seen: to(COMPUTED.c), learned: both })).toBeUndefined();
      expect(stray({ seen: { ...to(COMPUTED.c), outerDst: '10.0.9.9' } })).toBe('c');
    });

    it('not where the node may be the target under another name: no addresses of its own, and no MAC of the target', () => {
      const alias = cluster(ippools(), nodesWith({ c: { ip: null } }), PODS);
      expect(stray({ topology: alias, seen: to(COMPUTED.c) })).toBeUndefined();
      const told = cluster(ippools(), nodesWith({ b: { mac: WRITTEN }, c: { ip: null } }), PODS);
      expect(stray({ topology: told, seen: to(COMPUTED.c) })).toBe('c');
      expect(stray({ topology: alias, seen: to(COMPUTED.c), learned: learnedAs('b', OTHER, alias) })).toBe('c');
    });
  });
});

describe('the place of an observation', () => {
  const place = (nodeName: string | null, device: string | null): string => {
    const { seen } = rule();
    return placeOf({ ...seen, pointInfo: { ...seen.pointInfo, node: nodeName, interface: device } });
  };
  it('is named as far as it is known', () => {
    expect(place('a', 'ens5')).toBe("a's ens5");
    expect(place('a', null)).toBe("a's NIC");
    expect(place(null, 'ens5')).toBe('the underlay');
  });
});
