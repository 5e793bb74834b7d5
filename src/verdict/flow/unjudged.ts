// Why a flow is not judged, and what would settle it: an answer of its own, never a guess (design section 6).

import { hasBit } from '../../attribution/observe.ts';
import { isStrong } from '../../attribution/who/owner-strength.ts';
import type { Who } from '../../attribution/who/who.ts';
import { vtepMacLooksComputed } from '../../cluster/computed-names.ts';
import { type Profile, vxlanDevice } from '../../cluster/profile.ts';
import { DEFAULT_PROFILE } from '../../cluster/profiles.ts';
import { SAVE_NODES, SAVE_PODS, showLink } from '../../cluster/show-commands.ts';
import { BIT } from '../../flow/rows/row-layout.ts';
import { mayBeTwoTimes, TELL_TIMES } from '../../topology/ask/two-times.ts';
import type { Node, Topology } from '../../topology/model.ts';

import { captureNic, nameThePlace } from './advice.ts';
import { foreignCarrier } from './foreign.ts';
import type { JudgeInput, Judgement, RawFinding } from './judgement.ts';
import { disputeText, mayBeIts, nameOf, placeOf, type RuleInput, reasonOf, strayMac, writtenMac } from './rules.ts';

export function open(reason: string, detail: string, advice: string | null, findings: RawFinding[] = []): Judgement {
  return { verdict: 'unverifiable', unverified: { reason, detail, advice }, findings };
}

export function judgeCutOff({ src, observations }: JudgeInput): Judgement {
  const why = hasBit(observations, BIT.truncated)
    ? 'the snaplen cut off what they carried'
    : 'what they carried cannot be read';
  const detail = `tunnel packets between two nodes, but ${why}`;
  return open('inner-cut-off', detail, captureNic(src.node));
}

/** Whoever sends them on, it is not their sender; or the pod is gone, and so is its place. */
export function judgeInCircle({ src }: JudgeInput): Judgement {
  const detail = 'only packets that go in a circle, or come back, were seen: that tells nothing of how they were sent';
  return open('in-circle', detail, captureNic(src.node));
}

/** Seen on no underlay. */
export function judgeUnseen(input: JudgeInput): Judgement {
  const unknownPoint = input.observations.find((o) => o.pointInfo.role === 'unknown');
  const { expected, src, dst } = input;
  const carrier = foreignCarrier(input.observations);
  if (carrier !== null) {
    const detail = `inside ${carrier}, which is not ${(input.topology?.profile ?? DEFAULT_PROFILE).title}'s, and seen nowhere else`;
    return open('foreign-tunnel', detail, null);
  }
  if (expected.encapsulation === null) return openExpectation(input);
  if (unknownPoint !== undefined) {
    const path = input.paths[unknownPoint.capture] ?? '';
    return open('point-unknown', `nothing tells where ${path} was captured`, nameThePlace(path, src.node));
  }
  const node = src.node ?? dst.node;
  const where = input.observations[0]?.pointInfo.role === 'tunnel' ? 'the tunnel device' : "a pod's veth";
  return open('no-underlay', `seen on ${where} only, where every packet is plain`, captureNic(node));
}

/** Neither object is chosen silently: the first one's mode would pass what the other's forbids. */
export function judgeDispute({ dst, topology }: JudgeInput): Judgement {
  const { savePools } = (topology?.profile ?? DEFAULT_PROFILE).commands;
  const disputed = topology?.poolsOf(dst.owner.address).find((pool) => pool.disputed !== undefined)?.disputed;
  const detail = `the snapshot has ${disputed}`;
  const advice =
    topology !== null && mayBeTwoTimes(topology) ? `# ${TELL_TIMES}` : `${savePools}   # the one that is true`;
  return open('contradicting-files', detail, advice);
}

const openWords = ({ range }: Profile): Record<string, string> => ({
  'not-unicast': "multicast, broadcast and link-local traffic is not the overlay's",
  'service-address': 'a service address: it is translated before it leaves the node',
  'sender-not-a-node': 'the sender is outside the cluster',
  'sender-unknown': 'it is not known which node sent it',
  'receiver-unknown': 'it is not known which node it was for',
  'pool-not-in-snapshot': `the address is in no ${range.short} of the snapshot, and the snapshot may not have all ${range.short}s`,
  'owner-unknown': 'nothing tells who has the address',
  'load-balancer': 'the pool is for LoadBalancer addresses only',
  'backend-not-read': 'the pod network is sent in a way that is not read here',
  'subnet-unknown': 'nothing tells whether the two nodes share a link, on which it is sent plain',
  'wireguard-node-unknown': 'some nodes publish WireGuard keys, and it is not known whether these two do',
});

export function openExpectation({ expected, topology }: JudgeInput): Judgement {
  return openReason(expected.reason, topology);
}

/** What is to be expected is not known, for this reason. */
export function openReason(reason: string, topology: Topology | null): Judgement {
  const profile = topology?.profile ?? DEFAULT_PROFILE;
  const advice = reason === 'pool-not-in-snapshot' ? profile.commands.savePools : null;
  const other = topology?.otherCarrier ?? null;
  if (reason === 'other-carrier' && other !== null)
    return open(reason, `${other.value} carries the pods' packets, and its rules are not read here`, null);
  return open(reason, openWords(profile)[reason] ?? 'nothing tells what was to be expected', advice);
}

/** Between nodes of one link plain is right or wrong by a setting that the snapshot does not have. */
export function judgeMaybeDirect({ topology, seen }: RuleInput): Judgement {
  const detail = `plain on ${placeOf(seen)}, and nothing tells whether nodes that share a link use the tunnel`;
  return open('direct-routing-unknown', detail, topology.profile.commands.savePools);
}

/**
 * Addresses of which nobody knows whether they are nodes: a tunnel between them is one, whose cannot be told; what is plain may be
 * theirs, where a pool claims their network too.
 */
export function judgeWithoutNodes({ seen }: RuleInput): Judgement {
  const tunnel = `${seen.encapsulation.toUpperCase()} ${seen.outerSrc} to ${seen.outerDst}: whose tunnel it is`;
  const what = seen.encapsulation === 'none' ? `plain on ${placeOf(seen)}: whether both ends are pods` : tunnel;
  return open('nodes-missing', `${what} is not known, the snapshot has no Nodes`, SAVE_NODES);
}

/** Packets put an end elsewhere than the snapshot, and what is to be expected depends on where it is. */
export function judgeDisputed({ src, dst, seen, expected }: RuleInput): Judgement | null {
  const who = dst.dispute === null ? src : dst;
  if (who.dispute === null || !PLACE_REASONS.has(expected.reason)) return null;
  const message = disputeText(who);
  return open(reasonOf(who.dispute), message, null, [{ code: 'snapshot-conflict', message, seen }]);
}

/** A plain packet on the NIC of a node that has neither end: an end that only a block places is elsewhere. */
export function judgeStrangeNic({ src, dst, seen, expected }: RuleInput): Judgement | null {
  const { topologyNode: here } = seen.pointInfo;
  if (here === null || seen.encapsulation !== 'none' || !NODE_REASONS.has(expected.reason)) return null;
  const byBlock = [src, dst].find((who) => who.node !== null && who.owner.node === who.node && !isStrong(who));
  if (byBlock === undefined || src.node === here || dst.node === here) return null;
  const message = `${nameOf(byBlock)} is on ${byBlock.node?.name} by ${byBlock.nodeSource} only, but a packet of it crossed ${placeOf(seen)}`;
  return open('owner-by-block', message, null, [{ code: 'snapshot-conflict', message, seen }]);
}

/** Reasons of an expectation that hang on which nodes have both ends. */
const NODE_REASONS: ReadonlySet<string> = new Set(['crosssubnet-same', 'crosssubnet-different', 'wireguard-keys']);

const PLACE_REASONS: ReadonlySet<string> = new Set(['sender-unknown', 'receiver-unknown', 'wireguard-node-unknown']);

/** As asked, if the receiver is where the packets went: only their own headers say so, and nothing came back. */
export function judgeUnproven(presumed: Who): Judgement {
  const witness =
    presumed.owner.node === null ? 'the packets themselves' : `${presumed.nodeSource} and the packets themselves`;
  const detail = `nothing but ${witness} says that ${nameOf(presumed)} is on ${presumed.node?.name}, and nothing came back`;
  return open('receiver-unproven', detail, captureNic(presumed.node));
}

/** Plain is right within a subnet; that the receiver is in it, only a block says, and an address of it may be on any node. */
export function judgeUnheard({ dst, seen, expected }: RuleInput): Judgement | null {
  if (!dst.isUnheard || seen.encapsulation !== 'none' || !NODE_REASONS.has(expected.reason)) return null;
  const place = `${nameOf(dst)} is on ${dst.node?.name}`;
  const detail = `plain is right if ${place}: only ${dst.nodeSource} says so, the address may be borrowed, and nothing came back`;
  return open('receiver-unproven', detail, SAVE_PODS);
}

/** Right if an outer address is its node's, of which the snapshot has the name and no address. */
export function judgeNameless({ src, dst, seen, outerFrom, outerTo }: RuleInput): Judgement | null {
  if (seen.encapsulation === 'none') return null;
  const of = (node: Node, address: string | null): string =>
    `the snapshot has no address of ${node.name}, so ${address} may be its`;
  if (dst.node !== null && mayBeIts(dst.node, outerTo))
    return open('receiver-unknown', of(dst.node, seen.outerDst), 'kubectl get nodes -o yaml');
  if (src.node !== null && mayBeIts(src.node, outerFrom))
    return open('sender-unknown', of(src.node, seen.outerSrc), 'kubectl get nodes -o yaml');
  return null;
}

export function judgeUnseenSwitch({ src, seen }: RuleInput): Judgement {
  const detail = `plain on ${placeOf(seen)} at first; tunnel packets to the same node followed, but the snaplen cut off whose they are`;
  return open('inner-cut-off', detail, captureNic(src.node));
}

/** A third node's MAC inside, and nobody knows who has the destination: the MAC may be right, and the outer address wrong. */
export function judgeStrayMac(rule: RuleInput): Judgement | null {
  const stray = rule.dst.node === null ? strayMac(rule, rule.outerTo) : null;
  if (stray === null) return null;
  const detail = `the inner frames are addressed to ${stray.mac}, ${stray.node.name}'s VTEP, but were sent to ${rule.outerTo?.name}`;
  return open(
    'tunnel-mac-differs',
    detail,
    `${stray.node.name}$ ${showLink(vxlanDevice(rule.topology.profile, 4))}   # its MAC`,
  );
}

/** Another MAC than the one the receiving node itself sends from: with nothing written in the snapshot, no violation yet. */
export function judgeLearnedMac({ seen, outerTo, learned, topology }: RuleInput): Judgement | null {
  if (seen.encapsulation !== 'vxlan' || seen.outerDst === null || outerTo === null) return null;
  const own = learned.macOf(outerTo, seen.outerDst);
  if (own === null || writtenMac(outerTo, seen) !== null) return null;
  const other = seen.innerDstMacs.find((mac) => vtepMacLooksComputed(mac) && mac !== own);
  if (other === undefined) return null;
  const detail = `the inner frames are addressed to ${other}, but ${outerTo.name} itself sends from ${own}`;
  return open(
    'tunnel-mac-differs',
    detail,
    `${outerTo.name}$ ${showLink(vxlanDevice(topology.profile, 4))}   # its MAC`,
  );
}
