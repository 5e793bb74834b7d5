// Each rule on one observation: what makes it speak, and each thing without which it is silent.
import { describe, expect, it } from 'vitest';
import type { Who } from '../../../src/attribution/who/who.ts';
import { settingsOf } from '../../../src/verdict/flow/overlay-in-use.ts';
import {
  isCalicoVxlan,
  overlayBypassed,
  placeOf,
  type RuleInput,
  unencrypted,
  unexpectedOverlay,
  wrongDestinationVtep,
  wrongEncapsulation,
  wrongSourceVtep,
  wrongTunnelMac,
  wrongUdpPort,
  wrongVni,
} from '../../../src/verdict/flow/rules.ts';
import { NODE, POD, VETH } from '../../support/cluster-frames.ts';
import {
  bare,
  byBlock,
  type Case,
  COMPUTED,
  FOREIGN,
  IPIP,
  MISSENT,
  PLAIN,
  rule,
  to,
  WRITTEN,
  who,
  written,
} from '../../support/rule-input.ts';

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
