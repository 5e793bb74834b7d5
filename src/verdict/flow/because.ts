// Why a flow had to be what it had to be: the first half of a finding's sentence.

import type { Expected } from '../../attribution/vocabulary.ts';
import type { Who } from '../../attribution/who/who.ts';
import { bpfDecision } from '../../topology/ask/bpf-decision.ts';
import { withoutSubnet } from '../../topology/ask/subnet.ts';
import type { Topology } from '../../topology/model.ts';
import { formatRef } from '../../topology/read/located.ts';

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
    case 'bpf-route':
      return bpfWords(src, dst);
    default:
      return expected.reason;
  }
}

/** `a's eBPF routes have "10.48.0.128/26: remote workload in-pool tunneled nh 10.0.1.2"`. */
function bpfWords({ node }: Who, dst: Who): string {
  const route = node === null ? undefined : bpfDecision(node, dst.owner.address)?.route;
  return `${node?.name ?? 'the sender'}'s eBPF routes have "${route?.text ?? ''}"${route === undefined ? '' : ` (${formatRef(route.ref)})`}`;
}
