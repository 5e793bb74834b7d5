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

/** Those that packets do not speak against; the latest where they speak against all. */
function notRefuted(opinions: readonly Opinion[]): readonly Opinion[] {
  const placed = opinions.filter(({ brief }) => brief.unverified?.reason !== ELSEWHERE);
  const held = placed.filter(({ brief }) => !OTHER_SIDE.has(brief.unverified?.reason ?? ''));
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
    const { encapsulation } = brief.expected;
    const expected =
      encapsulation === null
        ? 'it is not known what is expected'
        : `${WORDS[encapsulation] ?? encapsulation} is expected`;
    const place = nodes.size > 1 ? ` ${waysOf(brief)}` : '';
    return `by ${snapshot.name} (${timeText(snapshot.time.first)}) ${expected}${place}`;
  });
  return `${said.join(', ')}, and nothing tells when that changed`;
}

function waysOf({ src, dst }: FlowBrief): string {
  return `from ${src.node ?? 'an unknown node'} to ${dst.node ?? 'an unknown node'}`;
}

function timeText(seconds: number): string {
  return formatTime({ seconds: Math.floor(seconds), nanos: 0 }, 0) ?? 'no time';
}
