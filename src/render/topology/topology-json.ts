// `overlens topology -o json` (docs/output.md): the snapshot as understood, every fact with its place.
import type { Node, Topology } from '../../topology/model.ts';
import { stringifyJson } from '../text/escape.ts';

export const TOPOLOGY_SCHEMA = 'overlens.topology/1';

/** One document. */
export function renderTopologyJson(topology: Topology): string {
  const document = {
    schema: TOPOLOGY_SCHEMA,
    files: topology.files,
    pools: topology.pools,
    poolsComplete: topology.poolsComplete,
    settings: { ...topology.felix(null), deviceVNI: topology.deviceVNI, devicePort: topology.devicePort },
    nodes: topology.nodes.map((node) => nodeJson(node, topology)),
    blocks: topology.blocks,
    pods: topology.pods,
    services: topology.services,
    issues: topology.issues,
  };
  return `${stringifyJson(document, 2)}\n`;
}

/** The node as the model has it, with what belongs to it by name. */
function nodeJson(node: Node, topology: Topology): object {
  return {
    ...node,
    blocks: topology.blocks.filter((block) => block.node === node.name).map((block) => block.cidr),
    pods: topology.pods.filter((pod) => pod.nodeName === node.name).map((pod) => `${pod.namespace}/${pod.name}`),
  };
}
