// `overlens diff` where both sides are snapshots: what changed for the overlay, and what that means for flows.
import { existsSync } from 'node:fs';
import { effectsOf } from '../../explain/snapshots/effects.ts';
import { type SortedArguments, sortArguments } from '../../input/sort-arguments.ts';
import {
  type ComparedSnapshots,
  renderSnapshotDiff,
  renderSnapshotDiffJson,
} from '../../render/topology/snapshot-diff-text.ts';
import { diffSnapshots } from '../../topology/diff/snapshot-diff.ts';
import type { Topology } from '../../topology/model.ts';
import { type CommonOptions, type RawTraceOptions, snapshotChoice } from '../declare/trace-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Io, untilStopped, writeAll } from '../io.ts';
import { printProblem, usageError } from '../report-error.ts';
import type { Stages } from '../stages.ts';
import { colorOf, screenOf } from '../terminal.ts';

/** One side without captures. */
export interface SnapshotSide {
  path: string;
  sorted: SortedArguments;
  /** Behind `-t`, for this side or both. */
  more: readonly string[];
}

/**
 * The two sides where neither holds a capture; null where captures are to be compared. Throws bad usage for one of each.
 * @param more what `-t` and its like give to each side
 */
export async function snapshotSides(
  operands: readonly string[],
  more: readonly [readonly string[], readonly string[]],
  io: Io,
): Promise<[SnapshotSide, SnapshotSide] | null> {
  const [before, after] = operands;
  // what can be read once only is left to those who need it
  if (before === undefined || after === undefined || operands.length > 2 || operands.includes('-')) return null;
  const sides: SnapshotSide[] = [];
  for (const [i, path] of [before, after].entries()) {
    const sorted = await untilStopped(sortArguments([path]), io.signal);
    sides.push({ path, sorted, more: more[i] ?? [] });
  }
  const [first, second] = sides as [SnapshotSide, SnapshotSide];
  const isSnapshot = ({ sorted }: SnapshotSide): boolean =>
    sorted.captures.length === 0 && sorted.taken.some(({ documents }) => documents > 0);
  if (isSnapshot(first) && isSnapshot(second)) return [first, second];
  const [snapshot] = [first, second].filter(isSnapshot);
  const other = snapshot === first ? second : first;
  if (snapshot === undefined || other.sorted.captures.length === 0) return null;
  const what = existsSync(other.path) ? 'is none' : 'is not there';
  throw usageError(
    `diff: ${snapshot.path} is a snapshot, and ${other.path} ${what}: two of a kind can be compared`,
    `two snapshots: overlens diff OLD NEW; two captures: overlens diff BEFORE AFTER -t ${snapshot.path}`,
  );
}

/** Exit code 1 where something differs. */
export async function runSnapshotDiff(
  sides: readonly [SnapshotSide, SnapshotSide],
  {
    raw,
    output,
    common,
  }: { raw: RawTraceOptions & { all?: boolean }; output: 'text' | 'json'; common: Pick<CommonOptions, 'color'> },
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  const before = await topologyOf(sides[0], raw, io, stages);
  const after = await topologyOf(sides[1], raw, io, stages);
  const compared: ComparedSnapshots = {
    before,
    after,
    diff: diffSnapshots(before, after),
    effects: effectsOf(before, after),
  };
  const look = {
    ...screenOf(io),
    color: colorOf(io, common.color),
    all: raw.all === true,
    top: null,
    sort: 'problem' as const,
  };
  await writeAll(
    io.stdout,
    output === 'json' ? [renderSnapshotDiffJson(compared)] : renderSnapshotDiff(compared, look),
  );
  return compared.diff.changes.length > 0 ? EXIT.violation : EXIT.ok;
}

async function topologyOf(
  { sorted, more }: SnapshotSide,
  raw: RawTraceOptions,
  io: Io,
  stages: Stages,
): Promise<Topology> {
  const { takenAt = [], ...choice } = snapshotChoice(raw);
  // a time of the other side's is none of this one's
  const own = takenAt.filter(
    ({ path }) =>
      path === null ||
      more.includes(path) ||
      sorted.documents.some(({ given, file, bundle }) => [given, file, bundle].includes(path)),
  );
  const notes: string[] = [];
  const options = {
    ...choice,
    ...(own.length === 0 ? {} : { takenAt: own }),
    note: (text: string) => notes.push(text),
  };
  const topology = await untilStopped(stages.loadTopology(more, sorted.documents, options), io.signal);
  for (const sentence of notes) await printProblem(io, sentence, null);
  return topology;
}
