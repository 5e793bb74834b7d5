// One fact, one cause: an address that answers nobody, two nodes between which nothing is answered.
import { describe, expect, it } from 'vitest';
import { CALICO } from '../../../src/cluster/calico/calico-profile.ts';
import { collectCauses } from '../../../src/verdict/cause/causes.ts';
import { FINDINGS, type FindingCode } from '../../../src/verdict/codes.ts';
import { briefOf } from '../../../src/verdict/flow-briefs.ts';
import type { Cause, Finding, TracedFlow } from '../../../src/verdict/trace-types.ts';
import { flow, pod } from '../../support/trace-builder.ts';

const A = pod('10.48.0.10', 'shop/a', 'n1');
const B = pod('10.48.0.20', 'shop/b', 'n2');
const DEAD = pod('10.48.0.30', 'shop/dead', 'n3');

const findingOf = (code: FindingCode): Finding => ({
  ...{ code, severity: FINDINGS[code].severity, message: `says ${code}` },
  ...{ capture: 0, firstPacket: 1, lastPacket: 2 },
});

const silent = (id: number, src = A, dst = DEAD, ...more: FindingCode[]): TracedFlow =>
  flow(src, dst, { id, outcome: 'no-answer', findings: (['no-reply', ...more] as const).map(findingOf) });

function causes(flows: readonly TracedFlow[], { answering = [] as string[], nics = [] as string[] } = {}): Cause[] {
  const collector = collectCauses(() => [], CALICO, new Set(nics));
  for (const one of flows) collector.add(briefOf(one), { answers: 0, codes: () => [] });
  for (const address of answering) collector.answers(address);
  return collector.causes([]);
}

describe('silence', () => {
  it('of an address that several ask is one cause, titled by it', () => {
    const found = causes([silent(1), silent(2), silent(3, B)]);
    expect(found.map(({ code, title, flows, toNode }) => [code, title, flows, toNode])).toEqual([
      ['no-reply', 'shop/dead (10.48.0.30) answers nobody: 3 flows from 2 nodes', 3, 'n3'],
    ]);
  });

  it('of an address that answers others is told of the nodes', () => {
    const found = causes([silent(1), silent(2), silent(3, B)], { answering: [DEAD.ip] });
    expect(found.map(({ title, fromNode }) => [title, fromNode])).toEqual([
      ['says no-reply', 'n1'],
      ['says no-reply', 'n2'],
    ]);
  });

  it('both ways between two nodes is one cause', () => {
    const found = causes([silent(1, A, B), silent(2, B, A)]);
    expect(found.map(({ title, flows }) => [title, flows])).toEqual([
      ['n1 and n2 ask each other, and neither is answered: 2 flows', 2],
    ]);
  });

  it('is not told where another finding of the flow tells why', () => {
    for (const code of ['lost-in-node', 'overlay-rejected', 'missing-fdb-entry', 'wrong-vni'] as const)
      expect(causes([silent(1, A, B, code)]).map((cause) => cause.code)).toEqual([code]);
    expect(causes([silent(1, A, B, 'overlay-rejected', 'mode-changed')]).map((cause) => cause.code)).toEqual([
      'mode-changed',
    ]);
  });

  it('asks for no capture that was given', () => {
    expect(causes([silent(1, A, B)])[0]?.check.join()).toContain("capture on n2's NIC");
    const given = causes([silent(1, A, B)], { nics: ['n2'] })[0]?.check.join() ?? '';
    expect(given).not.toContain("capture on n2's NIC");
    expect(given).toContain('look inside n2');
    const bothWays = causes([silent(1, A, B), silent(2, B, A)], { nics: ['n1'] })[0]?.check.join();
    expect(bothWays).toContain('look inside n1');
  });
});

describe('checks', () => {
  const checksOf = (encapsulation: 'vxlan' | 'ipip' | 'none', code: FindingCode): string => {
    const observed = { encapsulation, vni: null, outerSrc: null, outerDst: null, udpPort: null };
    return causes([flow(A, B, { id: 1, observed, findings: [findingOf(code)] })])[0]?.check.join() ?? '';
  };

  it('fit the tunnel that packets were lost in', () => {
    expect(checksOf('vxlan', 'lost-on-underlay')).toContain('UDP 4789');
    expect(checksOf('ipip', 'lost-on-underlay')).toContain('IP protocol 4');
    expect(checksOf('none', 'lost-on-underlay')).toContain('source/destination check');
    expect(checksOf('none', 'lost-on-underlay')).not.toContain('4789');
    expect(checksOf('ipip', 'mtu-black-hole')).toContain('tunl0');
    expect(checksOf('ipip', 'mtu-black-hole')).toContain('20 of tunnel');
  });
});
