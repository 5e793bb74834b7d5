// One function per rule: an underlay observation against what was to be expected (design section 6). Each returns the
// message of its finding, or null. Nothing here decides the verdict alone: judge.ts does.

import type { SeenObservation } from '../../attribution/observe.ts';
import { isVtepMac } from '../../attribution/strange-tunnels.ts';
import type { Expected } from '../../attribution/vocabulary.ts';
import { namedOwner, nameOfEnd } from '../../attribution/who/end-name.ts';
import type { LearnedVteps } from '../../attribution/who/learned-vteps.ts';
import { isStrong } from '../../attribution/who/owner-strength.ts';
import type { Dispute, Who } from '../../attribution/who/who.ts';
import { WORKLOAD_MAC } from '../../cluster/calico.ts';
import { canonicalIp } from '../../net/ip.ts';
import type { Node, Topology } from '../../topology/model.ts';
import { because } from './because.ts';
import type { Settings } from './overlay-in-use.ts';

export interface RuleInput {
  topology: Topology;
  settings: Settings;
  src: Who;
  dst: Who;
  expected: Expected;
  seen: SeenObservation;
  learned: LearnedVteps;
  /** Nodes of the outer addresses; null when no node has them as its own. */
  outerFrom: Node | null;
  outerTo: Node | null;
}

/** A tunnel as it was seen, and who is at its ends and at those of the flow: all but what was to be expected. */
export type SeenTunnel = Omit<RuleInput, 'expected' | 'learned'>;

/** As findings name it: `default/db (10.48.0.200)`. */
export function nameOf(who: Who): string {
  return nameOfEnd({ ...namedOwner(who.owner), kind: who.kind, node: who.node?.name ?? null }, 'finding');
}

/**
 * A VXLAN observation is Calico's own when its VNI or one of its inner MACs is, or when it runs between the very nodes that
 * the snapshot has its two pods on with one of the VNIs that eBPF releases sent by mistake (calico-facts 4.7).
 */
export function isCalicoVxlan({ topology, settings, seen, src, dst, outerFrom, outerTo }: SeenTunnel): boolean {
  if (seen.encapsulation !== 'vxlan') return false;
  const betweenOwners = outerFrom !== null && outerTo !== null && outerFrom === src.node && outerTo === dst.node;
  if (topology.profile.isMissentVni(seen.vni) && betweenOwners && isStrong(src) && isStrong(dst)) return true;
  return (
    seen.vni === settings.vni(outerFrom).value ||
    [seen.innerSrcMac, seen.innerDstMac].some((mac) => isVtepMac(topology, mac))
  );
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

/** What makes plain a demand: a pool that says Never, CrossSubnet within one subnet, the sender's own eBPF routes. */
const PLAIN_REASONS: ReadonlySet<string> = new Set(['pool-never', 'crosssubnet-same', 'bpf-route']);

export function unexpectedOverlay(input: RuleInput): string | null {
  const { expected, seen, src, dst, outerFrom, outerTo } = input;
  if (expected.encapsulation !== 'none' || !PLAIN_REASONS.has(expected.reason)) return null;
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

/** Outcome of the two VTEP rules. */
export interface VtepFault {
  message: string;
  /** Why it is no violation: a reason of `unverified`; null where it is one. */
  unsure: 'owner-by-block' | 'owner-elsewhere' | null;
}

export function wrongDestinationVtep({ seen, dst, outerTo }: RuleInput): VtepFault | null {
  if (seen.outerDst === null) return null;
  const whose = outerTo === null ? 'no known node' : outerTo.name;
  const went = `its packets were sent to ${seen.outerDst}, which is ${whose}`;
  if (dst.dispute !== null) return disputedVtep(dst, outerTo, went);
  if (dst.node === null || outerTo === dst.node || ownsAddress(dst.node, seen.outerDst)) return null;
  if (mayBeIts(dst.node, outerTo)) return null;
  return misplaced(dst, dst.node, went);
}

/** IPIP and eBPF leave the outer source to the kernel: an address that no node is known to have proves nothing there. */
export function wrongSourceVtep({ seen, src, outerFrom }: RuleInput): VtepFault | null {
  if (seen.outerSrc === null) return null;
  const whose = outerFrom === null ? 'no known node' : outerFrom.name;
  const came = `its packets came from ${seen.outerSrc}, which is ${whose}`;
  if (src.dispute !== null) return outerFrom === null ? null : disputedVtep(src, outerFrom, came);
  if (src.node === null || outerFrom === src.node || ownsAddress(src.node, seen.outerSrc)) return null;
  if (mayBeIts(src.node, outerFrom)) return null;
  if (outerFrom === null && (seen.encapsulation !== 'vxlan' || isEbpf(src.node, seen))) return null;
  return misplaced(src, src.node, came);
}

/** A node that is known by its name only may have any address that is not another's by name. */
export function mayBeIts(node: Node, outer: Node | null): boolean {
  return node.addresses.length === 0 && outer !== node && outer?.named !== true;
}

/** Where packets named the node, they contradict each other; where a block did, the address may be borrowed. */
function misplaced(who: Who, node: Node, went: string): VtepFault {
  const byPackets = who.nodeSource === 'outer-header' || who.nodeSource === 'nic-mac';
  const message = `${nameOf(who)} is on ${node.name}, but ${went}`;
  if (isStrong(who)) return { message, unsure: null };
  return byPackets
    ? { message: `${message}; its own packets say so`, unsure: 'owner-elsewhere' }
    : { message: `${message}; only ${who.nodeSource} says so`, unsure: 'owner-by-block' };
}

/** What went neither to the node of the snapshot nor to one that answered went astray, whichever of them is true. */
function disputedVtep(who: Who, outer: Node | null, went: string): VtepFault | null {
  const { dispute } = who;
  if (dispute === null) return null;
  const known = outer !== null && (outer === dispute.stated || dispute.shown.some(({ node }) => node === outer));
  if (!dispute.strong || known) return { message: disputeText(who), unsure: reasonOf(dispute) };
  return { message: `${disputeText(who)}; ${went}`, unsure: null };
}

/** Why a flow of an end in dispute is not judged. */
export function reasonOf({ strong }: Dispute): 'owner-by-block' | 'owner-elsewhere' {
  return strong ? 'owner-elsewhere' : 'owner-by-block';
}

/** `web (10.60.0.71) is on b by pod, but packets to it were answered from c`. */
export function disputeText(who: Who): string {
  const { dispute } = who;
  const shown = dispute?.shown.map(({ detail }) => detail).join('; ');
  return `${nameOf(who)} is on ${dispute?.stated.name} by ${dispute?.source}${dispute?.strong ? '' : ' only'}, but ${shown}`;
}

/** A node whose device takes its keys from eBPF, or that put a pod's own frame inside (calico-facts 4.7). */
function isEbpf(node: Node, { innerDstMacs }: SeenObservation): boolean {
  return innerDstMacs.includes(WORKLOAD_MAC) || isExternal(node);
}

function ownsAddress(node: Node, address: string): boolean {
  const wanted = canonicalIp(address);
  return (
    node.addresses.some((a) => a.address === wanted) ||
    node.links.some((l) => l.addresses.some((a) => a.address === wanted))
  );
}

/** Where another encapsulation is asked for there is no VNI and no port to expect: that finding says all. */
export function wrongVni(input: RuleInput): string | null {
  const { settings, expected, seen, outerFrom, outerTo } = input;
  if (expected.encapsulation !== 'vxlan') return null;
  if (seen.encapsulation !== 'vxlan' || outerFrom === null || outerTo === null || !isCalicoVxlan(input)) return null;
  const vni = settings.vni(outerFrom);
  if (seen.vni === vni.value) return null;
  return `VNI ${seen.vni} between ${outerFrom.name} and ${outerTo.name}; the cluster's is ${vni.value} (${vni.source})`;
}

export function wrongUdpPort(input: RuleInput): string | null {
  const { settings, expected, seen, outerFrom, outerTo } = input;
  if (
    expected.encapsulation !== 'vxlan' ||
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
 * Another MAC than the one written for the receiver, or the VTEP of a node that is neither end of the tunnel. eBPF nodes put pod
 * frames inside, so a veth MAC there says nothing (calico-facts 4.7). A frame that went to another node with that node's own MAC is
 * one wrong choice, and wrong-destination-vtep tells it.
 */
export function wrongTunnelMac(rule: RuleInput): string | null {
  const { topology, learned, seen, dst, outerTo } = rule;
  if (seen.encapsulation !== 'vxlan' || topology.profile.isMissentVni(seen.vni)) return null;
  const target = dst.node ?? outerTo;
  if (target === null) return null;
  const stray = strayMac(rule, target);
  if (stray !== null) {
    // without a known receiver the MAC may be right, and the outer address wrong
    if (dst.node === null) return null;
    return `the inner frame is addressed to ${stray.mac}, ${stray.node.name}'s VTEP (${stray.how}); ${nameOf(dst)} is on ${target.name}`;
  }
  const written = writtenMac(target, seen);
  if (written === null || isExternal(target)) return null;
  const isOfOuter = (mac: string): boolean =>
    outerTo !== null && (topology.nodeByVtepMac(mac)?.node === outerTo || hasVtepMac(outerTo, mac, seen, learned));
  const wrong = seen.innerDstMacs.find(
    (mac) => mac !== WORKLOAD_MAC && mac !== written.value && (target === outerTo || !isOfOuter(mac)),
  );
  if (wrong === undefined) return null;
  const where = written.ref.line === null ? written.ref.file : `${written.ref.file}:${written.ref.line}`;
  return `the inner frame is addressed to ${wrong}; ${target.name}'s VTEP is ${written.value} (${where})`;
}

function isExternal(node: Node): boolean {
  return node.links.some((l) => l.vxlan?.external);
}

/** An inner destination MAC that is a third node's VTEP: neither the outer destination's nor the target's, nor shared with them. */
export function strayMac(
  { topology, learned, seen, outerTo }: RuleInput,
  target: Node | null,
): { mac: string; node: Node; how: string } | null {
  if (seen.encapsulation !== 'vxlan' || target === null || isExternal(target)) return null;
  for (const mac of seen.innerDstMacs) {
    const found = vtepOwner(topology, learned, mac);
    if (found === null || found.node === target || found.node === outerTo) continue;
    const ends = outerTo === null ? [target] : [target, outerTo];
    if (ends.some((end) => hasVtepMac(end, mac, seen, learned) || mayBeAlias(found.node, end, seen, learned))) continue;
    return { mac, ...found };
  }
  return null;
}

/** Whose VTEP a MAC is: written, computed from a name, or seen to be sent from. What an FDB entry says of it is not its owner. */
function vtepOwner(topology: Topology, learned: LearnedVteps, mac: string): { node: Node; how: string } | null {
  const stated = topology.nodeByVtepMac(mac);
  if (stated !== null && stated.evidence.source !== 'fdb') return { node: stated.node, how: stated.evidence.detail };
  const node = learned.nodeOf(mac);
  return node === null ? null : { node, how: `${node.name} sends from it` };
}

function hasVtepMac(node: Node, mac: string, { outerDst }: SeenObservation, learned: LearnedVteps): boolean {
  const own = [node.vtepMac?.value, node.vtepMacV6?.value, node.computedVtepMac, node.computedVtepMacV6];
  return own.includes(mac) || learned.macOf(node, outerDst ?? '') === mac;
}

/** One machine under two names: possible while nothing tells another MAC of `end`, and no addresses tell the two apart. */
function mayBeAlias(node: Node, end: Node, seen: SeenObservation, learned: LearnedVteps): boolean {
  const known = writtenMac(end, seen)?.value ?? learned.macOf(end, seen.outerDst ?? '');
  if (known !== null) return false;
  return node.addresses.length === 0 || node.addresses.some(({ address }) => ownsAddress(end, address));
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
