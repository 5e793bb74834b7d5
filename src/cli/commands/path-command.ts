// `overlens path`: the way of packets through the places where they were captured.
import { isFileOf } from '../../attribution/points/points-input.ts';
import { walkSettings } from '../../packets/walked-packet.ts';
import type { PacketRef, PathReport } from '../../path/path-model.ts';
import { walkPath } from '../../path/walk-path.ts';
import { renderHtmlPage } from '../../render/page/html.ts';
import { renderSvgPage } from '../../render/page/svg.ts';
import type { PathLook } from '../../render/path/path-drawing.ts';
import { renderPathJson } from '../../render/path/path-json.ts';
import { pathPage } from '../../render/path/path-page.ts';
import { renderPath } from '../../render/path/path-text.ts';
import { ANSWER_MISSED } from '../../verdict/codes.ts';
import { type CommonOptions, checkTraceOptions, type RawTraceOptions } from '../declare/trace-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { withIndex } from '../index-file/with-index.ts';
import { givenCaptures, readElsewhere } from '../inputs/read-elsewhere.ts';
import { sortInputs } from '../inputs/sort-inputs.ts';
import { spoolCaptures } from '../inputs/spool.ts';
import { type Io, writeAll } from '../io.ts';
import { createProgress } from '../progress/progress.ts';
import { usageError } from '../report-error.ts';
import { hintAtIssues, reportReading, runWithIndex, type TraceRun } from '../run-trace.ts';
import type { Stages } from '../stages.ts';
import { colorOf, widthOf } from '../terminal.ts';
import { parseChoice, parseInteger } from '../values.ts';

export const PATH_OUTPUTS = ['text', 'json', 'svg', 'html'] as const;
type Output = (typeof PATH_OUTPUTS)[number];

export interface RawPathCommand extends RawTraceOptions {
  output: string;
  packet?: string[];
  flow?: string[];
  all?: boolean;
  top?: string;
}

/** Flows of which each packet is shown, when not more are left. */
const FEW_FLOWS = 2;
const FEW_PACKETS = 12;

export async function runPath(
  operands: readonly string[],
  raw: RawPathCommand,
  commands: readonly string[],
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  const output = parseChoice('-o', raw.output, PATH_OUTPUTS);
  const given = checkTraceOptions(operands, raw);
  const options = await sortInputs(given, commands, io);
  const packets = (raw.packet ?? []).flatMap((text) => parsePackets(text, options.captures));
  const flows = (raw.flow ?? []).map((text) => parseInteger('--flow', text, 1, 1e9));
  const look = lookOf(options, raw, io);
  return withIndex(options, io, async (kept) => {
    const spooled = await spoolCaptures(options.captures, io.signal);
    try {
      const run = await runWithIndex(readElsewhere(options, spooled.paths), io, stages, { kept });
      const report = await walk(run, options, { packets, flows, paths: spooled.paths, all: raw.all === true }, io);
      await writeAll(io.stdout, pagesOf(named(report, spooled.paths, options.captures), output, look));
      await hintAtIssues(run.topology, options, io);
      const captures = givenCaptures(run.trace.captures, spooled.paths, options.captures);
      return await reportReading({ ...run, trace: { ...run.trace, captures } }, io);
    } finally {
      await spooled.remove();
    }
  });
}

function lookOf(options: CommonOptions, raw: RawPathCommand, io: Io): PathLook {
  return {
    width: widthOf(io),
    color: colorOf(io, options.color),
    all: raw.all === true,
    top: raw.top === undefined ? null : parseInteger('--top', raw.top, 1, 1_000_000),
  };
}

/** What was put elsewhere to be read twice has the name that was given; clocks of unknown nodes are named for their captures. */
function named(report: PathReport, paths: readonly string[], names: readonly string[]): PathReport {
  const nameOf = (name: string): string => names[paths.indexOf(name)] ?? name;
  return {
    ...report,
    captures: report.captures.map(({ path }) => ({ path: nameOf(path) })),
    clocks: report.clocks.map((clock) => ({
      ...clock,
      name: nameOf(clock.name),
      aheadOf: clock.aheadOf && nameOf(clock.aheadOf),
    })),
    uncompared: report.uncompared.map(nameOf),
  };
}

interface Asked {
  packets: readonly PacketRef[];
  flows: readonly number[];
  paths: readonly string[];
  all: boolean;
}

async function walk({ trace, topology }: TraceRun, options: CommonOptions, asked: Asked, io: Io): Promise<PathReport> {
  const { reader, since, until, vxlanPorts, vxlanVNI } = options.pipeline;
  const flowIds = flowIdsOf(trace, options, asked.flows);
  const isFew = asked.packets.length > 0 || asked.flows.length > 0 || trace.flowCount <= FEW_FLOWS;
  const progress = createProgress(io, { why: 'reading again for the way of packets' });
  return walkPath({
    ...(progress.report === undefined ? {} : { onProgress: progress.report }),
    trace,
    captures: asked.paths,
    settings: () =>
      walkSettings(topology, { vxlanPorts: vxlanPorts ?? [], vxlanVNI: vxlanVNI ?? null }, trace.index?.table),
    packets: asked.packets,
    mostShown: !isFew ? 0 : asked.all ? 100_000 : FEW_PACKETS,
    flowIds,
    ...(reader === undefined ? {} : { reader }),
    since: since ?? null,
    until: until ?? null,
    signal: io.signal,
  }).finally(() => progress.clear());
}

/** Null where the filters of the trace say which, as they do of a flow and its answers. Throws bad usage for what is not there. */
function flowIdsOf(
  trace: TraceRun['trace'],
  { causeIds }: CommonOptions,
  flows: readonly number[],
): Set<number> | null {
  for (const id of flows) {
    if (trace.flow(id) === null)
      throw usageError(`--flow ${id}: no such flow in these captures`, 'overlens trace ... -o json lists them by id');
  }
  if (flows.length > 0 || causeIds.length === 0) return null;
  const ids = causeIds.flatMap((id) => {
    const cause = trace.causes.find((one) => one.id === id);
    if (cause !== undefined) return ANSWER_MISSED.has(cause.code) ? bothWays(cause.flowIds, trace) : cause.flowIds;
    const known = trace.causes.map((one) => one.id);
    throw usageError(
      `--finding ${id}: no such problem in these captures`,
      known.length === 0 ? 'There is none.' : `There are ${known.join(', ')}.`,
    );
  });
  return new Set(ids);
}

/** Ids of the flows and of those back. */
function bothWays(flowIds: readonly number[], { index }: TraceRun['trace']): readonly number[] {
  if (index === undefined) return flowIds;
  const { table, idOf } = index;
  const ids = new Set(flowIds);
  const back: number[] = [];
  for (let flow = 0; flow < table.flowCount; flow++) {
    const reverse = ids.has(idOf(flow)) ? table.reverseOf(flow) : -1;
    if (reverse >= 0) back.push(idOf(reverse));
  }
  return [...flowIds, ...back];
}

function pagesOf(report: PathReport, output: Output, look: PathLook): Iterable<string> {
  switch (output) {
    case 'text':
      return renderPath(report, look);
    case 'json':
      return renderPathJson(report);
    case 'svg':
      return [renderSvgPage(pathPage(report, look))];
    case 'html':
      return [renderHtmlPage(pathPage(report, look))];
  }
}

/** `44` of the first capture, `FILE:44`, several with commas. Throws bad usage. */
function parsePackets(text: string, captures: readonly string[]): PacketRef[] {
  const colon = text.lastIndexOf(':');
  const file = text.slice(0, Math.max(0, colon));
  const capture = colon < 0 ? 0 : captures.findIndex((path) => isFileOf(file, path));
  if (capture < 0) throw usageError(`-p ${text}: no such capture is given`, `The captures are ${captures.join(', ')}.`);
  return text
    .slice(colon + 1)
    .split(',')
    .map((part) => ({ capture, number: parseInteger('-p', part.trim(), 1, 1e15) }));
}
