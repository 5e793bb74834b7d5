// Addresses of a node, each once with all that say it, the strongest first.
import type { Profile } from '../../cluster/profile.ts';
import type { NodeAddress } from '../model.ts';

/** Strongest first, behind the address that tunnels use: what Kubernetes says, other NICs, what a cloud maps, what the kernel shows. */
const ADDRESS_RANK = [
  'InternalIP',
  'spec.interfaces',
  'ExternalIP',
  'hostIP',
  'ip addr',
  'ip route',
  'ip link',
  'bridge fdb',
  'BGP peer',
  'WireGuard endpoint',
];

/** Adds addresses that are not there yet, and puts the strongest first. */
export function addAddresses(
  node: { addresses: readonly NodeAddress[] },
  addresses: readonly NodeAddress[],
  profile: Profile,
): void {
  if (addresses.length === 0) return;
  const order = [profile.nodeAddressSource(4), profile.nodeAddressSource(6), ...ADDRESS_RANK];
  const ranks = new Map(order.map((source, rank) => [source as string, rank] as const).toReversed());
  const rank = ({ source }: NodeAddress): number => ranks.get(source) ?? order.length;
  if (addresses.length > MOST_ONE_BY_ONE) {
    node.addresses = strongestOf([...node.addresses, ...addresses], rank);
    return;
  }
  // thousands may be said one by one: what is there stays in its order
  const all = [...node.addresses];
  for (const address of addresses) addOne(all, address, rank);
  node.addresses = all;
}

/** Addresses that are cheaper added one by one than sorted with all others. */
const MOST_ONE_BY_ONE = 4;

type Rank = (address: NodeAddress) => number;

function strongestOf(addresses: NodeAddress[], rank: Rank): NodeAddress[] {
  const strongest = new Map<string, NodeAddress>();
  for (const address of addresses.sort((a, b) => rank(a) - rank(b))) {
    const known = strongest.get(address.address);
    strongest.set(
      address.address,
      known === undefined ? said(address, []) : said(known, [...(address.also ?? []), address.source]),
    );
  }
  return [...strongest.values()];
}

/** @param all by rank, each once */
function addOne(all: NodeAddress[], address: NodeAddress, rank: Rank): void {
  const at = all.findIndex((one) => one.address === address.address);
  const known = all[at];
  if (known !== undefined && rank(known) <= rank(address)) {
    all[at] = said(known, [...(address.also ?? []), address.source]);
    return;
  }
  if (known !== undefined) all.splice(at, 1);
  const place = all.findLastIndex((one) => rank(one) <= rank(address)) + 1;
  all.splice(place, 0, said(address, known === undefined ? [] : [...(known.also ?? []), known.source]));
}

/** An address with whoever says it too. */
function said(address: NodeAddress, more: readonly NodeAddress['source'][]): NodeAddress {
  const also = [...new Set([...(address.also ?? []), ...more])].filter((source) => source !== address.source);
  return { ...address, prefixLength: address.prefixLength ?? null, ...(also.length > 0 ? { also } : {}) };
}
