// Flows -> classes. A verdict depends on who stands behind the two addresses and on the paths that the packets took, never on
// the single flow: flows that share all three are judged once. Two hundred thousand flows fall into about a thousand classes.

import type { PathFacts } from '../attribution/path-facts.ts';
import type { Expected } from '../attribution/vocabulary.ts';
import { isStrong } from '../attribution/who/owner-strength.ts';
import type { Directory, Who } from '../attribution/who/who.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import { isGroupAddress, parseIp } from '../net/ip.ts';

/** Flows that are judged alike. */
export interface FlowClass {
  id: number;
  /** The first of its flows, in the order in which flows are listed. */
  flow: number;
  src: Who;
  dst: Who;
  expected: Expected;
  /** The paths its flows were seen on, each once, in order of first packet. */
  paths: readonly number[];
  /** Tunnel packets whose inner headers were cut off. */
  cutOff: boolean;
}

export interface FlowClasses {
  /** Class of each flow of the table. */
  of: Int32Array;
  list: readonly FlowClass[];
}

export interface ClassInput {
  table: FlowTable;
  paths: PathFacts;
  who: Directory;
  expect: (src: Who, dst: Who) => Expected;
  /** Flows in the order in which they are listed. */
  order: Int32Array;
  isCutOff(flow: number, src: Who, dst: Who): boolean;
}

export function classifyFlows({ table, paths, who, expect, order, isCutOff }: ClassInput): FlowClasses {
  const whoClasses = new Map<string, number>();
  const whoClassOf = Int32Array.from({ length: who.count }, (_, id) => numberOf(whoClasses, whoKey(who.whoOf(id))));
  const sets = createPathSets(table, paths.point.length);
  const keyOf = createKeys(whoClasses.size, sets.most);
  const known = new Map<number | string, number>();
  const list: FlowClass[] = [];
  const of = new Int32Array(table.flowCount);
  for (const flow of order) {
    const from = who.source[flow] ?? -1;
    const to = who.destination[flow] ?? -1;
    const [src, dst] = [who.whoOf(from), who.whoOf(to)];
    const betweenNodes = src.kind === 'node' && dst.kind === 'node';
    const cutOff = betweenNodes && isCutOff(flow, src, dst);
    const ends = (whoClassOf[from] ?? 0) * whoClasses.size + (whoClassOf[to] ?? 0);
    const key = keyOf(ends, sets.of(flow), cutOff);
    let id = known.get(key);
    if (id === undefined) {
      id = list.length;
      known.set(key, id);
      list.push({ id, flow, src, dst, expected: expect(src, dst), paths: sets.pathsOf(flow), cutOff });
    }
    of[flow] = id;
  }
  return { of, list };
}

/** Everything of an address's owner that an expectation or a rule asks for; its name and address are for messages only. */
function whoKey(who: Who): string {
  const { owner, kind, node, nodeSource, dispute, presumed, isUnheard } = who;
  const ip = parseIp(owner.address);
  const parts = [
    kind,
    node?.index,
    nodeSource,
    isStrong(who),
    owner.kind,
    owner.node?.index,
    owner.nodeSource,
    owner.tunnelKind,
    owner.pool?.name,
    Math.min(owner.candidates.length, 2),
    dispute?.stated.index,
    dispute?.strong,
    dispute?.shown.map((shown) => shown.node.index).join(),
    presumed?.node?.index,
    presumed?.nodeSource,
    isUnheard,
    ip?.family,
    isGroupAddress(owner.address),
  ];
  return parts.join('|');
}

function numberOf<K>(numbers: Map<K, number>, key: K): number {
  let number = numbers.get(key);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(key, number);
  }
  return number;
}

/** One number for what makes a class, or a text where there are so many that a number cannot hold it. */
function createKeys(
  whoClasses: number,
  pathSets: number,
): (ends: number, set: number, cutOff: boolean) => number | string {
  if (whoClasses * whoClasses * pathSets * 2 < Number.MAX_SAFE_INTEGER)
    return (ends, set, cutOff) => (ends * pathSets + set) * 2 + (cutOff ? 1 : 0);
  return (ends, set, cutOff) => `${ends}|${set}|${cutOff}`;
}

interface PathSets {
  /** Above every number that `of` gives. */
  most: number;
  /** Number of the set of paths that a flow's rows are on. */
  of(flow: number): number;
  pathsOf(flow: number): number[];
}

/** A flow with one row has its path's own number. */
function createPathSets(table: FlowTable, paths: number): PathSets {
  const { rows } = table;
  const numbers = new Map<string, number>();
  const pathsOf = (flow: number): number[] => {
    const found: number[] = [];
    for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) found.push(rows.path(row));
    return found;
  };
  return {
    most: paths + table.flowCount + 1,
    pathsOf,
    of(flow) {
      const first = table.firstRow(flow);
      return rows.next(first) < 0 ? rows.path(first) : paths + numberOf(numbers, pathsOf(flow).join());
    },
  };
}
