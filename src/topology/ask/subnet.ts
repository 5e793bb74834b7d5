// Whether a node shares another's subnet, as its CNI asks. Felix: only the sender's own prefix counts (calico-facts 3.4). flanneld: the
// kernel's route to the other's address has no gateway.
import type { Profile } from '../../cluster/profile.ts';
import { type Cidr, cidrContains, parseCidr } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import type { Node, NodeAddress } from '../model.ts';
import { longestRoute } from './longest-route.ts';

/** Whether `address` lies in the network written with `own`. An address without a prefix is a network of one (/32, /128). */
export function inSubnetOf(own: NodeAddress, address: string): boolean {
  const ip = parseIp(address);
  if (ip === null) return false;
  const network = networkOf(own, ip.family);
  return network !== null && cidrContains(network, ip);
}

/** Networks of addresses that were asked for: each is asked for by every other node's. */
const known = new WeakMap<NodeAddress, { 4?: Cidr | null; 6?: Cidr | null }>();

function networkOf(own: NodeAddress, family: 4 | 6): Cidr | null {
  const networks = known.get(own) ?? {};
  known.set(own, networks);
  const width = family === 4 ? 32 : 128;
  networks[family] ??= parseCidr(`${own.address}/${own.prefixLength ?? width}`);
  return networks[family];
}

/**
 * `n1's address is a /32: every node is outside it`, of the node that sends to `address`; null where its address has a subnet, is not
 * known, or its CNI does not ask for it.
 */
export function withoutSubnet(profile: Profile, node: Node | null, address: string): string | null {
  const isV6 = parseIp(address)?.family === 6;
  const own = isV6 ? node?.bgpIPv6 : node?.bgpIPv4;
  if (profile.subnetBy !== 'prefix' || node === null || own == null) return null;
  const width = isV6 ? 128 : 32;
  if (own.prefixLength !== null && own.prefixLength !== width) return null;
  const what = own.prefixLength === null ? 'is written without a prefix' : `is a /${width}`;
  return `${node.name}'s address ${what}: every node is outside it`;
}

/** By the sender's prefix or its routes; null where they would tell and the snapshot does not have them. */
export function sharesSubnet(
  profile: Profile,
  { node, own }: { node: Node; own: NodeAddress },
  address: string,
): boolean | null {
  if (profile.subnetBy === 'prefix') return inSubnetOf(own, address);
  const route = longestRoute(node, address);
  if (route !== null) return route.via === null;
  return own.prefixLength === null ? null : inSubnetOf(own, address);
}
