// The sentences of `verify`, shared by its text, Markdown and JUnit outputs: what was asked, what failed, why it is undecided.
// Everything returned is plain text that still has to be escaped for its output.

import { captureCommand } from '../../cluster/show-commands.ts';
import type { SourceRef } from '../../topology/model.ts';
import type { TracedCapture } from '../../verdict/trace-types.ts';
import { unreadCaptures, unreadNics } from '../../verdict/verify/undecided-flows.ts';
import type { Demand, Failure, UndecidedReason, VerifyReport } from '../../verdict/verify/verify-report.ts';
import { formatCount, formatNumber } from '../text/format.ts';
import { unprovenSentence, type VerifyContext } from './evidence.ts';

const KIND_NAMES: Record<string, string> = {
  ...{ vxlan: 'VXLAN', ipip: 'IP-in-IP', wireguard: 'WireGuard', none: 'plain', geneve: 'Geneve', gre: 'GRE' },
  ...{ mixed: 'partly something else', unknown: 'not seen' },
};

/** `VXLAN`, `plain`, ... */
export function kindName(kind: string): string {
  return KIND_NAMES[kind] ?? kind;
}

/** `ippools.yaml:7`; empty without a place. */
export function placeOf(ref: SourceRef | null): string {
  if (ref === null) return '';
  return ref.line === null ? ref.file : `${ref.file}:${ref.line}`;
}

/** The one sentence behind PASS, FAIL or UNDECIDED. */
export function headline({ report, filterText }: VerifyContext): string {
  const { options, flows, violation } = report;
  const demanded = options.expect === 'config' ? 'as configured' : kindName(options.expect);
  const flag = options.expect === 'config' ? '' : `, --expect ${options.expect}`;
  switch (report.result) {
    case 'fail': {
      if (violation === 0) return undeliveredSentence(report);
      const seen = seenInstead(report);
      return `${formatNumber(violation)} of ${formatCount(flows, 'flow')} ${violation === 1 ? 'was' : 'were'} ${seen ?? `not ${demanded}`}${flag}`;
    }
    case 'undecided':
      return undecidedSentence(report.undecided[0] ?? 'nothing-in-scope', report);
    case 'pass':
      return filterText === '' ? passSentence(report) : `of what ${filterText} lets through, ${passSentence(report)}`;
  }
}

/** `packets of pods did not get through (half-open, 2 flows; no-reply, 2 flows; 2 flows in all), --require delivery`. */
function undeliveredSentence({ delivery }: VerifyReport): string {
  const kinds = delivery.failed.map(({ code, flows }) =>
    flows === 0 ? code : `${code}, ${formatCount(flows, 'flow')}`,
  );
  // several may be of one flow
  const counted = delivery.failed.filter(({ flows }) => flows > 0);
  if (counted.length > 1) kinds.push(`${formatCount(delivery.failedFlows, 'flow')} in all`);
  return `packets of pods did not get through (${kinds.join('; ')}), --require delivery`;
}

/** With one kind seen instead of the demanded one, its name says more than `not VXLAN`. */
function seenInstead(report: VerifyReport): string | null {
  const kinds = new Set(report.failures.map((failure) => failure.seen));
  const [kind] = kinds;
  return kinds.size === 1 && kind !== undefined && kind !== report.options.expect ? kindName(kind) : null;
}

function passSentence(report: VerifyReport): string {
  const { waived } = report;
  const apart =
    waived === 0 ? '' : `but for ${formatCount(waived, 'flow')} that ${waived === 1 ? 'is' : 'are'} waived, `;
  return apart + everyPacket(report);
}

function everyPacket(report: VerifyReport): string {
  const encrypted = report.demands.filter(isOfNodePairs);
  const packets = formatCount(
    encrypted.reduce((sum, demand) => sum + demand.transportData, 0),
    'packet',
  );
  const clear = `no pod packet between nodes with WireGuard keys left in clear (${packets} of transport data; what WireGuard carried cannot be read)`;
  if (encrypted.length === 0) return everyOpenPacket(report);
  const hasOpen = report.demands.some((demand) => demand.ok > 0 && !isOfNodePairs(demand));
  return hasOpen ? `${everyOpenPacket(report)}; ${clear}` : clear;
}

/** WireGuard between nodes: whatever pools it carried. */
function isOfNodePairs({ asked, pool, ok }: Demand): boolean {
  return asked === 'wireguard' && pool === null && ok > 0;
}

function everyOpenPacket(report: VerifyReport): string {
  const { covered, total } = report.coverage.pairs;
  const isAll = report.unverifiable === 0 && covered === total;
  const seen = isAll ? 'every packet that left a node' : 'every packet that was seen leaving a node';
  const tunnels = report.demands.filter((demand) => demand.asked !== 'none' && demand.ok > 0 && !isOfNodePairs(demand));
  if (tunnels.length === 0) return `${seen} for a pod was plain, and that is what was asked for`;
  const kinds = new Set(tunnels.map(demandKind));
  const pools = new Set(tunnels.map((demand) => demandPool(demand, report)));
  const what = kinds.size === 1 ? ([...kinds][0] ?? '') : 'encapsulated as its pool asks';
  return `${seen} for a pod of ${joinNames([...pools])} was ${what}`;
}

/** Within one subnet CrossSubnet asks for plain packets: the sentence must not claim them. */
function demandPool({ pool, reason, withoutSubnet }: Demand, { demands }: VerifyReport): string {
  const name = pool ?? 'an unnamed pool';
  const partly = demands.some((other) => other.pool === pool && other.asked === 'none');
  const [outside, ...others] = withoutSubnet;
  if (reason === 'crosssubnet-different' && outside !== undefined)
    return `${name} (${outside}${others.length === 0 ? '' : `, and ${formatCount(others.length, 'other')} too`})`;
  if (reason === 'crosssubnet-different') return `${name} in another subnet`;
  return partly ? `${name} that asks for it` : name;
}

/** `VXLAN (VNI 7, UDP 8472)`. */
function demandKind(demand: Demand): string {
  const facts = [
    demand.vnis.length === 0 ? '' : `VNI ${demand.vnis.join(', ')}`,
    demand.udpPorts.length === 0 ? '' : `UDP ${demand.udpPorts.join(', ')}`,
  ].filter((fact) => fact !== '');
  return facts.length === 0 ? kindName(demand.asked) : `${kindName(demand.asked)} (${facts.join(', ')})`;
}

function joinNames(names: readonly string[]): string {
  if (names.length > 4) return `${names.slice(0, 3).join(', ')} and ${names.length - 3} more pools`;
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

const UNDECIDED: Record<UndecidedReason, string> = {
  'nothing-in-scope': 'no flow in these captures is one that anything could be asked of',
  'nothing-judged': 'no flow in scope could be judged',
  filtered: 'what would be wrong may have been kept out by a filter, so this is no proof',
  'not-understood': 'packets on a NIC could not be read, and they hold IP: what they were is not known',
  'canary-missing': 'the canary is not on every NIC that would prove something: these captures may lack more',
  unverifiable: 'some flows in scope could not be judged',
  uncovered: 'not as much of the cluster was seen as --cover asks for',
  'unread-capture': 'a capture that was given could not be read: what it would show is not known',
  'corrupt-capture': 'a capture is corrupt: what stands behind the damage could not be read',
  doubtful: 'some flows speak against a proof',
};

/** Why flows keep a result from being a pass, as a sentence for all of them; other reasons are told by their first flow. */
const DOUBTS: Readonly<Record<string, string>> = {
  'before-mode-change':
    'packets changed their mode while the captures ran, as after an edit of the pool; the snapshot is of afterwards',
  'after-mode-change':
    'packets changed their mode while the captures ran, as after an edit of the pool; the snapshot is of before',
  'across-mode-change':
    'packets of one flow are from before and after an edit of the pool: each snapshot speaks for a part of them',
  'contradicting-files': 'the snapshot contradicts itself about a pool',
  'not-in-capture': 'answers prove packets that are not in the captures',
  'owner-by-block':
    'packets are not where the IPAM blocks have their pods, and nothing else tells who has the addresses',
  'foreign-tunnel': "packets were in a tunnel that is not the cluster's",
  'tunnel-mac-differs': 'packets are addressed to a MAC that their receiver does not send from',
  'inner-cut-off': 'the snaplen cut off the packets inside the tunnels',
  'no-underlay': "a NIC's capture has packets as a veth has them, and none of them in a tunnel",
  'nodes-missing': 'packets of a tunnel pool were plain, and without Nodes nobody knows whose they are',
  'point-unknown': 'packets were plain at a place that nobody can name',
  'sender-unknown': 'packets of a tunnel pool were plain, and which node sent them is not known',
  'receiver-unknown': 'packets for a tunnel pool were plain, and which node has their receiver is not known',
  'owner-elsewhere': 'answered conversations put pods elsewhere than the snapshot has them',
  'receiver-unproven': 'only the headers of packets that nobody answered say who got them',
  'owner-unknown': 'packets of a tunnel pool were plain, and nobody is known to have their addresses',
};

function doubtSentence({ doubts }: VerifyReport): string {
  const [first] = doubts;
  if (first === undefined) return UNDECIDED.doubtful;
  return DOUBTS[first.reason] ?? `${formatCount(first.flows, 'flow')}: ${first.detail}`;
}

/** Why nothing is proven, for one reason. */
export function undecidedSentence(reason: UndecidedReason, report: VerifyReport): string {
  if (reason === 'unverifiable') {
    return `${formatNumber(report.unverifiable)} of ${formatCount(report.flows, 'flow')} in scope could not be judged, --strict`;
  }
  if (reason === 'uncovered') return uncoveredSentence(report);
  if (reason === 'doubtful') return doubtSentence(report);
  if (reason === 'nothing-judged' && report.waived > 0) return 'every flow in scope that could be judged is waived';
  return UNDECIDED[reason];
}

/** Facts behind an undecided result, one sentence each. */
export function whyUndecided({ trace, report, hasSnapshot, filterText }: VerifyContext): string[] {
  const why = report.undecided.slice(1).map((reason) => undecidedSentence(reason, report));
  const packets = trace.captures.reduce((sum, capture) => sum + capture.packets, 0);
  if (report.undecided.includes('nothing-in-scope')) {
    if (!hasSnapshot) why.push('no snapshot was given (-t), so nothing is known of pools, nodes and pods');
    if (packets === 0) why.push('the captures hold no packets');
    else if (filterText !== '') why.push(`only flows that fit ${filterText} were looked at`);
  }
  for (const { reason, detail, flows } of report.unverified)
    why.push(`${formatCount(flows, 'flow')}: ${detail} (${reason})`);
  if (report.undecided.includes('filtered')) {
    for (const { path, filter } of report.filtered) why.push(filterSentence(path, filter));
  }
  if (report.undecided.includes('unread-capture'))
    why.push(...unreadCaptures(trace.captures).map(({ path, error }) => error?.message ?? path));
  if (report.undecided.includes('not-understood')) why.push(...unreadNics(trace.captures).map(unreadSentence));
  if (report.undecided.includes('canary-missing'))
    why.push(...(report.canary?.missing ?? []).map((path) => `${path} does not show it plain`));
  return why;
}

function unreadSentence({ path, unread }: TracedCapture): string {
  if (unread === null) return path;
  return `${path}: ${formatCount(unread.packets, 'packet')} of ${unread.what} with IP inside, from #${unread.firstPacket}`;
}

/** Whose capture it is, and why it seems to be only a part. */
function filterSentence(path: string, filter: TracedCapture['filter']): string {
  if (filter === null) return path;
  const certainty = filter.guessed ? 'looks as if it was taken with' : 'was taken with';
  return `${path} ${certainty} ${filter.expression} (${filter.evidence})`;
}

function uncoveredSentence({ options: { cover }, coverage }: VerifyReport): string {
  if (cover === null) return UNDECIDED.uncovered;
  const { total, covered } = cover.of === 'nodes' ? coverage.nodes : coverage.pairs;
  const what = cover.of === 'nodes' ? 'nodes sent nothing that was judged' : 'node pairs were not seen';
  const share = cover.percent === 100 ? '' : `=${cover.percent}%`;
  return `${formatNumber(total - covered)} of ${formatNumber(total)} ${what}, --cover ${cover.of}${share}`;
}

/** What coverage leaves out, folded by node. */
export function unprovenSentences({ coverage }: VerifyReport): string[] {
  const more = coverage.more === 0 ? [] : [`and ${formatCount(coverage.more, 'more pair')}`];
  return [...coverage.unproven.map(unprovenSentence), ...more];
}

/** The captures that would settle it, as commands. */
export function howAgain({ report }: VerifyContext): string[] {
  const advice = report.unverified.flatMap((group) => group.advice);
  if (report.undecided.includes('filtered')) advice.push(...report.filtered.flatMap(withoutFilter));
  return [...new Set(advice)];
}

/** The same capture once more, all of it. */
function withoutFilter(capture: TracedCapture): string[] {
  return capture.points
    .filter((point) => point.role === 'underlay')
    .map((point) => {
      const [node, nic] = [point.node ?? '<node>', point.interface ?? '<NIC>'];
      return `${captureCommand(node, nic)}       # no filter`;
    });
}

/** `the pool, not the nodes: ...`: one sentence per kind of failure of `--expect`. */
export function failureSentence(failure: Failure, { expect }: Pick<VerifyReport['options'], 'expect'>): string {
  const { pool, seen, mode, ref, asConfigured } = failure;
  const count = `${formatCount(failure.flows, 'flow')}, ${formatCount(failure.packets, 'packet')}`;
  if (seen === expect) return `${count} of ${pool ?? 'an unnamed pool'}: ${kindName(seen)}, but not as it should be`;
  if (!asConfigured)
    return `${count} to ${pool ?? 'an unnamed pool'} were ${kindName(seen)}, and the configuration does not ask for that`;
  const place = placeOf(ref);
  const says =
    mode === null
      ? 'the configuration asks for it'
      : `${pool} says ${mode}${place === '' ? '' : ` (${place})`} and the traffic follows it`;
  return `the pool, not the nodes: ${count} ${kindName(seen)}; ${says}. Without --expect ${expect} this is what the cluster was told to do.`;
}
