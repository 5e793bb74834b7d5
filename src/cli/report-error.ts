// Errors on stderr: one message, what to do about it, no stack trace unless OVERLENS_DEBUG asks for one.
import { OverlensError } from '../errors.ts';
import { escapeText } from '../render/text/escape.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { type Io, writeAll } from './io.ts';

/** Bad usage: exit 2 with this message and hint. */
export function usageError(message: string, hint?: string): OverlensError {
  return new OverlensError('E_USAGE', message, { hint: hint ?? null });
}

/** Prints the error and returns the exit code it asks for: always 2. */
export async function reportError(error: unknown, io: Io): Promise<ExitCode> {
  const known = error instanceof OverlensError ? error : systemError(error);
  if (io.signal.aborted && known !== null && known.code !== 'E_OUTPUT') {
    await say(io, 'overlens: stopped by Ctrl-C before anything was read');
    return EXIT.interrupted;
  }
  if (known !== null) await printProblem(io, known.message, known.hint);
  else
    await printProblem(
      io,
      `internal error: ${messageOf(error)}`,
      'this is a bug in overlens: please report it with the command line',
    );
  if (io.env['OVERLENS_DEBUG'] && error instanceof Error) await printDetails(io, error);
  else if (known === null) await say(io, '  OVERLENS_DEBUG=1 shows where it happened');
  return EXIT.error;
}

/** What the operating system or the memory refused is no bug of this program; null for anything else. */
function systemError(error: unknown): OverlensError | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof RangeError && /allocation failed|Invalid (string|array|typed array) length/.test(error.message))
    return new OverlensError('E_UNREADABLE', `there is not enough memory for this (${error.message})`, {
      hint: 'give fewer or smaller files, or node more memory: NODE_OPTIONS=--max-old-space-size=MEGABYTES',
      cause: error,
    });
  const { syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined ? null : new OverlensError('E_UNREADABLE', error.message, { cause: error });
}

/** `overlens: MESSAGE` and, indented, what to do. Text is escaped; messages may hold several lines. */
export async function printProblem(io: Io, message: string, hint: string | null): Promise<void> {
  const [first = '', ...more] = message.split('\n');
  await say(io, `overlens: ${escapeText(first)}`);
  for (const line of [...more, ...(hint === null ? [] : hint.split('\n'))])
    await say(io, `  ${escapeText(line.trimEnd())}`);
}

/** One line to stderr; a closed stderr is nobody's problem. */
export async function say(io: Io, line: string): Promise<void> {
  await writeAll(io.stderr, [`${line}\n`]).catch(() => false);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function printDetails(io: Io, error: Error): Promise<void> {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    for (const line of (at.stack ?? String(at)).split('\n')) await say(io, escapeText(line));
  }
}
