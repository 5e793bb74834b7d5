// The version, from the package's own description.
import { readFileSync } from 'node:fs';

/** Set where the program is built into one file, which has no description beside it. */
declare const OVERLENS_VERSION: string | undefined;

/** As in package.json; the file is two folders up in the sources as in the built program. */
export function readVersion(): string {
  if (typeof OVERLENS_VERSION === 'string') return OVERLENS_VERSION;
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
