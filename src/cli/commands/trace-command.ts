// `overlens trace`, the default command: every flow of the captures, attributed and judged.

import { renderHubble } from '../../render/hubble/hubble.ts';
import type { HubbleLook } from '../../render/hubble/hubble-line.ts';
import { GROUP_KEYS, type RenderOptions, SORT_KEYS } from '../../render/text/render-options.ts';
import { renderCause } from '../../render/trace/cause-view.ts';
import { renderCsv } from '../../render/trace/trace-csv.ts';
import { renderJson, renderJsonLines } from '../../render/trace/trace-json.ts';
import { renderSummary } from '../../render/trace/trace-summary.ts';
import { renderTable } from '../../render/trace/trace-table.ts';
import { renderWide } from '../../render/trace/wide.ts';
import type { Topology } from '../../topology/model.ts';
import { podLabels } from '../../verdict/filter/pod-labels.ts';
import type { Cause, Trace, TracedFlow } from '../../verdict/trace-types.ts';
import { type CommonOptions, checkTraceOptions, type RawTraceOptions } from '../declare/trace-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { sortInputs } from '../inputs/sort-inputs.ts';
import { type Io, writeAll } from '../io.ts';
import { openOutputs, parseOutputs } from '../outputs.ts';
import { checkFollow, follower, type RenderSoFar } from '../progress/follow-captures.ts';
import { usageError } from '../report-error.ts';
import { besideHint, hintAtIssues, reportReading, runPipeline, type TraceRun } from '../run-trace.ts';
import type { Stages } from '../stages.ts';
import { colorOf, screenOf } from '../terminal.ts';
import { parseChoice, parseInteger } from '../values.ts';
import { verdictCode } from '../verdict-code.ts';
import { readVersion } from '../version.ts';

export const TRACE_OUTPUTS = ['table', 'wide', 'json', 'jsonl', 'csv', 'summary', 'hubble', 'html', 'svg'] as const;
type Output = (typeof TRACE_OUTPUTS)[number];

/** What `--follow` draws again and again on a terminal; of the others only the whole is of use. */
const IN_PLACE: ReadonlySet<Output> = new Set(['table', 'wide', 'summary']);

export interface RawTraceCommand extends RawTraceOptions {
  output?: string[];
  per?: string;
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
  { argv, commands }: { argv: readonly string[]; commands: readonly string[] },
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  const given = checkTraceOptions(operands, raw);
  const outputs = parseOutputs(raw.output ?? [], TRACE_OUTPUTS, 'table', ['parquet']);
  const output = outputs.stdout;
  if (raw.by !== undefined && output !== 'table')
    throw usageError(`--by ${raw.by} -o ${output}: rows are summed up in the table only`);
  const isPerPacket = perPacket(raw, output);
  const screen = lookOf(given, raw, io);
  const isFollowed = raw.follow === true;
  if (isFollowed) checkFollow(given);
  // captures that have only begun are all alike
  const options = await sortInputs(given, commands, io, { isOnce: !isFollowed });
  if (isPerPacket) (await import('./hubble-packets.ts')).checkReadAgain(options.captures);
  const files = openOutputs(outputs, [...options.captures, ...options.snapshot]);
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
  const isPage = [output, ...outputs.files.map(({ format }) => format)].some((one) => one === 'html' || one === 'svg');
  const page = isPage ? await reportFor(run, argv, io) : null;
  const shape = { look, inputs: options.taken, topology: run.topology, page };
  for (const file of files)
    file.write(piecesOf(run.trace, shown, { ...shape, look: inFile(look), output: file.format }));
  // half a JSON document is none: it is written to its end, or to the second Ctrl-C
  const stop = run.interrupted || output === 'json' ? undefined : io.signal;
  if (isPerPacket) await (await import('./hubble-packets.ts')).writeHubblePackets(run, hubbleLook(run), io);
  else await writeAll(io.stdout, piecesOf(run.trace, shown, { ...shape, output }), stop);
  await hintAtIssues(run.topology, options, io);
  const code = await reportReading(run, io);
  return code === EXIT.ok && raw.exitCode === true ? verdictCode(run.trace) : code;
}

/** Makes pages of traces. What other outputs do not need is loaded when it is asked for. */
async function reportFor({ options, topology }: TraceRun, argv: readonly string[], io: Io): Promise<MakePage> {
  const { evidenceOf } = await import('../proof/prove.ts');
  const { renderReport } = await import('../../render/report/report-page.ts');
  const { traceSays } = await import('../../render/report/report-says.ts');
  const { clusterFile } = await import('../../render/report/cluster-picture.ts');
  const { nodePairs } = await import('../../render/report/report-pairs.ts');
  const request = { options, waiverFiles: [], told: [], date: io.now() };
  const evidence = { ...(await evidenceOf(request, topology, argv)), proofFile: null };
  return (trace, output) => {
    if (output === 'html') return renderReport(trace, traceSays(trace, topology !== null, evidence));
    const pairs = nodePairs(trace);
    const picture = clusterFile(pairs);
    if (picture !== null) return [picture];
    const why =
      pairs.nodes.length === 0 ? 'no flow is between nodes that are known' : `${pairs.nodes.length} nodes are too many`;
    throw usageError(
      `-o svg: ${why}: there is nothing to draw`,
      'a picture needs a snapshot (-t), and 24 nodes at most',
    );
  };
}

type MakePage = (trace: Trace, output: 'html' | 'svg') => Iterable<string>;

/** Whether lines are of packets. Throws bad usage where nothing of packets is written. */
function perPacket({ per = 'flow' }: RawTraceCommand, output: Output): boolean {
  const isPerPacket = parseChoice('--per', per, ['flow', 'packet']) === 'packet';
  if (isPerPacket && output !== 'hubble')
    throw usageError(`--per packet -o ${output}: only -o hubble has lines of packets`, 'overlens decode lists packets');
  return isPerPacket;
}

function hubbleLook({ trace, topology }: Pick<TraceRun, 'trace' | 'topology'>): HubbleLook {
  return { version: readVersion(), captures: trace.captures, labels: podLabels(topology) };
}

/** As into a pipe that ends in no terminal: no colours, names whole. */
function inFile({ height: _rows, ...look }: RenderOptions): RenderOptions {
  return { ...look, color: false, fit: false, rowWidth: Number.POSITIVE_INFINITY, longRows: true };
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

/** What all outputs of a run share. */
interface Shape {
  look: RenderOptions;
  inputs: CommonOptions['taken'];
  topology?: Topology | null;
  /** For `html`. */
  page?: MakePage | null;
}

function piecesOf(
  trace: Trace,
  causes: readonly Cause[],
  { output, look, inputs, topology = null, page = null }: Shape & { output: Output },
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
    case 'html':
    case 'svg':
      return page?.(asked, output) ?? [];
    case 'hubble':
      return renderHubble(asked, hubbleLook({ trace: asked, topology }));
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
