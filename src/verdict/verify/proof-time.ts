// When a proof holds: the time in which a violation between two nodes would have been captured, at either end. Captures of two
// seconds that are an hour apart prove four seconds, not an hour.

import { addUnder } from '../../net/multi-map.ts';
import type { TracedCapture } from '../trace-types.ts';

/** A stretch of time, RFC 3339 as the captures have it. */
export interface Stretch {
  first: string;
  last: string;
}

/** Stretches in order, none touching the next, and how long they are together. */
export interface CapturedTime {
  seconds: number;
  stretches: readonly Stretch[];
}

/** Of all NICs together, and which pairs of nodes have less. */
export interface ProofTime extends CapturedTime {
  /** The pair with the least time; null without pairs. */
  least: { from: string; to: string; seconds: number } | null;
}

export interface CapturedTimes {
  /** When the NIC of one of two nodes was captured. */
  between(from: string, to: string): CapturedTime;
  /** When any was. */
  all(): CapturedTime;
}

/** Times of the captures of nodes' NICs. */
export function capturedTimes(captures: readonly TracedCapture[]): CapturedTimes {
  const byNode = new Map<string, Stretch[]>();
  const all: Stretch[] = [];
  for (const capture of captures) {
    const { points } = capture;
    const { first, last } = capture.common ?? capture;
    if (first === null || last === null) continue;
    const nics = points.filter((point) => point.role === 'underlay');
    if (nics.length > 0) all.push({ first, last });
    for (const node of new Set(nics.map((point) => point.node))) {
      if (node === null) continue;
      addUnder(byNode, node, { first, last });
    }
  }
  const known = new Map<string, CapturedTime>();
  return {
    between(from, to) {
      const key = JSON.stringify([from, to].sort());
      const time = known.get(key) ?? unionOf([...(byNode.get(from) ?? []), ...(byNode.get(to) ?? [])]);
      known.set(key, time);
      return time;
    },
    all: () => unionOf(all),
  };
}

function unionOf(stretches: readonly Stretch[]): CapturedTime {
  const union: Stretch[] = [];
  for (const next of [...stretches].sort((a, b) => Date.parse(a.first) - Date.parse(b.first))) {
    const before = union.at(-1);
    if (before === undefined || Date.parse(next.first) > Date.parse(before.last)) union.push({ ...next });
    else if (Date.parse(next.last) > Date.parse(before.last)) before.last = next.last;
  }
  return { seconds: union.reduce((sum, { first, last }) => sum + secondsBetween(first, last), 0), stretches: union };
}

/** Seconds from one RFC 3339 time to another, to the millisecond. */
export function secondsBetween(first: string, last: string): number {
  return (Date.parse(last) - Date.parse(first)) / 1000;
}
