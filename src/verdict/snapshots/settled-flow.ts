// One flow, judged by every snapshot that may have been valid when its packets were seen: where they agree, that is the verdict; where
// they differ, nothing tells which one held, and it is said what each says.
import type { Expected } from '../../attribution/vocabulary.ts';
import { formatTime } from '../../net/time.ts';
import type { Topology } from '../../topology/model.ts';
import type { TimedSnapshot } from '../../topology/time/timeline.ts';
import { FINDINGS } from '../codes.ts';
import type { Finding, FlowBrief, FlowEnd, TracedFlow, Unverified, Verdict } from '../trace-types.ts';
import { ChangedBrief, type Changes } from './changed-brief.ts';

/** What one snapshot makes of a flow. */
export interface Opinion {
  brief: FlowBrief;
  snapshot: TimedSnapshot<Topology>;
}

/** An answered conversation proves where its ends are: a snapshot that says otherwise did not hold. */
const ELSEWHERE = 'owner-elsewhere';
/** Packets show when their sender changed: a snapshot of the other side of that did not hold. */
const OTHER_SIDE: ReadonlySet<string> = new Set(['before-mode-change', 'after-mode-change']);

/** @param opinions the earliest snapshot's first; at least one */
export function settle(opinions: readonly Opinion[]): Opinion {
  if (isAcross(opinions)) return onBothSides(opinions);
  const counted = notRefuted(opinions);
  const latest = counted.at(-1) as Opinion;
  if (counted.length === 1) return latest;
  const briefs = counted.map(({ brief }) => brief);
  const ends = { src: commonEnd(briefs.map(({ src }) => src)), dst: commonEnd(briefs.map(({ dst }) => dst)) };
  const differs = (of: (brief: FlowBrief) => unknown): boolean => new Set(briefs.map(of)).size > 1;
  const isOpen = differs(({ verdict }) => verdict) || differs(({ expected }) => expected.encapsulation);
  if (isOpen) return { ...latest, brief: new ChangedBrief(latest.brief, { ...ends, ...conflict(counted) }) };
  const isNamed = ends.src === latest.brief.src && ends.dst === latest.brief.dst;
  return isNamed ? latest : { ...latest, brief: new ChangedBrief(latest.brief, ends) };
}

/**
 * What one packet of the flow was sent by: of the snapshots valid at its time those that ask for what it is, where the flow's packets show
 * a change.
 * @param encapsulation of the packet, where its place shows how it was sent; else null
 */
export function settlePacket(opinions: readonly Opinion[], encapsulation: Expected['encapsulation']): Opinion {
  const held = opinions.filter(
    ({ brief }) => encapsulation === null || !isOtherSide(brief) || brief.expected.encapsulation === encapsulation,
  );
  return settle(held.length === 0 ? opinions : held);
}

function isOtherSide({ unverified }: FlowBrief): boolean {
  return OTHER_SIDE.has(unverified?.reason ?? '');
}

/** Its packets show a change that each snapshot is on one side of: neither speaks for all of them. */
function isAcross(opinions: readonly Opinion[]): boolean {
  const asked = new Set(opinions.map(({ brief }) => brief.expected.encapsulation));
  return (
    asked.size > 1 && opinions.every(({ brief }) => isOtherSide(brief) && brief.observed.encapsulation === 'mixed')
  );
}

function onBothSides(opinions: readonly Opinion[]): Opinion {
  const latest = opinions.at(-1) as Opinion;
  const expected = commonExpectation(opinions.map(({ brief }) => brief.expected));
  const own = opinions.map(({ brief, snapshot }) => `${expectedText(brief)} by ${nameOf(snapshot)}`);
  const detail = `its packets are from before and after ${latest.brief.src.node ?? 'its node'} changed: ${own.join(', ')}`;
  const unverified: Unverified = { reason: 'across-mode-change', detail, advice: null };
  // what it should be is one thing for these packets and another for those: nothing that is asked of a flow
  return { ...latest, brief: new ChangedBrief(latest.brief, { unverified, expected, inScope: false }) };
}

/** Those that packets do not speak against; the latest where they speak against all. */
function notRefuted(opinions: readonly Opinion[]): readonly Opinion[] {
  const placed = opinions.filter(({ brief }) => brief.unverified?.reason !== ELSEWHERE);
  const held = placed.filter(({ brief }) => !isOtherSide(brief));
  if (held.length === 0) return opinions.slice(-1);
  // a third state may have been between two: nobody is accused because the other side is refuted
  return held.every(({ brief }) => brief.verdict === 'ok') ? held : placed;
}

function conflict(opinions: readonly Opinion[]): Changes {
  const message = conflictText(opinions);
  const finding: Finding = {
    code: 'snapshot-conflict',
    severity: FINDINGS['snapshot-conflict'].severity,
    message,
    ...{ capture: null, firstPacket: null, lastPacket: null },
  };
  const unverified: Unverified = { reason: 'snapshot-conflict', detail: message, advice: null };
  const verdict: Verdict = 'unverifiable';
  const expected = commonExpectation(opinions.map(({ brief }) => brief.expected));
  return {
    verdict,
    unverified,
    expected,
    inScope: expected.encapsulation !== null && opinions.some(({ brief }) => brief.inScope),
    // what is wrong by one of them only is not known to be wrong
    findings: ({ findings }: TracedFlow) => [...findings.filter(({ severity }) => severity === 'warning'), finding],
  };
}

function commonExpectation(all: readonly Expected[]): Expected {
  const [first] = all;
  const latest = all.at(-1) as Expected;
  const isSame = all.every(({ encapsulation }) => encapsulation === latest.encapsulation);
  if (isSame) return latest;
  return { encapsulation: null, pool: first?.pool === latest.pool ? latest.pool : null, reason: 'snapshots-differ' };
}

/** An end with what all of them say; a name that only some have is a candidate. */
function commonEnd(ends: readonly FlowEnd[]): FlowEnd {
  const latest = ends.at(-1) as FlowEnd;
  const isSame = (of: (end: FlowEnd) => unknown): boolean => ends.every((end) => of(end) === of(latest));
  const named = isSame(({ namespace, pod }) => `${namespace}/${pod}`);
  const placed = isSame(({ node }) => node);
  const alike = isSame(({ kind }) => kind);
  if (named && placed && alike) return latest;
  return {
    ...latest,
    kind: alike ? latest.kind : 'unknown',
    namespace: named ? latest.namespace : null,
    pod: named ? latest.pod : null,
    node: placed ? latest.node : null,
    candidates: ends.map(({ namespace, pod, node }, i) => {
      const order = i === ends.length - 1 ? 'later' : 'earlier';
      return { namespace, pod, node, detail: `by the ${order} snapshot` };
    }),
  };
}

const WORDS: Readonly<Record<string, string>> = {
  none: 'plain',
  local: 'traffic inside a node',
  vxlan: 'VXLAN',
  ipip: 'IP-in-IP',
  wireguard: 'WireGuard',
};

/** `by old/ (2026-11-02T08:00:00Z) VXLAN is expected, by new/ (...) plain, and nothing tells when that changed`. */
function conflictText(opinions: readonly Opinion[]): string {
  const nodes = new Set(opinions.map(({ brief }) => waysOf(brief)));
  const said = opinions.map(({ brief, snapshot }): string => {
    const place = nodes.size > 1 ? ` ${waysOf(brief)}` : '';
    return `by ${nameOf(snapshot)} ${expectedText(brief)}${place}`;
  });
  return `${said.join(', ')}, and nothing tells when that changed`;
}

function expectedText({ expected: { encapsulation } }: FlowBrief): string {
  return encapsulation === null
    ? 'it is not known what is expected'
    : `${WORDS[encapsulation] ?? encapsulation} is expected`;
}

/** `old/ (2026-11-02T08:00:00Z)`. */
function nameOf({ name, time }: TimedSnapshot<Topology>): string {
  return `${name} (${timeText(time.first)})`;
}

function waysOf({ src, dst }: FlowBrief): string {
  return `from ${src.node ?? 'an unknown node'} to ${dst.node ?? 'an unknown node'}`;
}

function timeText(seconds: number): string {
  return formatTime({ seconds: Math.floor(seconds), nanos: 0 }, 0) ?? 'no time';
}
