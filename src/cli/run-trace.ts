// Captures and snapshot from the command line to a Trace: what `trace` and `verify` share before they differ.

import { contentLines } from '../render/trace/contents.ts';
import { farFromSnapshot } from '../render/trace/snapshot-times.ts';
import { mayBeTwoTimes, TELL_TIMES } from '../topology/ask/two-times.ts';
import type { Topology } from '../topology/model.ts';
import type { TraceOptions } from '../trace.ts';
import { flowBriefs } from '../verdict/flow-briefs.ts';
import type { Trace } from '../verdict/trace-types.ts';
import { type CommonOptions, resolvePlaces } from './declare/trace-options.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { outerHint } from './habits/expression-words.ts';
import { type DoubtfulName, doubtfulNames, nobodyKnows } from './habits/known-names.ts';
import type { IndexFile } from './index-file/index-file.ts';
import { withIndex } from './index-file/with-index.ts';
import { absoluteTimes, whyNoTime } from './inputs/capture-times.ts';
import { type Io, untilStopped } from './io.ts';
import { createProgress } from './progress/progress.ts';
import { printProblem, say } from './report-error.ts';
import type { Stages } from './stages.ts';
import { widthOf } from './terminal.ts';

export interface TraceRun {
  trace: Trace;
  topology: Topology | null;
  /** Ctrl-C came while reading: the trace holds what was read before. */
  interrupted: boolean;
  /** With arguments sorted. */
  options: CommonOptions;
}

/**
 * Reads everything: of options whose arguments are sorted. Throws OverlensError for what is unusable as a whole.
 * @param how what the captures are read for, where that is not the answer itself; who reads them, where not the pipeline itself
 */
export async function runPipeline(
  options: CommonOptions,
  io: Io,
  stages: Stages,
  how: Omit<HowToRead, 'kept'> = {},
): Promise<TraceRun> {
  return withIndex(options, io, (kept) => runWithIndex(options, io, stages, { ...how, kept }));
}

interface HowToRead {
  why?: string;
  /** What comes before the reading, and is no part of its pace. */
  before?: (topology: Topology | null) => Promise<void>;
  read?: Stages['traceCaptures'];
  /** The index; null: none. */
  kept: IndexFile | null;
}

/** The same, for who reads the captures again: the index is the caller's. */
export async function runWithIndex(
  options: CommonOptions,
  io: Io,
  stages: Stages,
  { why, before, read = stages.traceCaptures, kept }: HowToRead,
): Promise<TraceRun> {
  const topology = await untilStopped(topologyOf(options, io, stages), io.signal);
  const request: TraceOptions = {
    ...(await absoluteTimes(options.pipeline, options.captures)),
    captures: options.captures,
    topology,
    at: resolvePlaces(options.places, options.captures, topology),
    hints: options.hints,
    logs: options.logs,
    filter: options.filter,
    ...(kept === null ? {} : { kept }),
    signal: io.signal,
  };
  await before?.(topology);
  const progress = createProgress(io, { why });
  try {
    const trace = await read(progress.report === undefined ? request : { ...request, onProgress: progress.report });
    const interrupted = io.signal.aborted;
    progress.clear();
    if (!interrupted) await checkNames(trace, topology, request, options, stages);
    await warnOfAge(trace, trace.index?.topology ?? topology, io);
    if (trace.flowCount === 0 && options.filterText !== '' && !interrupted)
      await explainEmpty(request, options, io, stages);
    return { trace, topology: trace.index?.topology ?? topology, interrupted, options };
  } finally {
    progress.clear();
  }
}

/** Throws bad usage for a name in the filters that neither the snapshot nor any of the captures has. */
async function checkNames(
  trace: Trace,
  topology: Topology | null,
  request: TraceOptions,
  { filter, places, captures }: CommonOptions,
  stages: Stages,
): Promise<void> {
  const unknownTo = (names: readonly DoubtfulName[], one: Trace): DoubtfulName[] => {
    if (names.length === 0) return [];
    const ends = new Set([...flowBriefs(one)].flatMap(({ src, dst }) => [src, dst]));
    return names.filter((name) => ![...ends].some(name.isOf));
  };
  let names = unknownTo(doubtfulNames(filter, topology, places), trace);
  // what kept every flow out may be another filter
  if (names.length > 0 && trace.flowCount === 0 && !captures.includes('-'))
    names = unknownTo(names, await stages.traceCaptures(unfiltered(request)));
  if (names.length > 0) throw nobodyKnows(names, topology);
}

function unfiltered({ filter: _filter, since: _since, until: _until, ...rest }: TraceOptions): TraceOptions {
  return rest;
}

/** Says in one line that the captures lie hours from the snapshot. */
async function warnOfAge({ captures }: Trace, topology: Topology | null, io: Io): Promise<void> {
  const far = farFromSnapshot(captures, topology);
  if (far !== null) await printProblem(io, far, 'overlens topology shows its time; --taken-at TIME corrects it');
}

/** The snapshot that was given; null without one, also where arguments held nothing of one. */
export async function topologyOf(
  { snapshot, found, state }: CommonOptions,
  io: Io,
  stages: Stages,
): Promise<Topology | null> {
  if (snapshot.length + found.length === 0) return null;
  const notes: string[] = [];
  const options = { ...state, note: (sentence: string) => notes.push(sentence) };
  const topology = await stages.loadTopology(snapshot, found, options);
  for (const sentence of notes) await printProblem(io, sentence, null);
  return snapshot.length === 0 && topology.files.length === 0 ? null : topology;
}

/** What stderr says once the results are out, and the exit code of the reading: corrupt input is 2, Ctrl-C 130. */
export async function reportReading({ trace, interrupted }: TraceRun, io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  for (const { error } of trace.captures) {
    if (error === null) continue;
    await printProblem(io, error.message, error.hint);
    code = EXIT.error;
  }
  if (!io.signal.aborted) return code;
  if (interrupted) await say(io, 'overlens: stopped by Ctrl-C: this is what had been read by then');
  return EXIT.interrupted;
}

/** A hint when the snapshot itself has conflicts or risks; its details are `overlens topology`'s. */
export async function hintAtIssues(topology: Topology | null, options: CommonOptions, io: Io): Promise<void> {
  const issues = issuesOf(topology);
  if (issues === 0) return;
  const count = issues === 1 ? '1 conflict or risk' : `${issues} conflicts and risks`;
  const shown = `overlens topology ${snapshotArguments(options).join(' ')} shows them`;
  const hints = isOfTwoTimes(topology) ? [shown, TELL_TIMES] : [shown];
  await printProblem(io, `the snapshot has ${count} of its own`, hints.join('\n'));
}

/** What the command line gave of the snapshot: behind -t, and in arguments that hold more than a capture. */
function snapshotArguments({ snapshot, taken }: CommonOptions): string[] {
  return [...taken.filter(({ documents }) => documents > 0).map(({ argument }) => argument), ...snapshot];
}

/** The screen without the lines that the hint will take. */
export function besideHint<T extends { height?: number }>(screen: T, topology: Topology | null): T {
  if (screen.height === undefined || issuesOf(topology) === 0) return screen;
  return { ...screen, height: screen.height - HINT_LINES - (isOfTwoTimes(topology) ? 1 : 0) };
}

function isOfTwoTimes(topology: Topology | null): boolean {
  return topology !== null && mayBeTwoTimes(topology);
}

const HINT_LINES = 2;

function issuesOf(topology: Topology | null): number {
  return topology?.issues.filter((issue) => issue.severity !== 'warning').length ?? 0;
}

/** The filter let nothing through: read once more without it and say what there is. Stdin cannot be read again. */
async function explainEmpty(request: TraceOptions, options: CommonOptions, io: Io, stages: Stages): Promise<void> {
  const outside = await whyNoTime(options.pipeline, options.captures);
  if (outside !== null) return printProblem(io, outside, null);
  await printProblem(io, `no flow fits ${options.filterText}`, outerHint(options.filter.expression));
  if (options.captures.includes('-')) return;
  const everything = await stages.traceCaptures(unfiltered(request));
  for (const line of contentLines(everything, widthOf(io))) await say(io, `  ${line}`);
}
