// One cause per code, sending and receiving node, however many flows share it; letters, counts and what it says.

import { describe, expect, it } from 'vitest';
import { CALICO } from '../../../src/cluster/calico/calico-profile.ts';
import { collectCauses } from '../../../src/verdict/cause/causes.ts';
import { checksFor } from '../../../src/verdict/cause/checks.ts';
import { FINDINGS, type FindingCode } from '../../../src/verdict/codes.ts';
import { briefOf } from '../../../src/verdict/flow-briefs.ts';
import type { Finding, TracedFlow } from '../../../src/verdict/trace-types.ts';
import { clusterDocuments, ip, NODE, POD, plain, traceFrames, VTEP, vxlan } from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';
import { flow, observation, pod } from '../../support/trace-builder.ts';

const CART = pod('10.48.0.130', 'shop/cart', 'control1');
const DB = pod('10.48.0.200', 'shop/db', 'worker1');
const WEB = pod('10.48.0.10', 'shop/web', 'worker2');

function finding(code: FindingCode, partial: Partial<Finding> = {}): Finding {
  return {
    code,
    severity: FINDINGS[code].severity,
    message: `says ${code}`,
    capture: 0,
    firstPacket: 1,
    lastPacket: 9,
    ...partial,
  };
}

function collect(flows: readonly TracedFlow[], answers = 0) {
  const collector = collectCauses(() => [], CALICO);
  for (const one of flows) collector.add(briefOf(one), { answers: answers, codes: () => [] });
  return collector.causes([]);
}

const wrong = (id: number, src = CART, dst = DB, code: FindingCode = 'overlay-bypassed'): TracedFlow =>
  flow(src, dst, { id, packets: 3, verdict: 'violation', findings: [finding(code)] });

describe('grouping', () => {
  it('is by code and nodes', () => {
    const causes = collect([wrong(1), wrong(2), wrong(3, CART, WEB), wrong(4, CART, DB, 'wrong-vni')], 2);
    expect(causes.map((c) => [c.code, c.fromNode, c.toNode, c.flows, c.packets, c.answers, c.flowIds])).toEqual([
      ['overlay-bypassed', 'control1', 'worker1', 2, 6, 4, [1, 2]],
      ['overlay-bypassed', 'control1', 'worker2', 1, 3, 2, [3]],
      ['wrong-vni', 'control1', 'worker1', 1, 3, 2, [4]],
    ]);
  });

  it('counts a flow once per code, and once for each of its codes', () => {
    const twice = flow(CART, DB, {
      id: 1,
      findings: [finding('wrong-vni'), finding('wrong-vni'), finding('wrong-udp-port')],
    });
    expect(collect([twice]).map((c) => [c.code, c.flows])).toEqual([
      ['wrong-vni', 1],
      ['wrong-udp-port', 1],
    ]);
  });

  it('puts violations first, then by packets', () => {
    const warning = flow(CART, DB, { packets: 900, findings: [finding('no-reply')] });
    const causes = collect([warning, wrong(2), { ...wrong(3, CART, WEB), packets: 50 }]);
    expect(causes.map((c) => [c.id, c.severity, c.packets])).toEqual([
      ['A', 'violation', 50],
      ['B', 'violation', 3],
      ['C', 'warning', 900],
    ]);
  });

  it('goes on after Z with AA', () => {
    const many = Array.from({ length: 53 }, (_, i) => wrong(i + 1, pod('10.48.0.1', 'x/y', `node${i}`)));
    const ids = collect(many).map((c) => c.id);
    expect([ids[0], ids[25], ids[26], ids[27], ids[51], ids[52]]).toEqual(['A', 'Z', 'AA', 'AB', 'AZ', 'BA']);
  });

  it('lists at most 1000 flows and counts all', () => {
    const [cause] = collect(Array.from({ length: 1234 }, (_, i) => wrong(i + 1)));
    expect(cause).toMatchObject({ flows: 1234, packets: 3702 });
    expect(cause?.flowIds.length).toBe(1000);
  });
});

describe('words', () => {
  it("name the observation that is wrong, not the flow's first one", () => {
    const seen = [
      observation({ outerDst: '10.0.1.30', firstPacket: 1 }),
      observation({ outerDst: '10.0.1.31', firstPacket: 7 }),
    ];
    const one = flow(CART, DB, {
      observations: seen,
      findings: [finding('wrong-destination-vtep', { firstPacket: 7 })],
    });
    const [cause] = collect([one]);
    expect(cause?.title).toBe("control1 sends worker1's overlay packets to 10.0.1.31");
    expect(cause?.seen).toContain('10.0.1.31');
  });

  it('say who where nobody is known', () => {
    const [cause] = collect([wrong(1, pod('10.48.0.130', 'shop/cart', null))]);
    expect(cause?.title).toContain('an unknown node');
  });

  it('come with something to check, for every code there is', () => {
    for (const code of Object.keys(FINDINGS) as FindingCode[])
      for (const one of [wrong(1), null]) {
        const checks = checksFor(code, {
          profile: CALICO,
          fromNode: 'control1',
          toNode: null,
          atNode: null,
          flow: one,
          encapsulation: null,
          sender: null,
          nics: new Set(),
        });
        expect(checks.length, code).toBeGreaterThan(0);
        expect(checks.join()).not.toContain('null');
        expect(checks.join()).not.toContain('undefined');
      }
  });
});

describe('filters keep what a cause is', () => {
  const { pools, nodes, pods } = clusterDocuments();
  const topology = cluster(pools, nodes, pods);
  const bypass = (port: number): Uint8Array =>
    plain(ip({ src: POD.a, dst: POD.b, proto: 17, transport: build.udp({ srcport: port, dstport: 53 }) }));
  const stale = vxlan(ip({ src: POD.a, dst: POD.c }), { to: NODE.b, innerDstMac: VTEP.c });
  const talk = plain(ip({ src: NODE.a, dst: NODE.b }));

  it('its letter stays the same, and its letter finds its flows', async () => {
    const frames = [talk, bypass(1), bypass(2), bypass(3), stale];
    const all = await traceFrames([{ frames }], topology);
    expect(all.causes.map((c) => [c.id, c.code])).toEqual([
      ['A', 'overlay-bypassed'],
      ['B', 'wrong-destination-vtep'],
    ]);
    const onlyB = await traceFrames([{ frames }], topology, { filter: { finding: ['b'] } });
    expect(onlyB.causes.map((c) => [c.id, c.code])).toEqual([['B', 'wrong-destination-vtep']]);
    expect(onlyB.all.map((f) => f.dst.ip)).toEqual([POD.c]);
    expect(onlyB.summary).toMatchObject({ flows: 1, violation: 1 });
    const one = await traceFrames([{ frames }], topology, { filter: { finding: ['A'], port: [2] } });
    expect(one.causes.map((c) => [c.id, c.flows])).toEqual([['A', 1]]);
  });

  it('also beyond the thousand flows that a cause lists', async () => {
    const frames = [talk, ...Array.from({ length: 1100 }, (_, i) => bypass(i + 1))];
    const found = await traceFrames([{ frames }], topology, { filter: { finding: ['A'] } });
    expect(found.flowCount).toBe(1100);
  });
});
