// The sentences of `verify`, shared by its text, Markdown and JUnit outputs: what was asked, what failed, why it is undecided.
// Everything returned is plain text that still has to be escaped for its output.

import { captureCommand } from '../../cluster/show-commands.ts';
import type { SourceRef } from '../../topology/model.ts';
import { BROKEN_PATHS } from '../../verdict/codes.ts';
import type { Cause, Trace, TracedCapture } from '../../verdict/trace-types.ts';
import type {
  Demand,
  Failure,
  OutsideGroup,
  UndecidedReason,
  VerifyReport,
} from '../../verdict/verify/verify-report.ts';

import { formatCount, formatNumber } from '../text/format.ts';

/** What a report is rendered with, besides itself. */
export interface VerifyContext {
  trace: Trace;
  report: VerifyReport;
  version: string;
  /** The filters given, as text; empty for none. */
  filterText: string;
  hasSnapshot: boolean;
}

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
      const seen = seenInstead(report);
      return `${formatNumber(violation)} of ${formatCount(flows, 'flow')} ${violation === 1 ? 'was' : 'were'} ${seen ?? `not ${demanded}`}${flag}`;
    }
    case 'undecided':
      return undecidedSentence(report.undecided[0] ?? 'nothing-in-scope', report);
    case 'pass':
      return filterText === '' ? passSentence(report) : `of what ${filterText} lets through, ${passSentence(report)}`;
  }
}

/** With one kind seen instead of the demanded one, its name says more than `not VXLAN`. */
function seenInstead(report: VerifyReport): string | null {
  const kinds = new Set(report.failures.map((failure) => failure.seen));
  const [kind] = kinds;
  return kinds.size === 1 && kind !== undefined && kind !== report.options.expect ? kindName(kind) : null;
}

function passSentence(report: VerifyReport): string {
  const seen = report.unverifiable > 0 ? 'every packet that was seen leaving a node' : 'every packet that left a node';
  const tunnels = report.demands.filter((demand) => demand.asked !== 'none' && demand.ok > 0);
  if (tunnels.length === 0) return `${seen} for a pod was plain, and that is what was asked for`;
  const kinds = new Set(tunnels.map(demandKind));
  const pools = new Set(tunnels.map((demand) => demandPool(demand, report)));
  const what = kinds.size === 1 ? ([...kinds][0] ?? '') : 'encapsulated as its pool asks';
  return `${seen} for a pod of ${joinNames([...pools])} was ${what}`;
}

/** Within one subnet CrossSubnet asks for plain packets: the sentence must not claim them. */
function demandPool({ pool, reason }: Demand, { demands }: VerifyReport): string {
  const name = pool ?? 'an unnamed pool';
  const partly = demands.some((other) => other.pool === pool && other.asked === 'none');
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
  filtered: 'a violation could not be in these captures: each NIC was captured through a filter',
  unverifiable: 'some flows in scope could not be judged',
  uncovered: 'not every pair of nodes was seen',
  'corrupt-capture': 'a capture is corrupt: what stands behind the damage could not be read',
  'broken-path': 'packets did not get through, so what would have been on the wire is not known',
  doubtful: 'some packets are missing, cut off or not where the snapshot has them, so this is no proof',
};

/** Why nothing is proven, for one reason. */
export function undecidedSentence(reason: UndecidedReason, report: VerifyReport): string {
  if (reason === 'unverifiable') {
    return `${formatNumber(report.unverifiable)} of ${formatCount(report.flows, 'flow')} in scope could not be judged, --strict`;
  }
  if (reason === 'uncovered') {
    const total = report.nodes.length * (report.nodes.length - 1);
    return `${formatNumber(report.uncovered.length)} of ${formatNumber(total)} node pairs were not seen, --cover node-pairs`;
  }
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
  if (report.undecided.includes('uncovered')) why.push(...uncoveredSentence(report));
  if (report.undecided.includes('broken-path')) {
    for (const cause of brokenPaths(trace))
      why.push(`${cause.title} (${cause.code}, ${formatCount(cause.packets, 'packet')})`);
  }
  if (report.undecided.includes('filtered')) {
    for (const { path, filter } of trace.captures)
      if (filter?.hidesBypass) why.push(`${path}: ${filter.expression} (${filter.evidence})`);
  }
  return why;
}

const UNCOVERED_SHOWN = 6;

function uncoveredSentence({ uncovered }: VerifyReport): string[] {
  if (uncovered.length === 0) return [];
  const shown = uncovered.slice(0, UNCOVERED_SHOWN).map(({ from, to }) => `${from} → ${to}`);
  const more = uncovered.length - shown.length;
  return [`not seen: ${shown.join(', ')}${more > 0 ? ` and ${formatNumber(more)} more` : ''}`];
}

/** Problems that keep a result from being a pass although no flow was wrong. */
function brokenPaths(trace: Trace): Cause[] {
  return trace.causes.filter((cause) => BROKEN_PATHS.has(cause.code));
}

/** The captures that would settle it, as commands. */
export function howAgain({ trace, report }: VerifyContext): string[] {
  const advice = report.unverified.flatMap((group) => group.advice);
  if (report.undecided.includes('filtered')) advice.push(...trace.captures.flatMap(withoutFilter));
  return [...new Set(advice)];
}

/** The same capture once more, all of it. */
function withoutFilter(capture: TracedCapture): string[] {
  if (capture.filter?.hidesBypass !== true) return [];
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

/** Flows that were in scope but that no tunnel was asked of. */
export function notAskedSentences(report: VerifyReport): string[] {
  return report.demands.filter((demand) => demand.asked === 'none').map(notAskedSentence);
}

function notAskedSentence(demand: Demand): string {
  const place = placeOf(demand.ref);
  const why = PLAIN_REASONS[demand.reason];
  const mode = demand.mode === null ? null : `${demand.pool} has ${demand.mode}${place === '' ? '' : ` (${place})`}`;
  const reasons = [mode, why ?? (mode === null ? demand.reason : null)].filter((text) => typeof text === 'string');
  const between = demand.between.length === 0 ? '' : `, ${pairsText(demand.between)}`;
  return `${formatCount(demand.flows, 'flow')}, ${formatCount(demand.packets, 'packet')} plain${between}: ${reasons.join(', ')}`;
}

/** Why plain is what was asked for, beside the pool's mode. */
const PLAIN_REASONS: Readonly<Record<string, string>> = {
  'crosssubnet-same': 'and the nodes share a subnet',
  'node-address': "to a node's own address",
  external: 'to the outside',
  'no-pool': 'to an address of no pool',
  'no-vtep': 'but the node has no tunnel address',
  'service-address': 'to a service address',
};

/** `a → b` and `b → a` together are `a ↔ b`. */
function pairsText(between: readonly string[]): string {
  const both = between.filter((pair) => between.includes(pair.split(' → ').reverse().join(' → ')));
  const done = new Set<string>();
  const texts: string[] = [];
  for (const pair of between) {
    const [from = '', to = ''] = pair.split(' → ');
    if (done.has(`${to} → ${from}`)) continue;
    done.add(pair);
    texts.push(both.includes(pair) ? `${from} ↔ ${to}` : pair);
  }
  return texts.slice(0, 3).join(', ') + (texts.length > 3 ? ', ...' : '');
}

/** Why nothing was asked of a flow; other reasons are shown as they are. */
const OUTSIDE: Readonly<Record<string, string>> = {
  'same-node': 'between pods of one node',
  'no-snapshot': 'without a snapshot to ask it',
  'other-pool': 'of other pools',
  external: 'with the outside',
  'node-address': 'with node addresses',
  'service-address': 'with service addresses, before they become pod addresses',
  'not-unicast': 'to groups',
};

/** Flows of pods out of scope. */
export function outsideSentence(group: OutsideGroup): string {
  const why = OUTSIDE[group.reason] ?? `expectation unknown (${group.reason})`;
  return `${formatCount(group.flows, 'flow')}, ${formatCount(group.packets, 'packet')} ${why}`;
}

/** What even a PASS leaves open. Fixed by what was captured, not by luck: it is always said. */
export function notProven({ trace, report }: VerifyContext): string[] {
  const nics = new Set(
    trace.captures.flatMap((capture) =>
      capture.points.flatMap((point) => (point.role === 'underlay' ? [point.interface ?? ''] : [])),
    ),
  );
  const named = [...nics].filter((name) => name !== '');
  const open = [named.length === 0 ? 'other NICs' : `NICs other than ${named.join(', ')}`];
  open.push('times outside the captures');
  const dropped = trace.captures.reduce((sum, capture) => sum + (capture.dropped ?? 0), 0);
  if (trace.captures.some((capture) => capture.dropped === null))
    open.push('packets the kernel dropped (classic pcap does not say)');
  else if (dropped > 0) open.push(`${formatCount(dropped, 'packet')} that the kernel dropped`);
  const unproven = report.unverified.find((group) => group.reason === 'receiver-unproven');
  if (unproven !== undefined)
    open.push(`who got ${formatCount(unproven.flows, 'flow')} that nobody answered: only their own headers say`);
  if (report.unverifiable > 0)
    open.push(`${formatCount(report.unverifiable, 'flow')} in scope that could not be judged`);
  if (!report.demands.some((demand) => demand.asked === 'wireguard'))
    open.push('secrecy: VXLAN and IP-in-IP do not encrypt');
  return open;
}

/** `3 NICs, both ends of a pair`. */
export function seenBy({ trace, report }: VerifyContext): string {
  const nics = trace.captures.flatMap((capture) =>
    capture.points.flatMap((point) =>
      point.role === 'underlay' ? [`${point.node ?? capture.path}/${point.interface ?? ''}`] : [],
    ),
  );
  const count = new Set(nics).size;
  const both = report.pairs.filter((pair) => pair.sent !== null && pair.arrived !== null).length;
  if (count === 0) return 'no NIC';
  if (report.pairs.length === 0) return formatCount(count, 'NIC');
  const every = both === report.pairs.length ? 'both ends of every pair' : `both ends of ${formatCount(both, 'pair')}`;
  return `${formatCount(count, 'NIC')}, ${both === 0 ? 'one end of each pair' : every}`;
}

/** `6 of 6 node pairs`. */
export function coverage(report: VerifyReport): string {
  const judged = report.pairs.filter((pair) => pair.ok + pair.violation > 0).length;
  const total = report.nodes.length * (report.nodes.length - 1);
  return `${formatNumber(judged)} of ${formatNumber(total)} node pairs, ${formatCount(report.flows, 'flow')}, ${formatCount(report.packets, 'packet')}`;
}
