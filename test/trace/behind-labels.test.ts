// Packets of pods behind MPLS labels or in a PPPoE session of the underlay are flows like any others: what bypasses the
// overlay is found, and what is in the overlay stays as configured.
import { describe, expect, it } from 'vitest';
import {
  clusterDocuments,
  flowBetween,
  gist,
  ip,
  NIC,
  NODE,
  POD,
  plain,
  traceFrames,
  vxlan,
} from '../support/cluster-frames.ts';
import { cluster } from '../support/cluster-text.ts';
import { ethernet, hex, icmpEcho, mpls, pppoe, vlan } from '../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const LINK = { src: NIC.a, dst: NIC.c };
const NODES = [
  plain(ip({ src: NODE.a, dst: NODE.b })),
  plain(ip({ src: NODE.b, dst: NODE.a, transport: icmpEcho({ type: 0 }) }), NIC.b, NIC.a),
];
const OVERLAY = vxlan(ip({ src: POD.a, dst: POD.b }));
const BYPASS = ip({ src: POD.a, dst: POD.c });

/** A frame without its Ethernet header. */
const payloadOf = (frame: Uint8Array): Uint8Array => frame.subarray(14);

/** The trace of frames among usual ones of the cluster, and what is said of the flow to pod c. */
async function traced(...frames: Uint8Array[]) {
  const trace = await traceFrames([{ frames: [...NODES, OVERLAY, ...frames] }], TOPOLOGY);
  return { outcomes: trace.captures[0]?.outcomes, faults: trace.captures[0]?.faults ?? [], trace };
}

describe('a plain packet between pods of two nodes', () => {
  it.each([
    ['behind an MPLS label', ethernet({ ...LINK, type: 0x8847 }, mpls({}, BYPASS))],
    [
      'behind three MPLS labels',
      ethernet({ ...LINK, type: 0x8847 }, mpls({ bottom: false }), mpls({ bottom: false }), mpls({}, BYPASS)),
    ],
    ['behind a VLAN tag and a label', ethernet({ ...LINK, type: 0x8100 }, vlan({ etype: 0x8847 }, mpls({}, BYPASS)))],
    ['in a pseudowire', ethernet({ ...LINK, type: 0x8847 }, mpls({}, hex('00000000'), ethernet(LINK, BYPASS)))],
    ['in a PPPoE session', ethernet({ ...LINK, type: 0x8864 }, pppoe({}, BYPASS))],
  ])('%s bypasses the overlay', async (_, frame) => {
    const { trace, outcomes } = await traced(frame);
    expect(gist(flowBetween(trace, POD.a, POD.c))).toBe('none violation overlay-bypassed');
    expect(outcomes).toEqual({ complete: 4, unsupported: 0, faulty: 0, notFlow: 0 });
  });
});

describe('a VXLAN packet between the nodes', () => {
  const toC = vxlan(BYPASS, { to: NODE.c });
  it.each([
    ['behind an MPLS label', ethernet({ ...LINK, type: 0x8847 }, mpls({}, payloadOf(toC)))],
    ['in a PPPoE session', ethernet({ ...LINK, type: 0x8864 }, pppoe({}, payloadOf(toC)))],
  ])('%s is as configured', async (_, frame) => {
    const flow = flowBetween((await traced(frame)).trace, POD.a, POD.c);
    expect(gist(flow)).toBe('vxlan ok');
    expect(flow.observed).toMatchObject({ encapsulation: 'vxlan', vni: 4096, outerSrc: NODE.a, outerDst: NODE.c });
  });
});

describe('frames behind labels that are no packets', () => {
  it('make no flow, and are counted by what they are', async () => {
    const { outcomes, faults } = await traced(
      ethernet({ ...LINK, type: 0x8864 }, pppoe({ protocol: 0xc021 }, hex('09010008 00000000'))),
      ethernet({ ...LINK, type: 0x8863 }, hex('11090000 0004 01010000')),
      ethernet({ ...LINK, type: 0x8847 }, mpls({}, hex('10000007 00000000'))),
      ethernet({ ...LINK, type: 0x8847 }, mpls({}).subarray(0, 3)),
    );
    expect(outcomes).toEqual({ complete: 3, unsupported: 1, faulty: 1, notFlow: 2 });
    expect(faults.map(({ code }) => code)).toEqual(['mpls-truncated']);
  });
});
