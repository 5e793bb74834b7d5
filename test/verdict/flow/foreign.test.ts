// Which tunnels are not the cluster's own: by who stands at their ends, and by what Calico's VXLAN looks like.
import { describe, expect, it } from 'vitest';
import { isForeign } from '../../../src/verdict/flow/foreign.ts';
import { type Case, FOREIGN, IPIP, PLAIN, rule, to } from '../../support/rule-input.ts';

const STRANGER = '203.0.113.9';
const foreign = (seen: NonNullable<Case['seen']>): boolean => isForeign(rule({ seen }));
const GRE = { ...PLAIN, encapsulation: 'gre' } as const;

describe('a tunnel is the cluster’s own', () => {
  it.each<[boolean, string, NonNullable<Case['seen']>]>([
    [true, 'VXLAN between two nodes', {}],
    [true, 'VXLAN of which one end is a node', { outerDst: STRANGER }],
    [true, 'VXLAN with a MAC that nobody knows, which may be a stale entry', to(FOREIGN)],
    [false, 'VXLAN of two strangers', { outerSrc: STRANGER, outerDst: STRANGER }],
    [true, 'IP-in-IP between two nodes', IPIP],
    [true, 'IP-in-IP from an address that the kernel chose', { ...IPIP, outerSrc: STRANGER }],
    [true, 'IP-in-IP to an address that no node has', { ...IPIP, outerDst: STRANGER }],
    [false, 'IP-in-IP of two strangers', { ...IPIP, outerSrc: STRANGER, outerDst: STRANGER }],
    [true, 'GRE between two nodes', { ...GRE, ...nodesOf() }],
    [false, 'GRE of which one end is no node', { ...GRE, ...nodesOf(), outerDst: STRANGER }],
    [
      false,
      'GRE between two nodes that carries whole frames, as a mirror’s does',
      { ...GRE, ...nodesOf(), ...to(FOREIGN) },
    ],
    [true, 'no tunnel at all', PLAIN],
  ])('%s: %s', (isOwn, _name, seen) => {
    expect(foreign(seen)).toBe(!isOwn);
  });
});

function nodesOf(): { outerSrc: string | null; outerDst: string | null } {
  const { outerSrc, outerDst } = rule().seen;
  return { outerSrc, outerDst };
}
