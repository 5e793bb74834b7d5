// What cannot be told, though it looks right: by names that only the packets have, MACs that nothing written refutes, blocks, disputes.
import { describe, expect, it } from 'vitest';
import type { SeenObservation } from '../../../src/attribution/observe.ts';
import { judge } from '../../../src/verdict/flow/judge-flow.ts';
import type { JudgeInput } from '../../../src/verdict/flow/judgement.ts';
import { POD } from '../../support/cluster-frames.ts';
import { type Given, input, LOCAL, NEVER, OPEN, SAME, told } from '../../support/judge-input.ts';
import {
  bare,
  byBlock,
  COMPUTED,
  FOREIGN,
  IPIP,
  node,
  OTHER,
  PLAIN,
  rule,
  to,
  WRITTEN,
  who,
  written,
} from '../../support/rule-input.ts';

describe('a receiver that only the headers of unanswered packets name', () => {
  const nobody = { ...who(bare, POD.b), node: null, nodeSource: null };
  const presumedOn = (name: 'b' | 'c') => ({
    ...nobody,
    presumed: { ...who(bare, POD.b), node: node(bare, name), nodeSource: 'outer-header' as const },
  });
  const VXLAN = { encapsulation: 'vxlan', pool: 'pool', reason: 'crosssubnet-different' } as const;
  const given = (more: Given, presumed: JudgeInput['presumed'], name: 'b' | 'c' = 'b'): Given => ({
    ...{ dst: presumedOn(name), expected: OPEN },
    ...more,
    judged: { presumed },
  });

  it.each<[string, string, Given]>([
    ['unverifiable receiver-unproven', 'would be right there', given({}, VXLAN)],
    ['unverifiable receiver-unknown', 'would be wrong there', given({}, { ...NEVER, pool: 'pool' })],
    [
      'unverifiable receiver-unknown',
      'would be wrong there, and is right elsewhere',
      given({ expected: {}, seen: { udpPort: 4789 } }, { ...NEVER, pool: 'pool' }),
    ],
    ['violation wrong-vni', 'is wrong wherever it is', given({ expected: {}, seen: { vni: 77 } }, VXLAN)],
    ['ok', 'is plain, as asked wherever it goes', given({ expected: NEVER, seen: PLAIN }, { ...NEVER, pool: 'pool' })],
    [
      'unverifiable owner-by-block',
      'is plain, and should not have left its node',
      given({ expected: NEVER, seen: PLAIN }, { ...LOCAL, pool: 'pool' }),
    ],
    ['ok', 'is not asked where nothing is to be expected of it', given({ expected: {} }, null)],
  ])('%s: what %s', (verdict, _, one) => {
    expect(told(one)).toBe(verdict);
  });
});

describe('an inner MAC that nothing written refutes', () => {
  const learned = { macOf: () => OTHER, nodeOf: () => null };
  it('is compared with the one that the receiver sends from', () => {
    expect(told({ seen: to(COMPUTED.b), learned })).toBe('unverifiable tunnel-mac-differs');
    expect(told({ seen: to(OTHER), learned })).toBe('ok');
    expect(told({ seen: to(FOREIGN), learned })).toBe('ok');
    expect(told({ topology: written, seen: to(WRITTEN), learned })).toBe('ok');
    expect(told({ seen: { ...IPIP, ...to(COMPUTED.b) }, expected: { encapsulation: 'ipip' }, learned })).toBe('ok');
  });

  it('is a third node’s, where nobody knows who has the destination', () => {
    const dst = { ...who(bare, POD.b), node: null, nodeSource: null };
    expect(told({ dst, seen: to(COMPUTED.c) })).toBe('unverifiable tunnel-mac-differs');
    expect(told({ dst })).toBe('ok');
  });
});

describe('plain packets that were right if a block is', () => {
  const weak = who(byBlock, POD.b);
  it('are not proven where nothing came back', () => {
    const silent = { ...weak, isUnheard: true };
    expect(told({ topology: byBlock, dst: silent, seen: PLAIN, expected: SAME })).toBe(
      'unverifiable receiver-unproven',
    );
    expect(told({ topology: byBlock, dst: weak, seen: PLAIN, expected: SAME })).toBe('ok');
    expect(told({ topology: byBlock, dst: silent, seen: PLAIN, expected: NEVER })).toBe('ok');
    expect(told({ topology: byBlock, dst: silent })).toBe('ok');
  });

  it('are not proven on the NIC of a node that has neither end', () => {
    const onC = { pointInfo: { ...rule().seen.pointInfo, node: 'c', topologyNode: node(byBlock, 'c') } };
    const asked = (expected: Given['expected'], seen: Partial<SeenObservation>, given: Given = {}): string => {
      const one = input({ topology: byBlock, ...(expected ? { expected } : {}), ...given });
      return (
        judge({ ...one, observations: one.observations.map((o) => ({ ...o, ...seen })) }).unverified?.reason ?? 'none'
      );
    };
    expect(asked(SAME, { ...PLAIN, ...onC })).toBe('owner-by-block');
    expect(asked(SAME, PLAIN)).toBe('none');
    expect(asked(NEVER, { ...PLAIN, ...onC })).toBe('none');
    expect(asked(SAME, { ...PLAIN, ...onC }, { src: who(bare, POD.a), dst: who(bare, POD.b) })).toBe('none');
  });
});

describe('an end in dispute', () => {
  const dispute = { stated: node(bare, 'b'), source: 'pod', strong: true, shown: [] } as const;
  const disputed = (address: string) => ({ ...who(bare, address), node: null, nodeSource: null, dispute });
  it('makes what hangs on its place unverifiable', () => {
    const reason = (expected: Given['expected'], given: Given): string =>
      told({ ...given, ...(expected ? { expected } : {}) });
    expect(reason(OPEN, { dst: disputed(POD.b) })).toBe('unverifiable owner-elsewhere');
    expect(reason(OPEN, { src: disputed(POD.a) })).toBe('unverifiable owner-elsewhere');
    expect(reason({ ...OPEN, reason: 'owner-unknown' }, { dst: disputed(POD.b) })).toBe('unverifiable owner-unknown');
    expect(reason(OPEN, {})).toBe('unverifiable receiver-unknown');
  });
});
