// Temporary folders of this run, removed whatever ends it: the command's end, an exception, a second Ctrl-C, SIGTERM or SIGHUP.
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
    if (!isWatched) process.once('exit', removeAll);
    isWatched = true;
    folders.add(folder);
    return folder;
  } catch (error) {
    throw outputError(error, `${parent}: cannot be written`, 'TMPDIR names another directory for temporary files');
  }
}

/** Removes it with what is in it. */
export function removeTemporaryFolder(folder: string): void {
  folders.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}

function removeAll(): void {
  for (const folder of [...folders]) removeTemporaryFolder(folder);
}

/** Removes all of them before a signal that ends the process does so, as without this. */
export function removeOnSignal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void {
  process.once(signal, () => {
    removeAll();
    process.kill(process.pid, signal);
  });
}
