// Answers that come in another tunnel than their questions: through a filter, or on a tunnel's device, nobody sees them.
import { describe, expect, it } from 'vitest';
import type { Topology } from '../../../src/topology/model.ts';
import {
  arpRequest,
  clusterDocuments,
  type FrameFile,
  flowBetween,
  ip,
  ipip,
  NIC,
  NODE,
  POD,
  plain,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster, ippools, type PoolText, pods } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const IN_VXLAN: PoolText = { name: 'in-vxlan', cidr: '10.48.0.0/24', vxlan: 'Always' };
const IN_IPIP: PoolText = { name: 'in-ipip', cidr: '10.49.0.0/24', vxlan: 'Never', ipip: 'Always' };
/** On node a, as POD.a is: answers to it come by IP-in-IP. */
const OTHER = '10.49.0.70';

function topologyOf(...pools: PoolText[]): Topology {
  const all = [...(['a', 'b', 'c'] as const).map((node) => ({ name: `pod-${node}`, ip: POD[node], node }))];
  return cluster(ippools(...pools), clusterDocuments().nodes, pods(...all, { name: 'other', ip: OTHER, node: 'a' }));
}
const MIXED = topologyOf(IN_VXLAN, IN_IPIP);

const echo = (src: string, dst: string, { type = 8, seq = 1 } = {}): Uint8Array =>
  ip({ src, dst, transport: build.icmpEcho({ type, seq, ident: 5 }) });
const back = { from: NODE.b, to: NODE.a };
/** A conversation in VXLAN, both ways. */
const TALK = [echo(POD.a, POD.c), echo(POD.c, POD.a, { type: 0 })];
const talk = [vxlan(TALK[0]!, { to: NODE.c }), vxlan(TALK[1]!, { from: NODE.c, to: NODE.a })];
/** Asked twice: of one question at the end of a capture the answer may come later. */
const twice = (src: string): Uint8Array[] => [1, 2].map((seq) => echo(src, POD.b, { seq }));
const [asked, answerable] = [OTHER, POD.a].map((src) => twice(src).map((packet) => vxlan(packet))) as [
  Uint8Array[],
  Uint8Array[],
];
/** What no tunnel carries: no filter was there. */
const open = plain(ip({ src: NODE.a, dst: NODE.c, transport: build.icmpEcho({ type: 0 }) }), NIC.a, NIC.c);
const OPEN = arpRequest(NODE.a, NODE.b, NIC.a);
const unasked = (dst: string, id: number): Uint8Array =>
  vxlan(ip({ src: POD.b, dst, proto: 17, id, transport: build.udp({ srcport: 9, dstport: 514 }) }), back);

async function outcome(files: FrameFile[], topology: Topology | null = MIXED, src = OTHER): Promise<string | null> {
  return flowBetween(await traceFrames(files, topology), src, POD.b).outcome;
}
const nic = (...frames: Uint8Array[]): FrameFile => ({ name: 'a-eth0.pcap', frames });

describe('the answer to a question in VXLAN', () => {
  it('that comes by IP-in-IP is not missed where the capture has nothing but VXLAN', async () => {
    expect(await outcome([nic(...talk, ...asked)])).toBe('one-way');
  });

  it('is missed where nothing tells of a filter, where it comes in VXLAN, and where no snapshot says how it comes', async () => {
    expect(await outcome([nic(...talk, ...asked, open)])).toBe('no-answer');
    expect(await outcome([nic(...talk, ...answerable)], MIXED, POD.a)).toBe('no-answer');
    expect(await outcome([nic(...talk, ...asked)], null)).toBe('no-answer');
  });

  it('that comes plain is not missed where the capture has nothing but VXLAN', async () => {
    const nearby = topologyOf(IN_VXLAN, { ...IN_IPIP, ipip: 'CrossSubnet' });
    expect(await outcome([nic(...talk, ...asked)], nearby)).toBe('one-way');
    expect(await outcome([nic(...talk, ...asked, open)], nearby)).toBe('no-answer');
  });

  it('is not missed where the snapshot may be out of date, and no packet to its pool is there', async () => {
    const both = topologyOf(IN_VXLAN, { ...IN_VXLAN, name: 'more', cidr: '10.49.0.0/24' });
    expect(await outcome([nic(...talk, ...asked)], both)).toBe('one-way');
    expect(await outcome([nic(...talk, ...asked, unasked('10.49.0.71', 3))], both)).toBe('no-answer');
  });

  it('that comes by IP-in-IP is not missed on the device of VXLAN', async () => {
    const device = (...frames: Uint8Array[]): FrameFile => ({ name: 'a-vxlan.calico.pcap', frames });
    const inside = (packet: Uint8Array): Uint8Array => plain(packet, '66:00:00:00:00:0a', '66:00:00:00:00:0b');
    const seen = TALK.map(inside);
    expect(await outcome([device(...seen, ...twice(OTHER).map(inside))])).toBe('one-way');
    expect(await outcome([device(...seen, ...twice(POD.a).map(inside))], MIXED, POD.a)).toBe('no-answer');
  });
});

describe('the answer to a question in IP-in-IP', () => {
  it('that comes in VXLAN, of which the snaplen leaves too little, is not missed by the device of IP-in-IP', async () => {
    // of VXLAN 76 bytes leave no inner addresses, and of IP-in-IP all
    const frames = [
      ipip(echo(OTHER, POD.c)),
      ipip(echo(POD.c, OTHER, { type: 0 }), NODE.c, NODE.a),
      ipip(echo(POD.a, POD.b)),
    ];
    const swapped = topologyOf(IN_VXLAN, IN_IPIP);
    const hidden = vxlan(echo(POD.b, POD.a, { type: 0 }), back);
    const device: FrameFile = { name: 'a-tunl0.pcap', frames: twice(POD.a), options: { linkType: 101 } };
    const short: FrameFile = { ...nic(...frames, hidden, open), snaplen: 76 };
    expect(await outcome([device, short], swapped, POD.a)).toBe('one-way');
    const whole = nic(...frames, open);
    expect(await outcome([device, whole], swapped, POD.a)).toBe('no-answer');
  });
});

describe('the answer to a question that is plain', () => {
  it('is not missed in a merge of two NICs, of which the snaplen leaves too little of VXLAN', async () => {
    const PLAIN: PoolText = { ...IN_IPIP, ipip: 'Never' };
    const topology = topologyOf(IN_VXLAN, PLAIN);
    const between = (from: 'a' | 'b', type: 0 | 8): Uint8Array[] => {
      const [src, dst] = type === 8 ? ([from, 'c'] as const) : (['c', from] as const);
      return [plain(echo(NODE[src], NODE[dst], { type }), NIC[src], NIC[dst])];
    };
    const nodesTalk = (['a', 'b'] as const).flatMap((from) => [...between(from, 8), ...between(from, 0)]);
    const questions = [1, 2].map((seq) => plain(echo(POD.b, OTHER, { seq }), NIC.b, NIC.a));
    const hidden = vxlan(echo(OTHER, POD.b, { type: 0 }));
    const told = async (snaplen: number, ...frames: Uint8Array[]): Promise<unknown> => {
      const file = { name: 'merged.pcap', frames: [OPEN, ...nodesTalk, ...questions, ...frames], snaplen };
      const trace = await traceFrames([file], topology);
      return [
        trace.captures[0]?.points.map(({ role, node }) => `${role} ${node}`),
        flowBetween(trace, POD.b, OTHER).outcome,
      ];
    };
    expect(await told(76, hidden)).toEqual([['underlay null'], 'one-way']);
    expect(await told(76)).toEqual([['underlay null'], 'no-answer']);
    expect(await told(262144, hidden)).toEqual([['underlay null'], 'answered']);
  });
});
