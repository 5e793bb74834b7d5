// `overlens diff`: two captures (or one, split in time) side by side: which flows changed mode, nodes, overhead, outcome.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { renderDiff, renderDiffJson } from '../../render/trace/diff-text.ts';
import { diffTraces } from '../../verdict/diff-traces.ts';
import type { Trace } from '../../verdict/trace-types.ts';
import { type CommonOptions, checkTraceOptions, type RawTraceOptions } from '../declare/trace-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { whyNoTime } from '../inputs.ts';
import { type Io, writeAll } from '../io.ts';
import { usageError } from '../report-error.ts';
import { reportReading, runPipeline } from '../run-trace.ts';
import type { Stages } from '../stages.ts';
import { colorOf, screenOf } from '../terminal.ts';
import { parseChoice } from '../values.ts';

export interface RawDiffCommand extends RawTraceOptions {
  output: string;
  all?: boolean;
  split?: string;
  beforeTopology?: string[];
  afterTopology?: string[];
}

const CAPTURE_NAME = /\.(pcap|pcapng|cap|dmp)\d*(\.gz|\.zst)?$/i;

export async function runDiff(
  operands: readonly string[],
  raw: RawDiffCommand,
  commands: readonly string[],
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  const output = parseChoice('-o', raw.output, ['text', 'json']);
  const sides = raw.split === undefined ? await twoSides(operands, raw) : splitSides(operands, raw, raw.split);
  if (raw.split !== undefined) await checkSplit(raw.split, sides[0]);
  const runs = [];
  for (const side of sides) runs.push(await runPipeline(side, commands, io, stages));
  const [before, after] = runs.map((run) => run.trace) as [Trace, Trace];
  const diff = diffTraces(before, after);
  const look = { ...screenOf(io), color: colorOf(io, sides[0].color), all: raw.all === true };
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
async function twoSides(operands: readonly string[], raw: RawDiffCommand): Promise<[CommonOptions, CommonOptions]> {
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
    checkTraceOptions(await capturesIn(before), { ...rest, topology: older }),
    checkTraceOptions(await capturesIn(after), { ...rest, topology: newer }),
  ];
}

function splitSides(operands: readonly string[], raw: RawDiffCommand, split: string): [CommonOptions, CommonOptions] {
  const [older, newer] = snapshots(raw);
  return [
    checkTraceOptions(operands, { ...raw, until: split, topology: older }),
    checkTraceOptions(operands, { ...raw, since: split, topology: newer }),
  ];
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

/** A folder stands for the captures directly in it. What cannot be looked at is left to the reader's message. */
async function capturesIn(path: string): Promise<string[]> {
  const stats = await stat(path).catch(() => null);
  if (!stats?.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => CAPTURE_NAME.test(name)).sort();
  if (names.length === 0)
    throw usageError(`${path}: no capture in this folder`, 'captures end in .pcap, .pcapng or .cap');
  return names.map((name) => join(path, name));
}
