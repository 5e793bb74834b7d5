// Everything that answers "who has this address", by address or by prefix, built once per snapshot.

import { useOfDeviceName } from '../../cluster/device.ts';
import type { Profile, TunnelKind } from '../../cluster/profile.ts';
import { parseCidrOrIp } from '../../net/cidr.ts';
import { createPrefixTable, type PrefixTable } from '../../net/prefix-table.ts';
import type { Block, IPPool, Neighbour, Node, NodeAddress, Pod, Route, Service, SourceRef } from '../model.ts';
import type { AllocationFact } from '../read/stated-facts.ts';

export interface TunnelClaim {
  node: Node;
  kind: TunnelKind;
  /** `Node` (annotation, spec, own device) or `IPAMBlock` (allocation of that type). */
  from: 'Node' | 'IPAMBlock';
  ref: SourceRef;
}

export interface RouteClaim {
  holder: Node;
  route: Pick<Route, 'via' | 'text' | 'ref'>;
  /** What the route says: the address is on `holder` itself, or behind `via`. */
  local: boolean;
}

export interface OwnerIndex {
  profile: Profile;
  nodeAddresses: ReadonlyMap<string, readonly { node: Node; address: NodeAddress }[]>;
  pods: ReadonlyMap<string, readonly Pod[]>;
  tunnels: ReadonlyMap<string, readonly TunnelClaim[]>;
  allocations: ReadonlyMap<string, AllocationFact>;
  services: ReadonlyMap<string, readonly Service[]>;
  /** Services by what they lead to that is no pod. */
  serviceEndpoints: ReadonlyMap<string, readonly Service[]>;
  neighbours: ReadonlyMap<string, readonly { holder: Node; entry: Neighbour }[]>;
  pools: PrefixTable<IPPool>;
  blocks: PrefixTable<Block>;
  routes: PrefixTable<RouteClaim>;
  nodesByName: ReadonlyMap<string, Node>;
  /** Other names that only one node has. */
  nodesByAlias: ReadonlyMap<string, Node>;
}

/** Builds the index. */
export function buildOwnerIndex(parts: {
  profile: Profile;
  nodes: readonly Node[];
  nodesByAlias: ReadonlyMap<string, Node>;
  pods: readonly Pod[];
  services: readonly Service[];
  serviceEndpoints: readonly Service[];
  pools: readonly IPPool[];
  blocks: readonly Block[];
  allocations: readonly AllocationFact[];
}): OwnerIndex {
  const { nodes, profile } = parts;
  const nodesByName = new Map(nodes.map((node) => [node.name, node]));
  const pools = prefixTable(parts.pools.map((pool) => [pool.cidr, pool]));
  const podsByAddress = parts.pods.flatMap((pod) =>
    pod.hostNetwork ? [] : pod.addresses.map((address) => [address, pod] as const),
  );
  return {
    profile,
    nodesByName,
    nodesByAlias: parts.nodesByAlias,
    pools,
    nodeAddresses: multimap(
      nodes.flatMap((node) => node.addresses.map((address) => [address.address, { node, address }] as const)),
    ),
    pods: multimap(podsByAddress),
    tunnels: multimap([...tunnelClaims(nodes), ...allocatedTunnels(parts.allocations, nodesByName)]),
    allocations: new Map(parts.allocations.map((allocation) => [allocation.address, allocation])),
    services: byAddress(parts.services),
    serviceEndpoints: byAddress(parts.serviceEndpoints),
    neighbours: multimap(nodes.flatMap((holder) => localNeighbours(holder))),
    blocks: prefixTable(parts.blocks.map((block) => [block.cidr, block])),
    routes: prefixTable(
      nodes.flatMap((holder) => [
        ...holder.routes.flatMap((route) => routeClaims(holder, route, { pools, profile })),
        ...bpfClaims(holder),
      ]),
    ),
  };
}

function byAddress(services: readonly Service[]): Map<string, Service[]> {
  return multimap(services.flatMap((service) => service.addresses.map((address) => [address, service] as const)));
}

function tunnelClaims(nodes: readonly Node[]): [string, TunnelClaim][] {
  return nodes.flatMap((node) =>
    (Object.entries(node.tunnels) as [TunnelKind, { value: string; ref: SourceRef }][]).map(
      ([kind, { value, ref }]): [string, TunnelClaim] => [value, { node, kind, from: 'Node', ref }],
    ),
  );
}

function allocatedTunnels(
  allocations: readonly AllocationFact[],
  nodesByName: ReadonlyMap<string, Node>,
): [string, TunnelClaim][] {
  return allocations.flatMap(({ address, node: name, tunnelKind, ref }): [string, TunnelClaim][] => {
    const node = nodesByName.get(name ?? '');
    return node === undefined || tunnelKind === null
      ? []
      : [[address, { node, kind: tunnelKind, from: 'IPAMBlock', ref }]];
  });
}

/** Neighbours on a node's own workload interfaces: its pods. */
function localNeighbours(holder: Node): [string, { holder: Node; entry: Neighbour }][] {
  return holder.neighbours.flatMap((entry): [string, { holder: Node; entry: Neighbour }][] => {
    const isPod = entry.dev !== null && useOfDeviceName(entry.dev) === 'workload' && entry.mac !== null;
    return isPod ? [[entry.address, { holder, entry }]] : [];
  });
}

/**
 * What a route tells about owners: `<ip> dev <veth>` and `blackhole <block>` are the holder's own, `<block> via <address>` is the
 * gateway's. Only inside pools, or by a CNI's marks (its protocols, a tunnel device): other routes lead to gateways.
 */
function routeClaims(
  holder: Node,
  route: Route,
  { pools, profile }: Pick<OwnerIndex, 'pools' | 'profile'>,
): [string, RouteClaim][] {
  const cidr = parseCidrOrIp(route.dst);
  if (cidr === null || cidr.prefixLength === 0 || route.type === 'local' || route.type === 'broadcast') return [];
  const use = useOfDeviceName(route.dev ?? '');
  const marked = profile.isOwnRoute(route.protocol) || use === 'tunnel' || use === 'workload';
  if (!marked && pools.enclosingCidr(cidr).length === 0) return [];
  const isV6 = cidr.family === 6;
  // eBPF decides there: what the kernel's table says of other nodes counts for nothing
  const byEbpf = (holder.bpfRoutes ?? []).some(({ dst }) => dst.includes(':') === isV6);
  if (byEbpf && route.via !== null) return [];
  const local = route.type === 'blackhole' || (route.via === null && use === 'workload');
  if (!local && route.via === null) return [];
  return [[route.dst, { holder, route, local }]];
}

/** eBPF's routes: a workload of its own, or one behind the node that is its next hop. */
function bpfClaims(holder: Node): [string, RouteClaim][] {
  return (holder.bpfRoutes ?? []).flatMap(({ dst, flags, nextHop, text, ref }): [string, RouteClaim][] => {
    const local = flags.includes('local');
    if (!flags.includes('workload') || (!local && nextHop === null)) return [];
    return [[dst, { holder, route: { via: local ? null : nextHop, text, ref }, local }]];
  });
}

function prefixTable<Value>(entries: readonly (readonly [string, Value])[]): PrefixTable<Value> {
  const table = createPrefixTable<Value>();
  for (const [text, value] of entries) {
    const cidr = parseCidrOrIp(text);
    if (cidr !== null) table.insert(cidr, value);
  }
  return table;
}

function multimap<Value>(entries: readonly (readonly [string, Value])[]): Map<string, Value[]> {
  const map = new Map<string, Value[]>();
  for (const [key, value] of entries) {
    const known = map.get(key);
    if (known === undefined) map.set(key, [value]);
    else known.push(value);
  }
  return map;
}
