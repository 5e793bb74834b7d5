// Files that were dropped -> captures and snapshot -> a trace, and what else there is to say of them: what the command line prints on
// stderr, as sentences beside the report.
import { type OpenedInputs, openInputs } from '../api/open-inputs.ts';
import { traceCaptures } from '../api/trace-inputs.ts';
import { giveFiles } from '../bytes/given-files.ts';
import type { ReadingProgress } from '../capture/reading-progress.ts';
import { OverlensError } from '../errors.ts';
import { baseName, formatBytes, formatCompact, formatCount, formatNumber } from '../render/text/format.ts';
import { inputSentence } from '../render/text/given-input.ts';
import { farFromSnapshot } from '../render/trace/snapshot-times.ts';
import type { Topology } from '../topology/model.ts';
import type { Trace } from '../verdict/trace-types.ts';
import type { ViewFile, ViewOrder, ViewProblem } from './view-messages.ts';

/** A trace with what it was made of. */
export interface Analysis {
  trace: Trace;
  inputs: OpenedInputs;
  files: readonly ViewFile[];
  version: string;
}

/** Tells how far the work is: of 1, or null where nobody knows. */
export type TellProgress = (text: string, share: number | null) => void;

/** Captures and snapshot among the files. @throws OverlensError */
export async function openFiles(
  { files, inputs }: Pick<Extract<ViewOrder, { kind: 'analyse' }>, 'files' | 'inputs'>,
  tell: TellProgress,
  signal: AbortSignal,
): Promise<OpenedInputs> {
  tell(`looking at ${formatCount(files.length, 'file')}`, null);
  giveFiles(files);
  return openInputs(inputs, { signal });
}

/** @throws OverlensError where nothing can be read; what could be read of captures that are damaged is in the trace */
export async function analyse(
  { files, expression, version }: Extract<ViewOrder, { kind: 'analyse' }>,
  inputs: OpenedInputs,
  tell: TellProgress,
  signal: AbortSignal,
): Promise<Analysis> {
  if (inputs.captures.length === 0)
    throw new OverlensError('E_USAGE', 'no capture is among these files yet', {
      hint: 'add one: pcap or pcapng, also compressed, or a bundle that holds some',
    });
  const sizes = new Map(files.map(({ name, content }) => [name, content.size]));
  const trace = await traceCaptures({
    ...inputs,
    ...(expression === '' ? {} : { filter: { expression } }),
    signal,
    onProgress: (progress) => tell(...readingText(progress, sizes)),
  });
  return { trace, inputs, files, version };
}

/** `reading 2 of 3, worker1-ens5.pcap: 45 % of 1.2 GB, 3.1M packets`. */
function readingText(
  { captures, capture, position, packets }: ReadingProgress,
  sizes: ReadonlyMap<string, number>,
): [text: string, share: number | null] {
  const of = captures.length === 1 ? '' : `${capture + 1} of ${captures.length}, `;
  const name = `reading ${of}${baseName(captures[capture] ?? '')}`;
  const all = captures.map((path) => sizes.get(path) ?? Number.NaN);
  const total = all.reduce((sum, size) => sum + size, 0);
  const read = all.slice(0, capture).reduce((sum, size) => sum + size, 0) + position;
  const counted = `${formatCompact(packets)} packets`;
  if (Number.isNaN(total) || total === 0) return [`${name}: ${formatBytes(position)}, ${counted}`, null];
  const share = Math.min(1, read / total);
  return [`${name}: ${Math.floor(100 * share)} % of ${formatBytes(total)}, ${counted}`, share];
}

/** One line for each input. */
export function takenSentences({ taken }: OpenedInputs): string[] {
  return taken.map(inputSentence);
}

/** What is wrong or doubtful, worst first. */
export function problemsOf({ trace, inputs }: Analysis, isStopped: boolean, expression: string): ViewProblem[] {
  const { topology, taken } = inputs;
  const stopped = isStopped ? [problem('stopped: this is what had been read by then')] : [];
  const damaged = trace.captures.flatMap(({ error }) => (error === null ? [] : [problem(error.message, error.hint)]));
  const unread = taken
    .filter(({ as }) => as !== 'unreadable')
    .flatMap((one) => one.unread.map(({ path, reason, hint }) => problem(`${path}: ${reason}`, hint)));
  const repeated = taken
    .flatMap((one) => one.repeated ?? [])
    .map(({ path, of, is }) => problem(`${path}: ${is} ${of}: counted once`));
  const none =
    trace.flowCount === 0 && expression !== ''
      ? [problem(`no flow fits ${expression}`, 'take the filter away to see what there is')]
      : [];
  const missing =
    topology === null
      ? [problem('no snapshot of the cluster is among the files', 'with one, every flow is judged')]
      : [];
  const far = farFromSnapshot(trace.captures, topology);
  const doubts = topology === null ? [] : doubtsOf(topology);
  return [
    ...stopped,
    ...damaged,
    ...unread,
    ...repeated,
    ...none,
    ...missing,
    ...(far === null ? [] : [problem(far)]),
    ...doubts,
  ];
}

/** Contradictions and risks of a snapshot that are told one by one. */
const MOST_DOUBTS = 5;

function doubtsOf({ issues }: Topology): ViewProblem[] {
  const doubts = issues
    .filter(({ severity }) => severity !== 'warning')
    .map(({ severity, message }) => problem(`the snapshot has a ${severity} of its own: ${message}`));
  const more = doubts.length - MOST_DOUBTS;
  if (more <= 0) return doubts;
  return [
    ...doubts.slice(0, MOST_DOUBTS),
    problem(
      `the snapshot has ${formatNumber(more)} more conflicts and risks of its own`,
      'overlens topology shows them',
    ),
  ];
}

function problem(text: string, hint: string | null = null): ViewProblem {
  return { text, hint };
}
