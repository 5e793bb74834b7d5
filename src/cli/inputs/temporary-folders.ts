// Temporary folders and files of this run, removed whatever ends it: the command's end, an exception, a second Ctrl-C, SIGTERM or SIGHUP.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputError } from '../output-error.ts';

const folders = new Set<string>();
let isWatched = false;

/** A new empty folder. @throws OverlensError E_OUTPUT where none can be made */
export function makeTemporaryFolder(): string {
  const parent = tmpdir();
  try {
    const folder = mkdtempSync(join(parent, 'overlens-'));
    folders.add(folder);
    watch();
    return folder;
  } catch (error) {
    throw outputError(error, `${parent}: cannot be written`, 'TMPDIR names another directory for temporary files');
  }
}

/** Removes a file with the run, whatever ends it, until it is kept. */
export function removeAtEnd(file: string): void {
  folders.add(file);
  watch();
}

/** The file is whole, or gone. */
export function keepAfterEnd(file: string): void {
  folders.delete(file);
  unwatch();
}

/** Whether anything is to be removed. */
export function hasTemporaryFolders(): boolean {
  return folders.size > 0;
}

/** Removes it with what is in it. */
export function removeTemporaryFolder(folder: string): void {
  folders.delete(folder);
  rmSync(folder, { recursive: true, force: true });
  unwatch();
}

function removeAll(): void {
  for (const folder of [...folders]) removeTemporaryFolder(folder);
}

/** Only while there is a folder: a handler must wait for its turn, and a busy program would not be ended by the signal. */
function watch(): void {
  if (isWatched) return;
  isWatched = true;
  process.once('exit', removeAll);
  process.once('SIGTERM', onTerminate);
  process.once('SIGHUP', onHangUp);
}

function unwatch(): void {
  if (!isWatched || folders.size > 0) return;
  isWatched = false;
  process.off('exit', removeAll);
  process.off('SIGTERM', onTerminate);
  process.off('SIGHUP', onHangUp);
}

const onTerminate = (): void => endBy('SIGTERM');
const onHangUp = (): void => endBy('SIGHUP');

/** For a second Ctrl-C: ends the process as without a handler, but leaves no folder. */
export function endBy(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void {
  removeAll();
  process.kill(process.pid, signal);
}
