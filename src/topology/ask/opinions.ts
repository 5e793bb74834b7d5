// What each source of a snapshot says about one address, strongest source first (calico-facts 7.6; Felix's order with the weaker
// hints behind). Sources do not know of each other: lookup.ts weighs them and tells where they disagree.
import { type Ip, parseIp } from '../../net/ip.ts';
import type { Block, Candidate, Node, NodeAddress } from '../model.ts';
import { formatRef } from '../read/located.ts';
import { NOBODY, type Opinion, type Window } from './opinion.ts';
import type { OwnerIndex, RouteClaim } from './owner-index.ts';
import { isOfBorrowed, podOpinion, speaksOfUnborn, unbornNodes } from './pod-opinion.ts';

/** All opinions about an address, strongest first. */
export function opinionsAbout(address: string, index: OwnerIndex, window: Window | undefined): Opinion[] {
  const ip = parseIp(address);
  const blocks = ip === null ? [] : index.blocks.enclosing(ip).flatMap((entry) => entry.values);
  const sources = [
    nodeAddressOpinion(address, index),
    podOpinion(address, index, window),
    tunnelOpinion(address, index),
    allocationOpinion(address, index),
    blockOpinion(blocks, index, 'podCIDR'),
    blockOpinion(blocks, index, 'IPAMBlock'),
    blockOpinion(blocks, index, 'BlockAffinity'),
    routeOpinion(address, ip, index),
    neighbourOpinion(address, index),
    blockOpinion(blocks, index, 'inferred'),
    serviceOpinion(address, index),
  ];
  const unborn = unbornNodes(index.pods.get(address) ?? [], window);
  return sources
    .filter((opinion) => opinion !== null)
    .filter((opinion) => !speaksOfUnborn(opinion, unborn))
    .map((opinion) => (isOfBorrowed(opinion, unborn) ? { ...opinion, node: null } : opinion));
}

function nodeAddressOpinion(address: string, index: OwnerIndex): Opinion | null {
  const claims = index.nodeAddresses.get(address) ?? [];
  const [first] = claims;
  if (first === undefined) return null;
  const node = strongestClaimant(claims, index);
  const names = claims.map((claim) => claim.node.name).join(' and ');
  const { source, ref } = (claims.find((claim) => claim.node === node) ?? first).address;
  const told =
    node === null
      ? `is an address of ${names}`
      : `is ${node.name}'s ${source}${claims.length > 1 ? ` (also claimed: ${names})` : ''}`;
  const candidates =
    claims.length > 1
      ? claims.map((claim) => candidateOf(claim.node, `${claim.address.source}, ${formatRef(claim.address.ref)}`))
      : [];
  return {
    ...NOBODY,
    source: 'node-address',
    kind: 'node',
    node,
    exact: true,
    candidates,
    ref,
    detail: `${address} ${told}`,
  };
}

/** Of several nodes with one address the one that has it by the strongest source, or by the most; null when that is a tie. */
function strongestClaimant(
  claims: readonly { node: Node; address: NodeAddress }[],
  { profile }: OwnerIndex,
): Node | null {
  const order = [profile.nodeAddressSource(4), profile.nodeAddressSource(6), 'InternalIP'];
  const rank = ({ address }: { address: NodeAddress }): number => {
    const at = order.indexOf(address.source);
    return (at < 0 ? 3 : Math.max(0, at - 1)) - 0.1 * Math.min(9, address.also?.length ?? 0);
  };
  const best = Math.min(...claims.map(rank));
  const strongest = claims.filter((claim) => rank(claim) === best);
  return strongest.length === 1 ? (strongest[0]?.node ?? null) : null;
}

function tunnelOpinion(address: string, index: OwnerIndex): Opinion | null {
  const claims = index.tunnels.get(address) ?? [];
  // What Nodes say outranks allocations: it is what Felix programs.
  const counting = claims.some((claim) => claim.from === 'Node')
    ? claims.filter((claim) => claim.from === 'Node')
    : claims;
  const [first] = counting;
  if (first === undefined) return null;
  const nodes = new Set(counting.map((claim) => claim.node));
  const node = nodes.size === 1 ? first.node : null;
  const by = first.from === 'IPAMBlock' ? ' by its IPAM allocation' : '';
  const detail =
    node === null
      ? `${address} is the tunnel address of ${[...nodes].map((one) => one.name).join(' and ')}`
      : `${address} is ${node.name}'s ${first.kind} tunnel address${by}`;
  const candidates =
    node === null
      ? counting.map((claim) => candidateOf(claim.node, `${claim.kind} tunnel address, ${formatRef(claim.ref)}`))
      : [];
  return {
    ...NOBODY,
    source: 'tunnel-address',
    kind: 'tunnel',
    node,
    exact: true,
    tunnelKind: first.kind,
    candidates,
    ref: first.ref,
    detail,
  };
}

/** An assigned address: borrowed when its node is not the block's. Without a node attribute it says no more than its block. */
function allocationOpinion(address: string, index: OwnerIndex): Opinion | null {
  const allocation = index.allocations.get(address);
  if (allocation === undefined || allocation.node === null) return null;
  const { namespace, pod, tunnelKind, affinity, block, ref } = allocation;
  const node = index.nodesByName.get(allocation.node) ?? null;
  const borrowed = affinity !== allocation.node;
  const from = affinity === null ? `block ${block}, which has no affinity` : `${affinity}'s block ${block}`;
  const whose = pod === null ? allocation.node : `${namespace}/${pod} on ${allocation.node}`;
  return {
    source: borrowed ? 'borrowed-allocation' : 'ipam-block',
    kind: tunnelKind === null ? 'pod' : 'tunnel',
    node,
    exact: true,
    namespace,
    pod,
    tunnelKind,
    candidates: [],
    lastResort: null,
    detail: `${address} is allocated to ${whose}${borrowed ? `, borrowed from ${from}` : `, in its block ${block}`}`,
    ref,
  };
}

/** @param blocks that hold the address, widest first */
function blockOpinion(blocks: readonly Block[], index: OwnerIndex, source: Block['source']): Opinion | null {
  const block = blocks.findLast((candidate) => candidate.source === source);
  const node = block?.node == null ? undefined : index.nodesByName.get(block.node);
  if (block === undefined || node === undefined) return null;
  const owner = {
    podCIDR: 'pod-cidr',
    IPAMBlock: 'ipam-block',
    BlockAffinity: 'block-affinity',
    inferred: 'inferred-block',
  } as const;
  const detail =
    source === 'inferred'
      ? `block ${block.cidr} holds ${node.name}'s tunnel address, so it is probably its block`
      : source === 'podCIDR'
        ? `${block.cidr} is ${node.name}'s part of the pod network (podCIDR)`
        : `block ${block.cidr} belongs to ${node.name} (${source})`;
  return { ...NOBODY, source: owner[source], node, ref: block.ref, detail };
}

function routeOpinion(address: string, ip: Ip | null, index: OwnerIndex): Opinion | null {
  const entry = ip === null ? null : index.routes.longest(ip);
  if (entry === null) return null;
  const exact = entry.cidr.prefixLength === (ip?.family === 4 ? 32 : 128);
  // The owner's own table knows best: others may lag behind.
  const local = entry.values.filter((claim) => claim.local);
  const claims = local.length > 0 ? local : entry.values;
  const owners = new Map<Node, RouteClaim>();
  for (const claim of claims) {
    const owner = claim.local ? claim.holder : nodeBehind(claim.route.via ?? '', index);
    if (owner !== null && !owners.has(owner)) owners.set(owner, claim);
  }
  const [first] = owners.entries();
  if (first === undefined) return null;
  const [node, claim] = first;
  const told = `${claim.holder.name} has the route "${claim.route.text}"`;
  const kind = exact && claim.local ? 'pod' : null;
  if (owners.size === 1)
    return { ...NOBODY, source: 'route', kind, node, exact, ref: claim.route.ref, detail: `${told}: ${node.name}` };
  const candidates = [...owners].map(([owner, by]) =>
    candidateOf(owner, `route "${by.route.text}" of ${by.holder.name}, ${formatRef(by.route.ref)}`),
  );
  const names = [...owners.keys()].map((owner) => owner.name).join(' or ');
  return {
    ...NOBODY,
    source: 'route',
    exact,
    candidates,
    ref: claim.route.ref,
    detail: `routes disagree about ${address}: ${names}`,
  };
}

/** The node that a gateway is: by its own address, or by its tunnel address. */
export function nodeBehind(via: string, index: OwnerIndex): Node | null {
  const own = index.nodeAddresses.get(via);
  if (own !== undefined) return strongestClaimant(own, index);
  const tunnels = new Set((index.tunnels.get(via) ?? []).map((claim) => claim.node));
  return tunnels.size === 1 ? ([...tunnels][0] ?? null) : null;
}

function neighbourOpinion(address: string, index: OwnerIndex): Opinion | null {
  const claims = index.neighbours.get(address) ?? [];
  const [first] = claims;
  if (first === undefined) return null;
  const node = claims.every((claim) => claim.holder === first.holder) ? first.holder : null;
  const detail = `${first.holder.name} has it as neighbour on ${first.entry.dev}`;
  return { ...NOBODY, source: 'neighbour', kind: 'pod', node, exact: true, ref: first.entry.ref, detail };
}

function serviceOpinion(address: string, index: OwnerIndex): Opinion | null {
  const services = index.services.get(address) ?? [];
  const [first] = services;
  if (first === undefined) return null;
  const detail = `${address} is an address of service ${services.map((one) => `${one.namespace}/${one.name}`).join(', ')}`;
  return {
    ...NOBODY,
    source: 'service',
    kind: 'service',
    exact: true,
    namespace: first.namespace,
    ref: first.ref,
    detail,
  };
}

function candidateOf(node: Node, detail: string): Candidate {
  return { namespace: null, pod: null, node: node.name, detail };
}
