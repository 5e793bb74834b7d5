// Which disagreement of a snapshot's sources is about which flow.
import { describe, expect, it } from 'vitest';
import type { Topology, TopologyIssue } from '../../../src/topology/model.ts';
import { sourceConflicts } from '../../../src/verdict/flow/source-conflicts.ts';
import { POD } from '../../support/cluster-frames.ts';
import { cluster, ippools } from '../../support/cluster-text.ts';
import { nodesWith, PODS, who } from '../../support/rule-input.ts';

const bare = cluster(ippools({ name: 'pool' }), nodesWith(), PODS);

type Given = [code: string, severity: TopologyIssue['severity'], ...subjects: string[]];

/** The codes of what is about pod-a to pod-b, and about the answers. */
function about(...given: Given[]): [string | null, string | null] {
  const issues = given.map(([code, severity, ...subjects]) => ({ code, severity, subjects, message: code, refs: [] }));
  const topology: Topology = { ...bare, issues };
  const conflicts = sourceConflicts(topology);
  const [a, b] = [who(bare, POD.a), who(bare, POD.b)];
  return [conflicts.about(a, b)?.code ?? null, conflicts.about(b, a)?.code ?? null];
}

describe('a conflict of sources', () => {
  it.each<[string, Given]>([
    ['one of the addresses', ['duplicate-pod-address', 'conflict', POD.a]],
    ['the other one', ['duplicate-pod-address', 'conflict', '192.0.2.1', POD.b]],
    ['a node of theirs', ['tunnel-mac-differs', 'conflict', 'b']],
  ])('about %s is about the flow, both ways', (_name, given) => {
    expect(about(given)).toEqual([given[0], given[0]]);
  });

  it('about the pool is about flows to it', () => {
    expect(about(['both-modes', 'conflict', 'pool'])).toEqual(['both-modes', 'both-modes']);
  });

  it.each<[string, Given]>([
    ['about others', ['duplicate-pod-address', 'conflict', '10.48.0.99']],
    ['that is a risk only', ['duplicate-object', 'risk', POD.a]],
    ['that packets will judge', ['fdb-contradiction', 'conflict', POD.a]],
  ])('%s is not', (_name, given) => {
    expect(about(given)).toEqual([null, null]);
  });

  it('of owners is about the address, however weak its sources, and not about all flows of the nodes', () => {
    expect(about(['owner-conflict', 'warning', POD.b, 'a'])).toEqual(['owner-conflict', 'owner-conflict']);
    expect(about(['owner-conflict', 'conflict', '10.48.0.99', 'a', 'b'])).toEqual([null, null]);
  });

  it('of a route with a block is about all addresses of it, the destination first', () => {
    expect(about(['route-owner-contradiction', 'risk', '10.48.0.128/26'])).toEqual([
      'route-owner-contradiction',
      'route-owner-contradiction',
    ]);
    expect(about(['route-owner-contradiction', 'risk', '10.48.1.0/26'])).toEqual([null, null]);
  });

  it('is the first one that is given', () => {
    expect(about(['duplicate-object', 'conflict', POD.a], ['duplicate-pod-address', 'conflict', POD.a])[0]).toBe(
      'duplicate-object',
    );
  });

  it('is none without a snapshot', () => {
    expect(sourceConflicts(null).about(who(bare, POD.a), who(bare, POD.b))).toBeNull();
  });
});
