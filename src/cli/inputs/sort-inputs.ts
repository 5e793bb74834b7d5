// The arguments sorted by their content before the work starts: captures, parts of the snapshot, folders and bundles of both.
import { stat } from 'node:fs/promises';
import { isFileOf } from '../../attribution/points/points-input.ts';
import { MEMBER_MARK } from '../../bytes/archive/walk-members.ts';
import { joinErrors, OverlensError } from '../../errors.ts';
import { PACKET_CAPTURE } from '../../input/bundles/pod-captures.ts';
import { sortArguments, type Taken } from '../../input/sort-arguments.ts';
import { withRepeats } from '../../packets/repeated-cuts.ts';
import { escapeText } from '../../render/text/escape.ts';
import { formatCount } from '../../render/text/format.ts';
import { inputSentence } from '../../render/text/given-input.ts';
import { type CommonOptions, checkIsGiven } from '../declare/trace-options.ts';
import { type Io, untilStopped } from '../io.ts';
import { printProblem, say, usageError } from '../report-error.ts';
import { nearest } from '../values.ts';
import { repeatedCaptures } from './repeated-captures.ts';
import { spoolArchive } from './spool.ts';

/**
 * The same options with captures only in `captures`, and what is not there; what else the arguments held is in `found`. Throws bad
 * usage; E_UNREADABLE where no argument is there.
 * @param isOnce captures that were given twice are said, and left out
 */
export async function sortInputs(
  options: CommonOptions,
  commands: readonly string[],
  io: Io,
  { isOnce = true }: { isOnce?: boolean } = {},
): Promise<CommonOptions> {
  if (options.captures.includes('-') && options.snapshot.includes('-'))
    throw usageError('- given as capture and as snapshot: stdin can be read once only');
  await checkArguments(options.captures, commands);
  for (const path of new Set(options.captures)) await spoolArchive(path, io.signal);
  const { captures, documents, taken, hints, logs } = await untilStopped(
    sortArguments([...new Set(options.captures)]),
    io.signal,
  );
  if (captures.length === 0) throw noCapture(taken);
  for (const one of taken) await sayTaken(one, io);
  for (const file of options.pipeline.unfiltered ?? []) checkIsGiven(`--unfiltered ${file}`, file, captures);
  const sorted = { ...options, captures: [...new Set(captures)], found: documents, taken, hints, logs };
  const twice = options.captures.filter((path, i, all) => all.indexOf(path) < i);
  return isOnce ? await withoutRepeated(sorted, twice, io) : sorted;
}

/** @param twice arguments that were given more than once */
async function withoutRepeated(options: CommonOptions, twice: readonly string[], io: Io): Promise<CommonOptions> {
  const { captures } = options;
  const places = captures.filter((path) => options.places.some(({ file }) => isFileOf(file, path)));
  const repeats = await untilStopped(repeatedCaptures(captures, places), io.signal);
  for (const path of new Set(twice)) await printProblem(io, `${path}: given more than once: counted once`, null);
  for (const { path, of, is } of repeats) await printProblem(io, `${path}: ${is} ${of}: counted once`, null);
  const repeated = new Map(repeats.map(({ path, of }) => [path, of]));
  return {
    ...options,
    captures: captures.filter((path) => !repeated.has(path)),
    repeated,
    taken: withRepeats(options.taken, repeats),
  };
}

/** Files that cannot be read and are named, of one argument. */
const UNREAD_SAID = 3;

/** What a capture was taken for need not be said: the answer has a line for each. */
async function sayTaken(one: Taken, io: Io): Promise<void> {
  if (one.as !== 'capture' && one.as !== 'unreadable') await say(io, `overlens: ${escapeText(inputSentence(one))}`);
  // the answer names it among the captures
  if (one.as === 'unreadable') return;
  for (const { path, reason, hint } of one.unread.slice(0, UNREAD_SAID))
    await printProblem(io, `${path}: ${reason}`, hint);
  const more = one.unread.length - UNREAD_SAID;
  if (more > 0)
    await say(io, `overlens: ${escapeText(one.argument)}: ${formatCount(more, 'more file')} cannot be read`);
  if (one.captures > 0 && one.tools.includes(PACKET_CAPTURE))
    await printProblem(io, `${one.argument}: ${AT_PODS}`, NICS);
}

const AT_PODS = `captures of a ${PACKET_CAPTURE} are taken at pods' interfaces, before any encapsulation: it cannot be verified`;
const NICS =
  "whether packets are encapsulated shows on the nodes' NICs: overlens snapshot --nodes NODE,... captures there";

/** Throws every problem of every path at once, where no path is there, or one is a misspelt command; else its reader tells of it. */
async function checkArguments(paths: readonly string[], commands: readonly string[]): Promise<void> {
  const problems: OverlensError[] = [];
  let isCommand = false;
  for (const path of paths) {
    if (path === '-' || path.includes(MEMBER_MARK)) continue;
    const error = await stat(path).then(
      () => null,
      (reason: Error) => reason,
    );
    if (error === null) continue;
    const problem = missing(path, error, nearest(path, commands));
    isCommand ||= problem.hint !== null;
    problems.push(problem);
  }
  const [first, ...more] = problems;
  if (first !== undefined && (isCommand || problems.length === paths.length)) throw joinErrors([first, ...more]);
}

function noCapture(taken: readonly Taken[]): OverlensError {
  const names = taken.map(({ argument }) => argument).join(' ');
  const [first] = taken;
  const what =
    taken.length > 1
      ? 'no capture is among them'
      : first?.as === 'snapshot'
        ? 'is a snapshot of a cluster, not a capture'
        : `no capture is in this ${first?.as ?? 'folder'}`;
  return usageError(
    `${names}: ${what}`,
    `with captures: overlens CAPTURE... ${names}; alone: overlens topology ${names}`,
  );
}

function missing(path: string, error: Error, command: string | null): OverlensError {
  const { code } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOENT: 'no such file',
    EACCES: 'permission denied',
    ENOTDIR: 'no such file',
    ELOOP: 'too many symbolic links',
    ENAMETOOLONG: 'name too long',
  };
  const reason = reasons[code ?? ''] ?? error.message;
  const hint =
    command !== null && code === 'ENOENT' && !/[./]/.test(path) ? `did you mean the command ${command}?` : null;
  return new OverlensError('E_UNREADABLE', `${path}: ${reason}`, { hint, cause: error });
}
