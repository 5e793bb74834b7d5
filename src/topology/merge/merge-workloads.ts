// Pod, service and block facts -> the model's: one record per object, the Pod object before what mentions it, the first of two
// that differ, and the difference as a conflict.
import type { Profile } from '../../cluster/profile.ts';
import { canonicalNetwork, enclosingNetwork, formatCidr, parseCidrOrIp } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import { addUnder } from '../../net/multi-map.ts';
import { createPrefixTable, type PrefixTable } from '../../net/prefix-table.ts';
import type { Block, IPPool, Pod, Service } from '../model.ts';
import { type BlockFact, type Facts, type PodFact, UNKNOWN_NAMESPACE } from '../read/stated-facts.ts';
import type { OpenNode } from './merge-nodes.ts';
import { differs } from './merge-pools.ts';

/** Merges pod facts by namespace and name. @param namesVeths whether their veths have names that can be computed */
export function mergePods(
  facts: Pick<Facts, 'pods' | 'issues'>,
  nodes: readonly OpenNode[],
  namesVeths: boolean,
): Pod[] {
  const own = new Set(nodes.flatMap((node) => node.addresses.map((address) => address.address)));
  const byName = new Map<string, PodFact>();
  const objectsFirst = [
    ...facts.pods.filter((fact) => fact.source === 'Pod'),
    ...facts.pods.filter((fact) => fact.source !== 'Pod'),
  ];
  const keyOf = keyFinder(facts.pods);
  for (const fact of objectsFirst) {
    const key = keyOf(fact);
    const known = byName.get(key);
    byName.set(key, known === undefined ? fact : mergePod(known, fact, facts));
  }
  return [...byName.values()].map((fact) => {
    const pod = podOf(fact, own);
    return namesVeths || fact.hostInterface?.computed !== true ? pod : { ...pod, hostInterface: null };
  });
}

/** A pod that was listed without its namespace is the only one of this name that has one, unless their addresses differ. */
function keyFinder(pods: readonly PodFact[]): (fact: PodFact) => string {
  if (pods.every(({ namespace }) => namespace !== UNKNOWN_NAMESPACE))
    return ({ namespace, name }) => `${namespace}/${name}`;
  const placed = new Map<string, PodFact[]>();
  for (const fact of pods) if (fact.namespace !== UNKNOWN_NAMESPACE) addUnder(placed, fact.name, fact);
  return (fact) => {
    const same = fact.namespace === UNKNOWN_NAMESPACE ? (placed.get(fact.name) ?? []) : [];
    const fitting = same.filter(
      ({ addresses }) =>
        addresses.length === 0 || fact.addresses.length === 0 || addresses.some((one) => fact.addresses.includes(one)),
    );
    const spaces = new Set(fitting.map(({ namespace }) => namespace));
    if (spaces.size === 1) return `${[...spaces][0]}/${fact.name}`;
    // Two of one name may be of two namespaces.
    return `${fact.namespace}/${fact.name}${fact.namespace === UNKNOWN_NAMESPACE ? ` ${fact.addresses.join()}` : ''}`;
  };
}

function mergePod(known: PodFact, fact: PodFact, facts: Pick<Facts, 'issues'>): PodFact {
  const what = `Pod ${known.namespace}/${known.name}`;
  const subjects = [...known.addresses, ...fact.addresses];
  const refs = [known.ref, fact.ref];
  if (known.nodeName !== null && fact.nodeName !== null && known.nodeName !== fact.nodeName) {
    differs(facts, `${what}: node`, [known.nodeName, fact.nodeName], refs, subjects);
  }
  const shares = known.addresses.some((address) => fact.addresses.includes(address));
  if (known.addresses.length > 0 && fact.addresses.length > 0 && !shares) {
    differs(facts, `${what}: address`, [known.addresses.join(', '), fact.addresses.join(', ')], refs, subjects);
  }
  const sameSource = known.source === 'Pod' && fact.source === 'Pod';
  if (sameSource && known.finished !== fact.finished) {
    const phase = (pod: PodFact): string => (pod.finished ? 'finished' : 'running');
    differs(facts, `${what}: state`, [phase(known), phase(fact)], refs, subjects);
  }
  return {
    ...known,
    nodeName: known.nodeName ?? fact.nodeName,
    addresses: known.addresses.length > 0 ? known.addresses : fact.addresses,
    ...(known.labels === undefined && fact.labels !== undefined ? { labels: fact.labels } : {}),
    ...(known.namespace === UNKNOWN_NAMESPACE ? { namespace: fact.namespace } : {}),
    hostInterface:
      known.hostInterface?.computed === false ? known.hostInterface : (fact.hostInterface ?? known.hostInterface),
    // A table shows the address of one family only, and an endpoint slice too.
    ...(known.source !== 'Pod' && shares ? { addresses: [...new Set([...known.addresses, ...fact.addresses])] } : {}),
  };
}

function podOf(fact: PodFact, nodeAddresses: ReadonlySet<string>): Pod {
  const { source, hostIP, ...pod } = fact;
  // Tables and endpoint slices do not say hostNetwork, but such a pod's address is its node's.
  const hostNetwork =
    pod.hostNetwork || (source !== 'Pod' && pod.addresses.some((address) => nodeAddresses.has(address)));
  return { ...pod, hostNetwork };
}

/** Services by namespace and name, their addresses united. */
export function mergeServices(facts: Pick<Facts, 'services'>): Service[] {
  const byName = new Map<string, Service>();
  for (const service of facts.services) {
    const key = `${service.namespace}/${service.name}`;
    const known = byName.get(key);
    const addresses = [...new Set([...(known?.addresses ?? []), ...service.addresses])];
    byName.set(key, { ...(known ?? service), addresses });
  }
  return [...byName.values()];
}

/** Blocks by CIDR and source, then what tunnel addresses let infer. */
export function mergeBlocks(
  facts: Pick<Facts, 'blocks' | 'nodes' | 'issues'>,
  nodes: readonly OpenNode[],
  pools: readonly IPPool[],
  profile: Profile,
): Block[] {
  const byCidr = new Map<string, BlockFact>();
  for (const fact of facts.blocks) {
    const key = `${fact.source} ${fact.cidr}`;
    const known = byCidr.get(key);
    if (known === undefined) byCidr.set(key, fact);
    else if (known.content !== fact.content) {
      const owner = (block: BlockFact): string => (block.node === null ? 'without affinity' : `of ${block.node}`);
      const values: [string, string] = [owner(known), owner(fact)];
      if (values[0] === values[1]) values.fill('one list of addresses', 0, 1).fill('another', 1, 2);
      differs(facts, `${fact.source} ${fact.cidr}`, values, [known.ref, fact.ref], [fact.cidr]);
    }
  }
  const written = [...byCidr.values()].map(({ cidr, node, source, ref }): Block => ({ cidr, node, source, ref }));
  // where nodes have parts of the network, nothing else gives addresses out
  return profile.tunnelOfPodCIDR === undefined ? [...written, ...inferBlocks(nodes, pools)] : partsOfNodes(facts);
}

/** The parts of the pod network that nodes have; one that two of them state is nobody's. */
function partsOfNodes(facts: Pick<Facts, 'nodes'>): Block[] {
  const found = new Map<string, Block>();
  for (const { name, podCIDRs } of facts.nodes) {
    for (const { value, ref } of podCIDRs) {
      const cidr = canonicalNetwork(value);
      if (cidr === null || name === null) continue;
      const known = found.get(cidr);
      found.set(cidr, { cidr, node: known === undefined || known.node === name ? name : null, source: 'podCIDR', ref });
    }
  }
  return [...found.values()];
}

/** A tunnel address lies in one of its node's blocks, unless borrowed; a block with tunnel addresses of two nodes tells nothing. */
function inferBlocks(nodes: readonly OpenNode[], pools: readonly IPPool[]): Block[] {
  const table = createPrefixTable<IPPool>();
  for (const pool of pools) {
    const cidr = parseCidrOrIp(pool.cidr);
    if (cidr !== null) table.insert(cidr, pool);
  }
  const byCidr = new Map<string, Block | null>();
  for (const node of nodes) {
    for (const tunnel of Object.values(node.tunnels)) {
      const cidr = blockOf(tunnel.value, table);
      if (cidr === null) continue;
      const known = byCidr.get(cidr);
      const block: Block = { cidr, node: node.name, source: 'inferred', ref: tunnel.ref };
      if (known === undefined) byCidr.set(cidr, block);
      else if (known?.node !== node.name) byCidr.set(cidr, null);
    }
  }
  return [...byCidr.values()].filter((block) => block !== null);
}

/** The block that an address would be in, by the block size of its most specific pool; null outside every pool. */
function blockOf(address: string, pools: PrefixTable<IPPool>): string | null {
  const ip = parseIp(address);
  const pool = ip === null ? undefined : pools.longest(ip)?.values[0];
  return ip === null || pool === undefined ? null : formatCidr(enclosingNetwork(ip, pool.blockSize));
}
