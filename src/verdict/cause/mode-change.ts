// A pool edited while the capture ran (calico-facts 3.9 row 6: every Felix converges alone, block by block). Per sending
// node, receiving node and pool, all packets of one mode come before all of the other. A switch is believed only if some
// flow of the sender was seen in both modes; a bypass that was there from start to end is none.

import type { Point } from '../../attribution/points/points-input.ts';
import type { Expected } from '../../attribution/vocabulary.ts';
import type { Who } from '../../attribution/who/who.ts';
import { largestOf, smallestOf } from '../../net/extremes.ts';
import { type Moment, toSeconds } from '../../net/time.ts';
import type { Clock, ModeChange, Modes, SeenSpan, Span } from './mode-spans.ts';

/** Collects flow by flow; then tells which (sender, receiver, pool) switched cleanly. */
export interface ModeChanges {
  /** The switch that packets from `src` to `dst` may show; null where none can. */
  between(src: Who, dst: Who, expected: Expected): Modes | null;
  /** Counts one flow's packets at one underlay point and in one encapsulation, of flows that `between` has a switch for. */
  add(modes: Modes, seen: SeenSpan): void;
  /** A flow of these was seen in both modes. */
  noteBoth(modes: Modes): void;
  /** Tunnel packets between two nodes whose inner addresses the snaplen cut off, at each point from `first` on: they may be anybody's. */
  addCutOff(src: Who, dst: Who, seen: readonly { point: Point; first: number }[]): void;
  finish(): void;
  /** The switch that explains packets of the other mode from `src` to `dst`; null when none does. */
  of(src: Who, dst: Who, expected: Expected): ModeChange | null;
  /** Whether plain packets ended before cut-off tunnel packets between the same nodes began: a switch that cannot be seen. */
  mayHaveSwitched(src: Who, dst: Who, expected: Expected): boolean;
  all(): readonly ModeChange[];
}

/** The same packet is seen later at the receiver, and clocks differ. */
const TOLERANCE_SECONDS = 0.02;

export function modeChanges(): ModeChanges {
  const modes = new Map<string, Modes>();
  const changes = new Map<string, ModeChange>();
  /** First cut-off packet of each pair of nodes by each clock, epoch seconds. */
  const cutOffs = new Map<string, Map<string, number>>();
  return {
    between(src, dst, expected) {
      const key = keyOf(src, dst, expected);
      if (key === null) return null;
      const entry = modes.get(key) ?? newModes(src, dst, expected);
      modes.set(key, entry);
      return entry;
    },
    add: addSeen,
    noteBoth(entry) {
      entry.bothInOneFlow = true;
    },
    addCutOff(src, dst, seen) {
      const key = pairOf(src, dst);
      const firsts = cutOffs.get(key) ?? new Map<string, number>();
      cutOffs.set(key, firsts);
      for (const { point, first } of seen) {
        const clock = clockName(point);
        firsts.set(clock, Math.min(first, firsts.get(clock) ?? first));
      }
    },
    mayHaveSwitched(src, dst, expected) {
      const entry = modes.get(keyOf(src, dst, expected) ?? '');
      const firsts = cutOffs.get(pairOf(src, dst));
      if (entry?.other == null || firsts === undefined) return false;
      const ends = (span: Span, first: number): boolean => toSeconds(span.last) <= first + TOLERANCE_SECONDS;
      const both = [...entry.clocks].flatMap(([name, { other }]) => {
        const first = firsts.get(name);
        return other === null || first === undefined ? [] : [ends(other, first)];
      });
      return both.length > 0 ? both.every((one) => one) : ends(entry.other, smallestOf(firsts.values()));
    },
    finish() {
      for (const entry of modes.values()) chooseClock(entry);
      for (const [key, entry] of modes) {
        const change = entry.bothInOneFlow ? decide(entry) : null;
        if (change !== null) changes.set(key, { ...change, repaired: isRepaired(entry, change, modes.values()) });
      }
      markEditedPools(modes, changes);
      for (const [key, entry] of modes) {
        const change = changes.has(key) ? null : explainedByGroup(entry, modes, changes);
        if (change !== null) changes.set(key, change);
      }
    },
    of(src, dst, expected) {
      const key = keyOf(src, dst, expected);
      return key === null ? null : (changes.get(key) ?? null);
    },
    all: () => [...changes.values()],
  };
}

const POOL_REASONS = new Set(['pool-always', 'pool-never', 'crosssubnet-same', 'crosssubnet-different', 'no-vtep']);

function keyOf(src: Who, dst: Who, expected: Expected): string | null {
  if (src.node === null || expected.pool === null || !POOL_REASONS.has(expected.reason)) return null;
  return `${src.node.index}|${dst.node?.index ?? ''}|${expected.pool}|${expected.reason}`;
}

function pairOf(src: Who, dst: Who): string {
  return `${src.node?.index ?? ''}|${dst.node?.index ?? ''}`;
}

function newModes(src: Who, dst: Who, expected: Expected): Modes {
  const sender = src.node?.name ?? '';
  const pool = expected.pool ?? '';
  return {
    sender,
    receiver: dst.node?.name ?? '',
    group: `${sender}|${pool}`,
    pool,
    asExpected: String(expected.encapsulation),
    from: src.node,
    clocks: new Map(),
    matching: null,
    other: null,
    otherKinds: new Set(),
    bothInOneFlow: false,
  };
}

function addSeen(entry: Modes, seen: SeenSpan): void {
  const clock = clockOf(entry, seen.point);
  if (seen.encapsulation === entry.asExpected) clock.matching = widen(clock.matching, seen);
  else {
    entry.otherKinds.add(seen.encapsulation);
    clock.other = widen(clock.other, seen);
  }
}

function clockOf({ clocks, from }: Modes, point: Point): Clock {
  const { topologyNode } = point;
  const key = clockName(point);
  const known = clocks.get(key);
  if (known !== undefined) return known;
  const clock = { matching: null, other: null, ofSender: topologyNode === from };
  clocks.set(key, clock);
  return clock;
}

function clockName({ node, capture }: Pick<Point, 'node' | 'capture'>): string {
  return node ?? `capture ${capture}`;
}

/** The sender's own clock first, then by what they saw: the order of the files says nothing. */
function byWorth(a: Clock, b: Clock): number {
  if (a.ofSender !== b.ofSender) return a.ofSender ? -1 : 1;
  return startOf(a) - startOf(b);
}

function startOf({ matching, other }: Clock): number {
  return smallestOf(
    [matching, other].map((span) => (span === null ? Number.POSITIVE_INFINITY : toSeconds(span.first))),
  );
}

function chooseClock(entry: Modes): void {
  const clocks = [...entry.clocks.values()].sort(byWorth);
  const both = clocks.filter((c) => c.matching !== null && c.other !== null);
  const [best] = both;
  // without a clock that saw both, each saw one mode: their order is as good as what is known of their clocks
  entry.matching = best?.matching ?? clocks.find((c) => c.matching !== null)?.matching ?? null;
  entry.other = best?.other ?? clocks.find((c) => c.other !== null)?.other ?? null;
}

/** Every node follows an edit within seconds of the others, with all of its routes at once. */
const CONVERGENCE_SECONDS = 10;
const OWN_CONVERGENCE_SECONDS = 1;

/**
 * Whether packets of the other mode went on for long while others had the snapshot's mode all along: no edit, but a bypass that
 * was repaired while the capture ran.
 */
function isRepaired(entry: Modes, change: ModeChange, modes: Iterable<Modes>): boolean {
  if (!change.snapshotIsLater) return false;
  const hadItAllAlong = (m: Modes): boolean => {
    const late = toSeconds(change.lastOld) - (m.group === entry.group ? OWN_CONVERGENCE_SECONDS : CONVERGENCE_SECONDS);
    return m.other === null && m.matching !== null && toSeconds(m.matching.first) < late;
  };
  return [...modes].some((m) => m !== entry && m.pool === entry.pool && hadItAllAlong(m));
}

/** Whether each clock that saw both modes saw them in this order. */
function isOrdered({ clocks }: Modes, order: (clock: Clock) => readonly [Span | null, Span | null]): boolean {
  return [...clocks.values()].every((clock) => {
    const [first, second] = order(clock);
    return first === null || second === null || precedes(first, second);
  });
}

function widen(span: Span | null, seen: SeenSpan): Span {
  const isFirst = span === null || isEarlier(seen.firstSeconds, seen.firstNanos, span.first);
  const isLast = span === null || isLater(seen.lastSeconds, seen.lastNanos, span.last);
  if (!isFirst && !isLast) return span;
  return {
    first: isFirst ? { seconds: seen.firstSeconds, nanos: seen.firstNanos } : span.first,
    last: isLast ? { seconds: seen.lastSeconds, nanos: seen.lastNanos } : span.last,
  };
}

function isEarlier(seconds: number, nanos: number, than: Moment): boolean {
  return seconds < than.seconds || (seconds === than.seconds && nanos < than.nanos);
}

function isLater(seconds: number, nanos: number, than: Moment): boolean {
  return seconds > than.seconds || (seconds === than.seconds && nanos > than.nanos);
}

function precedes(a: Span, b: Span): boolean {
  return toSeconds(a.last) <= toSeconds(b.first) + TOLERANCE_SECONDS && toSeconds(a.first) < toSeconds(b.first);
}

function decide(m: Modes): ModeChange | null {
  const [other] = m.otherKinds;
  if (m.matching === null || m.other === null || m.otherKinds.size !== 1 || other === undefined) return null;
  const snapshotIsLater = precedes(m.other, m.matching);
  const inOrder = snapshotIsLater
    ? isOrdered(m, (clock) => [clock.other, clock.matching])
    : precedes(m.matching, m.other) && isOrdered(m, (clock) => [clock.matching, clock.other]);
  if (!inOrder) return null;
  const [before, after] = snapshotIsLater ? [m.other, m.matching] : [m.matching, m.other];
  return {
    sender: m.sender,
    receiver: m.receiver,
    pool: m.pool,
    from: modeName(snapshotIsLater ? other : m.asExpected),
    to: modeName(snapshotIsLater ? m.asExpected : other),
    lastOld: before.last,
    firstNew: after.first,
    snapshotIsLater,
    poolEdited: false,
    repaired: false,
  };
}

const SENDERS_OF_AN_EDIT = 2;

/** An edit moves every sender; a pool where some sender stayed in the snapshot's mode was not edited, that sender's peer is broken. */
function markEditedPools(modes: ReadonlyMap<string, Modes>, changes: ReadonlyMap<string, ModeChange>): void {
  for (const pool of new Set([...changes.values()].map((c) => c.pool))) {
    const earlier = [...changes.values()].filter((c) => c.pool === pool && !c.snapshotIsLater);
    if (new Set(earlier.map((c) => c.sender)).size < SENDERS_OF_AN_EDIT) continue;
    const switched = largestOf(earlier.map((c) => toSeconds(c.firstNew))) + TOLERANCE_SECONDS;
    const stayed = [...modes.values()].some(
      (m) => m.pool === pool && m.matching !== null && toSeconds(m.matching.last) > switched,
    );
    if (!stayed) for (const change of earlier) change.poolEdited = true;
  }
}

/** A receiver without a flow in both modes: its old packets are explained if they end before the sender's last switch. */
function explainedByGroup(
  entry: Modes,
  modes: ReadonlyMap<string, Modes>,
  changes: ReadonlyMap<string, ModeChange>,
): ModeChange | null {
  if (entry.other === null) return null;
  const [kind] = entry.otherKinds;
  const end = toSeconds(entry.other.last);
  const start = toSeconds(entry.other.first);
  const clean = entry.matching === null || precedes(entry.other, entry.matching);
  for (const [key, change] of changes) {
    if (modes.get(key)?.group !== entry.group || entry.otherKinds.size !== 1) continue;
    const [old, now] = change.snapshotIsLater ? [kind ?? '', entry.asExpected] : [entry.asExpected, kind ?? ''];
    if (change.from !== modeName(old) || change.to !== modeName(now)) continue;
    const switched = toSeconds(change.firstNew);
    if (change.snapshotIsLater && !change.repaired && clean && end <= switched + TOLERANCE_SECONDS) return change;
    if (change.poolEdited && start >= switched - TOLERANCE_SECONDS) return change;
  }
  return null;
}

/** `plain`, `VXLAN`. */
function modeName(encapsulation: string): string {
  return encapsulation === 'none' ? 'plain' : encapsulation.toUpperCase();
}
