// `overlens topology`: the snapshot as understood and judged by itself, before any packet.
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { OverlensError } from '../../errors.ts';
import { whatIsMissing } from '../../input/missing.ts';
import { harmlessText } from '../../render/text/escape.ts';
import { formatCount } from '../../render/text/format.ts';
import { DEFAULT_TOP } from '../../render/text/render-options.ts';
import { renderTopologyJson } from '../../render/topology/topology-json.ts';
import { renderTopology } from '../../render/topology/topology-text.ts';
import { mayBeTwoTimes, TELL_TIMES } from '../../topology/ask/two-times.ts';
import { snapshotChoice } from '../declare/trace-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Io, untilStopped, writeAll } from '../io.ts';
import { printProblem, say, usageError } from '../report-error.ts';
import type { Stages } from '../stages.ts';
import { colorOf, widthOf } from '../terminal.ts';
import { parseChoice } from '../values.ts';

export interface RawTopologyCommand {
  topology?: string[];
  atStep?: string;
  takenAt?: string[];
  output: string;
  color: string;
  all?: boolean;
  strict?: boolean;
  redact?: boolean;
}

export async function runTopology(
  operands: readonly string[],
  raw: RawTopologyCommand,
  io: Io,
  stages: Stages,
): Promise<ExitCode> {
  const paths = [...operands, ...(raw.topology ?? [])];
  if (paths.length === 0)
    throw usageError('no snapshot given', 'overlens topology SNAPSHOT...; overlens snapshot prints how to make one');
  if (raw.redact === true) return redact(paths, io);
  const output = parseChoice('-o', raw.output, ['text', 'json']);
  const color = colorOf(io, parseChoice('--color', raw.color, ['auto', 'always', 'never']));
  const notes: string[] = [];
  const options = { ...snapshotChoice(raw), note: (sentence: string) => notes.push(sentence) };
  const topology = await untilStopped(stages.loadTopology(paths, [], options), io.signal);
  for (const sentence of notes) await printProblem(io, sentence, null);
  const look = {
    width: widthOf(io),
    fit: io.stdoutIsTTY,
    color,
    all: raw.all === true,
    top: DEFAULT_TOP,
    sort: 'problem' as const,
  };
  const missing = whatIsMissing(topology);
  const pieces = output === 'json' ? [renderTopologyJson(topology, missing)] : renderTopology(topology, look, missing);
  await writeAll(io.stdout, pieces);
  if (mayBeTwoTimes(topology)) await printProblem(io, 'files of the snapshot contradict each other', TELL_TIMES);
  const serious = topology.issues.some((issue) => issue.severity !== 'warning');
  return raw.strict === true && serious ? EXIT.violation : EXIT.ok;
}

/** One file as it was, without what nobody reads of it; what went is counted on stderr. */
async function redact(paths: readonly string[], io: Io): Promise<ExitCode> {
  const [file = '-', second] = paths;
  if (second !== undefined)
    throw usageError(`--redact ${paths.join(' ')}: one file at a time`, `overlens topology --redact ${file} > small`);
  const { redactSnapshot } = await import('../../topology/redact.ts');
  const { kept, dropped, ...redacted } = redactSnapshot(await readText(file), file);
  await writeAll(io.stdout, [harmlessText(redacted.text)]);
  const rest = dropped === 0 ? '' : `, ${formatCount(dropped, 'object')} that nobody reads left out`;
  if (kept + dropped > 0) await say(io, `overlens: ${formatCount(kept, 'object')} stripped to what is read${rest}`);
  return EXIT.ok;
}

async function readText(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: 'no such file',
      EISDIR: 'is a directory: give its files one by one',
    };
    throw new OverlensError('E_UNREADABLE', `${file}: ${reasons[code ?? ''] ?? message}`, { cause: error });
  }
}
