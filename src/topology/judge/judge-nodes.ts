// Nodes against each other and against what the pools need of them: addresses, prefixes, tunnel addresses, keys.

import type { Profile, TunnelKind } from '../../cluster/profile.ts';
import { addUnder } from '../../net/multi-map.ts';
import type { IssueCode } from '../issue-codes.ts';
import type { IPPool, Node, SourceRef } from '../model.ts';
import { countOf, listNames } from '../read/located.ts';
import type { JudgeContext } from './judge-context.ts';
import {
  bgpAddress,
  demandOf,
  demandWords,
  familyOf,
  isRouted,
  knownAddresses,
  nameOfRange,
  sameSubnet,
  tunnelKindOf,
} from './modes.ts';

export function judgeNodes(context: JudgeContext): void {
  judgeDuplicates(context);
  const tunnelPools = context.topology.pools.filter((pool) => isRouted(pool) && demandOf(pool).tunnel !== null);
  for (const family of [4, 6] as const) {
    const ofFamily = tunnelPools.filter((pool) => familyOf(pool) === family);
    const crossSubnet = ofFamily.find((pool) => demandOf(pool).mode === 'CrossSubnet');
    if (crossSubnet !== undefined && context.topology.profile.subnetBy === 'prefix')
      judgePrefixes(crossSubnet, family, context);
    for (const kind of new Set(ofFamily.map((pool) => tunnelKindOf(pool)))) {
      const pool = ofFamily.find((candidate) => tunnelKindOf(candidate) === kind);
      if (kind !== null && pool !== undefined) judgeTunnelAddresses(pool, kind, context);
    }
  }
  for (const node of context.topology.nodes) judgeInternalIP(node, context);
}

/** One value that two nodes have cannot lead to both. */
function judgeDuplicates({ topology, add }: JudgeContext): void {
  const groups: [IssueCode, string, (node: Node) => { value: string; ref: SourceRef }[]][] = [
    [
      'duplicate-node-address',
      'address',
      (node) => knownAddresses(node, topology.profile).map(({ address, ref }) => ({ value: address, ref })),
    ],
    ['duplicate-tunnel-address', 'tunnel address', (node) => Object.values(node.tunnels)],
    ['duplicate-tunnel-mac', 'VTEP MAC', (node) => [node.vtepMac, node.vtepMacV6].filter((mac) => mac !== null)],
    [
      'duplicate-wireguard-key',
      'WireGuard key',
      (node) => [node.wireguardKey, node.wireguardKeyV6].filter((key) => key !== null),
    ],
  ];
  for (const [code, what, valuesOf] of groups) {
    const holders = new Map<string, { node: Node; ref: SourceRef }[]>();
    for (const node of topology.nodes) {
      for (const { value, ref } of valuesOf(node)) addUnder(holders, value, { node, ref });
    }
    for (const [value, claims] of holders) {
      const nodes = [...new Set(claims.map((claim) => claim.node.name))];
      if (nodes.length < 2) continue;
      const message = `${listNames(nodes)} have the same ${what}, ${value}`;
      add(
        code,
        'conflict',
        message,
        claims.map((claim) => claim.ref),
        [value, ...nodes],
      );
    }
  }
}

/** CrossSubnet needs prefixes: a /32 is no subnet, and unequal ones decide differently in the two directions. */
function judgePrefixes(pool: IPPool, family: 4 | 6, { topology, add }: JudgeContext): void {
  const known = topology.nodes.filter((node) => bgpAddress(node, family) !== null);
  const host = known.filter((node) => {
    const prefixLength = bgpAddress(node, family)?.prefixLength ?? null;
    return prefixLength === null || prefixLength === (family === 4 ? 32 : 128);
  });
  if (host.length > 0 && known.length > 1) {
    const names = host.map((node) => node.name);
    const [have, encapsulate] =
      host.length === 1 ? ['has', 'it always encapsulates'] : ['have', 'they always encapsulate'];
    const written = `an IPv${family}Address without a subnet`;
    const message = `IPPool ${pool.name} is CrossSubnet, but ${listNames(names)} ${have} ${written}: ${encapsulate}`;
    const refs = [pool.modeRef, ...host.map((node) => bgpAddress(node, family)?.ref)];
    add('crosssubnet-host-prefix', 'risk', message, refs.slice(0, 6), [pool.name, ...host.map((node) => node.name)]);
  }
  const pairs = unequalPairs(
    known.filter((node) => !host.includes(node)),
    family,
    topology.profile,
  );
  const [first] = pairs;
  if (first === undefined) return;
  const [plain, tunnelled] = first;
  const more = pairs.length === 1 ? '' : ` (and ${countOf(pairs.length - 1, 'more pair')})`;
  const message =
    `IPPool ${pool.name} is CrossSubnet and the prefixes differ: ${plain.name} sends to ${tunnelled.name} plainly, ` +
    `${tunnelled.name} to ${plain.name} encapsulated${more}`;
  const refs = [bgpAddress(plain, family)?.ref, bgpAddress(tunnelled, family)?.ref];
  add('unequal-prefixes', 'risk', message, refs, [...new Set(pairs.flat().map((node) => node.name))]);
}

/** Pairs of which the first sees the second in its subnet, but not the other way round. */
function unequalPairs(nodes: readonly Node[], family: 4 | 6, profile: Profile): [Node, Node][] {
  const lengths = new Set(nodes.map((node) => bgpAddress(node, family)?.prefixLength));
  // Equal prefixes decide alike in both directions.
  if (lengths.size < 2) return [];
  return nodes.flatMap((one) =>
    nodes
      .filter(
        (other) =>
          sameSubnet(profile, one, other, family) === true && sameSubnet(profile, other, one, family) === false,
      )
      .map((other): [Node, Node] => [one, other]),
  );
}

/** Without VTEP a node gets no tunnel routes: packets to its pods leave plainly by the default gateway (calico-facts 3.5). */
function judgeTunnelAddresses(pool: IPPool, kind: TunnelKind, { topology, add }: JudgeContext): void {
  const without = topology.nodes.filter((node) => node.annotated && node.tunnels[kind] === undefined);
  if (without.length > 0) {
    const names = without.map((node) => node.name);
    const message = `${listNames(names)} ${names.length === 1 ? 'has' : 'have'} no ${kind} tunnel address, but ${nameOfRange(topology.profile, pool)} asks for ${demandWords(pool)}`;
    add('no-tunnel-address', 'risk', message, [pool.modeRef, without[0]?.ref], [pool.name, ...names]);
  }
  const family = familyOf(pool);
  const lost = topology.nodes.filter(
    (node) => node.annotated && node.tunnels[kind] !== undefined && bgpAddress(node, family) === null,
  );
  for (const node of kind === 'ipip' ? [] : lost) {
    const message = `${node.name} has a ${kind} tunnel address but no ${topology.profile.nodeAddressSource(family)}: other nodes cannot make a VTEP of it`;
    add('no-node-address', 'risk', message, [node.ref], [node.name]);
  }
}

function judgeInternalIP(node: Node, { add }: JudgeContext): void {
  for (const bgp of [node.bgpIPv4, node.bgpIPv6]) {
    if (bgp === null) continue;
    const internal = node.addresses.filter(
      (address) => address.source === 'InternalIP' && address.address.includes(':') === bgp.address.includes(':'),
    );
    // Addresses are listed once, by their strongest source.
    const confirmed = node.addresses.some((one) => one.address === bgp.address && one.also?.includes('InternalIP'));
    if (internal.length === 0 || confirmed) continue;
    const message = `${node.name}: ${bgp.source} is ${bgp.address}, but its InternalIP is ${internal.map((one) => one.address).join(', ')}`;
    add('address-not-internal-ip', 'risk', message, [bgp.ref, internal[0]?.ref], [node.name, bgp.address]);
  }
}
