// Which captures share a clock, and how far these clocks are apart: told by the packets that both saw.
import { type ClockEstimate, ClockPair, offsetAt } from '../attribution/clocks/clock-pair.ts';
import type { Points } from '../attribution/points/points.ts';
import { baseName } from '../attribution/points/points-input.ts';
import type { PathClock } from './path-model.ts';
import type { PacketSample, SampledSight } from './sample.ts';

/** All captures of one node have one clock; a capture of several nodes, or of none that is known, one of its own. */
export interface ClockDomains {
  names: string[];
  ofCapture: number[];
}

export interface Clocks {
  domains: ClockDomains;
  domainOfPoint(point: number): number;
  /** Epoch seconds by the reference clock of a time by the clock of a domain. */
  common(domain: number, time: number): number;
  /** Seconds that the clock of `to` is ahead of that of `from`; null where nothing compares them. */
  between(from: number, to: number, time: number): number | null;
  /** How far `between` may be off. */
  uncertainty(from: number, to: number): number;
  described: PathClock[];
}

/** The nodes that send and receive the packets of a flow; `isForward`: true for one direction of a conversation, false for the other. */
export interface FlowNodes {
  from: string | null;
  to: string | null;
  isForward: boolean;
}

/** A way from the reference clock of a group to a clock of it. */
interface Chain {
  root: number;
  steps: { estimate: ClockEstimate; sign: 1 | -1 }[];
  described: PathClock;
}

/** Told by one direction only, an offset that was taken for none may be as large as the time on the way. */
const ONE_WAY_UNCERTAINTY = 1e-3;

export function clockDomains(points: Points, paths: readonly string[]): ClockDomains {
  const names: string[] = [];
  const ofCapture = paths.map((path, i) => {
    const nodes = new Set((points.ofCapture[i] ?? []).map(({ node }) => node));
    const [node = null] = nodes;
    const name = nodes.size === 1 && node !== null ? node : baseName(path);
    const isKnown = nodes.size === 1 && node !== null && names.includes(name);
    return isKnown ? names.indexOf(name) : names.push(name) - 1;
  });
  return { names, ofCapture };
}

export function compareClocks(
  domains: ClockDomains,
  points: Points,
  sample: PacketSample,
  endsOf: (flow: number) => FlowNodes,
): Clocks {
  const chains = chainsOf(domains, pairsOf(domains, sample, endsOf));
  const ahead = (domain: number, time: number): number => {
    let sum = 0;
    for (const { estimate, sign } of chains[domain]?.steps ?? []) sum += sign * offsetAt(estimate, time);
    return sum;
  };
  return {
    domains,
    domainOfPoint: (point) => domains.ofCapture[points.all[point]?.capture ?? -1] ?? 0,
    common: (domain, time) => time - ahead(domain, time),
    between(from, to, time) {
      if (from === to) return 0;
      return chains[from]?.root === chains[to]?.root ? ahead(to, time) - ahead(from, time) : null;
    },
    uncertainty(from, to) {
      if (from === to) return 0;
      const steps = [...(chains[from]?.steps ?? []), ...(chains[to]?.steps ?? [])];
      return steps.reduce((sum, { estimate }) => sum + (estimate.uncertainty ?? ONE_WAY_UNCERTAINTY), 0);
    },
    described: chains.map(({ described }) => described),
  };
}

function pairsOf(
  domains: ClockDomains,
  sample: PacketSample,
  endsOf: (flow: number) => FlowNodes,
): Map<string, ClockPair> {
  const pairs = new Map<string, ClockPair>();
  for (const sights of sample.packets()) {
    const byDomain = new Map<number, SampledSight[]>();
    for (const sight of sights) {
      const domain = domains.ofCapture[sight.capture] ?? 0;
      byDomain.set(domain, [...(byDomain.get(domain) ?? []), sight]);
    }
    if (byDomain.size < 2 || hasRepeats(sights)) continue;
    const seen = [...byDomain].sort(([a], [b]) => a - b);
    for (const [i, [a, ofA]] of seen.entries())
      for (const [b, ofB] of seen.slice(i + 1)) addPair(pairs, domains.names, { a, b, ofA, ofB }, endsOf);
  }
  return pairs;
}

/** A packet sent again with nothing changed pairs with the wrong one. */
function hasRepeats(sights: readonly SampledSight[]): boolean {
  return new Set(sights.map(({ capture, link }) => `${capture} ${link}`)).size < sights.length;
}

interface SeenByTwo {
  a: number;
  b: number;
  ofA: readonly SampledSight[];
  ofB: readonly SampledSight[];
}

function addPair(
  pairs: Map<string, ClockPair>,
  names: readonly string[],
  { a, b, ofA, ofB }: SeenByTwo,
  endsOf: (flow: number) => FlowNodes,
): void {
  const { from, to, isForward } = endsOf(ofA[0]?.flow ?? -1);
  const isFromA = from === names[a] || to === names[b];
  const isFromB = from === names[b] || to === names[a];
  // where nodes are not known: TTL falls on the way, and what ran one way runs back the other
  const falls = (ofA[0]?.ttl ?? 0) - (ofB[0]?.ttl ?? 0);
  const leavesA = isFromA !== isFromB ? isFromA : falls === 0 ? isForward : falls > 0;
  // what left a node last and what came to the other one first are nearest to each other
  const [atA, atB] = leavesA ? [latest(ofA), earliest(ofB)] : [earliest(ofA), latest(ofB)];
  const key = `${a} ${b}`;
  const pair = pairs.get(key) ?? new ClockPair();
  pairs.set(key, pair);
  pair.add(leavesA ? 0 : 1, atB - atA, atA);
}

function earliest(sights: readonly SampledSight[]): number {
  return Math.min(...sights.map(({ time }) => time));
}

function latest(sights: readonly SampledSight[]): number {
  return Math.max(...sights.map(({ time }) => time));
}

/** From the first clock on, over the pairs with most packets first. */
function chainsOf({ names }: ClockDomains, pairs: ReadonlyMap<string, ClockPair>): Chain[] {
  const edges = [...pairs].flatMap(([key, pair]) => {
    const estimate = pair.estimate();
    const [a = 0, b = 0] = key.split(' ').map(Number);
    return estimate === null ? [] : [{ a, b, estimate }];
  });
  edges.sort((x, y) => quality(y.estimate) - quality(x.estimate));
  const chains: (Chain | undefined)[] = names.map(() => undefined);
  for (const root of names.keys()) {
    if (chains[root] !== undefined) continue;
    chains[root] = { root, steps: [], described: alone(names[root] ?? '') };
    for (let edge = nextEdge(edges, chains); edge !== null; edge = nextEdge(edges, chains)) {
      const { known, found, estimate, sign } = edge;
      const steps = [...(chains[known]?.steps ?? []), { estimate, sign }];
      const described = describe(names[found] ?? '', names[known] ?? '', estimate, sign);
      chains[found] = { root, steps, described };
    }
  }
  return chains.filter((chain) => chain !== undefined);
}

function quality({ uncertainty, packets }: ClockEstimate): number {
  return uncertainty === null ? packets / 1e9 : packets;
}

function nextEdge(
  edges: readonly { a: number; b: number; estimate: ClockEstimate }[],
  chains: readonly (Chain | undefined)[],
): { known: number; found: number; estimate: ClockEstimate; sign: 1 | -1 } | null {
  for (const { a, b, estimate } of edges) {
    if (chains[a] !== undefined && chains[b] === undefined) return { known: a, found: b, estimate, sign: 1 };
    if (chains[b] !== undefined && chains[a] === undefined) return { known: b, found: a, estimate, sign: -1 };
  }
  return null;
}

function alone(name: string): PathClock {
  return { name, aheadOf: null, seconds: null, uncertainty: null, packets: 0, isMissed: false };
}

function describe(name: string, aheadOf: string, estimate: ClockEstimate, sign: 1 | -1): PathClock {
  const { offset, uncertainty, packets } = estimate;
  return { name, aheadOf, seconds: offset === 0 ? 0 : sign * offset, uncertainty, packets, isMissed: false };
}
