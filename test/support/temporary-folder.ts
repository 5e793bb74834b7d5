// What tests write is in one folder of their run, which goes with it: many make a folder of their own, and few take it away.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Vitest's global setup: the workers, and what they start, take `os.tmpdir()` from the environment. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'overlens-tests-'));
  const names = process.platform === 'win32' ? ['TEMP', 'TMP'] : ['TMPDIR'];
  for (const name of names) process.env[name] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
