// `overlens trace -o parquet -w DIR`: the trace as rows for SQL. With `--resume` each capture is traced by itself, and once only.
import { statSync } from 'node:fs';
import { isFileOf } from '../../attribution/points/points-input.ts';
import { OverlensError } from '../../errors.ts';
import { escapeText } from '../../render/text/escape.ts';
import { formatCount } from '../../render/text/format.ts';
import { DEFAULT_CLUSTER, type RawParquetOptions } from '../declare/parquet-options.ts';
import { type CommonOptions, checkTraceOptions, resolvePlaces } from '../declare/trace-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { absoluteTimes } from '../inputs/capture-times.ts';
import { sortInputs } from '../inputs/sort-inputs.ts';
import { type Spooled, spoolCaptures } from '../inputs/spool.ts';
import { type Io, untilStopped, writeAll } from '../io.ts';
import type { Entry, WrittenFile } from '../parquet/manifest.ts';
import { ParquetFolder } from '../parquet/parquet-folder.ts';
import { captureHashes, runHash } from '../parquet/run-hash.ts';
import { createProgress } from '../progress/progress.ts';
import { printProblem, say, usageError } from '../report-error.ts';
import { hintAtIssues, reportReading, runPipeline, topologyOf } from '../run-trace.ts';
import type { Stages } from '../stages.ts';

/** Checked. */
interface Request {
  options: CommonOptions;
  folder: string;
  cluster: string;
  resume: boolean;
  /** Of stdin. */
  name: string;
}

/** What a run did, for its last line. */
interface Tally {
  captures: number;
  files: WrittenFile[];
  skipped: number;
}

export async function runParquet(
  operands: readonly string[],
  raw: RawParquetOptions,
  commands: readonly string[],
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  const request = checkRequest(operands, raw);
  const { options, name } = request;
  // a hash is made of the whole capture, and it is read after that
  const spooled = await spoolPipes(options.captures, io, name);
  try {
    const kept = { ...options, captures: spooled.paths, places: placesOf(options, name) };
    const sorted = await sortInputs(kept, commands, io, { isOnce: !request.resume });
    const nameOf = namesOf(options.captures, spooled, name);
    const folder = new ParquetFolder(request.folder);
    try {
      const asked = { ...request, options: sorted };
      return await (request.resume ? mapCaptures : traceTogether)(asked, { folder, nameOf, io, stages });
    } finally {
      folder.close();
    }
  } finally {
    await spooled.remove();
  }
}

/** Folders stay where they are, too. */
async function spoolPipes(captures: readonly string[], io: Io, name: string): Promise<Spooled> {
  const isPipe = (path: string): boolean =>
    path === '-' || statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
  const { paths, remove } = await spoolCaptures(captures.filter(isPipe), io.signal, { name });
  let next = 0;
  return { paths: captures.map((path) => (isPipe(path) ? (paths[next++] ?? path) : path)), remove };
}

function checkRequest(operands: readonly string[], raw: RawParquetOptions): Request {
  const { output = [], write, cluster = DEFAULT_CLUSTER, resume = false, name, index, by, follow } = raw;
  const [other] = output.filter((one) => one !== 'parquet');
  const isParquet = output.includes('parquet') || resume;
  const named = output.find((one) => one.startsWith('parquet='));
  if (named !== undefined)
    throw usageError(
      `-o ${named}: a folder is written, not a file`,
      `-o parquet -w ${named.slice(named.indexOf('=') + 1) || 'DIR'}`,
    );
  if (!isParquet)
    throw usageError(
      `${write !== undefined ? '-w' : name !== undefined ? '--name' : '--cluster'}: only -o parquet has a use for it`,
      'overlens trace CAPTURE... -t SNAPSHOT -o parquet -w DIR',
    );
  if (other !== undefined)
    throw usageError(`-o ${other}: with -o parquet nothing else is written`, 'run it once more for that');
  if (write === undefined)
    throw usageError(`${resume ? '--resume' : '-o parquet'}: no folder to write to`, 'for example -w flows/');
  for (const [option, given] of Object.entries({ '--index': index, '--by': by, '--follow': follow }))
    if (given !== undefined) throw usageError(`${option}: not with -o parquet`);
  const options = checkTraceOptions(operands, raw);
  if (options.causeIds.length > 0)
    throw usageError(
      `--finding ${options.causeIds[0]}: letters are those of one answer`,
      'give the code of the problem, or ask for it with overlens query',
    );
  if (name !== undefined && !options.captures.includes('-'))
    throw usageError(`--name ${name}: nothing comes on stdin`, 'it names the capture that is given as -');
  return { options, folder: write, cluster, resume, name: name ?? 'stdin' };
}

/** `--at -=NODE` is of the file that stdin was put into. */
function placesOf({ places }: CommonOptions, name: string): CommonOptions['places'] {
  return places.map((place) => (place.file === '-' ? { ...place, file: name } : place));
}

/** What captures are called in rows: what was put into a temporary file by its own name. */
function namesOf(given: readonly string[], { paths }: Spooled, name: string): (path: string) => string {
  const names = new Map(paths.map((path, i) => [path, given[i] === '-' ? name : (given[i] ?? path)]));
  return (path) => names.get(path) ?? path;
}

interface Means {
  folder: ParquetFolder;
  nameOf(path: string): string;
  io: Io;
  stages: Stages;
}

/** All captures as one trace. */
async function traceTogether(request: Request, { folder, nameOf, io, stages }: Means): Promise<ExitCode> {
  const { options, cluster } = request;
  const run = await runPipeline(options, io, stages, {
    read: (asked) => stages.traceCaptures({ ...asked, firstPackets: true }),
  });
  if (run.interrupted) return stopped(io);
  const hashes = await captureHashes(options.captures);
  const together = hashes.filter((one) => one !== null);
  const captures = run.trace.captures.map(({ path, format }) => {
    const sha256 = hashes[options.captures.indexOf(path)] ?? null;
    return sha256 === null || format === null ? null : { sha256, file: nameOf(path) };
  });
  const how = { cluster, run: await runHash(options, run.topology, { cluster, together }) };
  const written = await folder.write(run.trace, captures, how);
  await report(request, { captures: captures.length, files: written.flat(), skipped: 0 }, io);
  await hintAtIssues(run.topology, options, io);
  return reportReading(run, io);
}

/** Each capture by itself, unless the folder has it. */
async function mapCaptures(request: Request, { folder, nameOf, io, stages }: Means): Promise<ExitCode> {
  const { options, cluster } = request;
  const topology = await untilStopped(topologyOf(options, io, stages), io.signal);
  const places = resolvePlaces(options.places, options.captures, topology);
  const run = await runHash(options, topology, { cluster, together: null });
  const tally: Tally = { captures: 0, files: [], skipped: 0 };
  let code: ExitCode = EXIT.ok;
  const fail = async (error: NonNullable<Entry['error']>): Promise<void> => {
    await printProblem(io, error.message, error.hint);
    code = EXIT.error;
  };
  for (const path of options.captures) {
    if (io.signal.aborted) return stopped(io);
    const [sha256 = null] = await captureHashes([path]);
    const known = sha256 === null ? null : folder.manifest.done(sha256, run);
    tally.captures++;
    if (known !== null) {
      tally.skipped++;
      if (known.error !== null) await fail(known.error);
      continue;
    }
    const progress = createProgress(io);
    try {
      const trace = await stages.traceCaptures({
        ...(await absoluteTimes(options.pipeline, [path])),
        captures: [path],
        topology,
        at: places.filter(({ file }) => isFileOf(file, path)),
        hints: options.hints,
        logs: options.logs,
        filter: options.filter,
        firstPackets: true,
        signal: io.signal,
        ...(progress.report === undefined ? {} : { onProgress: progress.report }),
      });
      if (io.signal.aborted) return await stopped(io);
      const [traced] = trace.captures;
      const isWritten = traced !== undefined && traced.format !== null && sha256 !== null;
      const capture = isWritten ? { sha256, file: nameOf(path) } : null;
      tally.files.push(...(await folder.write(trace, [capture], { cluster, run })).flat());
      if (traced?.error != null) await fail(traced.error);
    } catch (error) {
      if (io.signal.aborted) return await stopped(io);
      if (!(error instanceof OverlensError) || error.code === 'E_OUTPUT') throw error;
      await fail(error);
    } finally {
      progress.clear();
    }
  }
  await report(request, tally, io);
  return code;
}

async function stopped(io: Io): Promise<ExitCode> {
  await say(io, 'overlens: stopped by Ctrl-C: what was at hand is not written; --resume goes on from here');
  return EXIT.interrupted;
}

/** `flows/: 12 captures, 4 of them there already: 8 files, 1,234 rows`. */
async function report({ folder }: Request, { captures, files, skipped }: Tally, io: Io): Promise<void> {
  const rows = files.reduce((sum, one) => sum + one.rows, 0);
  const known = skipped === 0 ? '' : `, ${skipped} of them there already`;
  const line = `${formatCount(captures, 'capture')}${known}: ${formatCount(files.length, 'file')}, ${formatCount(rows, 'row')} written`;
  await writeAll(io.stdout, [`${escapeText(folder)}: ${line}\n`]);
}
