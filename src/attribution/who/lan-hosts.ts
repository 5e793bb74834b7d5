// In a pool is not yet a pod: machines of the nodes' own network that a pool covers by mistake. A pod's address is asked for on its
// veth only, so one that speaks ARP with a node on the node's own link is a neighbour of it.
import { WORKLOAD_MAC } from '../../cluster/calico.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { ArpPair } from '../../flow/rare/arp-pairs.ts';
import { formatIPv4 } from '../../net/ip.ts';
import { inSubnetOf } from '../../topology/ask/subnet.ts';
import type { Node, NodeAddress, Owner, Topology } from '../../topology/model.ts';

/** A host of the LAN, and the ARP that shows it. */
export interface LanHost {
  node: Node;
  pair: ArpPair;
}

/** Hosts of nodes' networks by address, as ARP shows them; whose addresses are is not asked here. */
export function lanHosts(table: FlowTable, topology: Topology): Map<string, LanHost> {
  const hosts = new Map<string, LanHost>();
  for (const pair of table.arp.pairs()) {
    const { src, dst } = table.links.record(pair.link);
    if (src === WORKLOAD_MAC || dst === WORKLOAD_MAC) continue;
    const address = formatIPv4(pair.sender);
    const node = topology.nodeByAddress(formatIPv4(pair.target));
    if (node !== null && isConnected(node, address, topology) && !hosts.has(address))
      hosts.set(address, { node, pair });
  }
  return hosts;
}

/** Whether a pool alone says that this is a pod's address: no object, no allocation, no block. */
export function isClaimedByPoolOnly({ kind, pod, node, candidates, pool }: Owner): boolean {
  return kind === 'pod' && pool !== null && pod === null && node === null && candidates.length === 0;
}

/** Who has an address of which only a pool speaks; unknown where it may be a host's as well. */
export function ownerBeyondPool(owner: Owner, topology: Topology, hosts: ReadonlyMap<string, LanHost>): Owner {
  if (!isClaimedByPoolOnly(owner)) return owner;
  const host = hosts.get(owner.address);
  if (host !== undefined) {
    const detail = `${owner.address} speaks ARP with ${host.node.name} on its own link, so it is a host there and no pod`;
    return outside(owner, 'external', detail);
  }
  if (isOutsidePool(owner)) {
    const isKnown = topology.pods.length > 0 || topology.blocks.some(({ source }) => source !== 'inferred');
    const detail = isKnown
      ? `no pod and no block has ${owner.address}, and ${owner.pool?.name} is disabled and asks for no tunnel`
      : `${owner.pool?.name} is disabled and asks for no tunnel: it may be there to keep addresses outside from being translated`;
    return outside(owner, isKnown ? 'external' : 'unknown', detail);
  }
  const near = topology.nodes.find((node) => isConnected(node, owner.address, topology));
  if (near !== undefined)
    return outside(owner, 'unknown', `${owner.address} is in ${near.name}'s own network: a host there, or a pod`);
  const isElsewhere = isPlaced(topology) && topology.nodes.some(({ addresses }) => addresses.length === 0);
  return isElsewhere
    ? outside(owner, 'unknown', `nobody is known to have ${owner.address}, and nothing says what networks nodes are in`)
    : owner;
}

/** Whether the snapshot says of some pods where they are. */
function isPlaced({ pods, blocks, nodes }: Topology): boolean {
  return pods.length + blocks.length > 0 || nodes.some(({ has }) => has.route);
}

/** A disabled pool with both modes Never: made to switch translation off, not to give out addresses. */
function isOutsidePool({ pool }: Owner): boolean {
  return pool?.disabled === true && pool.vxlanMode === 'Never' && pool.ipipMode === 'Never';
}

function outside(owner: Owner, kind: 'external' | 'unknown', detail: string): Owner {
  const pool = kind === 'external' ? null : owner.pool;
  return { ...owner, kind, pool, evidence: [...owner.evidence, { source: 'none', detail }] };
}

/** Whether an address is in a node's own connected network; of a node whose prefix tells none, in a pool that the node is in too. */
function isConnected({ addresses }: Node, address: string, topology: Topology): boolean {
  const sharesPool = (own: NodeAddress): boolean => {
    const pools = topology.poolsOf(own.address);
    return topology.poolsOf(address).some((pool) => pools.includes(pool));
  };
  return addresses.some(
    (own) => own.address !== address && (inSubnetOf(own, address) || (isAlone(own) && sharesPool(own))),
  );
}

function isAlone({ address, prefixLength }: NodeAddress): boolean {
  return (prefixLength ?? Number.POSITIVE_INFINITY) >= (address.includes(':') ? 128 : 32);
}
