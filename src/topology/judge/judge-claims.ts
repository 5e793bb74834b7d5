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
  const { profile } = context.index;
  for (const node of context.topology.nodes) {
    const holder = holderOf(node, profile);
    for (const link of node.links) {
      if (holdsServiceAddresses(link.name)) continue;
      for (const { address } of link.addresses) judge(holder, link, address, context);
    }
  }
}

/** A node, and which addresses are its own: asked of each address of its links, of which there may be thousands. */
interface Holder {
  node: Node;
  /** Two nodes that are both known by it are told as such. */
  own: ReadonlySet<string>;
  /** What others than its links say. */
  stated: ReadonlySet<string>;
}

function holderOf(node: Node, profile: Profile): Holder {
  const tunnels = Object.values(node.tunnels).map(({ value }) => value);
  return {
    node,
    own: new Set([...knownAddresses(node, profile).map(({ address }) => address), ...tunnels]),
    stated: new Set(node.addresses.filter(({ source }) => source !== 'ip addr').map(({ address }) => address)),
  };
}

function judge(holder: Holder, link: NodeLink, address: string, context: JudgeContext): void {
  // Loopback and link-local addresses are every machine's.
  if (/^(127\.|169\.254\.|::1$|fe[89ab])/.test(address)) return;
  const claim = nodeClaim(holder, address, context) ?? podClaim(holder, link, address, context);
  if (claim === null) return;
  const { name } = holder.node;
  const message = `${address} is ${claim.whose}, but ${link.name} of ${name} has it: packets reach one of the two at most`;
  const subjects = [address, name, ...(claim.node === null ? [] : [claim.node])];
  context.add('address-claimed-twice', 'risk', message, [claim.ref, link.ref], subjects);
}

function nodeClaim({ node: holder, own: itsOwn }: Holder, address: string, { index }: JudgeContext): Claim | null {
  const { profile } = index;
  if (itsOwn.has(address)) return null;
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
function podClaim({ stated }: Holder, link: NodeLink, address: string, { index }: JudgeContext): Claim | null {
  if (stated.has(address)) return null;
  const use = useOfDeviceName(link.name);
  const pod = use === 'nic' || use === 'other' ? index.pods.get(address)?.find(({ finished }) => !finished) : undefined;
  return pod === undefined
    ? null
    : { whose: `the address of ${pod.namespace}/${pod.name}`, node: pod.nodeName, ref: pod.ref };
}
