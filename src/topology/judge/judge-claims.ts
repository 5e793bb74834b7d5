// Addresses of one node or pod that the interfaces of another node have: a virtual address that moved and was taken for the node's
// own, a machine cloned with its address, a manual address inside a pool.
import { holdsServiceAddresses, useOfDeviceName } from '../../cluster/device.ts';
import type { Profile } from '../../cluster/profile.ts';
import type { Node, NodeLink, SourceRef } from '../model.ts';
import type { JudgeContext } from './judge-context.ts';
import { knownAddresses } from './modes.ts';

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

/** Two nodes that are both known by it are told as such. */
function isItsOwn(holder: Node, address: string, profile: Profile): boolean {
  return (
    knownAddresses(holder, profile).some((one) => one.address === address) ||
    Object.values(holder.tunnels).some((one) => one.value === address)
  );
}

function nodeClaim(holder: Node, address: string, { index }: JudgeContext): Claim | null {
  const { profile } = index;
  if (isItsOwn(holder, address, profile)) return null;
  const own = (index.nodeAddresses.get(address) ?? []).find(
    (claim) => claim.node !== holder && knownAddresses(claim.node, profile).includes(claim.address),
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
