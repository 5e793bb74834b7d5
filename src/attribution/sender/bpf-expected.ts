// What the sender's own eBPF routes say it is to do, where the configuration leaves it open: which node has the receiver, whether the
// two share a subnet, which pool it is. Felix has worked that out for this node, from what the snapshot may not have.
import { bpfDecision } from '../../topology/ask/bpf-decision.ts';
import type { Topology } from '../../topology/model.ts';
import type { Expected } from '../vocabulary.ts';
import type { Who } from '../who/who.ts';

/** Reasons that hang on what the sender knows better. */
const OPEN: ReadonlySet<string> = new Set(['receiver-unknown', 'subnet-unknown', 'pool-not-in-snapshot']);

/** The same where nothing is open, or these routes do not tell. */
export function withBpfRoutes(topology: Topology, src: Who, dst: Who, expected: Expected): Expected {
  if (!OPEN.has(expected.reason) || src.node === null || src.kind === 'external' || src.kind === 'unknown')
    return expected;
  const decision = bpfDecision(src.node, dst.owner.address);
  if (decision === null) return expected;
  const { pool } = dst.owner;
  if (decision.does === 'plain') return { ...expected, encapsulation: 'none', reason: 'bpf-route' };
  if (decision.does !== 'tunnel') return expected;
  // with keys about, `tunneled` may be WireGuard's
  const hasKeys = topology.nodes.some((node) => node.wireguardKey !== null || node.wireguardKeyV6 !== null);
  const byPool =
    pool === null ? null : pool.vxlanMode !== 'Never' ? 'vxlan' : pool.ipipMode !== 'Never' ? 'ipip' : null;
  const encapsulation = decision.tunnel === 'vxlan' ? 'vxlan' : hasKeys ? null : (decision.tunnel ?? byPool);
  return encapsulation === null ? expected : { ...expected, encapsulation, reason: 'bpf-route' };
}
