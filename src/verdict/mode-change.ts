// A pool edited while the capture ran: per sending node and pool, all packets of one mode come before all of the other
// (calico-facts 3.9 row 6: every Felix converges alone). A switch is believed only if some flow was seen in both modes.
import type { SeenObservation } from '../attribution/observe.ts';
import { isBefore } from '../attribution/observe.ts';
import { toSeconds } from '../attribution/time.ts';
import type { Expected } from '../attribution/types.ts';
import type { Who } from '../attribution/who.ts';
import type { Moment } from '../flow/capture-counters.ts';

export interface ModeChange {
  sender: string;
  pool: string;
  /** `plain` or a tunnel's name. */
  from: string;
  to: string;
  /** Last packet of the old mode, first packet of the new one. */
  lastOld: Moment;
  firstNew: Moment;
  /** True when the snapshot shows the later state: packets before the switch are then not judged by it. */
  snapshotIsLater: boolean;
  capture: number;
  firstNewPacket: number;
}

interface Span {
  first: Moment;
  last: Moment;
  capture: number;
  firstPacket: number;
}

interface Modes {
  sender: string;
  pool: string;
  asExpected: string;
  matching: Span | null;
  other: Span | null;
  otherKinds: Set<string>;
  bothInOneFlow: boolean;
}

/** Collects flow by flow; then tells which (sender, pool) switched cleanly. */
export interface ModeChanges {
  add(src: Who, expected: Expected, observations: readonly SeenObservation[]): void;
  finish(): void;
  of(src: Who, expected: Expected): ModeChange | null;
  all(): readonly ModeChange[];
}

export function modeChanges(): ModeChanges {
  const modes = new Map<string, Modes>();
  let changes = new Map<string, ModeChange>();
  return {
    add(src, expected, observations) {
      const key = keyOf(src, expected);
      if (key === null) return;
      const underlay = observations.filter((o) => o.pointInfo.role === 'underlay');
      if (underlay.length === 0) return;
      let entry = modes.get(key);
      if (entry === undefined) {
        entry = newModes(src.node?.name ?? '', expected);
        modes.set(key, entry);
      }
      addObservations(entry, expected, underlay);
    },
    finish() {
      changes = new Map(
        [...modes].map(([key, m]) => [key, decide(m)] as const).filter((e): e is [string, ModeChange] => e[1] !== null),
      );
    },
    of(src, expected) {
      const key = keyOf(src, expected);
      return key === null ? null : (changes.get(key) ?? null);
    },
    all: () => [...changes.values()],
  };
}

const POOL_REASONS = new Set(['pool-always', 'pool-never', 'crosssubnet-same', 'crosssubnet-different', 'no-vtep']);

function keyOf(src: Who, expected: Expected): string | null {
  if (src.node === null || expected.pool === null || !POOL_REASONS.has(expected.reason)) return null;
  return `${src.node.index}|${expected.pool}|${expected.reason}`;
}

function newModes(sender: string, expected: Expected): Modes {
  return {
    sender,
    pool: expected.pool ?? '',
    asExpected: String(expected.encapsulation),
    matching: null,
    other: null,
    otherKinds: new Set(),
    bothInOneFlow: false,
  };
}

function addObservations(entry: Modes, expected: Expected, underlay: readonly SeenObservation[]): void {
  let matched = false;
  let differed = false;
  for (const o of underlay) {
    if (o.encapsulation === expected.encapsulation) {
      matched = true;
      entry.matching = widen(entry.matching, o);
    } else {
      differed = true;
      entry.otherKinds.add(o.encapsulation);
      entry.other = widen(entry.other, o);
    }
  }
  if (matched && differed) entry.bothInOneFlow = true;
}

function widen(span: Span | null, o: SeenObservation): Span {
  if (span === null)
    return { first: o.firstMoment, last: o.lastMoment, capture: o.capture, firstPacket: o.firstPacket };
  const earlier = isBefore(o.firstMoment, span.first);
  return {
    first: earlier ? o.firstMoment : span.first,
    last: isBefore(span.last, o.lastMoment) ? o.lastMoment : span.last,
    capture: earlier ? o.capture : span.capture,
    firstPacket: earlier ? o.firstPacket : span.firstPacket,
  };
}

function decide(m: Modes): ModeChange | null {
  const [other] = m.otherKinds;
  if (m.matching === null || m.other === null || !m.bothInOneFlow || m.otherKinds.size !== 1 || other === undefined)
    return null;
  const snapshotIsLater = !isBefore(m.matching.first, m.other.last);
  const snapshotIsEarlier = !isBefore(m.other.first, m.matching.last);
  if (!snapshotIsLater && !snapshotIsEarlier) return null;
  const [before, after] = snapshotIsLater ? [m.other, m.matching] : [m.matching, m.other];
  return {
    sender: m.sender,
    pool: m.pool,
    from: modeName(snapshotIsLater ? other : m.asExpected),
    to: modeName(snapshotIsLater ? m.asExpected : other),
    lastOld: before.last,
    firstNew: after.first,
    snapshotIsLater,
    capture: after.capture,
    firstNewPacket: after.firstPacket,
  };
}

/** How the nodes converged on a pool's new mode, in the order in which they switched. */
export interface Convergence {
  pool: string;
  from: string;
  to: string;
  changes: readonly ModeChange[];
  /** Seconds between the first node's first new packet and the last node's last old one; 0 when they never disagreed. */
  disagreedSeconds: number;
}

/** One per pool (and pair of modes), from the changes of its senders. */
export function convergences(changes: readonly ModeChange[]): Convergence[] {
  const byPool = new Map<string, ModeChange[]>();
  for (const change of changes) {
    const key = `${change.pool}|${change.from}|${change.to}`;
    byPool.set(key, [...(byPool.get(key) ?? []), change]);
  }
  return [...byPool.values()].map((list) => {
    const sorted = [...list].sort((a, b) => toSeconds(a.firstNew) - toSeconds(b.firstNew));
    const firstNew = Math.min(...sorted.map((c) => toSeconds(c.firstNew)));
    const lastOld = Math.max(...sorted.map((c) => toSeconds(c.lastOld)));
    const [{ pool, from, to }] = sorted as [ModeChange];
    return { pool, from, to, changes: sorted, disagreedSeconds: Math.max(0, lastOld - firstNew) };
  });
}

function modeName(encapsulation: string): string {
  return encapsulation === 'none' ? 'plain' : encapsulation.toUpperCase();
}
