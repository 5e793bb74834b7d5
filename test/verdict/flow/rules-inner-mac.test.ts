// The MAC inside a tunnel against the nodes' VTEPs: written, computed from names, learned from what they send.
import { describe, expect, it } from 'vitest';
import { type RuleInput, strayMac, wrongTunnelMac } from '../../../src/verdict/flow/rules.ts';
import { NODE, POD, VETH } from '../../support/cluster-frames.ts';
import { cluster, ippools } from '../../support/cluster-text.ts';
import {
  bare,
  type Case,
  COMPUTED,
  ebpf,
  FOREIGN,
  IPIP,
  type Name,
  node,
  nodesWith,
  OTHER,
  PODS,
  rule,
  to,
  WRITTEN,
  who,
  written,
} from '../../support/rule-input.ts';

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
