// What a snapshot lacks as a whole, where that is easily mistaken: `kubectl get all` has pods and services, and nothing else that counts here.
import { addIssue, type Facts } from '../read/stated-facts.ts';

/** Says so where workloads were given, but nothing of the nodes and of what is asked for. */
export function sayMissing(facts: Facts): void {
  const first = facts.services.length > 0 ? facts.pods[0] : undefined;
  const { nodes, pools, networks, blocks, texts, allocations } = facts;
  if (
    first === undefined ||
    nodes.length + pools.length + networks.length + blocks.length + texts.length + allocations.length > 0
  )
    return;
  const message =
    'pods and services are given, but neither nodes nor IP pools (kubectl get all leaves both out): add what kubectl get ippools,nodes -o yaml prints';
  addIssue(facts, 'no-nodes-or-pools', 'warning', message, { refs: [first.ref] });
}
