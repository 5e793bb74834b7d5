// Captures judged by several snapshots of one cluster: each flow by the one that was valid when its packets were seen. The captures are
// read once; what follows from a snapshot is made once for each that was valid while they ran, when the first flow asks for it.
import { largestOf, smallestOf } from '../../net/extremes.ts';
import { toSeconds } from '../../net/time.ts';
import type { Topology } from '../../topology/model.ts';
import type { TimedSnapshot } from '../../topology/time/timeline.ts';
import { type Analysis, analyse } from '../analysis.ts';
import type { AnalysisInput } from '../judging-context.ts';
import type { FlowBrief } from '../trace-types.ts';
import { ChangedBrief } from './changed-brief.ts';
import { type Opinion, settle, settlePacket } from './settled-flow.ts';

/** As `analyse`; of the snapshots that are valid for some flow, the latest is the analysis' own. */
export function analyseOverTime(input: AnalysisInput): Analysis {
  const timeline = input.topology?.timeline ?? null;
  if (timeline === null) return analyse(input);
  const { first, last } = timeOf(input);
  const valid = timeline.at(first, last);
  const latest = valid.at(-1) as TimedSnapshot<Topology>;
  const main = analyse({ ...input, topology: latest.topology });
  return valid.length === 1 ? main : judgedByEach(input, main, valid);
}

function timeOf({ captures }: AnalysisInput): { first: number; last: number } {
  const times = captures.flatMap(({ first, last }) => [first, last]).filter((moment) => moment !== null);
  const seconds = times.map(toSeconds);
  return { first: smallestOf(seconds), last: largestOf(seconds) };
}

/** @param snapshots the last one is that of `main` */
function judgedByEach(input: AnalysisInput, main: Analysis, snapshots: readonly TimedSnapshot<Topology>[]): Analysis {
  const analyses = new Map<TimedSnapshot<Topology>, Analysis>();
  const analysisOf = (snapshot: TimedSnapshot<Topology>): Analysis => {
    if (snapshot === snapshots.at(-1)) return main;
    let analysis = analyses.get(snapshot);
    if (analysis === undefined) {
      analysis = analyse({ ...input, topology: snapshot.topology, isAgain: true });
      analysis.arrivals = main.arrivals;
      analyses.set(snapshot, analysis);
    }
    return analysis;
  };
  const timeline = snapshots[0]?.topology.timeline ?? null;
  const validFor = (brief: FlowBrief): readonly TimedSnapshot<Topology>[] => {
    const { first, last } = brief.span();
    const valid = timeline?.at(first / 1000, last / 1000) ?? [];
    return valid.length === 0 ? snapshots.slice(-1) : valid;
  };
  const opinionsOn = (i: number): Opinion[] => {
    const own = main.brief(i);
    const flow = main.flowOf(i);
    // what only answers prove was not seen: it has no time of its own
    if (flow < 0) return [{ brief: own, snapshot: snapshots.at(-1) as TimedSnapshot<Topology> }];
    return validFor(own).map((snapshot) => opinionOf(snapshot, i));
  };
  const opinionOf = (snapshot: TimedSnapshot<Topology>, i: number): Opinion => {
    const analysis = analysisOf(snapshot);
    return { snapshot, brief: analysis.brief(analysis === main ? i : analysis.positionOf(main.flowOf(i))) };
  };
  const briefOf = (i: number): FlowBrief => {
    const { brief, snapshot } = settle(opinionsOn(i));
    if (snapshot === snapshots.at(-1)) return brief;
    // each analysis has an order of its own
    const { id, conversation } = main.brief(i);
    return new ChangedBrief(brief, { id, conversation, judgedBy: snapshot.topology });
  };
  return {
    ...main,
    get arrivals() {
      return main.arrivals;
    },
    set arrivals(arrivals) {
      main.arrivals = arrivals;
      for (const analysis of analyses.values()) analysis.arrivals = arrivals;
    },
    brief: briefOf,
    flow: (i) => briefOf(i).whole(),
    listedFlow: (i) => briefOf(i).whole(),
    ofPacket(i, { seconds, encapsulation }) {
      const valid = main.flowOf(i) < 0 || Number.isNaN(seconds) ? [] : (timeline?.at(seconds, seconds) ?? []);
      const then = valid.map((snapshot) => opinionOf(snapshot, i));
      const { brief, snapshot } = settlePacket(then.length === 0 ? opinionsOn(i) : then, encapsulation);
      const { src, dst, expected } = brief;
      return { flow: new ChangedBrief(briefOf(i), { src, dst, expected }).whole(), topology: snapshot.topology };
    },
    chain(i, finding) {
      const flow = main.flowOf(i);
      const valid = flow < 0 ? [] : validFor(main.brief(i));
      const analysis = valid.length === 1 ? analysisOf(valid[0] as TimedSnapshot<Topology>) : main;
      return analysis.chain(analysis === main ? i : analysis.positionOf(flow), finding);
    },
  };
}
