// attribution -> judgement of one flow. The worst underlay observation decides; without one the flow is unverifiable, with
// the reason and the capture that would settle it (design section 6).

import type { SeenObservation } from '../../attribution/observe.ts';
import type { FrameEnds } from '../../attribution/points/frame-ends.ts';
import { isStrong } from '../../attribution/who/owner-strength.ts';
import type { Who } from '../../attribution/who/who.ts';
import { EBPF_NODEPORT_VNI, vniText } from '../../cluster/calico.ts';
import { knowsNodes } from '../../topology/ask/lookup.ts';
import type { Topology } from '../../topology/model.ts';
import type { FindingCode } from '../codes.ts';
import { captureNic } from './advice.ts';
import { isForeign, outerNodes } from './foreign.ts';
import type { JudgeInput, Judgement, RawFinding } from './judgement.ts';

import {
  nameOf,
  overlayBypassed,
  placeOf,
  type RuleInput,
  unencrypted,
  unexpectedOverlay,
  wrongDestinationVtep,
  wrongEncapsulation,
  wrongSourceVtep,
  wrongTunnelMac,
  wrongUdpPort,
  wrongVni,
} from './rules.ts';
import {
  judgeCutOff,
  judgeDispute,
  judgeDisputed,
  judgeInCircle,
  judgeLearnedMac,
  judgeMaybeDirect,
  judgeNameless,
  judgeStrangeNic,
  judgeStrayMac,
  judgeUnheard,
  judgeUnproven,
  judgeUnseen,
  judgeUnseenSwitch,
  judgeWithoutNodes,
  open,
  openExpectation,
  openReason,
} from './unjudged.ts';

export function judge(input: JudgeInput): Judgement {
  if (input.topology === null) return open('no-snapshot', 'without a snapshot nothing is expected', null);
  const underlay = input.observations.filter((o) => o.pointInfo.role === 'underlay');
  if (input.cutOff) return judgeCutOff(input);
  if (input.expected.encapsulation === 'local' && underlay.length === 0) return judgeLocal(input);
  if (restsOnDispute(input)) return judgeDispute(input);
  if (underlay.length === 0) return judgeUnseen(input);
  if (input.inCircle) return judgeInCircle(input);
  return worst(underlay.map((seen) => judgeSeen(input, input.topology as Topology, seen)));
}

/** What was to be expected hangs on a pool of which the snapshot has two different objects: its own, or one around it. */
function restsOnDispute({ expected, dst, topology }: JudgeInput): boolean {
  if (expected.encapsulation === null || expected.pool === null) return false;
  return topology?.poolsOf(dst.owner.address).some(({ disputed }) => disputed !== undefined) ?? false;
}

function isTunnelAskedOrSeen({ seen, expected }: RuleInput): boolean {
  return seen.encapsulation !== 'none' || (expected.encapsulation !== null && expected.encapsulation !== 'none');
}

const OK: Judgement = { verdict: 'ok', unverified: null, findings: [] };

/**
 * Traffic within a node belongs on veths; seen there, it is as it should be, unless it was at another device, or may have left by one that
 * nobody can name. What came in by one did not leave.
 */
function judgeLocal(input: JudgeInput): Judgement {
  const { observations, topology, src } = input;
  const unnamed = observations.filter(({ pointInfo }) => pointInfo.role === 'unknown');
  const veths = observations.filter(({ pointInfo }) => pointInfo.role === 'workload');
  const isTold = topology?.profile.workloads.mac !== null;
  const mayBeOut = unnamed.some((seen) => !isTold || input.framesOf(seen).mayGoOut);
  if (mayBeOut || veths.length + unnamed.length < observations.length) return judgeUnseen(input);
  if (veths.length > 0) return OK;
  return open('no-underlay', 'seen only as it came in by a device that nothing names', captureNic(src.node));
}

/**
 * The headers of unanswered packets name no receiver. What is wrong whoever it is stays wrong; what would be right, or wrong, by that
 * name alone cannot be told.
 */
function judgeSeen(input: JudgeInput, topology: Topology, seen: SeenObservation): Judgement {
  const blind = judgeObservation(input, topology, seen);
  const { presumed } = input.dst;
  if (presumed === null || input.presumed === null || blind.verdict === 'violation') return blind;
  // plain packets are as asked wherever they go, unless they should not have left their node
  if (blind.verdict === 'ok' && seen.encapsulation === 'none' && input.presumed.encapsulation !== 'local') return blind;
  const named = judgeObservation({ ...input, dst: presumed, expected: input.presumed }, topology, seen);
  if (named.verdict === 'ok') return judgeUnproven(presumed);
  if (blind.verdict === 'unverifiable') return blind;
  return named.verdict === 'violation' ? openReason('receiver-unknown', topology) : named;
}

function judgeObservation(input: JudgeInput, topology: Topology, seen: SeenObservation): Judgement {
  const rule: RuleInput = {
    topology,
    settings: input.settings,
    src: input.src,
    dst: input.dst,
    expected: input.expected,
    seen,
    learned: input.learned,
    ...outerNodes(topology, seen),
  };
  if (seen.encapsulation === 'vxlan' && seen.vni === EBPF_NODEPORT_VNI) {
    return open(
      'ebpf-nodeport',
      `VNI ${vniText(seen.vni)}: an eBPF node forwards NodePort traffic, whatever the pools say`,
      null,
    );
  }
  if (seen.encapsulation === 'wireguard') return judgeWireguard(rule);
  if (isTunnelAskedOrSeen(rule) && !knowsNodes(topology)) return judgeWithoutNodes(rule);
  if (isForeign(rule))
    return open(
      'foreign-tunnel',
      `${seen.encapsulation.toUpperCase()} ${seen.outerSrc} to ${seen.outerDst} is not ${topology.profile.title}'s`,
      null,
    );
  if (input.expected.encapsulation === null) return judgeDisputed(rule) ?? openExpectation(input);
  if (input.expected.encapsulation === 'local') return judgeLocalOnUnderlay(rule, input.framesOf(seen));
  if (input.expected.reason === 'direct-routing-unknown' && seen.encapsulation === 'none')
    return judgeMaybeDirect(rule);
  const change = input.modeChange;
  const differs = seen.encapsulation !== input.expected.encapsulation;
  if (change?.poolEdited && differs) {
    return open(
      'after-mode-change',
      `after the ${topology.profile.range.short} changed from ${change.from} to ${change.to}; the snapshot is the earlier state`,
      `${topology.profile.commands.savePools}   # the pools as they were after the edit`,
    );
  }
  if (change?.snapshotIsLater && !change.repaired && differs) {
    return open(
      'before-mode-change',
      `before ${change.sender} changed from ${change.from} to ${change.to}; the snapshot is the later state`,
      null,
    );
  }
  if (seen.encapsulation === 'none' && differs && input.mayHaveSwitched()) return judgeUnseenSwitch(rule);
  const judged = judgeByRules(rule);
  return judged.verdict === 'ok'
    ? (judgeStrayMac(rule) ?? judgeLearnedMac(rule) ?? judgeUnheard(rule) ?? judged)
    : judged;
}

function judgeWireguard({ outerFrom, outerTo }: RuleInput): Judgement {
  if (outerFrom?.wireguardKey != null && outerTo?.wireguardKey != null) return OK;
  return open('encrypted', 'WireGuard: what is inside cannot be read here', null);
}

function judgeLocalOnUnderlay({ src, dst, seen }: RuleInput, frames: FrameEnds): Judgement {
  if (src.node !== null && frames.isNotFrom(src.node)) {
    const message = `${nameOf(src)} is on ${src.node.name} by ${src.nodeSource}, but its packets came there from elsewhere`;
    return open('snapshot-conflict', message, null, [{ code: 'snapshot-conflict', message, seen }]);
  }
  if (!isStrong(src) || !isStrong(dst)) {
    return open('owner-by-block', 'only IPAM blocks say that both ends are on one node', null, [
      conflictOf(src, dst, seen),
    ]);
  }
  const message = `${nameOf(src)} and ${nameOf(dst)} are both on ${src.node?.name}, yet their packets were on ${placeOf(seen)}`;
  return { verdict: 'violation', unverified: null, findings: [{ code: 'local-traffic-on-underlay', message, seen }] };
}

function conflictOf(src: Who, dst: Who, seen: SeenObservation): RawFinding {
  const weak = isStrong(dst) ? src : dst;
  return {
    code: 'snapshot-conflict',
    message: `${nameOf(weak)} is placed on ${weak.node?.name} by ${weak.nodeSource} only, and the packets disagree`,
    seen,
  };
}

const SIMPLE_RULES: readonly (readonly [FindingCode, (input: RuleInput) => string | null])[] = [
  ['overlay-bypassed', overlayBypassed],
  ['unencrypted', unencrypted],
  ['unexpected-overlay', unexpectedOverlay],
  ['wrong-encapsulation', wrongEncapsulation],
  ['wrong-vni', wrongVni],
  ['wrong-udp-port', wrongUdpPort],
  ['wrong-tunnel-mac', wrongTunnelMac],
];

function judgeByRules(rule: RuleInput): Judgement {
  const { faults, weak } = judgeOuterAddresses(rule);
  // what depends on where both ends are cannot be asked where a packet crossed the NIC of neither
  const elsewhere = judgeStrangeNic(rule);
  if (elsewhere !== null) return elsewhere;
  const findings = [...simpleFindings(rule), ...faults];
  const told = weak === null ? findings : [...findings, weak.finding];
  if (findings.length > 0) return { verdict: 'violation', unverified: null, findings: told };
  if (weak !== null) return open(weak.reason, weak.finding.message, null, told);
  if (accepts(rule)) return judgeNameless(rule) ?? OK;
  const detail = `${rule.seen.encapsulation.toUpperCase()} was not expected, and no ${rule.topology.profile.range.short} forbids it`;
  return open('not-calicos-choice', detail, null);
}

function simpleFindings(rule: RuleInput): RawFinding[] {
  const findings: RawFinding[] = [];
  for (const [code, check] of SIMPLE_RULES) {
    const message = check(rule);
    if (message !== null) findings.push({ code, message, seen: rule.seen });
  }
  return findings;
}

/** Outer addresses of other nodes than the owners'; `weak` where it is not certain whose an address is. */
function judgeOuterAddresses(rule: RuleInput): {
  faults: RawFinding[];
  weak: { reason: string; finding: RawFinding } | null;
} {
  const faults: RawFinding[] = [];
  let weak: { reason: string; finding: RawFinding } | null = null;
  for (const [code, check] of [
    ['wrong-destination-vtep', wrongDestinationVtep],
    ['wrong-source-vtep', wrongSourceVtep],
  ] as const) {
    const fault = check(rule);
    if (fault?.unsure === null) faults.push({ code, message: fault.message, seen: rule.seen });
    else if (fault !== null)
      weak = {
        reason: fault.unsure,
        finding: { code: 'snapshot-conflict', message: fault.message, seen: rule.seen },
      };
  }
  return { faults, weak };
}

/** Whether what was seen is what was asked for. */
function accepts({ expected, seen }: RuleInput): boolean {
  return expected.encapsulation === seen.encapsulation;
}

function worst(judgements: readonly Judgement[]): Judgement {
  const [only] = judgements;
  if (judgements.length === 1 && only !== undefined) return only;
  const findings = dedupe(judgements.flatMap((j) => j.findings));
  const violation = judgements.find((j) => j.verdict === 'violation');
  if (violation !== undefined) return { verdict: 'violation', unverified: null, findings };
  const unsure = leastSure(judgements);
  if (unsure !== undefined) return { verdict: 'unverifiable', unverified: unsure.unverified, findings };
  return { verdict: 'ok', unverified: null, findings };
}

/** Reasons that say most, first: which of several a flow is told with must not hang on the order of the captures. */
const TELLING = [
  'contradicting-files',
  'owner-elsewhere',
  'owner-by-block',
  'foreign-tunnel',
  'tunnel-mac-differs',
  'before-mode-change',
  'after-mode-change',
  'inner-cut-off',
];

function leastSure(judgements: readonly Judgement[]): Judgement | undefined {
  const rank = ({ unverified }: Judgement): string => {
    const reason = unverified?.reason ?? '';
    const place = TELLING.indexOf(reason);
    return `${place < 0 ? TELLING.length : place} ${reason}`;
  };
  const unsure = judgements.filter((j) => j.verdict === 'unverifiable');
  return unsure.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0))[0];
}

/** One finding per code and capture; first and last packets are widened by the caller. */
function dedupe(findings: readonly RawFinding[]): RawFinding[] {
  const seen = new Set<string>();
  return findings.filter((f) => {
    const key = `${f.code}|${f.seen?.capture ?? ''}|${f.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
