// `overlens explain`: one packet in full, two packets side by side, or (without a capture) what packets between two pods must
// look like.
import { comparePackets } from '../../explain/compare/compare-packets.ts';
import type { Explanation } from '../../explain/explanation.ts';
import type { PickedPacket } from '../../explain/pick.ts';
import { predict } from '../../explain/predict/predict.ts';
import { renderBeyond } from '../../render/explain/explanation-text.ts';
import type { ExplainLook } from '../../render/explain/packet-sections.ts';
import { type CommonOptions, checkTraceOptions, type RawTraceOptions } from '../declare/trace-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isWorthFirst } from '../explain-first.ts';
import { checkAskedOnce, explain, openSession, pick, type Session } from '../explain-session.ts';
import { withIndex } from '../index-file/with-index.ts';
import { sortInputs } from '../inputs/sort-inputs.ts';
import { spoolCaptures } from '../inputs/spool.ts';
import { type Io, untilStopped, writeAll } from '../io.ts';
import { say, usageError } from '../report-error.ts';
import { hintAtIssues, reportReading } from '../run-trace.ts';
import type { Stages } from '../stages.ts';
import { colorOf, widthOf } from '../terminal.ts';
import { parseChoice, parseInteger } from '../values.ts';
import {
  comparisonPages,
  EXPLAIN_OUTPUTS,
  type ExplainOutput,
  explanationPages,
  predictionPages,
} from '../writing/explain-pages.ts';

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
  if (raw.from !== undefined || raw.to !== undefined) return runPrediction(operands, raw, output, io, stages);
  const numbers = parseNumbers(raw.packet ?? []);
  const compared = raw.compare === undefined ? [] : [raw.compare];
  const given = checkTraceOptions([...operands, ...compared], raw);
  const options = await sortInputs(given, commands, io);
  const look = lookOf(options, raw, io);
  const [number = null] = numbers;
  checkAskedOnce(options, number);
  const isCompared = raw.compare !== undefined || numbers.length > 1;
  return withIndex(options, io, async (kept) => {
    const spooled = await spoolCaptures(options.captures, io.signal);
    try {
      const { paths } = spooled;
      const isFirst = output === 'text' && !isCompared && number !== null && isWorthFirst(paths, io);
      const early = isFirst ? { options, paths, number, look, kept } : null;
      const session = await openSession(options, paths, io, stages, { kept, early });
      if (session.shown !== null && session.run.interrupted) {
        await say(io, 'overlens: stopped by Ctrl-C before all was read that the rest takes');
        return EXIT.interrupted;
      }
      await writeAll(io.stdout, await pagesOf(session, numbers, raw.compare ?? null, { output, look }));
      return await reportReading(session.run, io);
    } finally {
      await spooled.remove();
    }
  });
}

/** One packet, or two side by side. */
async function pagesOf(
  session: Session,
  [one, two]: readonly number[],
  compare: string | null,
  { output, look }: { output: ExplainOutput; look: ExplainLook },
): Promise<Iterable<string>> {
  const { options } = session;
  const first = await explain(session, await pick(session, one ?? null));
  if (session.shown !== null) return renderBeyond(first, session.shown.first, look);
  if (compare === null && two === undefined) return explanationPages(first, output, look);
  const other = options.captures.indexOf(comparedIn(options, compare ?? undefined));
  const second = await explain(session, pickSecond(first, other, compare, two ?? null));
  return comparisonPages(comparePackets(first, second, isCopy(first, second)), output, look);
}

/** What is compared with: of what was given twice, what counts. */
function comparedIn({ captures, repeated }: CommonOptions, path: string | undefined): string {
  if (path === undefined) return captures[0] ?? '';
  return repeated.get(path) ?? path;
}

/** The second of two packets: by its number, else the same packet in the other capture. Throws bad usage. */
function pickSecond(first: Explanation, capture: number, path: string | null, number: number | null): PickedPacket {
  if (number !== null) return { capture, number, by: 'number', text: '' };
  const copy = first.related.find((one) => one.kind === 'copy' && one.capture === capture);
  if (copy !== undefined) return { capture, number: copy.number, by: 'number', text: 'the same packet' };
  throw usageError(
    `--compare ${path}: packet ${first.number} of ${first.capture.path} is not in it (looked for 5 s around its time)`,
    `give the number of the other one: -p ${first.number},M`,
  );
}

function isCopy({ related }: Explanation, second: Explanation): boolean {
  return related.some(
    (one) => one.kind === 'copy' && one.capture === second.capture.index && one.number === second.number,
  );
}

/** `--from` and `--to`: no capture, only the snapshot. */
async function runPrediction(
  operands: readonly string[],
  raw: RawExplainCommand,
  output: ExplainOutput,
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  if (raw.from === undefined || raw.to === undefined)
    throw usageError('--from and --to go together', 'overlens explain --from POD --to POD -t SNAPSHOT');
  if (operands.length > 0 || raw.packet !== undefined || raw.compare !== undefined)
    throw usageError(
      '--from and --to predict without a capture',
      'to filter the packets of one: --from-pod and --to-pod',
    );
  // the shared options want a capture; only their checks are of use here
  const options = checkTraceOptions(['-'], raw);
  if (options.snapshot.length === 0)
    throw usageError('--from and --to need a snapshot', 'overlens explain --from POD --to POD -t SNAPSHOT');
  const topology = await untilStopped(stages.loadTopology(options.snapshot, [], options.state), io.signal);
  const [port = null] = options.filter.port ?? [];
  const [protocol = port === null ? 'icmp' : 'tcp'] = options.filter.protocol ?? [];
  const { vxlanVNI = null, vxlanPorts = [] } = options.pipeline;
  const prediction = predict({ topology, from: raw.from, to: raw.to, protocol, port, vxlanVNI, vxlanPorts });
  await writeAll(io.stdout, predictionPages(prediction, output, lookOf(options, raw, io)));
  await hintAtIssues(topology, options, io);
  return EXIT.ok;
}

function lookOf(options: CommonOptions, raw: RawExplainCommand, io: Io): ExplainLook {
  return {
    width: widthOf(io),
    color: colorOf(io, options.color),
    diagram: raw.diagram === true,
    all: raw.all === true,
  };
}

/** `-p 44`, `-p 44,51`, or `-p 44 -p 51`: one packet, or two to compare. Throws bad usage. */
function parseNumbers(texts: readonly string[]): number[] {
  const parts = texts.flatMap((text) => text.split(','));
  const numbers = parts.map((part) => parseInteger('-p', part.trim(), 1, 1e15));
  if (numbers.length > 2) throw usageError(`-p ${texts.join(' -p ')}: explain shows one packet or compares two`);
  return numbers;
}
