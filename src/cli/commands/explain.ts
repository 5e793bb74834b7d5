// `overlens explain`: one packet in full, two packets side by side, or (without a capture) what packets between two pods must
// look like.
import { explainPacket } from '../../explain/explain.ts';
import type { Explanation } from '../../explain/explanation.ts';
import { type PickedPacket, pickPacket } from '../../explain/pick.ts';
import { readPackets } from '../../packets/read-packets.ts';
import { contentLines } from '../../render/contents.ts';
import { renderExplanationJson } from '../../render/explain-json.ts';
import { type ExplainLook, renderExplanation } from '../../render/explain-text.ts';
import type { TracedCapture } from '../../verdict/types.ts';
import type { ExitCode } from '../exit-codes.ts';
import { type Io, writeAll } from '../io.ts';
import { usageError } from '../report-error.ts';
import { reportReading, runPipeline, type TraceRun } from '../run-trace.ts';
import { selectPackets } from '../select-packets.ts';
import { spoolCaptures } from '../spool.ts';
import type { Stages } from '../stages.ts';
import { colorOf, widthOf } from '../terminal.ts';
import { type CommonOptions, checkTraceOptions, type RawTraceOptions } from '../trace-command-options.ts';
import { parseChoice, parseInteger } from '../values.ts';

export const EXPLAIN_OUTPUTS = ['text', 'json', 'svg', 'html'] as const;
type Output = (typeof EXPLAIN_OUTPUTS)[number];

export interface RawExplainCommand extends RawTraceOptions {
  output: string;
  packet?: string[];
  compare?: string;
  diagram?: boolean;
  all?: boolean;
  from?: string;
  to?: string;
}

export async function runExplain(
  operands: readonly string[],
  raw: RawExplainCommand,
  commands: readonly string[],
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  const output = parseChoice('-o', raw.output, EXPLAIN_OUTPUTS);
  const numbers = parseNumbers(raw.packet ?? []);
  const options = checkTraceOptions(operands, raw);
  const spooled = await spoolCaptures(options.captures, io.signal);
  try {
    const session = await openSession(options, spooled.paths, commands, io, stages);
    const picked = await pick(session, numbers[0] ?? null);
    const explanation = await explain(session, picked);
    await writeAll(io.stdout, pagesOf(explanation, output, lookOf(options, raw, io)));
    return await reportReading(session.run, io);
  } finally {
    await spooled.remove();
  }
}

/** Everything that explaining packets of these captures takes. */
interface Session {
  run: TraceRun;
  options: CommonOptions;
  /** Where the captures are read from; the trace names them as the user did. */
  paths: readonly string[];
  io: Io;
  stages: Stages;
}

/** Traces the captures as a whole, without filters: what is known of places and causes must not depend on the packet. */
async function openSession(
  options: CommonOptions,
  paths: readonly string[],
  commands: readonly string[],
  io: Io,
  stages: Stages,
): Promise<Session> {
  const places = options.places.map((place) => ({ ...place, file: readFrom(options.captures, paths, place.file) }));
  const unfiltered = { ...options, captures: [...paths], places, filter: {}, filterText: '' };
  const run = await runPipeline(unfiltered, commands, io, stages);
  const named = (capture: TracedCapture, i: number): TracedCapture => ({
    ...capture,
    path: options.captures[i] ?? capture.path,
  });
  return {
    run: { ...run, trace: { ...run.trace, captures: run.trace.captures.map(named) } },
    options,
    paths,
    io,
    stages,
  };
}

function readFrom(captures: readonly string[], paths: readonly string[], file: string): string {
  return paths[captures.indexOf(file)] ?? file;
}

async function pick(session: Session, number: number | null): Promise<PickedPacket> {
  const { run, options } = session;
  const [cause = null] = options.causeIds;
  const { filterText } = options;
  if (number !== null && (filterText !== '' || cause !== null))
    throw usageError(
      `-p ${number} and ${filterText || `--finding ${cause}`}: one packet is asked for twice`,
      'leave one of them out',
    );
  const fitting = number === null && cause === null && filterText !== '' ? await firstThatFits(session) : null;
  return fitting ?? pickPacket(run.trace, { number, cause });
}

/** The first packet that fits the filters. Throws bad usage when there is none, and says what there is. */
async function firstThatFits({ run, options, paths, io, stages }: Session): Promise<PickedPacket> {
  // files, read up to the first that fits: asked for every packet whether to stop, no reader need wait for Ctrl-C
  const still = { ...io, signal: new AbortController().signal };
  const { request } = await selectPackets({ ...options, captures: [...paths] }, run.topology, still, stages);
  const { signal: _signal, ...reading } = request;
  const found: PickedPacket[] = [];
  await readPackets(reading, {
    packet({ capture, number }) {
      found.push({ capture, number, by: 'filter', text: `the first that fits ${options.filterText}` });
      return false;
    },
  });
  const [first] = found;
  if (first !== undefined) return first;
  const contents = contentLines(run.trace, widthOf(io));
  throw usageError(`no packet fits ${options.filterText}`, contents.join('\n'));
}

function explain({ run, options, paths, io }: Session, picked: PickedPacket): Promise<Explanation> {
  return explainPacket({
    ...options.pipeline,
    trace: run.trace,
    topology: run.topology,
    picked,
    paths,
    snapshot: options.snapshot,
    signal: io.signal,
  });
}

function lookOf(options: CommonOptions, raw: RawExplainCommand, io: Io): ExplainLook {
  return {
    width: widthOf(io),
    color: colorOf(io, options.color),
    diagram: raw.diagram === true,
    all: raw.all === true,
  };
}

function pagesOf(explanation: Explanation, output: Output, look: ExplainLook): Iterable<string> {
  switch (output) {
    case 'json':
      return [renderExplanationJson(explanation)];
    default:
      return renderExplanation(explanation, look);
  }
}

/** `-p 44`, `-p 44,51`, or `-p 44 -p 51`: one packet, or two to compare. Throws bad usage. */
function parseNumbers(texts: readonly string[]): number[] {
  const parts = texts.flatMap((text) => text.split(','));
  const numbers = parts.map((part) => parseInteger('-p', part.trim(), 1, 1e15));
  if (numbers.length > 2) throw usageError(`-p ${texts.join(' -p ')}: explain shows one packet or compares two`);
  return numbers;
}
