// What changed when: snapshots that differ, nodes that send otherwise than before, problems that begin, answers that stop, captures that begin
// or end while others go on, and silence. Only what has a time; in its order.

import { flowBriefs } from '../../verdict/flow-briefs.ts';
import type { Cause, FlowBrief, Trace, TracedFlow } from '../../verdict/trace-types.ts';
import { formatCount } from '../text/format.ts';
import { type Conversation, conversationsOf } from '../trace/conversations.ts';
import { createCauseLookup } from '../trace/rows/pair-rows.ts';
import { captureNames } from './capture-names.ts';

export interface Change {
  /** Epoch milliseconds. */
  time: number;
  text: string;
  /** A flow that shows it; null where none does. */
  flow: number | null;
}

/** Less is no change: captures are never begun at one moment, and answers take their time. Milliseconds. */
const AT_ONCE = 1000;
/** Flows whose way is looked at. */
const MOST_MIXED = 5000;

/** @param begin of the captures, epoch milliseconds */
export function changesOf(trace: Trace, begin: number, end: number): Change[] {
  const least = Math.max(AT_ONCE, (end - begin) / 36);
  const found = [
    ...snapshotChanges(trace),
    ...flowChanges(trace, least),
    ...problemChanges(trace),
    ...captureChanges(trace, { begin, end, least }),
  ];
  return found.filter(({ time }) => !Number.isNaN(time)).sort((a, b) => a.time - b.time);
}

function snapshotChanges({ index }: Trace): Change[] {
  const snapshots = index?.topology?.timeline?.snapshots ?? [];
  return snapshots.slice(1).map(({ name, time, differs }) => {
    const shown = differs.slice(0, 4).join(', ');
    const rest = differs.length > 4 ? ` and ${differs.length - 4} more` : '';
    const text = `snapshot ${name}, ${differs.length === 0 ? 'the same as before' : `in which differ: ${shown}${rest}`}`;
    return { time: time.first * 1000, text, flow: null };
  });
}

/** Ways that change, and times in which no flow was going on. */
function flowChanges(trace: Trace, least: number): Change[] {
  const known = new Map<string, { time: number; flows: number; flow: number }>();
  const spans: { first: number; last: number }[] = [];
  let looked = 0;
  for (const brief of flowBriefs(trace)) {
    const span = brief.span();
    if (!Number.isNaN(span.first)) spans.push(span);
    const change =
      brief.observed.encapsulation === 'mixed' && looked++ < MOST_MIXED ? switchOf(trace, brief.whole()) : null;
    if (change === null) continue;
    const { way, time } = change;
    const one = known.get(way);
    if (one === undefined) known.set(way, { time, flows: 1, flow: brief.id });
    else known.set(way, { time: Math.min(one.time, time), flows: one.flows + 1, flow: one.flow });
  }
  const ways = [...known].map(([way, { time, flows, flow }]) => {
    return { time, text: `${way}: ${formatCount(flows, 'flow')}`, flow };
  });
  return [...ways, ...silences(spans, least)];
}

/** The sender's own NIC shows one encapsulation up to a time, and another one from then on. */
function switchOf({ captures }: Trace, { src, observations }: TracedFlow): { way: string; time: number } | null {
  const own = observations
    .filter(({ capture, point }) => {
      const place = captures[capture]?.points[point];
      return place?.role === 'underlay' && place.node === src.node && src.node !== null;
    })
    .sort((a, b) => timeOf(a.first) - timeOf(b.first));
  for (const [i, later] of own.entries()) {
    const before = own[i - 1];
    if (before === undefined || before.encapsulation === later.encapsulation) continue;
    if (timeOf(before.last) > timeOf(later.first)) continue;
    const [was, is] = [before, later].map(({ encapsulation }) => (encapsulation === 'none' ? 'plain' : encapsulation));
    return { way: `${src.node} sends ${is} what it sent ${was} before`, time: timeOf(later.first) };
  }
  return null;
}

/** Of causes that are told by another change. */
const TOLD: ReadonlySet<Cause['code']> = new Set(['mode-changed', 'snapshot-conflict']);

function problemChanges(trace: Trace): Change[] {
  const causesOf = createCauseLookup(trace);
  const byId = new Map(trace.causes.filter(({ code }) => !TOLD.has(code)).map((cause) => [cause.id, cause]));
  if (byId.size === 0) return [];
  const first = new Map<string, Change>();
  for (const conversation of conversationsOf(trace)) {
    for (const flow of [conversation.forward, conversation.reverse]) {
      if (flow === null) continue;
      for (const id of causesOf(flow)) {
        const cause = byId.get(id);
        const change = cause === undefined ? null : beginning(cause, flow, conversation);
        if (change !== null && !(change.time >= (first.get(id)?.time ?? Number.POSITIVE_INFINITY)))
          first.set(id, change);
      }
    }
  }
  return [...first.values()];
}

function beginning({ id, title }: Cause, flow: FlowBrief, { forward, reverse }: Conversation): Change {
  const [there, back] = [forward?.span(), reverse?.span()];
  if (there !== undefined && back !== undefined && there.last - back.last > AT_ONCE)
    return { time: back.last, text: `${id}, last answer: ${title}`, flow: flow.id };
  return { time: flow.span().first, text: `${id}, first conversation: ${title}`, flow: flow.id };
}

/** Captures that begin later than the first one, or end before the last; those that do so together in one sentence. */
function captureChanges(
  { captures }: Trace,
  { begin, end, least }: { begin: number; end: number; least: number },
): Change[] {
  const names = new Map<string, { time: number; names: string[] }>();
  const say = (what: string, time: number, name: string): void => {
    const key = `${what} ${time}`;
    const known = names.get(key);
    if (known === undefined) names.set(key, { time, names: [name] });
    else known.names.push(name);
  };
  const called = captureNames(captures.map(({ path }) => path));
  for (const { path, first, last, betweenPieces } of captures) {
    const name = called.get(path) ?? path;
    const [from, to] = [timeOf(first), timeOf(last)];
    if (from - begin > least) say('first packet of', from, name);
    if (end - to > least) say('last packet of', to, name);
    for (const text of betweenPieces ?? []) say(`${name}: ${text}`, from, '');
  }
  return [...names].map(([key, one]) => ({
    time: one.time,
    text: `${key.slice(0, key.lastIndexOf(' '))} ${one.names.join(', ')}`.trim(),
    flow: null,
  }));
}

function silences(spans: { first: number; last: number }[], least: number): Change[] {
  spans.sort((a, b) => a.first - b.first);
  const found: Change[] = [];
  let until = spans[0]?.last ?? 0;
  for (const { first, last } of spans) {
    if (first - until > least)
      found.push({ time: until, text: `nothing is seen for ${((first - until) / 1000).toFixed(1)} s`, flow: null });
    until = Math.max(until, last);
  }
  return found;
}

function timeOf(text: string | null): number {
  return text === null ? Number.NaN : Date.parse(text);
}
