// `overlens topology -o json` (docs/output.md): the snapshot as understood, every fact with its place.
import type { Topology } from '../../topology/model.ts';
import { stringifyJson } from '../text/escape.ts';
import type { MissingPart } from './missing-lines.ts';

export const TOPOLOGY_SCHEMA = 'overlens.topology/1';

/** One document. */
export function renderTopologyJson(topology: Topology, missing: readonly MissingPart[] = []): string {
  const own = {
    blocks: byNode(topology.blocks, ({ node }) => node),
    pods: byNode(topology.pods, (pod) => pod.nodeName),
  };
  const document = {
    schema: TOPOLOGY_SCHEMA,
    files: topology.files,
    taken: topology.taken,
    states: topology.states,
    pools: topology.pools,
    poolsComplete: topology.poolsComplete,
    settings: { ...topology.felix(null), deviceVNI: topology.deviceVNI, devicePort: topology.devicePort },
    nodes: topology.nodes.map((node) => ({
      // The node as the model has it, with what belongs to it by name.
      ...node,
      blocks: (own.blocks.get(node.name) ?? []).map((block) => block.cidr),
      devices: topology.devicesOf(node),
      settings: topology.ownSettings(node),
      pods: (own.pods.get(node.name) ?? []).map((pod) => `${pod.namespace}/${pod.name}`),
    })),
    blocks: topology.blocks,
    pods: topology.pods,
    services: topology.services,
    namespaces: topology.namespaces,
    policies: topology.policies,
    tiers: topology.tiers,
    policyVerdicts: topology.policyVerdicts,
    issues: topology.issues,
    nodesComplete: topology.nodesComplete,
    otherCarrier: topology.otherCarrier,
    captureFiles: topology.captureFiles,
    missing,
  };
  return `${stringifyJson(document, 2)}\n`;
}

function byNode<Member>(members: readonly Member[], nodeOf: (member: Member) => string | null): Map<string, Member[]> {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const node = nodeOf(member);
    const group = node === null ? undefined : groups.get(node);
    if (group !== undefined) group.push(member);
    else if (node !== null) groups.set(node, [member]);
  }
  return groups;
}
