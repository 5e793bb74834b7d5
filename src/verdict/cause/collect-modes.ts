// All flows' packets into the switches that they may show, row by row and without observations.

import type { SeenObservation } from '../../attribution/observe.ts';
import type { PathFacts } from '../../attribution/path-facts.ts';
import type { FlowTable } from '../../flow/flow-table.ts';
import type { FlowClass, FlowClasses } from '../flow-classes.ts';
import type { ModeChanges } from './mode-change.ts';
import type { Modes } from './mode-spans.ts';

export interface ModeInput {
  table: FlowTable;
  paths: PathFacts;
  classes: FlowClasses;
  /** The observations of one flow: asked for cut-off tunnels only. */
  observed(flow: number): readonly SeenObservation[];
}

export function collectModes(changes: ModeChanges, { table, paths, classes, observed }: ModeInput): void {
  const modesOf = modesByClass(changes, paths);
  for (let flow = 0; flow < table.flowCount; flow++) {
    const found = classes.list[classes.of[flow] ?? -1];
    if (found === undefined) continue;
    if (found.cutOff) changes.addCutOff(found.src, found.dst, observed(flow));
    const modes = modesOf(found);
    if (modes !== null) addFlow(changes, modes, table, paths, flow);
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

function addFlow(changes: ModeChanges, modes: Modes, table: FlowTable, paths: PathFacts, flow: number): void {
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
    changes.add(modes, {
      point,
      encapsulation,
      firstSeconds: rows.firstSeconds(row),
      firstNanos: rows.firstNanos(row),
      lastSeconds: rows.lastSeconds(row),
      lastNanos: rows.lastNanos(row),
    });
  }
  if (matched && differed) changes.noteBoth(modes);
}
