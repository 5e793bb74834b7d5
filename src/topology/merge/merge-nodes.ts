// Node facts -> nodes: objects, tables, excerpts and mentions of one node become one node, found by name or, where an excerpt
// has none, by address. The first stated value counts; a different one is a conflict.

import type { Profile, TunnelKind } from '../../cluster/profile.ts';
import { addUnder } from '../../net/multi-map.ts';
import type { Node, NodeAddress, Sourced } from '../model.ts';
import type { Labels } from '../policies/policy-model.ts';
import {
  addIssue,
  type CniStatement,
  emptyNodeFact,
  emptyStatement,
  type Facts,
  type NodeFact,
  type TextFact,
} from '../read/stated-facts.ts';
import { addAddresses } from './add-addresses.ts';
import { differs } from './merge-pools.ts';
import { MergingNodes } from './merging-nodes.ts';

/** A node while facts are added to it. */
export type OpenNode = { -readonly [Key in keyof Node]: Node[Key] } & {
  aliases: Set<string>;
  /** A Node object was read: what it leaves out is not set. */
  whole: boolean;
  /** Null where no source tells them. */
  labels: Labels | null;
  /** The agent's own file on it. */
  agentFile: TextFact['agentFile'];
  /** Known only because other objects name it. */
  mentioned: boolean;
};

/** A node's fact in the words of the CNI that carries: what others state of it is left out. */
type SpokenFact = NodeFact & CniStatement & { profile: Profile };

/** Merges all node facts, in order of first appearance; nodes that other objects mention come last. */
export function mergeNodes(facts: Facts, profile: Profile): OpenNode[] {
  const merging = new MergingNodes<OpenNode>();
  const all = [...facts.nodes, ...mentions(facts)].map((fact) => spoken(fact, profile));
  for (const fact of all.filter((candidate) => candidate.name !== null)) {
    const known = merging.named(fact.name ?? '');
    if (known === null) merging.add(openNode(fact, fact.name ?? ''));
    else {
      addFact(known, fact, facts);
      merging.note(known, fact.addresses);
    }
  }
  const unnamed = all.filter((candidate) => candidate.name === null);
  const nodesOfPods = unnamed.length === 0 ? new Map<string, string[]>() : nodesByPodAddress(facts);
  for (const fact of unnamed) addUnnamed(merging, fact, { facts, nodesOfPods });
  return merging.nodes;
}

function spoken(fact: NodeFact, profile: Profile): SpokenFact {
  const own = fact.stated[profile.name] ?? emptyStatement();
  const complete = (address: NodeAddress | null): NodeAddress | null => withPrefix(address, fact, profile);
  const addresses = { bgpIPv4: complete(own.bgpIPv4), bgpIPv6: complete(own.bgpIPv6) };
  return { ...fact, ...own, ...addresses, tunnels: { ...tunnelsOfParts(fact, own, profile), ...own.tunnels }, profile };
}

/** Where the prefix is not part of the statement, another CNI's may have it for the same address. */
function withPrefix(address: NodeAddress | null, { stated }: NodeFact, profile: Profile): NodeAddress | null {
  if (address === null || address.prefixLength !== null || profile.subnetBy === 'prefix') return address;
  const all = Object.values(stated).flatMap(({ bgpIPv4, bgpIPv6 }) => [bgpIPv4, bgpIPv6]);
  const same = all.find((one) => one?.address === address.address && one.prefixLength !== null);
  return { ...address, prefixLength: same?.prefixLength ?? null };
}

/** Tunnel addresses that nobody writes down, since they follow from the node's part of the pod network. */
function tunnelsOfParts(fact: NodeFact, { backend }: CniStatement, profile: Profile): CniStatement['tunnels'] {
  const found: CniStatement['tunnels'] = {};
  for (const { value, ref } of fact.podCIDRs) {
    const tunnel = backend === null ? null : (profile.tunnelOfPodCIDR?.(value, backend.value) ?? null);
    if (tunnel !== null) found[tunnel.kind] = { value: tunnel.address, ref };
  }
  return found;
}

/** The node of exactly this name. */
export function findByName(nodes: readonly OpenNode[], name: string): OpenNode | null {
  return nodes.find((node) => node.name === name) ?? null;
}

/** Like `findByName`, and by hostname or the first label of the name, if that is unambiguous. */
export function findByAlias(nodes: readonly OpenNode[], name: string): OpenNode | null {
  const exact = findByName(nodes, name);
  if (exact !== null) return exact;
  const wanted = name.toLowerCase();
  const matching = nodes.filter(
    (node) =>
      node.name.toLowerCase() === wanted ||
      node.aliases.has(wanted) ||
      (node.named && firstLabel(node.name) === firstLabel(wanted)),
  );
  return matching.length === 1 ? (matching[0] ?? null) : null;
}

/** Starts a node with what one fact says. */
function openNode(fact: SpokenFact, name: string): OpenNode {
  const { profile } = fact;
  const named = fact.name !== null;
  const node: OpenNode = {
    index: -1,
    name,
    named,
    ref: fact.ref,
    addresses: [],
    bgpIPv4: fact.bgpIPv4,
    bgpIPv6: fact.bgpIPv6,
    tunnels: { ...fact.tunnels },
    annotated: fact.source === 'object' || fact.source === 'excerpt',
    vtepMac: fact.vtepMac,
    vtepMacV6: fact.vtepMacV6,
    computedVtepMac: named ? profile.vtepMacOfNode(name, 4) : null,
    computedVtepMacV6: named ? profile.vtepMacOfNode(name, 6) : null,
    wireguardKey: fact.wireguardKey,
    wireguardKeyV6: fact.wireguardKeyV6,
    podCIDRs: fact.podCIDRs.map(({ value }) => value),
    links: [],
    routes: [],
    neighbours: [],
    fdb: [],
    bpfRoutes: null,
    features: [],
    translations: [],
    natServices: [],
    has: { link: false, addr: false, route: false, neigh: false, fdb: false },
    aliases: new Set(fact.aliases.map((alias) => alias.toLowerCase())),
    whole: fact.source === 'object',
    ...{ labels: fact.labels, agentFile: null },
    mentioned: fact.source === 'mention',
  };
  addAddresses(node, fact.addresses, profile);
  return node;
}

/** A node that no object describes: only texts show it, with this address. */
export function openUndescribed(name: string | null, address: NodeAddress, profile: Profile): OpenNode {
  const fact = { ...emptyNodeFact(name, 'mention', address.ref), addresses: [address] };
  return openNode(spoken(fact, profile), name ?? address.address);
}

/** Nodes known only because a pod runs there or a block belongs to them. */
function mentions(facts: Facts): NodeFact[] {
  const byName = new Map<string, NodeFact>();
  const mention = (name: string, ref: NodeFact['ref']): NodeFact => {
    const known = byName.get(name) ?? emptyNodeFact(name, 'mention', ref);
    byName.set(name, known);
    return known;
  };
  for (const pod of facts.pods) {
    if (pod.nodeName === null) continue;
    const fact = mention(pod.nodeName, pod.ref);
    if (pod.hostIP === null || fact.addresses.some((address) => address.address === pod.hostIP)) continue;
    fact.addresses = [...fact.addresses, { address: pod.hostIP, prefixLength: null, source: 'hostIP', ref: pod.ref }];
  }
  for (const block of facts.blocks) if (block.node !== null) mention(block.node, block.ref);
  for (const allocation of facts.allocations) if (allocation.node !== null) mention(allocation.node, allocation.ref);
  return [...byName.values()];
}

function addFact(node: OpenNode, fact: SpokenFact, facts: Pick<Facts, 'issues'>): void {
  const bothWhole = node.whole && fact.source === 'object';
  const same = (
    what: string,
    first: Sourced<string> | null,
    second: Sourced<string> | null,
  ): Sourced<string> | null => {
    const differ = first !== null && second !== null ? first.value !== second.value : bothWhole && first !== second;
    if (!differ) return bothWhole ? first : (first ?? second);
    const refs = [first?.ref ?? node.ref, second?.ref ?? fact.ref];
    const values: [string, string] = [first?.value ?? 'not set', second?.value ?? 'not set'];
    differs(facts, `Node ${node.name}: ${what}`, values, refs, [node.name]);
    return first;
  };
  node.bgpIPv4 = sameAddress(node, fact, 'bgpIPv4', same);
  node.bgpIPv6 = sameAddress(node, fact, 'bgpIPv6', same);
  for (const kind of ['vxlan', 'vxlan-v6', 'ipip', 'wireguard', 'wireguard-v6'] as const satisfies TunnelKind[]) {
    const merged = same(`${kind} tunnel address`, node.tunnels[kind] ?? null, fact.tunnels[kind] ?? null);
    if (merged !== null) node.tunnels = { ...node.tunnels, [kind]: merged };
  }
  node.vtepMac = same('VXLANTunnelMACAddr', node.vtepMac, fact.vtepMac);
  node.vtepMacV6 = same('VXLANTunnelMACAddrV6', node.vtepMacV6, fact.vtepMacV6);
  node.wireguardKey = same('WireguardPublicKey', node.wireguardKey, fact.wireguardKey);
  node.wireguardKeyV6 = same('WireguardPublicKeyV6', node.wireguardKeyV6, fact.wireguardKeyV6);
  if (node.mentioned && fact.source !== 'mention') {
    node.ref = fact.ref;
    node.mentioned = false;
  }
  node.annotated ||= fact.source === 'object' || fact.source === 'excerpt';
  node.whole ||= fact.source === 'object';
  node.labels ??= fact.labels;
  if (node.podCIDRs.length === 0) node.podCIDRs = fact.podCIDRs.map(({ value }) => value);
  for (const alias of fact.aliases) node.aliases.add(alias.toLowerCase());
  // Of two different IPv4Address values only the first is an address of the node.
  const dropped = [fact.bgpIPv4, fact.bgpIPv6].filter(
    (bgp) => bgp !== null && bgp !== node.bgpIPv4 && bgp !== node.bgpIPv6,
  );
  addAddresses(
    node,
    fact.addresses.filter((address) => !dropped.includes(address)),
    fact.profile,
  );
}

function sameAddress(
  node: OpenNode,
  fact: SpokenFact,
  field: 'bgpIPv4' | 'bgpIPv6',
  same: (what: string, a: Sourced<string> | null, b: Sourced<string> | null) => Sourced<string> | null,
): NodeAddress | null {
  const asText = (bgp: NodeAddress | null): Sourced<string> | null =>
    bgp === null
      ? null
      : { value: bgp.address + (bgp.prefixLength === null ? '' : `/${bgp.prefixLength}`), ref: bgp.ref };
  const first = asText(node[field]);
  const merged = same(field === 'bgpIPv4' ? 'IPv4Address' : 'IPv6Address', first, asText(fact[field]));
  if (merged === null) return null;
  return merged === first ? node[field] : fact[field];
}

/** An excerpt's node: the named one that has its address, or its tunnel address; else a node named by address. */
function addUnnamed(
  merging: MergingNodes<OpenNode>,
  fact: SpokenFact,
  { facts, nodesOfPods }: { facts: Facts; nodesOfPods: ReadonlyMap<string, readonly string[]> },
): void {
  const own = new Set(fact.addresses.map((address) => address.address));
  const tunnels = new Set(Object.values(fact.tunnels).map((tunnel) => tunnel.value));
  const matching = merging.sharing(own, tunnels);
  const known = matching.length === 1 ? matching[0] : merging.named(nameByPod(own, nodesOfPods) ?? '');
  if (known !== undefined && known !== null) {
    addFact(known, fact, facts);
    merging.note(known, fact.addresses);
    return;
  }
  const name = [...own][0] ?? [...tunnels][0];
  if (name === undefined) return;
  if (matching.length > 1) {
    const names = matching.map((node) => node.name).join(' and ');
    const message = `${name} is the address of ${names}: which of them these annotations belong to cannot be told`;
    addIssue(facts, 'owner-conflict', 'conflict', message, { refs: [fact.ref], subjects: [name] });
  }
  merging.add(openNode(fact, name));
}

/** In a pod table a hostNetwork pod shows its node's address beside its node's name. */
function nameByPod(own: ReadonlySet<string>, nodesOfPods: ReadonlyMap<string, readonly string[]>): string | null {
  const names = new Set([...own].flatMap((address) => nodesOfPods.get(address) ?? []));
  return names.size === 1 ? ([...names][0] ?? null) : null;
}

function nodesByPodAddress({ pods }: Facts): Map<string, string[]> {
  const nodes = new Map<string, string[]>();
  for (const { nodeName, addresses } of pods)
    if (nodeName !== null) for (const address of addresses) addUnder(nodes, address, nodeName);
  return nodes;
}

function firstLabel(name: string): string {
  return name.toLowerCase().split('.')[0] ?? name;
}
