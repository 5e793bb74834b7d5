// One function per rule: an underlay observation against what was to be expected (design section 6). Each returns the
// message of its finding, or null. Nothing here decides the verdict alone: judge.ts does.

import type { SeenObservation } from '../../attribution/observe.ts';
import type { Expected } from '../../attribution/vocabulary.ts';
import { namedOwner, nameOfEnd } from '../../attribution/who/end-name.ts';
import { isStrong, type Who } from '../../attribution/who/who.ts';
import { WORKLOAD_MAC } from '../../cluster/calico.ts';
import { canonicalIp } from '../../net/ip.ts';
import type { Node, Topology } from '../../topology/model.ts';
import type { Settings } from './overlay-in-use.ts';

export interface RuleInput {
  topology: Topology;
  settings: Settings;
  src: Who;
  dst: Who;
  expected: Expected;
  seen: SeenObservation;
  /** Nodes of the outer addresses; null when no node has them as its own. */
  outerFrom: Node | null;
  outerTo: Node | null;
}

/** As findings name it: `default/db (10.48.0.200)`. */
export function nameOf(who: Who): string {
  return nameOfEnd({ ...namedOwner(who.owner), kind: who.kind, node: who.node?.name ?? null }, 'finding');
}

/** Why the pool asks for what it asks, in words. */
export function because({ topology, expected }: Pick<RuleInput, 'topology' | 'expected'>): string {
  const { profile, pools } = topology;
  const range = pools.find(({ name }) => name === expected.pool) ?? { name: expected.pool ?? '' };
  const pool = expected.pool === null ? `no ${profile.range.short}` : `${profile.range.short} ${expected.pool}`;
  switch (expected.reason) {
    case 'pool-always':
    case 'direct-routing-unknown':
      return profile.says(range, 'Always');
    case 'pool-never':
      return profile.says(range, 'Never');
    case 'crosssubnet-same':
      return `${profile.says(range, 'CrossSubnet')} and the nodes share a subnet`;
    case 'crosssubnet-different':
      return `${profile.says(range, 'CrossSubnet')} and the nodes are in different subnets`;
    case 'no-vtep':
      return `${pool} asks for it, though the receiving node has no tunnel address`;
    case 'wireguard-keys':
      return 'both nodes publish WireGuard keys';
    default:
      return expected.reason;
  }
}

/**
 * A VXLAN observation is Calico's own when its VNI or one of its inner MACs is, or when it runs between the very nodes that
 * the snapshot has its two pods on with one of the VNIs that eBPF releases sent by mistake (calico-facts 4.7).
 */
export function isCalicoVxlan({ topology, settings, seen, src, dst, outerFrom, outerTo }: RuleInput): boolean {
  if (seen.encapsulation !== 'vxlan') return false;
  const betweenOwners = outerFrom !== null && outerTo !== null && outerFrom === src.node && outerTo === dst.node;
  if (topology.profile.isMissentVni(seen.vni) && betweenOwners && isStrong(src) && isStrong(dst)) return true;
  return (
    seen.vni === settings.vni(outerFrom).value ||
    [seen.innerSrcMac, seen.innerDstMac].some((mac) => isVtepMac(topology, mac))
  );
}

function isVtepMac(topology: Topology, mac: string | null): boolean {
  return mac !== null && (topology.nodeByVtepMac(mac) !== null || topology.profile.vtepMacLooksComputed(mac));
}

export function overlayBypassed(input: RuleInput): string | null {
  const { expected, seen, src, dst } = input;
  if (seen.encapsulation !== 'none' || (expected.encapsulation !== 'vxlan' && expected.encapsulation !== 'ipip'))
    return null;
  return `${because(input)}, so ${nameOf(src)} to ${nameOf(dst)} should be ${expected.encapsulation.toUpperCase()}; it was plain on ${placeOf(seen)}`;
}

export function unencrypted(input: RuleInput): string | null {
  const { expected, seen, src, dst } = input;
  if (expected.encapsulation !== 'wireguard' || seen.encapsulation === 'wireguard') return null;
  const how = seen.encapsulation === 'none' ? 'plain' : `in clear ${seen.encapsulation.toUpperCase()}`;
  return `${because(input)}, so ${nameOf(src)} to ${nameOf(dst)} should be WireGuard; it was ${how} on ${placeOf(seen)}`;
}

/** Needs a pool that says Never, or CrossSubnet within one subnet. */
export function unexpectedOverlay(input: RuleInput): string | null {
  const { expected, seen, src, dst, outerFrom, outerTo } = input;
  if (expected.encapsulation !== 'none' || (expected.reason !== 'pool-never' && expected.reason !== 'crosssubnet-same'))
    return null;
  if (seen.encapsulation === 'none' || seen.encapsulation === 'wireguard') return null;
  if (seen.encapsulation === 'vxlan' ? !isCalicoVxlan(input) : !isBetweenNodes(input)) return null;
  if (outerFrom === null && outerTo === null) return null;
  return `${because(input)}, so ${nameOf(src)} to ${nameOf(dst)} should be plain; it was ${seen.encapsulation.toUpperCase()} ${seen.outerSrc} to ${seen.outerDst}`;
}

export function wrongEncapsulation(input: RuleInput): string | null {
  const { expected, seen, src, dst } = input;
  if (expected.encapsulation !== 'vxlan' && expected.encapsulation !== 'ipip') return null;
  if (seen.encapsulation === 'none' || seen.encapsulation === expected.encapsulation) return null;
  if (!isBetweenNodes(input)) return null;
  return `${because(input)}, so ${nameOf(src)} to ${nameOf(dst)} should be ${expected.encapsulation.toUpperCase()}; it was ${seen.encapsulation.toUpperCase()}`;
}

/** Both outer addresses are nodes'. IPIP leaves its source to the kernel, which may take another NIC's: one is enough there. */
function isBetweenNodes({ seen, outerFrom, outerTo }: RuleInput): boolean {
  if (seen.encapsulation === 'ipip') return outerFrom !== null || outerTo !== null;
  return outerFrom !== null && outerTo !== null;
}

/** Outcome of the two VTEP rules: with block-level evidence only, the snapshot may be what is wrong. */
export interface VtepFault {
  message: string;
  strong: boolean;
}

export function wrongDestinationVtep(input: RuleInput): VtepFault | null {
  const { seen, dst, outerTo } = input;
  if (seen.outerDst === null || dst.node === null || outerTo === dst.node || !isBlamable(dst)) return null;
  if (ownsAddress(dst.node, seen.outerDst)) return null;
  const whose = outerTo === null ? 'no known node' : outerTo.name;
  return {
    message: `${nameOf(dst)} is on ${dst.node.name}, but its packets were sent to ${seen.outerDst}, which is ${whose}`,
    strong: isStrong(dst),
  };
}

/** IPIP and eBPF leave the outer source to the kernel: an address that no node is known to have proves nothing there. */
export function wrongSourceVtep(input: RuleInput): VtepFault | null {
  const { seen, src, outerFrom } = input;
  if (seen.outerSrc === null || src.node === null || outerFrom === src.node || !isBlamable(src)) return null;
  if (ownsAddress(src.node, seen.outerSrc)) return null;
  if (outerFrom === null && (seen.encapsulation !== 'vxlan' || isEbpf(src.node, seen))) return null;
  const whose = outerFrom === null ? 'no known node' : outerFrom.name;
  return {
    message: `${nameOf(src)} is on ${src.node.name}, but its packets came from ${seen.outerSrc}, which is ${whose}`,
    strong: isStrong(src),
  };
}

/** A node whose device takes its keys from eBPF, or that put a pod's own frame inside (calico-facts 4.7). */
function isEbpf(node: Node, { innerDstMacs }: SeenObservation): boolean {
  return innerDstMacs.includes(WORKLOAD_MAC) || node.links.some((l) => l.vxlan?.external);
}

/** The packets themselves must not be what named the node. */
function isBlamable(who: Who): boolean {
  return who.nodeSource !== 'outer-header' && who.nodeSource !== 'nic-mac';
}

function ownsAddress(node: Node, address: string): boolean {
  const wanted = canonicalIp(address);
  return (
    node.addresses.some((a) => a.address === wanted) ||
    node.links.some((l) => l.addresses.some((a) => a.address === wanted))
  );
}

/** Where plain is asked for there is no VNI and no port to be wrong: that it is in a tunnel at all is the finding. */
export function wrongVni(input: RuleInput): string | null {
  const { settings, seen, outerFrom, outerTo } = input;
  if (input.expected.encapsulation === 'none') return null;
  if (seen.encapsulation !== 'vxlan' || outerFrom === null || outerTo === null || !isCalicoVxlan(input)) return null;
  const vni = settings.vni(outerFrom);
  if (seen.vni === vni.value) return null;
  return `VNI ${seen.vni} between ${outerFrom.name} and ${outerTo.name}; the cluster's is ${vni.value} (${vni.source})`;
}

export function wrongUdpPort(input: RuleInput): string | null {
  const { settings, seen, outerFrom, outerTo } = input;
  if (
    input.expected.encapsulation === 'none' ||
    seen.encapsulation !== 'vxlan' ||
    seen.udpPort === null ||
    outerFrom === null ||
    outerTo === null ||
    !isCalicoVxlan(input)
  )
    return null;
  if (settings.allowedPorts(outerFrom).has(seen.udpPort)) return null;
  const port = settings.port(outerFrom);
  return `VXLAN on UDP ${seen.udpPort} between ${outerFrom.name} and ${outerTo.name}; the cluster's port is ${port.value} (${port.source})`;
}

/**
 * Needs a MAC written in the snapshot. eBPF nodes put pod frames inside, so a veth MAC there says nothing (calico-facts
 * 4.7). A frame that went to another node with that node's own MAC is one wrong choice, and wrong-destination-vtep tells it.
 */
export function wrongTunnelMac({ topology, seen, dst, outerTo }: RuleInput): string | null {
  if (seen.encapsulation !== 'vxlan' || topology.profile.isMissentVni(seen.vni)) return null;
  const target = dst.node ?? outerTo;
  const written = writtenMac(target, seen);
  if (target === null || written === null || target.links.some((l) => l.vxlan?.external)) return null;
  const elsewhere = target === outerTo ? undefined : writtenMac(outerTo, seen)?.value;
  const wrong = seen.innerDstMacs.find((mac) => mac !== WORKLOAD_MAC && mac !== written.value && mac !== elsewhere);
  if (wrong === undefined) return null;
  const where = written.ref.line === null ? written.ref.file : `${written.ref.file}:${written.ref.line}`;
  return `the inner frame is addressed to ${wrong}; ${target.name}'s VTEP is ${written.value} (${where})`;
}

/** The VTEP MAC that the snapshot has for a node, of the family of the outer addresses. */
export function writtenMac(node: Node | null, seen: SeenObservation): Node['vtepMac'] {
  if (node === null) return null;
  return seen.outerDst?.includes(':') ? (node.vtepMacV6 ?? node.vtepMac) : node.vtepMac;
}

/** `control1 ens5`, `packet 7`: where an observation was made. */
export function placeOf(seen: SeenObservation): string {
  const { node, interface: device } = seen.pointInfo;
  if (node === null) return 'the underlay';
  return device === null ? `${node}'s NIC` : `${node}'s ${device}`;
}
