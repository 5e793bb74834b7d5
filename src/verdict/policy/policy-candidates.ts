// NetworkPolicies of the snapshot that may be why packets stop inside a node: candidates, never a verdict.

import type { Topology } from '../../topology/model.ts';
import type { PolicyCandidate, PolicyPod } from '../../topology/policies/policy-model.ts';
import { formatRef } from '../../topology/read/located.ts';
import type { FindingCode } from '../codes.ts';
import type { TracedFlow } from '../trace-types.ts';

/** Silence, or packets that stop at a pod's side: what a policy would look like. */
const LIKE_A_POLICY: ReadonlySet<FindingCode> = new Set(['lost-in-node', 'no-reply', 'icmp-only', 'dns-trouble']);
/** More names help nobody. */
const MOST = 3;

/** `may be: shop/deny-all selects shop/db and allows no tcp 5432 (policies.yaml:12)`; nothing where the flow log has spoken. */
export function policyCandidates(topology: Topology | null, flow: TracedFlow, code: FindingCode): string[] {
  if (topology === null || topology.policies.length === 0 || !LIKE_A_POLICY.has(code)) return [];
  if (flow.policy !== undefined || !opens(flow)) return [];
  const { src, dst, protocol } = flow;
  const port = dst.port === 0 ? null : dst.port;
  const found = [
    ...ask(topology, src, { direction: 'egress', peer: dst.ip, protocol, port }),
    ...ask(topology, dst, { direction: 'ingress', peer: src.ip, protocol, port }),
  ];
  const shown = found.slice(0, MOST).map(({ text, certain, ref }) => {
    return `${certain ? 'a policy may be why' : 'perhaps a policy'}: ${text} (${formatRef(ref)})`;
  });
  return found.length > MOST ? [...shown, `and ${found.length - MOST} policies more`] : shown;
}

/** Answers need no policy. */
function opens({ protocol, tcp }: TracedFlow): boolean {
  return protocol !== 'tcp' || (tcp?.syn ?? 0) > 0;
}

type Rest = Omit<Parameters<Topology['policiesFor']>[0], 'pod'>;

function ask(topology: Topology, { namespace, pod }: TracedFlow['src'], rest: Rest): readonly PolicyCandidate[] {
  if (pod === null) return [];
  const known: PolicyPod | undefined = topology.pods.find((one) => one.name === pod && one.namespace === namespace);
  return known === undefined ? [] : topology.policiesFor({ pod: known, ...rest });
}
