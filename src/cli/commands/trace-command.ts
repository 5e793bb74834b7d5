// `overlens trace`, the default command: every flow of the captures, attributed and judged.

import { GROUP_KEYS, type RenderOptions, SORT_KEYS } from '../../render/text/render-options.ts';
import { renderCause } from '../../render/trace/cause-view.ts';
import { renderCsv } from '../../render/trace/trace-csv.ts';
import { renderJson, renderJsonLines } from '../../render/trace/trace-json.ts';
import { renderSummary } from '../../render/trace/trace-summary.ts';
import { renderTable } from '../../render/trace/trace-table.ts';
import { renderWide } from '../../render/trace/wide.ts';
import type { Cause, Trace, TracedFlow } from '../../verdict/trace-types.ts';
import { type CommonOptions, checkTraceOptions, type RawTraceOptions } from '../declare/trace-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { sortInputs } from '../inputs/sort-inputs.ts';
import { type Io, writeAll } from '../io.ts';
import { checkFollow, follower, type RenderSoFar } from '../progress/follow-captures.ts';
import { usageError } from '../report-error.ts';
import { besideHint, hintAtIssues, reportReading, runPipeline } from '../run-trace.ts';
import type { Stages } from '../stages.ts';
import { colorOf, screenOf } from '../terminal.ts';
import { parseChoice, parseInteger } from '../values.ts';
import { verdictCode } from '../verdict-code.ts';

export const TRACE_OUTPUTS = ['table', 'wide', 'json', 'jsonl', 'csv', 'summary'] as const;
type Output = (typeof TRACE_OUTPUTS)[number];

/** What `--follow` draws again and again on a terminal; of the others only the whole is of use. */
const IN_PLACE: ReadonlySet<Output> = new Set(['table', 'wide', 'summary']);

export interface RawTraceCommand extends RawTraceOptions {
  output: string;
  all?: boolean;
  top?: string;
  sort: string;
  by?: string;
  follow?: boolean;
  exitCode?: boolean;
}

export async function runTrace(
  operands: readonly string[],
  raw: RawTraceCommand,
  commands: readonly string[],
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  const given = checkTraceOptions(operands, raw);
  const output = parseChoice('-o', raw.output, TRACE_OUTPUTS);
  if (raw.by !== undefined && output !== 'table')
    throw usageError(`--by ${raw.by} -o ${output}: rows are summed up in the table only`);
  const screen = lookOf(given, raw, io);
  const isFollowed = raw.follow === true;
  if (isFollowed) checkFollow(given);
  // captures that have only begun are all alike
  const options = await sortInputs(given, commands, io, { isOnce: !isFollowed });
  const draws = isFollowed && io.stdoutIsTTY && io.env['TERM'] !== 'dumb' && IN_PLACE.has(output);
  const soFar: RenderSoFar = (trace, { columns, rows }) => {
    const look = { ...screen, width: columns, height: rows };
    return [...piecesOf(trace, knownCauses(trace, options.causeIds), { output, look, inputs: options.taken })].join('');
  };
  const read = isFollowed ? follower(io, stages, draws ? soFar : null) : stages.traceCaptures;
  const run = await runPipeline(options, io, stages, { read });
  // while captures were followed, the window may have been made larger
  const now = isFollowed ? lookOf(given, raw, { ...io, ...io.terminal?.() }) : screen;
  const look = besideHint(now, run.topology);
  const shown = selectCauses(run.trace, options.causeIds);
  // half a JSON document is none: it is written to its end, or to the second Ctrl-C
  const stop = run.interrupted || output === 'json' ? undefined : io.signal;
  await writeAll(io.stdout, piecesOf(run.trace, shown, { output, look, inputs: options.taken }), stop);
  await hintAtIssues(run.topology, options, io);
  const code = await reportReading(run, io);
  return code === EXIT.ok && raw.exitCode === true ? verdictCode(run.trace) : code;
}

function lookOf(options: CommonOptions, raw: RawTraceCommand, io: Io): RenderOptions {
  return {
    ...screenOf(io),
    color: colorOf(io, options.color),
    all: raw.all === true,
    top: raw.top === undefined ? null : parseInteger('--top', raw.top, 1, 1_000_000),
    sort: parseChoice('--sort', raw.sort, SORT_KEYS),
    ...(raw.by === undefined ? {} : { by: parseChoice('--by', raw.by, GROUP_KEYS) }),
  };
}

/** The causes asked for by letter. Throws bad usage for a letter that none has. */
function selectCauses(trace: Trace, ids: readonly string[]): Cause[] {
  return ids.map((id) => {
    const cause = trace.causes.find((one) => one.id === id);
    if (cause !== undefined) return cause;
    const known = trace.causes.map((one) => one.id);
    throw usageError(
      `--finding ${id}: no such problem in these captures`,
      known.length === 0 ? 'There is none.' : `There are ${known.join(', ')}.`,
    );
  });
}

/** Those that have shown themselves by now. */
function knownCauses(trace: Trace, ids: readonly string[]): Cause[] {
  return trace.causes.filter(({ id }) => ids.includes(id));
}

function piecesOf(
  trace: Trace,
  causes: readonly Cause[],
  { output, look, inputs }: { output: Output; look: RenderOptions; inputs: CommonOptions['taken'] },
): Iterable<string> {
  if (causes.length > 0 && (output === 'table' || output === 'wide')) return causePages(trace, causes, look);
  const asked = causes.length > 0 ? onlyFlowsOf(trace, causes) : trace;
  switch (output) {
    case 'table':
      return renderTable(asked, look);
    case 'wide':
      return renderWide(asked, look);
    case 'summary':
      return renderSummary(asked, look);
    case 'json':
      return renderJson(asked, inputs);
    case 'jsonl':
      return renderJsonLines(asked, inputs);
    case 'csv':
      return renderCsv(asked);
  }
}

function* causePages(trace: Trace, causes: readonly Cause[], look: RenderOptions): Generator<string> {
  for (const [i, cause] of causes.entries()) yield (i === 0 ? '' : '\n') + renderCause(trace, cause, look);
}

/** The same trace with the flows of some causes only; a cause names its first 1000. */
function onlyFlowsOf(trace: Trace, causes: readonly Cause[]): Trace {
  const ids = new Set(causes.flatMap((cause) => cause.flowIds));
  const flows = [...ids]
    .sort((a, b) => a - b)
    .map((id) => trace.flow(id))
    .filter((flow) => flow !== null);
  const counted = (verdict: TracedFlow['verdict']): number => flows.filter((flow) => flow.verdict === verdict).length;
  const summary = {
    packets: flows.reduce((sum, flow) => sum + flow.packets, 0),
    flows: flows.length,
    conversations: new Set(flows.map((flow) => flow.conversation)).size,
    ...{ ok: counted('ok'), violation: counted('violation'), unverifiable: counted('unverifiable') },
    outOfScope: flows.filter((flow) => !flow.inScope).length,
  };
  const flow = (id: number): TracedFlow | null => (ids.has(id) ? trace.flow(id) : null);
  return {
    captures: trace.captures,
    causes,
    window: trace.window,
    clocks: trace.clocks,
    summary,
    flowCount: flows.length,
    flows: () => flows,
    flow,
  };
}
