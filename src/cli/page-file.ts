// The page that captures are dropped on, as it was built: beside the program, or in the executable.
import { existsSync, readFileSync } from 'node:fs';
import { getAsset, isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';
import { OverlensError } from '../errors.ts';

/** What the executable carries it as. */
export const PAGE_ASSET = 'overlens.html';

/** Where it lies; null in the executable, which has no file of it. */
export function pageFile(): string | null {
  // two folders up in the sources as in the built program
  return isSea() ? null : fileURLToPath(new URL('../../dist/overlens.html', import.meta.url));
}

/** @throws OverlensError E_UNREADABLE where it was not built */
export function pageText(): string {
  const file = pageFile();
  if (file === null) return getAsset(PAGE_ASSET, 'utf8');
  if (existsSync(file)) return readFileSync(file, 'utf8');
  throw new OverlensError('E_UNREADABLE', `${file}: no such file`, { hint: 'npm run build writes it' });
}
