// The ranges of a CNI whose mode is not an object's: the pod network of a ConfigMap, else the nodes' parts of it, with what the nodes
// state as their backend. Where the two differ, or nothing tells whether nodes that share a link use the tunnel, that is kept.
import type { Profile } from '../../cluster/profile.ts';
import { type Cidr, canonicalNetwork, cidrContains, enclosingNetwork, formatCidr, parseCidr } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import { createPrefixTable } from '../../net/prefix-table.ts';
import { type FelixFact, NO_SETTINGS } from '../agent-settings.ts';
import type { IPPool, SourceRef } from '../model.ts';
import { addIssue, type Facts, type NetworkFact, type TextFact } from '../read/stated-facts.ts';
import { backends } from './carrier.ts';
import { differs } from './merge-pools.ts';

/** The ranges, and whether they are all there are. */
export function mergeNetworks(facts: Facts, profile: Profile): { pools: IPPool[]; complete: boolean } {
  sayUnused(facts, profile);
  const [network, ...others] = facts.networks.filter(({ cni }) => cni === profile.name);
  const parts = partsOf(facts, profile);
  const stated = backends(facts, profile.name);
  const backend = network?.backend ?? stated[0]?.value ?? 'vxlan';
  const odd = stated.find(({ value }) => value !== backend);
  const other = others.find((one) => contentOf(one) !== contentOf(network));
  const ref = network?.ref ?? stated[0]?.ref ?? parts[0]?.ref ?? { file: '', line: null };
  if (odd !== undefined)
    differs(facts, 'the backend', [backend, odd.value], [ref, odd.ref], [...(network?.cidrs ?? [])]);
  if (other !== undefined)
    differs(facts, 'the pod network', [contentOf(network), contentOf(other)], [ref, other.ref], other.cidrs);
  const direct = network === undefined ? directByRoutes(facts, profile, parts) : network.direct;
  const mode = modeOf(profile, backend, direct, ref);
  const where = network?.place ?? 'as the nodes state it';
  const shared = {
    ...mode,
    stated: `${profile.backendWords?.(backend, direct === true) ?? backend}, ${where}`,
    ...(odd === undefined && other === undefined ? {} : { disputed: 'statements of the pod network that differ' }),
  };
  const around = poolAround(facts, parts);
  const cidrs = network?.cidrs ?? (around === null ? joinParts(parts.map(({ cidr }) => cidr)) : [around]);
  const pools = cidrs.map((cidr): IPPool => ({ ...rangeOf(cidr, parts, ref), ...shared }));
  return { pools, complete: network !== undefined || (around !== null && facts.poolsComplete) };
}

/** VNI and port as settings: of the ConfigMap for all nodes, else of each node's own statement. */
export function networkSettings(facts: Facts, profile: Profile): FelixFact[] {
  const network = facts.networks.find(({ cni }) => cni === profile.name);
  const rest = { selector: null, created: null, hidden: [] };
  const general: FelixFact[] =
    network === undefined
      ? []
      : [
          {
            ...{ ...rest, scope: 'default', name: 'default', node: null },
            values: {
              ...NO_SETTINGS,
              vxlanVNI: { value: network.vni ?? profile.vni, ref: network.ref },
              vxlanPort: { value: network.port ?? profile.port, ref: network.ref },
            },
            ref: network.ref,
          },
        ];
  const own = facts.nodes.flatMap((node): FelixFact[] => {
    const vni = node.stated[profile.name]?.vni ?? null;
    const values = { ...NO_SETTINGS, vxlanVNI: vni };
    return vni === null || node.name === null || network !== undefined
      ? []
      : [{ ...rest, scope: 'node', name: node.name, node: node.name, values, ref: vni.ref }];
  });
  return [...general, ...own];
}

/** Pools of the CNI that only makes policies. */
function sayUnused(facts: Facts, profile: Profile): void {
  for (const { name, cidr, ref } of facts.pools) {
    const message = `IPPool ${name ?? cidr.value} decides nothing: ${profile.title} carries the packets`;
    addIssue(facts, 'unused-object', 'warning', message, { refs: [ref], subjects: [cidr.value] });
  }
}

function contentOf(network: NetworkFact | undefined): string {
  if (network === undefined) return '';
  const { cidrs, backend, direct, vni, port } = network;
  return JSON.stringify({ cidrs, backend, direct, vni, port });
}

type Part = { cidr: string; ref: SourceRef };

/** The nodes' parts of the network, and those that routes lead to through its tunnel device. */
function partsOf(facts: Facts, profile: Profile): Part[] {
  const ofNodes = facts.nodes.flatMap((node) => node.podCIDRs.map(({ value, ref }) => ({ cidr: value, ref })));
  const ofRoutes = facts.texts.flatMap(({ routes }) =>
    routes
      .filter(({ dev, via, type }) => type === 'unicast' && via !== null && profile.tunnelKindOf(dev ?? '') !== null)
      .map(({ dst, ref }) => ({ cidr: dst, ref })),
  );
  const found = new Map<string, Part>();
  for (const part of [...ofNodes, ...ofRoutes]) {
    const cidr = canonicalNetwork(part.cidr);
    if (cidr !== null && !found.has(cidr)) found.set(cidr, { ...part, cidr });
  }
  return [...found.values()];
}

/** Under canal Calico's pool has the range of the network, though not its mode. */
function poolAround({ pools }: Facts, parts: readonly Part[]): string | null {
  const around = pools.find(({ cidr }) => {
    const pool = parseCidr(cidr.value);
    return pool !== null && parts.every((part) => isInside(pool, part.cidr));
  });
  return parts.length === 0 ? null : (around?.cidr.value ?? null);
}

function isInside(pool: Cidr, text: string): boolean {
  const cidr = parseCidr(text);
  return cidr !== null && cidr.prefixLength >= pool.prefixLength && cidrContains(pool, cidr);
}

/** Parts that are neighbours, as one range: exactly the same addresses in fewer lines. */
export function joinParts(parts: readonly string[]): string[] {
  const open = new Set(parts);
  for (let changed = true; changed; ) {
    changed = false;
    for (const text of open) {
      const cidr = parseCidr(text);
      if (cidr === null || cidr.prefixLength === 0 || !open.has(text)) continue;
      const half = enclosingNetwork(cidr, cidr.prefixLength - 1);
      const bit = 1n << BigInt((cidr.family === 4 ? 32 : 128) - cidr.prefixLength);
      const sibling = formatCidr({ ...cidr, value: cidr.value ^ bit });
      if (!open.has(sibling)) continue;
      open.delete(text);
      open.delete(sibling);
      open.add(formatCidr(half));
      changed = true;
    }
  }
  return [...open];
}

function modeOf(
  profile: Profile,
  backend: string,
  direct: boolean | null,
  ref: SourceRef,
): Pick<IPPool, 'vxlanMode' | 'ipipMode' | 'modeRef' | 'unread' | 'mayBeDirect'> {
  const encapsulation = profile.encapsulationOf?.(backend) ?? null;
  const mode = direct === true ? 'CrossSubnet' : 'Always';
  return {
    vxlanMode: encapsulation === 'vxlan' ? mode : 'Never',
    ipipMode: encapsulation === 'ipip' ? mode : 'Never',
    modeRef: ref,
    ...(encapsulation === null ? { unread: true as const } : {}),
    ...(direct === null && (encapsulation === 'vxlan' || encapsulation === 'ipip')
      ? { mayBeDirect: true as const }
      : {}),
  };
}

function rangeOf(
  cidr: string,
  parts: readonly Part[],
  ref: SourceRef,
): Omit<IPPool, 'vxlanMode' | 'ipipMode' | 'modeRef'> {
  const isV6 = cidr.includes(':');
  const part = parts.find((one) => one.cidr.includes(':') === isV6);
  return {
    name: cidr,
    cidr,
    blockSize: parseCidr(part?.cidr ?? '')?.prefixLength ?? (isV6 ? 64 : 24),
    natOutgoing: false,
    disabled: false,
    nodeSelector: 'all()',
    allowedUses: ['Workload', 'Tunnel'],
    ref,
  };
}

/**
 * Whether nodes that share a link send plain, by the routes they have to each other's parts: null where no route shows it, or where
 * they differ. Two nodes share a link where one has a route to the other's address without a gateway.
 */
function directByRoutes(facts: Facts, profile: Profile, parts: readonly Part[]): boolean | null {
  const known = new Set(parts.map(({ cidr }) => cidr));
  const addressOf = new Map<string, string>();
  for (const node of facts.nodes) {
    for (const { value } of node.podCIDRs) {
      const cidr = canonicalNetwork(value);
      const stated = node.stated[profile.name];
      const own = (value.includes(':') ? stated?.bgpIPv6 : stated?.bgpIPv4) ?? node.addresses.find(isOfFamily(value));
      if (cidr !== null && own != null) addressOf.set(cidr, own.address);
    }
  }
  const found = new Set<boolean>();
  for (const text of facts.texts) {
    const isOnLink = linkTest(text);
    for (const { dst, via, dev, type } of text.routes) {
      const peer = addressOf.get(dst);
      if (type !== 'unicast' || via === null || peer === undefined || !known.has(dst) || !isOnLink(peer)) continue;
      found.add(profile.tunnelKindOf(dev ?? '') === null);
    }
  }
  const [only] = found;
  return found.size === 1 ? (only ?? null) : null;
}

function isOfFamily(text: string): (one: { address: string }) => boolean {
  return ({ address }) => address.includes(':') === text.includes(':');
}

/** Whether the routes of a text lead to an address without a gateway. */
function linkTest({ routes }: TextFact): (address: string) => boolean {
  const table = createPrefixTable<boolean>();
  for (const { dst, via, type, table: name } of routes) {
    const cidr = parseCidr(dst);
    if (cidr !== null && type === 'unicast' && (name === null || name === 'main')) table.insert(cidr, via === null);
  }
  return (address) => {
    const ip = parseIp(address);
    const longest = ip === null ? null : table.longest(ip);
    return ip !== null && longest !== null && cidrContains(longest.cidr, ip) && longest.values[0] === true;
  };
}
