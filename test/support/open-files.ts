// How many files are open, counted in node:fs itself: the readers of captures open and close through it, whoever loaded them.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

export const files = { open: 0, most: 0, opened: 0 };

const real = { open: fs.open, close: fs.close };

/** Streams give a mode before the callback. */
function open(path: string, flags: string, ...rest: unknown[]): void {
  const done = rest.pop() as (error: Error | null, file: number) => void;
  const count = (error: Error | null, file: number): void => {
    if (error === null) {
      files.opened++;
      files.most = Math.max(files.most, ++files.open);
    }
    done(error, file);
  };
  if (typeof rest[0] === 'number') real.open(path, flags, rest[0], count);
  else real.open(path, flags, count);
}

function close(file: number, done?: (error: Error | null) => void): void {
  files.open--;
  real.close(file, done);
}

Object.assign(fs, { open, close });
syncBuiltinESMExports();
