// Addresses of one node or pod that the interfaces of another node have: a virtual address that moved and was taken for the node's
// own, a machine cloned with its address, a manual address inside a pool.
import { holdsServiceAddresses, useOfDeviceName } from '../../cluster/device.ts';
import type { Node, NodeLink, SourceRef } from '../model.ts';
import type { JudgeContext } from './judge-context.ts';

interface Claim {
  whose: string;
  node: string | null;
  ref: SourceRef;
}

export function judgeClaims(context: JudgeContext): void {
  for (const holder of context.topology.nodes) {
    for (const link of holder.links) {
      if (holdsServiceAddresses(link.name)) continue;
      for (const { address } of link.addresses) judge(holder, link, address, context);
    }
  }
}

function judge(holder: Node, link: NodeLink, address: string, context: JudgeContext): void {
  // Loopback and link-local addresses are every machine's.
  if (/^(127\.|169\.254\.|::1$|fe[89ab])/.test(address)) return;
  const claim = nodeClaim(holder, address, context) ?? podClaim(holder, link, address, context);
  if (claim === null) return;
  const message = `${address} is ${claim.whose}, but ${link.name} of ${holder.name} has it: packets reach one of the two at most`;
  const subjects = [address, holder.name, ...(claim.node === null ? [] : [claim.node])];
  context.add('address-claimed-twice', 'risk', message, [claim.ref, link.ref], subjects);
}

/** Two nodes that both state it are told as such. */
function isItsOwn({ addresses, tunnels }: Node, address: string): boolean {
  return (
    addresses.some((one) => one.address === address) || Object.values(tunnels).some((one) => one.value === address)
  );
}

/** Addresses by which other nodes know it: those of its bridges and further NICs may well be every node's. */
function nodeClaim(holder: Node, address: string, { index }: JudgeContext): Claim | null {
  if (isItsOwn(holder, address)) return null;
  const counting = [index.profile.nodeAddressSource(4), index.profile.nodeAddressSource(6), 'InternalIP'];
  const own = (index.nodeAddresses.get(address) ?? []).find(
    (claim) => claim.node !== holder && counting.includes(claim.address.source),
  );
  if (own !== undefined)
    return { whose: `${own.node.name}'s ${own.address.source}`, node: own.node.name, ref: own.address.ref };
  const tunnel = (index.tunnels.get(address) ?? []).find(({ node, from }) => node !== holder && from === 'Node');
  if (tunnel === undefined) return null;
  return { whose: `${tunnel.node.name}'s ${tunnel.kind} tunnel address`, node: tunnel.node.name, ref: tunnel.ref };
}

/** A tunnel device that has a pod's address is told as a conflict of owners. */
function podClaim(holder: Node, link: NodeLink, address: string, { index }: JudgeContext): Claim | null {
  if (holder.addresses.some((one) => one.address === address && one.source !== 'ip addr')) return null;
  const use = useOfDeviceName(link.name);
  const pod = use === 'nic' || use === 'other' ? index.pods.get(address)?.find(({ finished }) => !finished) : undefined;
  return pod === undefined
    ? null
    : { whose: `the address of ${pod.namespace}/${pod.name}`, node: pod.nodeName, ref: pod.ref };
}
