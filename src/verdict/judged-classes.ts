// Classes of flows, judged when the first of their flows is asked for.

import { observationsOf, type SeenObservation } from '../attribution/observe.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import { circles } from '../flow/rows/circles.ts';
import type { FindingCode } from './codes.ts';
import { isOnlyInCircle, mayBeForwarded, returnedOf } from './flow/returned.ts';
import type { FlowClass, FlowClasses } from './flow-classes.ts';
import type { Shared } from './judging-context.ts';
import { countedOf, judgeSeen, type SeenJudgement } from './traced-flow.ts';

export interface JudgedClass extends Omit<SeenJudgement, 'findings' | 'last'> {
  /** False where its flows may still differ from each other: then each is asked for itself. */
  regular: boolean;
  /** Codes of the findings that all its flows have, each once. */
  codes: readonly FindingCode[];
  /** Set where nothing is wrong or open, so that no sentence is to be made. */
  forAll: SeenJudgement | null;
}

/** The judgement of a flow's class. */
export function judgeClasses(shared: Shared, classes: FlowClasses): (flow: number) => JudgedClass {
  const judged: (JudgedClass | undefined)[] = [];
  return (flow) => {
    const id = classes.of[flow] ?? -1;
    let found = judged[id];
    if (found === undefined) {
      found = judgeClass(shared, classes.list[id] as FlowClass);
      judged[id] = found;
    }
    return found;
  };
}

function judgeClass(shared: Shared, { flow, src, dst, expected, cutOff }: FlowClass): JudgedClass {
  const { table, captures } = shared.input;
  const observations = observationsOf(table, shared.points, captures, flow);
  const { findings, last, ...facts } = judgeSeen(shared, { src, dst, expected, observations, cutOff });
  const codes = [...new Set([...findings, ...last].map((finding) => finding.code))];
  // which packets a loop put there, hop limits tell
  const ends = { src, dst };
  const counted = countedOf(shared, ends, observations);
  const mayCircle =
    returnedOf({ table, points: shared.points }, ends, observations).length > 0 ||
    isOnlyInCircle(table, ends, observations) ||
    mayBeForwarded(table, observations);
  // what never came to the NIC is told by silence
  const isInside =
    expected.encapsulation === 'vxlan' &&
    observations.every(({ pointInfo }) => pointInfo.role === 'workload') &&
    shared.inside.hasNic(src.node);
  const regular = !mayCircle && !isInside && isRegular(counted);
  const isWell = regular && facts.verdict === 'ok' && codes.length === 0;
  return { ...facts, codes, regular, forAll: isWell ? { ...facts, findings, last } : null };
}

/**
 * The judgement that a flow which was seen one way only shares with its class; null for one that is to be judged by itself: sentences
 * name their flow, and of several ways its own packets may tell which one counts.
 */
export function sharedJudgement(table: FlowTable, flow: number, judged: JudgedClass): SeenJudgement | null {
  const { rows } = table;
  const row = table.firstRow(flow);
  return rows.next(row) < 0 && !circles(rows, row) ? judged.forAll : null;
}

/**
 * What a tunnel device lost is told by numbers and times, and what was observed of several tunnels by which had more packets:
 * there, flows of one class differ.
 */
function isRegular(observations: readonly SeenObservation[]): boolean {
  const underlay = observations.filter((o) => o.pointInfo.role === 'underlay');
  if (underlay.length === 0) return !observations.some((o) => o.pointInfo.role === 'tunnel');
  const tunnels = underlay.map(({ encapsulation, vni, outerSrc, outerDst, udpPort }) =>
    JSON.stringify([encapsulation, vni, outerSrc, outerDst, udpPort]),
  );
  return new Set(tunnels).size === 1 || new Set(underlay.map((o) => o.encapsulation)).size > 1;
}
