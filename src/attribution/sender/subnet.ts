// The same-subnet test of CrossSubnet, exactly as Felix makes it: only the sender's own prefix counts (calico-facts 3.4).
import { cidrContains, parseCidr } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import type { NodeAddress } from '../../topology/model.ts';

/** Whether `address` lies in the network written with `own`. An address without a prefix is a network of one (/32, /128). */
export function inSubnetOf(own: NodeAddress, address: string): boolean {
  const ip = parseIp(address);
  if (ip === null) return false;
  const width = ip.family === 4 ? 32 : 128;
  const network = parseCidr(`${own.address}/${own.prefixLength ?? width}`);
  return network !== null && cidrContains(network, ip);
}
