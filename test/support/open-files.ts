// How many files are open: node:fs with its opening and closing counted. No vi.mock, which fails where a test before has loaded the
// modules that read.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { afterAll, beforeAll, beforeEach } from 'vitest';

/** Files opened to be read: what tests write is not counted. */
export const files = { open: 0, most: 0, opened: 0 };

type Done = (error: Error | null, file: number) => void;

/** Counts in `files` while the tests of this file run; each begins at nothing. */
export function countFiles(): void {
  const { open, close, openSync, closeSync } = fs;
  const counted = new Set<number>();
  const begin = (file: number): void => {
    counted.add(file);
    files.opened++;
    files.most = Math.max(files.most, ++files.open);
  };
  const end = (file: number): void => {
    if (counted.delete(file)) files.open--;
  };
  beforeAll(() => {
    install({
      // streams give a mode before the callback
      open: ((...given: unknown[]): void => {
        const done = given.pop() as Done;
        const count: Done = (error, file) => {
          if (error === null) begin(file);
          done(error, file);
        };
        (open as (...all: unknown[]) => void)(...given, count);
      }) as typeof fs.open,
      close: ((file: number, done?: () => void) => {
        end(file);
        close(file, done);
      }) as typeof fs.close,
      openSync(path, flags, mode) {
        const file = openSync(path, flags, mode);
        if (flags === 'r') begin(file);
        return file;
      },
      closeSync(file) {
        end(file);
        closeSync(file);
      },
    });
  });
  beforeEach(() => {
    counted.clear();
    Object.assign(files, { open: 0, most: 0, opened: 0 });
  });
  afterAll(() => install({ open, close, openSync, closeSync }));
}

function install(functions: Pick<typeof fs, 'open' | 'close' | 'openSync' | 'closeSync'>): void {
  Object.assign(fs, functions);
  syncBuiltinESMExports();
}
