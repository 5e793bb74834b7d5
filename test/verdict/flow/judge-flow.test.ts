// The judgement of one flow from its observations: which of them counts, what is a violation, and what cannot be told, with its reason.
import { describe, expect, it } from 'vitest';
import type { SeenObservation } from '../../../src/attribution/observe.ts';
import type { ModeChange } from '../../../src/verdict/cause/mode-spans.ts';
import { judge } from '../../../src/verdict/flow/judge-flow.ts';
import type { JudgeInput } from '../../../src/verdict/flow/judgement.ts';
import { NODE, POD } from '../../support/cluster-frames.ts';
import { cluster, ippools } from '../../support/cluster-text.ts';
import { at, type Given, input, LOCAL, NEVER, OPEN, type Role, told, WIREGUARD } from '../../support/judge-input.ts';
import {
  bare,
  byBlock,
  COMPUTED,
  FOREIGN,
  IPIP,
  nodesWith,
  OTHER,
  PLAIN,
  PODS,
  rule,
  to,
  who,
  written,
} from '../../support/rule-input.ts';

describe('one observation on the underlay', () => {
  it.each<[string, Given]>([
    ['ok', {}],
    ['ok', { seen: PLAIN, expected: NEVER }],
    ['ok', { seen: IPIP, expected: { encapsulation: 'ipip' } }],
    ['violation overlay-bypassed', { seen: PLAIN }],
    ['violation unencrypted', { seen: PLAIN, expected: WIREGUARD }],
    ['violation unexpected-overlay', { expected: NEVER }],
    ['violation wrong-encapsulation', { seen: IPIP }],
    ['violation wrong-vni', { seen: { vni: 77 } }],
    ['violation wrong-udp-port', { seen: { udpPort: 8472 } }],
    ['violation wrong-tunnel-mac', { topology: written, seen: to(OTHER) }],
    ['violation wrong-tunnel-mac', { seen: to(COMPUTED.c) }],
    ['violation wrong-destination-vtep', { seen: { outerDst: NODE.c, ...to(COMPUTED.c) } }],
    ['violation wrong-source-vtep', { seen: { outerSrc: NODE.c } }],
    ['violation wrong-vni wrong-udp-port', { seen: { vni: 77, udpPort: 8472 } }],
    ['unverifiable owner-by-block', { topology: byBlock, seen: { outerDst: NODE.c, ...to(COMPUTED.c) } }],
    [
      'violation wrong-udp-port snapshot-conflict',
      {
        topology: byBlock,
        seen: { outerDst: NODE.c, ...to(COMPUTED.c), udpPort: 8472 },
      },
    ],
    ['unverifiable foreign-tunnel', { seen: { vni: 77, ...to(FOREIGN) } }],
    ['unverifiable foreign-tunnel', { seen: { outerSrc: '10.0.9.8', outerDst: '10.0.9.9' } }],
    ['unverifiable ebpf-nodeport', { seen: { vni: 0xca11c0 } }],
    ['unverifiable not-calicos-choice', { expected: { encapsulation: 'none', reason: 'external' } }],
    ['unverifiable encrypted', { seen: { ...PLAIN, encapsulation: 'wireguard' }, expected: WIREGUARD }],
    ['unverifiable receiver-unknown', { expected: OPEN }],
    ['unverifiable sender-unknown', { expected: { ...OPEN, reason: 'sender-unknown' } }],
    ['unverifiable direct-routing-unknown', { seen: PLAIN, expected: { reason: 'direct-routing-unknown' } }],
    ['ok', { expected: { reason: 'direct-routing-unknown' } }],
  ])('is %s', (verdict, given) => {
    expect(told(given)).toBe(verdict);
  });

  it('of WireGuard is right between two nodes with keys, and of one without them nothing is known', () => {
    const keyed = cluster(ippools(), nodesWith({ a: { key: 'a' }, b: { key: 'b' } }), PODS);
    const seen = { ...PLAIN, encapsulation: 'wireguard', outerSrc: NODE.a, outerDst: NODE.b } as const;
    expect(told({ topology: keyed, seen, expected: WIREGUARD })).toBe('ok');
    expect(told({ topology: keyed, seen: { ...seen, outerDst: NODE.c }, expected: WIREGUARD })).toBe(
      'unverifiable encrypted',
    );
    expect(told({ topology: keyed, seen: { ...seen, outerSrc: NODE.c }, expected: WIREGUARD })).toBe(
      'unverifiable encrypted',
    );
  });

  it('without Nodes in the snapshot is nobody’s tunnel, and plain is right where nothing else is asked for', () => {
    const nodeless = cluster(ippools());
    const ends = { src: who(bare, POD.a), dst: who(bare, POD.b) };
    const place = { ...rule().seen.pointInfo };
    const given = (seen: Partial<SeenObservation>, expected: Given['expected']): JudgeInput => ({
      ...input({ seen, ...(expected ? { expected } : {}) }),
      ...ends,
      topology: nodeless,
      observations: [{ ...rule({ seen }).seen, pointInfo: place }],
    });
    const reason = (seen: Partial<SeenObservation>, expected: Given['expected']) =>
      judge(given(seen, expected)).unverified?.reason;
    expect(reason({}, {})).toBe('nodes-missing');
    expect(reason(PLAIN, {})).toBe('nodes-missing');
    expect(reason({}, NEVER)).toBe('nodes-missing');
    expect(reason(PLAIN, NEVER)).toBeUndefined();
    expect(reason(PLAIN, OPEN)).toBe('receiver-unknown');
  });
});

describe('without a snapshot', () => {
  it('nothing is expected', () => {
    expect(told({ judged: { topology: null } })).toBe('unverifiable no-snapshot');
  });
});

describe('what cannot be told whatever was seen', () => {
  it('is a tunnel cut off, a circle on the underlay, and pools that contradict each other', () => {
    expect(told({ judged: { cutOff: true } })).toBe('unverifiable inner-cut-off');
    expect(told({ judged: { inCircle: true } })).toBe('unverifiable in-circle');
    expect(told({ role: 'tunnel', judged: { inCircle: true } })).toBe('unverifiable no-underlay');
    const other = { ...ippools({ vxlan: 'Never' }), path: 'other.yaml', file: 'topology/other.yaml' };
    const disputed = cluster(ippools({ vxlan: 'Always' }), other, nodesWith(), PODS);
    expect(told({ topology: disputed })).toBe('unverifiable contradicting-files');
    expect(told({ topology: disputed, expected: OPEN })).toBe('unverifiable receiver-unknown');
    expect(
      told({ topology: disputed, expected: { encapsulation: 'none', pool: null, reason: 'external' }, seen: PLAIN }),
    ).toBe('ok');
  });
});

describe('seen on no underlay', () => {
  it.each<[string, Given]>([
    ['no-underlay', { role: 'tunnel', seen: PLAIN }],
    ['no-underlay', { role: 'workload', seen: PLAIN }],
    ['point-unknown', { role: 'unknown', seen: PLAIN }],
    ['point-unknown', { role: 'tunnel', seen: PLAIN, more: [at('unknown', PLAIN)] }],
    ['receiver-unknown', { role: 'unknown', seen: PLAIN, expected: OPEN }],
    ['foreign-tunnel', { role: 'unknown', seen: { ...PLAIN, carriers: ['GRE'] } }],
    ['point-unknown', { role: 'unknown', seen: { ...PLAIN, carriers: ['GRE'] }, more: [at('unknown', PLAIN)] }],
    ['no-underlay', { role: 'tunnel', seen: { ...PLAIN, carriers: ['GRE'] } }],
  ])('it is unverifiable: %s', (reason, given) => {
    expect(told(given)).toBe(`unverifiable ${reason}`);
  });

  it('is told with the place where it was seen, and with what to capture', () => {
    const detail = (role: Role): string | undefined => judge(input({ role, seen: PLAIN })).unverified?.detail;
    expect(detail('tunnel')).toContain('seen on the tunnel device only');
    expect(detail('workload')).toContain("seen on a pod's veth only");
    expect(judge(input({ role: 'tunnel' })).unverified?.advice).toContain('a# tcpdump');
    const sender = { ...who(bare, POD.a), node: null, nodeSource: null };
    expect(judge(input({ role: 'tunnel', src: sender })).unverified?.advice).toContain('b# tcpdump');
  });
});

describe('traffic within a node', () => {
  const out = { framesOf: () => ({ sender: null, mayGoOut: true, mayBeNodes: false, isNotFrom: () => false }) };
  const fromElsewhere = {
    framesOf: () => ({ sender: null, mayGoOut: false, mayBeNodes: false, isNotFrom: () => true }),
  };
  it.each<[string, Given]>([
    ['ok', { role: 'workload' }],
    ['ok', { role: 'workload', more: [at('unknown', PLAIN)] }],
    ['unverifiable no-underlay', { role: 'unknown' }],
    ['unverifiable no-underlay', { role: 'tunnel' }],
    ['unverifiable no-underlay', { role: 'workload', more: [at('tunnel', PLAIN)] }],
    ['unverifiable point-unknown', { role: 'unknown', judged: out }],
    ['unverifiable point-unknown', { role: 'workload', more: [at('unknown', PLAIN)], judged: out }],
    ['violation local-traffic-on-underlay', {}],
    ['violation local-traffic-on-underlay', { more: [at('workload', PLAIN)] }],
    ['unverifiable snapshot-conflict', { judged: fromElsewhere }],
    ['unverifiable owner-by-block', { topology: byBlock }],
    ['unverifiable owner-by-block', { dst: who(byBlock, POD.b) }],
    ['unverifiable owner-by-block', { src: who(byBlock, POD.a) }],
  ])('is %s', (verdict, given) => {
    expect(told({ seen: PLAIN, expected: LOCAL, ...given })).toBe(verdict);
  });

  it('names the end that only a block places', () => {
    const message = (given: Given) => judge(input({ seen: PLAIN, expected: LOCAL, ...given })).findings[0]?.message;
    expect(message({ dst: who(byBlock, POD.b) })).toContain('10.48.0.140 is placed on b');
    expect(message({ src: who(byBlock, POD.a) })).toContain('10.48.0.70 is placed on a');
  });
});

describe('a switch of mode in the capture', () => {
  const change = (more: Partial<ModeChange>): Partial<JudgeInput> => ({
    modeChange: {
      ...{ sender: 'a', receiver: 'b', pool: 'pool', from: 'plain', to: 'VXLAN' },
      ...{ lastOld: { seconds: 1, nanos: 0 }, firstNew: { seconds: 2, nanos: 0 } },
      ...{ snapshotIsLater: false, poolEdited: false, repaired: false, ...more },
    },
  });
  it.each<[string, Given]>([
    ['unverifiable after-mode-change', { seen: PLAIN, judged: change({ poolEdited: true }) }],
    ['ok', { judged: change({ poolEdited: true }) }],
    ['unverifiable before-mode-change', { seen: PLAIN, judged: change({ snapshotIsLater: true }) }],
    ['violation overlay-bypassed', { seen: PLAIN, judged: change({ snapshotIsLater: true, repaired: true }) }],
    ['ok', { judged: change({ snapshotIsLater: true }) }],
    ['violation overlay-bypassed', { seen: PLAIN, judged: change({}) }],
    ['unverifiable inner-cut-off', { seen: PLAIN, judged: { mayHaveSwitched: () => true } }],
    ['ok', { seen: PLAIN, expected: NEVER, judged: { mayHaveSwitched: () => true } }],
    ['violation wrong-encapsulation', { seen: IPIP, judged: { mayHaveSwitched: () => true } }],
  ])('is %s', (verdict, given) => {
    expect(told(given)).toBe(verdict);
  });
});

describe('several observations on the underlay', () => {
  const [wrong, right] = [at('underlay', { vni: 77, capture: 1 }), at('underlay', { capture: 2 })];
  it.each<[string, Given]>([
    ['ok', { more: [right] }],
    ['violation wrong-vni', { more: [right, wrong] }],
    ['violation wrong-vni', { seen: { vni: 77, ...to(FOREIGN) }, more: [wrong] }],
    ['unverifiable foreign-tunnel', { more: [at('underlay', { vni: 77, ...to(FOREIGN) })] }],
    ['unverifiable foreign-tunnel', { seen: { vni: 0xca11c0 }, more: [at('underlay', { vni: 77, ...to(FOREIGN) })] }],
    ['unverifiable foreign-tunnel', { seen: { vni: 77, ...to(FOREIGN) }, more: [at('underlay', { vni: 0xca11c0 })] }],
    [
      'unverifiable ebpf-nodeport',
      { seen: { vni: 0xca11c0 }, more: [at('underlay', { ...PLAIN, encapsulation: 'wireguard' })] },
    ],
    [
      'unverifiable ebpf-nodeport',
      { seen: { ...PLAIN, encapsulation: 'wireguard' }, more: [at('underlay', { vni: 0xca11c0 })] },
    ],
  ])('are %s', (verdict, given) => {
    expect(told(given)).toBe(verdict);
  });

  it('tell one finding of each capture once', () => {
    const codes = (...captures: number[]): number =>
      judge(input({ seen: { vni: 77 }, more: captures.map((capture) => at('underlay', { vni: 77, capture })) }))
        .findings.length;
    expect(codes(0)).toBe(1);
    expect(codes(0, 1)).toBe(2);
    expect(codes(0, 1, 1)).toBe(2);
  });
});
