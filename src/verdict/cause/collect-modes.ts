// All flows' packets into the switches that they may show, row by row and without observations.

import { type Clocks, isOff, momentOnReference, onReference } from '../../attribution/clocks/clocks.ts';
import type { SeenObservation } from '../../attribution/observe.ts';
import type { PathFacts } from '../../attribution/path-facts.ts';
import type { Point } from '../../attribution/points/points-input.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import { toSeconds } from '../../net/time.ts';
import type { FlowClass, FlowClasses } from '../flow-classes.ts';
import type { ModeChanges } from './mode-change.ts';
import type { Modes, SeenSpan } from './mode-spans.ts';

export interface ModeInput {
  table: FlowTable;
  clocks: Clocks;
  paths: PathFacts;
  classes: FlowClasses;
  /** The observations of one flow: asked for cut-off tunnels only. */
  observed(flow: number): readonly SeenObservation[];
}

export function collectModes(changes: ModeChanges, input: ModeInput): void {
  const { table, clocks, paths, classes, observed } = input;
  const modesOf = modesByClass(changes, paths);
  for (let flow = 0; flow < table.flowCount; flow++) {
    const found = classes.list[classes.of[flow] ?? -1];
    if (found === undefined) continue;
    if (found.cutOff) changes.addCutOff(found.src, found.dst, firstsOf(observed(flow), clocks));
    const modes = modesOf(found);
    if (modes !== null) addFlow(changes, modes, input, flow);
  }
}

/** Null for flows without underlay packets, and for those that no pool decides. */
function modesByClass(changes: ModeChanges, paths: PathFacts): (of: FlowClass) => Modes | null {
  const known: (Modes | null)[] = [];
  return ({ id, src, dst, expected, paths: own }) => {
    const seen = known[id];
    if (seen !== undefined) return seen;
    const isOnUnderlay = own.some((path) => paths.isUnderlay[path] === 1);
    const modes = isOnUnderlay ? changes.between(src, dst, expected) : null;
    known[id] = modes;
    return modes;
  };
}

function addFlow(changes: ModeChanges, modes: Modes, { table, clocks, paths }: ModeInput, flow: number): void {
  const { rows } = table;
  let matched = false;
  let differed = false;
  for (let row = table.firstRow(flow); row >= 0; row = rows.next(row)) {
    const path = rows.path(row);
    const point = paths.point[path];
    if (point == null || paths.isUnderlay[path] !== 1 || paths.isStrange[path] === 1) continue;
    const encapsulation = paths.tunnel[path]?.encapsulation ?? 'none';
    if (encapsulation === modes.asExpected) matched = true;
    else differed = true;
    const seen = {
      point,
      encapsulation,
      firstSeconds: rows.firstSeconds(row),
      firstNanos: rows.firstNanos(row),
      lastSeconds: rows.lastSeconds(row),
      lastNanos: rows.lastNanos(row),
    };
    if (isOff(clocks, point.capture)) correct(seen, clocks);
    changes.add(modes, seen);
  }
  if (matched && differed) changes.noteBoth(modes);
}

/** Switches are ordered across nodes: by one clock. */
function correct(seen: SeenSpan, clocks: Clocks): void {
  const { capture } = seen.point;
  const first = momentOnReference(clocks, capture, { seconds: seen.firstSeconds, nanos: seen.firstNanos });
  const last = momentOnReference(clocks, capture, { seconds: seen.lastSeconds, nanos: seen.lastNanos });
  [seen.firstSeconds, seen.firstNanos] = [first.seconds, first.nanos];
  [seen.lastSeconds, seen.lastNanos] = [last.seconds, last.nanos];
}

function firstsOf(observations: readonly SeenObservation[], clocks: Clocks): { point: Point; first: number }[] {
  return observations.map(({ pointInfo, capture, firstMoment }) => ({
    point: pointInfo,
    first: onReference(clocks, capture, toSeconds(firstMoment)),
  }));
}
