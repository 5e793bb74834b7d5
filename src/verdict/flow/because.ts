// Why a flow had to be what it had to be: the first half of a finding's sentence.

import type { Expected } from '../../attribution/vocabulary.ts';
import type { Who } from '../../attribution/who/who.ts';
import { withoutSubnet } from '../../topology/ask/subnet.ts';
import type { Topology } from '../../topology/model.ts';

/** Why the pool asks for what it asks, in words. */
export function because({
  topology,
  expected,
  src,
  dst,
}: {
  topology: Topology;
  expected: Expected;
  src: Who;
  dst: Who;
}): string {
  const { profile, pools } = topology;
  const range = pools.find(({ name }) => name === expected.pool) ?? { name: expected.pool ?? '' };
  const pool = expected.pool === null ? `no ${profile.range.short}` : `${profile.range.short} ${expected.pool}`;
  switch (expected.reason) {
    case 'pool-always':
    case 'direct-routing-unknown':
      return profile.says(range, 'Always');
    case 'pool-never':
      return profile.says(range, 'Never');
    case 'crosssubnet-same':
      return `${profile.says(range, 'CrossSubnet')} and the nodes share a subnet`;
    case 'crosssubnet-different':
      return `${profile.says(range, 'CrossSubnet')} and ${withoutSubnet(profile, src.node, dst.owner.address) ?? 'the nodes are in different subnets'}`;
    case 'no-vtep':
      return `${pool} asks for it, though the receiving node has no tunnel address`;
    case 'wireguard-keys':
      return 'both nodes publish WireGuard keys';
    default:
      return expected.reason;
  }
}
