// `overlens diff`: two captures (or one, split in time) side by side: which flows changed mode, nodes, overhead, outcome; or two snapshots.
import { renderDiff, renderDiffJson } from '../../render/trace/diff-text.ts';
import { diffTraces } from '../../verdict/diff-traces.ts';
import type { Trace } from '../../verdict/trace-types.ts';
import { type CommonOptions, checkTraceOptions, type RawTraceOptions } from '../declare/trace-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { whyNoTime } from '../inputs/capture-times.ts';
import { sortInputs } from '../inputs/sort-inputs.ts';
import { type Io, writeAll } from '../io.ts';
import { usageError } from '../report-error.ts';
import { reportReading, runPipeline } from '../run-trace.ts';
import type { Stages } from '../stages.ts';
import { colorOf, screenOf } from '../terminal.ts';
import { parseChoice } from '../values.ts';
import { runSnapshotDiff, snapshotSides } from './diff-snapshots.ts';

export interface RawDiffCommand extends RawTraceOptions {
  output: string;
  all?: boolean;
  split?: string;
  beforeTopology?: string[];
  afterTopology?: string[];
}

export async function runDiff(
  operands: readonly string[],
  raw: RawDiffCommand,
  commands: readonly string[],
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  const output = parseChoice('-o', raw.output, ['text', 'json']);
  if (raw.split === undefined) {
    const both = await snapshotSides([...operands, ...(raw.read ?? [])], snapshots(raw), io);
    const color = parseChoice('--color', raw.color, ['auto', 'always', 'never']);
    if (both !== null && raw.index !== undefined)
      throw usageError(`--index ${raw.index}: an index is of captures`, 'snapshots are compared without one');
    if (both !== null) return runSnapshotDiff(both, { raw, output, common: { color } }, io, stages);
  }
  const given = raw.split === undefined ? twoSides(operands, raw) : splitSides(operands, raw, raw.split);
  const sides: CommonOptions[] = [];
  for (const side of given) sides.push(await sortInputs(side, commands, io));
  if (raw.split !== undefined) await checkSplit(raw.split, sides[0] as CommonOptions);
  const runs = [];
  for (const side of sides) runs.push(await runPipeline(side, io, stages));
  const [before, after] = runs.map((run) => run.trace) as [Trace, Trace];
  const diff = diffTraces(before, after);
  const look = { ...screenOf(io), color: colorOf(io, given[0].color), all: raw.all === true };
  await writeAll(
    io.stdout,
    output === 'json' ? renderDiffJson(diff, before, after) : renderDiff(diff, before, after, look),
  );
  let code: ExitCode = EXIT.ok;
  for (const run of runs) {
    const reading = await reportReading(run, io);
    if (reading !== EXIT.ok) code = reading;
  }
  return code;
}

/** BEFORE and AFTER, each a capture or a folder of captures taken together. */
function twoSides(operands: readonly string[], raw: RawDiffCommand): [CommonOptions, CommonOptions] {
  const [before, after, ...more] = [...operands, ...(raw.read ?? [])];
  if (before === undefined || after === undefined || more.length > 0) {
    throw usageError(
      `diff takes two captures, or two folders of captures; ${operands.length} given`,
      'overlens diff BEFORE AFTER -t SNAPSHOT; or one capture and --split TIME',
    );
  }
  const { read: _read, ...rest } = raw;
  const [older, newer] = snapshots(raw);
  return [
    checkTraceOptions([before], { ...rest, topology: older, takenAt: timesWithout(rest, raw.afterTopology) }),
    checkTraceOptions([after], { ...rest, topology: newer, takenAt: timesWithout(rest, raw.beforeTopology) }),
  ];
}

function splitSides(operands: readonly string[], raw: RawDiffCommand, split: string): [CommonOptions, CommonOptions] {
  const [older, newer] = snapshots(raw);
  return [
    checkTraceOptions(operands, {
      ...{ ...raw, until: split, topology: older },
      takenAt: timesWithout(raw, raw.afterTopology),
    }),
    checkTraceOptions(operands, {
      ...{ ...raw, since: split, topology: newer },
      takenAt: timesWithout(raw, raw.beforeTopology),
    }),
  ];
}

/** `--taken-at` without the times of what only the other side has. */
function timesWithout({ takenAt = [] }: RawTraceOptions, others: readonly string[] = []): string[] {
  return takenAt.filter((text) => !others.some((path) => text.startsWith(`${path}=`)));
}

/** A time with nothing before it, or nothing behind it, splits nothing. */
async function checkSplit(split: string, { captures, pipeline }: CommonOptions): Promise<void> {
  const { reader } = pipeline;
  const times = reader === undefined ? {} : { reader };
  const outside =
    (await whyNoTime({ ...times, since: split }, captures)) ?? (await whyNoTime({ ...times, until: split }, captures));
  if (outside !== null) throw usageError(outside.replace(/^--(since|until)/, '--split'));
}

function snapshots(raw: RawDiffCommand): [string[], string[]] {
  const both = raw.topology ?? [];
  return [
    [...both, ...(raw.beforeTopology ?? [])],
    [...both, ...(raw.afterTopology ?? [])],
  ];
}
