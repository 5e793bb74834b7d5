// ICMP that passes where TCP does not, between two nodes: TCP with a pod that may be on either of them counts too.
import { describe, expect, it } from 'vitest';
import { pairTally } from '../../../src/verdict/cause/pair-tally.ts';
import { briefOf } from '../../../src/verdict/flow-briefs.ts';
import type { TracedFlow } from '../../../src/verdict/trace-types.ts';
import { flow, pod } from '../../support/trace-builder.ts';

const [CART, DB] = [pod('10.48.0.130', 'shop/cart', 'control1'), pod('10.48.0.200', 'shop/db', 'worker1')];
const SOMEWHERE = pod('10.48.0.77', 'shop/web', null);

function codesOf(...flows: TracedFlow[]): string[] {
  const pairs = pairTally();
  for (const one of flows) pairs.add(briefOf(one));
  return pairs.findings().map(({ code }) => code);
}

const ping = flow(CART, DB, { id: 1, protocol: 'icmp', outcome: 'answered', inScope: true });
const silent = flow(CART, DB, {
  ...{ id: 2, protocol: 'tcp', outcome: 'no-answer', inScope: true },
  findings: [{ code: 'no-reply', severity: 'warning', message: '', capture: 0, firstPacket: 1, lastPacket: 1 }],
});
const answered = (src = CART, dst = DB, more: Partial<TracedFlow> = {}): TracedFlow =>
  flow(src, dst, { id: 3, protocol: 'tcp', outcome: 'answered', inScope: true, ...more });
/** Seen in another tunnel than that of the two nodes, or in none. */
const between = (outerSrc: string | null, outerDst: string | null): Pick<TracedFlow, 'observed'> => ({
  observed: { ...ping.observed, outerSrc, outerDst },
});

describe('ICMP alone', () => {
  it('passes where all TCP of a pod that answers pings is silent', () => {
    expect(codesOf(ping, silent)).toEqual(['icmp-only']);
    expect(codesOf(ping, silent, answered())).toEqual([]);
  });

  it('is not said to where one of the nodes answers TCP of a pod that may be on the other', () => {
    expect(codesOf(ping, silent, answered(SOMEWHERE))).toEqual([]);
    expect(codesOf(ping, silent, answered(CART, SOMEWHERE))).toEqual([]);
  });

  it('is said to where that is another node’s, or a machine outside', () => {
    const other = pod('10.48.0.10', 'shop/x', 'worker2');
    expect(codesOf(ping, silent, answered(other, SOMEWHERE, between('10.0.0.9', '10.0.0.8')))).toEqual(['icmp-only']);
    expect(codesOf(ping, silent, answered({ ...SOMEWHERE, kind: 'external' }, DB, between(null, null)))).toEqual([
      'icmp-only',
    ]);
  });

  it('is not said to where TCP passes in the very tunnel, whoever it is', () => {
    expect(codesOf(ping, silent, answered({ ...SOMEWHERE, kind: 'external' }))).toEqual([]);
  });
});
