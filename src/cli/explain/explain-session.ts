// What `explain` works on: captures that can be read again, traced as a whole, and the packet asked for.
import { explainPacket } from '../../explain/explain-packet.ts';
import type { Explanation } from '../../explain/explanation.ts';
import { type PickedPacket, pickPacket } from '../../explain/pick.ts';
import { readPackets } from '../../packets/read-packets.ts';
import { contentLines } from '../../render/trace/contents.ts';
import type { CommonOptions } from '../declare/trace-options.ts';
import type { IndexFile } from '../index-file/index-file.ts';
import { whyNoTime } from '../inputs/capture-times.ts';
import { givenCaptures, readElsewhere } from '../inputs/read-elsewhere.ts';
import type { Io } from '../io.ts';
import { createProgress } from '../progress/progress.ts';
import { usageError } from '../report-error.ts';
import { runWithIndex, type TraceRun } from '../run-trace.ts';
import { selectPackets } from '../select-packets.ts';
import type { Stages } from '../stages.ts';
import { widthOf } from '../terminal.ts';
import { type FirstRequest, type Shown, showFirst } from './explain-first.ts';

/** Everything that explaining packets of these captures takes. */
export interface Session {
  run: TraceRun;
  options: CommonOptions;
  /** Where the captures are read from; the trace names them as the user did. */
  paths: readonly string[];
  io: Io;
  stages: Stages;
  kept: IndexFile | null;
  /** Of a packet that was asked for by its number, what was shown before everything was read. */
  shown: Shown | null;
}

/** Traces the captures as a whole, without filters: what is known of places and causes must not depend on the packet. */
export async function openSession(
  options: CommonOptions,
  paths: readonly string[],
  io: Io,
  stages: Stages,
  { kept, early }: { kept: IndexFile | null; early: FirstRequest | null },
): Promise<Session> {
  const unfiltered = { ...readElsewhere(options, paths), filter: {}, filterText: '' };
  let shown: Shown | null = null;
  const run = await runWithIndex(unfiltered, io, stages, {
    kept,
    why: "reading all for the packet's flow",
    async before(topology) {
      if (early !== null) shown = await showFirst(early, topology, io);
    },
  });
  const captures = givenCaptures(run.trace.captures, paths, options.captures);
  return { run: { ...run, trace: { ...run.trace, captures } }, options, paths, io, stages, kept, shown };
}

/** Throws bad usage where a packet is asked for by its number and by what it is. */
export function checkAskedOnce({ filterText, causeIds: [cause] }: CommonOptions, number: number | null): void {
  if (number === null || (filterText === '' && cause === undefined)) return;
  throw usageError(
    `-p ${number} and ${filterText || `--finding ${cause}`}: one packet is asked for twice`,
    'leave one of them out',
  );
}

export async function pick(session: Session, number: number | null): Promise<PickedPacket> {
  const { run, options } = session;
  const [cause = null] = options.causeIds;
  const { filterText } = options;
  const fitting = number === null && cause === null && filterText !== '' ? await firstThatFits(session) : null;
  return fitting ?? pickPacket(run.trace, { number, cause });
}

/** The first packet that fits the filters. Throws bad usage when there is none, and says what there is. */
async function firstThatFits({ run, options, paths, io, stages, kept }: Session): Promise<PickedPacket> {
  // files, read up to the first that fits: asked for every packet whether to stop, no reader need wait for Ctrl-C
  const still = { ...io, signal: new AbortController().signal };
  const { request } = await selectPackets(readElsewhere(options, paths), run.topology, still, stages, kept);
  const { signal: _signal, ...reading } = request;
  const found: PickedPacket[] = [];
  const progress = createProgress(io, { why: 'reading again for the packet' });
  if (progress.report !== undefined) reading.onProgress = progress.report;
  await readPackets(reading, {
    packet({ capture, number }) {
      found.push({ capture, number, by: 'filter', text: `the first that fits ${options.filterText}` });
      return false;
    },
  }).finally(() => progress.end());
  const [first] = found;
  if (first !== undefined) return first;
  const outside = await whyNoTime(options.pipeline, paths);
  if (outside !== null) throw usageError(outside);
  const contents = contentLines(run.trace, widthOf(io));
  throw usageError(`no packet fits ${options.filterText}`, contents.join('\n'));
}

export async function explain({ run, options, paths, io, shown }: Session, picked: PickedPacket): Promise<Explanation> {
  const progress = createProgress(io, { why: 'reading again for the packet' });
  return explainPacket({
    ...(progress.report === undefined ? {} : { onProgress: progress.report }),
    ...options.pipeline,
    trace: run.trace,
    topology: run.topology,
    picked,
    packet: picked.by === 'number' && picked.number === shown?.packet.number ? shown.packet : null,
    paths,
    snapshot: snapshotArguments(options),
    signal: io.signal,
  }).finally(() => progress.end());
}

/** What a command has to name after `-t` for the same snapshot: folders and bundles hold captures too. */
export function snapshotArguments({ snapshot, taken }: Pick<CommonOptions, 'snapshot' | 'taken'>): string[] {
  return [...snapshot, ...taken.flatMap(({ argument, documents }) => (documents > 0 ? [argument] : []))];
}
