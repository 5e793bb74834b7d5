// `-o FORMAT` and `-o FORMAT=FILE`, several in one run: what goes to stdout and what into which file. Files are opened before the
// work begins, so that one that cannot be written is told at once and an old result never stands where a run has failed.
import { closeSync, openSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { outputError } from './output-error.ts';
import { usageError } from './report-error.ts';
import { parseChoice } from './values.ts';

export interface Outputs<F extends string> {
  /** What stdout shows. */
  stdout: F;
  files: readonly { format: F; path: string }[];
}

/**
 * @param values of `-o`, in order; without one for stdout, `usual` goes there
 * @param others formats that are written otherwise, to name them too
 */
export function parseOutputs<F extends string>(
  values: readonly string[],
  formats: readonly F[],
  usual: F,
  others: readonly string[] = [],
): Outputs<F> {
  const files: { format: F; path: string }[] = [];
  const stdout: F[] = [];
  for (const value of values) {
    const equals = value.indexOf('=');
    const format = parseChoice('-o', equals < 0 ? value : value.slice(0, equals), formats, others);
    const path = value.slice(equals + 1);
    if (equals < 0) stdout.push(format);
    else if (path === '')
      throw usageError(`-o ${value}: no file behind =`, `for example -o ${format}=result.${format}`);
    else if (files.some((file) => file.path === path)) throw usageError(`-o ${value}: ${path} is given twice`);
    else files.push({ format, path });
  }
  if (stdout.length > 1)
    throw usageError(
      `-o ${stdout.join(', -o ')}: stdout can hold one of them`,
      `for example -o ${stdout[0]} -o ${stdout[1]}=FILE`,
    );
  return { stdout: stdout[0] ?? usual, files };
}

export interface OpenOutput<F extends string> {
  format: F;
  /** Once: a text, or pieces of one. @throws OverlensError E_OUTPUT */
  write(text: string | Iterable<string>): void;
}

/**
 * Opens and empties all files. Throws bad usage for one that is read too, by whatever name, and for one inside a directory of the
 * snapshot, which the next run would read.
 */
export function openOutputs<F extends string>(outputs: Outputs<F>, inputs: readonly string[]): OpenOutput<F>[] {
  for (const { format, path } of outputs.files) {
    const input = wouldChange(path, inputs);
    if (input !== null) throw usageError(`-o ${format}=${path}: ${input} is read, and would be changed by it`);
  }
  return outputs.files.map(({ format, path }) => {
    const file = opened(path);
    return {
      format,
      write(text) {
        try {
          for (const piece of typeof text === 'string' ? [text] : inLargePieces(text)) writeFileSync(file, piece);
          closeSync(file);
        } catch (error) {
          throw outputError(error, `${path}: cannot be written`);
        }
      },
    };
  });
}

/** Characters that are written at once. */
const PIECE = 256 * 1024;

function* inLargePieces(pieces: Iterable<string>): Generator<string> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < PIECE) continue;
    yield text;
    text = '';
  }
  yield text;
}

function opened(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw outputError(error, `${path}: cannot be written`);
  }
}

/** The input that writing `path` would change; null: none. */
export function wouldChange(path: string, inputs: readonly string[]): string | null {
  return inputs.find((one) => holds(one, path)) ?? null;
}

/** Whether writing `path` would change what is read from `input`. */
function holds(input: string, path: string): boolean {
  const [read, written] = [realOf(input), realOf(path) ?? realOf(dirname(path))];
  if (input === '-' || read === null || written === null) return false;
  const isFolder = statSync(read, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? `${written}${sep}`.startsWith(`${read}${sep}`) : isSameFile(input, path);
}

/** By whatever names: two hard links have nothing in common but the file. */
function isSameFile(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev;
}

function realOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
