// `overlens view`: the page of `npm run build` with inputs in it, as one file that a browser opens without a server.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pageWithFiles } from '../../browser/embedded-files.ts';
import { OverlensError } from '../../errors.ts';
import { isFolder } from '../../input/folders.ts';
import { escapeText } from '../../render/text/escape.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { inputFiles, packedFiles } from '../inputs/packed-inputs.ts';
import { spoolCaptures } from '../inputs/spool.ts';
import { type Io, writeAll } from '../io.ts';
import { outputError } from '../output-error.ts';
import { wouldChange } from '../outputs.ts';
import { pageFile, pageText } from '../page-file.ts';
import { usageError } from '../report-error.ts';

export interface RawViewCommand {
  read?: string[];
  topology?: string[];
  write?: string;
  open?: boolean;
}

export async function runView(operands: readonly string[], raw: RawViewCommand, io: Io): Promise<ExitCode> {
  const inputs = [...operands, ...(raw.read ?? []), ...(raw.topology ?? [])];
  if (raw.write === '-' && raw.open === true) throw usageError('--open -w -: what is on stdout cannot be opened');
  const input = raw.write === undefined ? null : wouldChange(raw.write, inputs);
  if (input !== null) throw usageError(`-w ${raw.write}: ${input} is read, and would be changed by it`);
  const built = inputs.length === 0 && raw.write === undefined ? pageFile() : null;
  const path = built ?? (await writePage(inputs, raw.write, io));
  if (path === null) return EXIT.ok;
  await writeAll(io.stdout, [`${escapeText(path)}\n`]);
  if (raw.open === true) await openInBrowser(path, io);
  return EXIT.ok;
}

/** The file's path; null where it went to stdout. */
async function writePage(inputs: readonly string[], file: string | undefined, io: Io): Promise<string | null> {
  const spooled = await spoolCaptures(
    inputs.filter((one) => !isFolder(one)),
    io.signal,
  );
  try {
    const files = inputFiles([...spooled.paths, ...inputs.filter(isFolder)]);
    const pieces = pageWithFiles(pageText(), packedFiles(files));
    if (file === '-') {
      await writeAll(io.stdout, pieces, io.signal);
      return null;
    }
    const path = resolve(file ?? join(temporaryFolder(), 'overlens.html'));
    writePieces(path, pieces);
    return path;
  } finally {
    await spooled.remove();
  }
}

/** For this user alone, and kept: the browser opens it later. */
function temporaryFolder(): string {
  const parent = tmpdir();
  try {
    return mkdtempSync(join(parent, 'overlens-view-'));
  } catch (error) {
    throw outputError(error, `${parent}: cannot be written`, '-w FILE writes it elsewhere');
  }
}

/** Half a page is none. */
function writePieces(path: string, pieces: Iterable<string>): void {
  let file: number | null = null;
  try {
    file = openSync(path, 'w', 0o600);
    for (const piece of pieces) writeSync(file, piece);
    closeSync(file);
  } catch (error) {
    if (file !== null) {
      closeSync(file);
      unlinkSync(path);
    }
    throw error instanceof OverlensError ? error : outputError(error, `${path}: cannot be written`);
  }
}

const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Starts what opens files on this system, and does not wait for it. @throws OverlensError where there is none */
function openInBrowser(path: string, { env }: Io): Promise<void> {
  const [program = '', ...words] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...words, path], { detached: true, stdio: 'ignore', env: { ...env } });
  return new Promise((done, fail) => {
    child.once('spawn', () => {
      child.unref();
      done();
    });
    child.once('error', (error) =>
      fail(usageError(`--open: ${program} cannot be started (${error.message})`, `open ${path} in a browser`)),
    );
  });
}
