// Silence by its fact: an address that answers nobody is one cause, whoever asks; so are two nodes between which nothing is answered,
// whichever way it was asked.

import { addUnder } from '../../net/multi-map.ts';
import type { FlowBrief } from '../trace-types.ts';

/** A group of unanswered flows, as causes collect them. */
export interface SilentGroup {
  fromNode: string | null;
  toNode: string | null;
  flows: number;
  packets: number;
  answers: number;
  flowIds: number[];
  lost: number;
  /** The address that was asked, and what people call it. */
  asked: { ip: string; name: string };
  /** All of them are TCP. */
  isTcp: boolean;
  /** What it is told by, if not by its first flow. */
  title: string | null;
}

/** More flow ids than this are not listed. */
export const MAX_FLOW_IDS = 1000;

export function askedEnd({ dst: { ip, namespace, pod } }: FlowBrief): SilentGroup['asked'] {
  return { ip, name: pod === null ? ip : `${namespace === null ? '' : `${namespace}/`}${pod} (${ip})` };
}

/** Addresses that several flows asked in vain. */
export function silentEnds(groups: readonly SilentGroup[]): Set<string> {
  const flows = new Map<string, number>();
  for (const { asked, flows: count } of groups) flows.set(asked.ip, (flows.get(asked.ip) ?? 0) + count);
  return new Set([...flows].filter(([, count]) => count > 1).map(([ip]) => ip));
}

/** @param answering addresses that answered somebody */
export function joinSilence<T extends SilentGroup>(groups: readonly T[], answering: ReadonlySet<string>): T[] {
  const dead = silentEnds(groups);
  for (const ip of answering) dead.delete(ip);
  const byEnd = join(groups, ({ asked }) => (dead.has(asked.ip) ? asked.ip : null), endTitle);
  return join(byEnd, ({ title, fromNode, toNode }) => (title === null ? pairOf(fromNode, toNode) : null), pairTitle);
}

function pairOf(from: string | null, to: string | null): string {
  return [from ?? '', to ?? ''].sort().join('|');
}

function endTitle(groups: readonly SilentGroup[]): string {
  const flows = sum(groups, 'flows');
  const nodes = new Set(groups.map(({ fromNode }) => fromNode)).size;
  return `${groups[0]?.asked.name} answers nobody: ${flows} flow${flows === 1 ? '' : 's'} from ${nodes} node${nodes === 1 ? '' : 's'}`;
}

function pairTitle(groups: readonly SilentGroup[]): string | null {
  const [first, ...others] = groups;
  const isBothWays = others.some(({ fromNode }) => fromNode !== first?.fromNode);
  return isBothWays
    ? `${first?.fromNode} and ${first?.toNode} ask each other, and neither is answered: ${sum(groups, 'flows')} flows`
    : null;
}

/** Groups with one key are one, in the order of the first; those with null stay alone. */
export function join<T extends SilentGroup>(
  groups: readonly T[],
  keyOf: (group: T) => string | null,
  titleOf: (groups: readonly T[]) => string | null,
): T[] {
  const found = new Map<string, T[]>();
  groups.forEach((group, i) => {
    const key = keyOf(group) ?? `#${i}`;
    addUnder(found, key, group);
  });
  return [...found].map(([key, [first, ...others]]) => {
    const all = [first as T, ...others];
    if (key.startsWith('#')) return first as T;
    return { ...joined(all), title: titleOf(all) };
  });
}

function joined<T extends SilentGroup>(groups: readonly T[]): T {
  const first = groups[0] as T;
  return {
    ...first,
    fromNode: groups.every(({ fromNode }) => fromNode === first.fromNode) ? first.fromNode : null,
    isTcp: groups.every(({ isTcp }) => isTcp),
    flows: sum(groups, 'flows'),
    packets: sum(groups, 'packets'),
    answers: sum(groups, 'answers'),
    lost: sum(groups, 'lost'),
    flowIds: groups.flatMap(({ flowIds }) => flowIds).slice(0, MAX_FLOW_IDS),
  };
}

function sum(groups: readonly SilentGroup[], what: 'flows' | 'packets' | 'answers' | 'lost'): number {
  return groups.reduce((total, group) => total + group[what], 0);
}
