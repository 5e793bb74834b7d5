// Captures that were given to a node by a MAC in all of their frames, though another capture of that node has the same packets at quite
// other times: one machine has one clock. What talks to one peer only looks like a capture of that peer, as a merge of several nodes' captures may.

import type { CaptureCounters } from '../../flow/capture-counters.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { Node } from '../../topology/model.ts';
import { type SharedPacket, sharedPackets } from '../clocks/shared-packets.ts';
import type { Decided } from './decide-point.ts';
import { baseName, type Point } from './points-input.ts';

/** Within one machine no packet takes longer from one place to another, seconds. */
const INSIDE = 0.1;
/** So many packets in common tell, if nearly all of them say the same. */
const ENOUGH = 3;
const NEARLY_ALL = 0.8;
/** Evidence that is in the frames only. */
const BY_FRAMES: ReadonlySet<string | undefined> = new Set(['link-addresses', 'ring']);

export interface MachinesInput {
  table: FlowTable;
  captures: readonly CaptureCounters[];
  /** Captures that are pieces of one. */
  rings: readonly (readonly number[])[];
  /** Whose a capture is by the user or its name: a node's name. */
  namedNode(capture: number): string | null;
}

interface Unit {
  ring: readonly number[];
  node: Node;
  decided: readonly Decided[];
  /** Something else than a MAC in its frames says so. */
  isSure: boolean;
}

/** Takes the node from such captures; from both, where nothing says which of them is the other machine's. */
export function unnameOtherMachines(input: MachinesInput, decided: readonly (readonly Decided[])[]): void {
  const units = input.rings.flatMap((ring) => unitOf(input, ring, decided) ?? []);
  const rivals = units.filter((unit) => units.some((other) => other !== unit && other.node === unit.node));
  if (rivals.every(({ isSure }) => isSure)) return;
  const places = rivals.map(({ ring }) => ({ samples: ring.flatMap((i) => input.captures[i]?.sample ?? []) }));
  for (const { a, b, packets } of sharedPackets(input.table, places)) {
    const [one, other] = [rivals[a], rivals[b]];
    if (one === undefined || other === undefined || one.node !== other.node || !areOfTwoMachines(packets)) continue;
    const pairs = [
      [one, other],
      [other, one],
    ] as const;
    for (const [unit, rival] of pairs)
      if (!unit.isSure) unname(unit, baseName(input.captures[rival.ring[0] ?? 0]?.info.path ?? ''));
  }
}

/** A capture whose points have one node; null for others. */
function unitOf(
  { namedNode }: MachinesInput,
  ring: readonly number[],
  decided: readonly (readonly Decided[])[],
): Unit | null {
  const own = ring.flatMap((capture) => decided[capture] ?? []);
  const points = own.map(({ point }) => point).filter(({ topologyNode }) => topologyNode !== null);
  const [first] = points;
  if (first?.topologyNode == null || points.some(({ topologyNode }) => topologyNode !== first.topologyNode))
    return null;
  const node = first.topologyNode;
  const isNamed = ring.some((capture) => namedNode(capture) === node.name);
  return { ring, node, decided: own, isSure: isNamed || !points.every(isByFrames) };
}

function isByFrames({ evidence }: Point): boolean {
  return BY_FRAMES.has(evidence[0]?.source);
}

function areOfTwoMachines(packets: readonly SharedPacket[]): boolean {
  const apart = packets.filter(({ seconds }) => Math.abs(seconds) > INSIDE).length;
  return apart >= ENOUGH && apart >= packets.length * NEARLY_ALL;
}

function unname({ decided }: Unit, rival: string): void {
  for (const { point, notes } of decided) {
    const [told, ...others] = point.evidence;
    if (point.topologyNode === null || told === undefined) continue;
    const detail = `${told.detail}, but ${rival} has the same packets at other times: one of the two is another machine's`;
    point.evidence = [...others, { source: 'contradiction', detail }];
    notes.push(detail);
    point.node = null;
    point.topologyNode = null;
    point.mac = null;
  }
}
