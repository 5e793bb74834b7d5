import { describe, expect, it } from 'vitest';
import type { Compared } from '../../../src/attribution/clocks/clock-chain.ts';
import { comparisons } from '../../../src/attribution/clocks/several-clocks.ts';
import type { PlacesInCommon } from '../../../src/attribution/clocks/shared-packets.ts';

const START = 1_700_000_000;
const ON_WIRE = 1e-4;

/** Ten packets there and back from `at` on the clock of `a`, which `b` saw `ahead` later. */
function inCommon(a: number, b: number, at: number, ahead: number): PlacesInCommon {
  const packets = Array.from({ length: 10 }, (_, i) => {
    const way = (i % 2) as 0 | 1;
    return { ends: 'x|y', way, seconds: ahead + (way === 0 ? ON_WIRE : -ON_WIRE), at: at + i * 0.1 };
  });
  return { a, b, packets };
}

function compared(pairs: readonly PlacesInCommon[], isNameless: (clock: number) => boolean): readonly Compared[] {
  return comparisons(pairs, isNameless).compared;
}

describe('a capture of which nobody knows the node', () => {
  const [node, merge, third] = [0, 1, 2];
  const isNameless = (clock: number): boolean => clock === merge;
  /** On the clock of the merge. */
  const [early, late] = [START + 100, START + 4000];

  it('compares no two clocks by what it holds at quite different times: it may be a merge of two captures', () => {
    const pairs = [inCommon(node, merge, START, 100), inCommon(merge, third, late, 50)];
    expect(compared(pairs, isNameless)).toHaveLength(1);
    expect(compared(pairs, () => false)).toHaveLength(2);
  });

  it('compares those it saw at one time', () => {
    const pairs = [inCommon(node, merge, START, 100), inCommon(merge, third, early, 50)];
    expect(compared(pairs, isNameless)).toHaveLength(2);
  });

  it('is not held together by the few packets that were seen with another clock', () => {
    const mixed = inCommon(node, merge, START, 100);
    mixed.packets.push({ ends: 'x|y', way: 0, seconds: 4000, at: START });
    expect(compared([mixed, inCommon(merge, third, late, 50)], isNameless)).toHaveLength(1);
  });
});

describe('packets in common that contradict each other', () => {
  const [node, other, third] = [0, 1, 2];
  /** Two pairs of nodes, whose packets say different things of the two clocks. */
  const contradicted = (a: number, b: number): PlacesInCommon => {
    const one = inCommon(a, b, START, 100);
    const another = inCommon(a, b, START + 10, 5000).packets.map((packet) => ({ ...packet, ends: 'x|z' }));
    return { ...one, packets: [...one.packets, ...another] };
  };
  const pairsOf = (pairs: readonly PlacesInCommon[], isNameless: (clock: number) => boolean): string[] =>
    compared(pairs, isNameless).map(({ a, b }) => `${a}|${b}`);

  it('say that the nameless capture holds several clocks: nothing is compared with it', () => {
    const pairs = [contradicted(node, other), inCommon(other, third, START, 50), inCommon(node, third, START, 150)];
    expect(pairsOf(pairs, (clock) => clock === other)).toEqual([`${node}|${third}`]);
  });

  it('say so of what most of them contradict, where all have names', () => {
    const pairs = [contradicted(node, other), contradicted(other, third), inCommon(node, third, START, 150)];
    expect(pairsOf(pairs, () => false)).toEqual([`${node}|${third}`]);
  });

  it('leave open which of two it is: neither is compared', () => {
    const pairs = [contradicted(node, other), inCommon(other, third, START, 50), inCommon(node, third, START, 150)];
    expect(pairsOf(pairs, () => false)).toEqual([]);
  });

  it('are seen where the other clock has fewer packets, all on one side', () => {
    const mixed = inCommon(node, other, START, 100);
    const fewer = inCommon(node, other, START + 10, -4000).packets.slice(0, 5);
    mixed.packets.push(...fewer.map((packet) => ({ ...packet, ends: 'x|z' })));
    expect(pairsOf([mixed], () => false)).toEqual([]);
  });
});
