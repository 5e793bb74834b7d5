// The version, from the package's own description.
import { readFileSync } from 'node:fs';

/** As in package.json; the file is two folders up in the sources as in the built program. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
