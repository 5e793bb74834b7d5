// Why a flow is not judged, and what would settle it: an answer of its own, never a guess (design section 6).

import { hasBit } from '../../attribution/observe.ts';
import { isStrong } from '../../attribution/who/owner-strength.ts';
import type { Who } from '../../attribution/who/who.ts';
import { vtepMacLooksComputed } from '../../cluster/computed-names.ts';
import { SAVE_POOLS, showVxlanLink } from '../../cluster/show-commands.ts';
import { BIT } from '../../flow/rows/row-layout.ts';

import { captureNic } from './advice.ts';
import type { JudgeInput, Judgement, RawFinding } from './judgement.ts';
import { disputeText, nameOf, placeOf, type RuleInput, reasonOf, strayMac, writtenMac } from './rules.ts';

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

/** Neither object is chosen silently: the first one's mode would pass what the other's forbids. */
export function judgeDispute({ expected }: JudgeInput): Judgement {
  const detail = `the snapshot has two objects of the pool ${expected.pool} that ask for different things`;
  return open('contradicting-files', detail, 'kubectl get ippools -o yaml > ippools.yaml   # the one that is true');
}

export const OPEN_WORDS: Record<string, string> = {
  'not-unicast': "multicast, broadcast and link-local traffic is not the overlay's",
  'service-address': 'a service address: it is translated before it leaves the node',
  'sender-not-a-node': 'the sender is outside the cluster',
  'sender-unknown': 'it is not known which node sent it',
  'receiver-unknown': 'it is not known which node it was for',
  'pool-not-in-snapshot': 'the address is in no pool of the snapshot, and the snapshot may not have all pools',
  'owner-unknown': 'nothing tells who has the address',
  'load-balancer': 'the pool is for LoadBalancer addresses only',
  'wireguard-node-unknown': 'some nodes publish WireGuard keys, and it is not known whether these two do',
};

export function openExpectation({ expected }: JudgeInput): Judgement {
  const advice = expected.reason === 'pool-not-in-snapshot' ? SAVE_POOLS : null;
  return open(expected.reason, OPEN_WORDS[expected.reason] ?? 'nothing tells what was to be expected', advice);
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
  const detail = `nothing but the packets themselves says that ${nameOf(presumed)} is on ${presumed.node?.name}, and nothing came back`;
  return open('receiver-unproven', detail, captureNic(presumed.node));
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
  return open('tunnel-mac-differs', detail, `${stray.node.name}$ ${showVxlanLink()}   # its MAC`);
}

/** Another MAC than the one the receiving node itself sends from: with nothing written in the snapshot, no violation yet. */
export function judgeLearnedMac({ seen, outerTo, learned }: RuleInput): Judgement | null {
  if (seen.encapsulation !== 'vxlan' || seen.outerDst === null || outerTo === null) return null;
  const own = learned.macOf(outerTo, seen.outerDst);
  if (own === null || writtenMac(outerTo, seen) !== null) return null;
  const other = seen.innerDstMacs.find((mac) => vtepMacLooksComputed(mac) && mac !== own);
  if (other === undefined) return null;
  const detail = `the inner frames are addressed to ${other}, but ${outerTo.name} itself sends from ${own}`;
  return open('tunnel-mac-differs', detail, `${outerTo.name}$ ${showVxlanLink()}   # its MAC`);
}
