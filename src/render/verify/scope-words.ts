// What a result of `verify` is about, in sentences: what was seen and by whom, what was not asked, what even a PASS leaves open.
import type { TracedCapture } from '../../verdict/trace-types.ts';
import { type Suspect, suspectNics } from '../../verdict/verify/undecided-flows.ts';
import type { Demand, OutsideGroup, VerifyReport } from '../../verdict/verify/verify-report.ts';
import { formatCount, formatNumber } from '../text/format.ts';
import type { VerifyContext } from './evidence.ts';
import { placeOf } from './verify-words.ts';

/** Flows that were in scope but that no tunnel was asked of. */
export function notAskedSentences(report: VerifyReport): string[] {
  return report.demands.filter(({ asked, reason }) => asked === 'none' && reason !== 'demanded').map(notAskedSentence);
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
  'bpf-route': "as the sender's eBPF routes have it",
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
  'no-transport-data': 'of WireGuard between nodes, handshakes and keepalives only: nothing was carried',
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
  open.push('times outside the captures', keptOut(trace.captures, report.filtered));
  const dropped = trace.captures.reduce((sum, capture) => sum + (capture.dropped ?? 0), 0);
  if (trace.captures.some((capture) => capture.dropped === null))
    open.push('packets the kernel dropped (classic pcap does not say)');
  else if (dropped > 0) open.push(`${formatCount(dropped, 'packet')} that the kernel dropped`);
  const [gap, ...gaps] = trace.captures.flatMap(({ betweenPieces }) => betweenPieces ?? []);
  if (gap !== undefined) open.push(gaps.length > 0 ? `${gap} (and ${formatCount(gaps.length, 'place')} more)` : gap);
  const unproven = report.unverified.find((group) => group.reason === 'receiver-unproven');
  if (unproven !== undefined)
    open.push(`who got ${formatCount(unproven.flows, 'flow')} that nobody answered: only their own headers say`);
  const undecoded = trace.captures.reduce((sum, { outcomes }) => sum + outcomes.unsupported, 0);
  if (undecoded > 0) open.push(`${formatCount(undecoded, 'packet')} of protocols that are not decoded`);
  if (report.unverifiable > 0)
    open.push(`${formatCount(report.unverifiable, 'flow')} in scope that could not be judged`);
  if (!report.demands.some((demand) => demand.asked === 'wireguard'))
    open.push('secrecy: VXLAN and IP-in-IP do not encrypt');
  return open;
}

/** More captures that look filtered than this are counted. */
const MOST_SUSPECTS = 3;

/** What a filter kept out; a recorded one is named, also where it hides nothing that would refute the result. */
function keptOut(captures: readonly TracedCapture[], filtered: readonly TracedCapture[]): string {
  const recorded = captures.flatMap(({ filter }) => (filter === null || filter.guessed ? [] : [filter.expression]));
  const named = [...new Set(recorded)];
  const facts = named.length === 0 ? [] : [`recorded: ${named.join('; ')}`];
  const suspects = suspectNics(captures, filtered);
  facts.push(...suspects.slice(0, MOST_SUSPECTS).map(suspectWords));
  if (suspects.length > MOST_SUSPECTS)
    facts.push(`and ${formatCount(suspects.length - MOST_SUSPECTS, 'more capture')}`);
  return `packets that a filter kept out${facts.length === 0 ? '' : ` (${facts.join('; ')})`}`;
}

function suspectWords({ path, hint }: Suspect): string {
  return `${path} ${hint.weak ? 'may have been' : 'looks as if it was'} taken with ${hint.expression}`;
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

/** `3 of 3 nodes sent, 6 of 6 node pairs`. */
export function coverage(report: VerifyReport): string {
  const { nodes, pairs } = report.coverage;
  const share = ({ covered, total }: typeof nodes): string => `${formatNumber(covered)} of ${formatNumber(total)}`;
  return `${share(nodes)} nodes sent, ${share(pairs)} node pairs, ${formatCount(report.flows, 'flow')}, ${formatCount(report.packets, 'packet')}`;
}
