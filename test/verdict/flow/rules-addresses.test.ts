// The outer addresses against the nodes that have both ends: what is wrong, and what only may be.
import { describe, expect, it } from 'vitest';
import type { Dispute, Who } from '../../../src/attribution/who/who.ts';
import { disputeText, mayBeIts, wrongDestinationVtep, wrongSourceVtep } from '../../../src/verdict/flow/rules.ts';
import { NODE, POD, VETH } from '../../support/cluster-frames.ts';
import { cluster, ippools, iproute2 } from '../../support/cluster-text.ts';
import { bare, type Case, ebpf, IPIP, node, nodesWith, PLAIN, PODS, rule, to, who } from '../../support/rule-input.ts';

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
