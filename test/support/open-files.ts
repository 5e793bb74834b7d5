// How many files are open: node:fs with `open` and `close` counted. No vi.mock, which fails where a test before has loaded the
// modules that read.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { afterAll, beforeAll, beforeEach } from 'vitest';

export const files = { open: 0, most: 0, opened: 0 };

type Done = (error: Error | null, file: number) => void;

/** Counts in `files` while the tests of this file run; each begins at nothing. */
export function countFiles(): void {
  const { open, close } = fs;
  beforeAll(() => {
    // streams give a mode before the callback
    const counted = (...given: unknown[]): void => {
      const done = given.pop() as Done;
      const count: Done = (error, file) => {
        if (error === null) {
          files.opened++;
          files.most = Math.max(files.most, ++files.open);
        }
        done(error, file);
      };
      (open as (...all: unknown[]) => void)(...given, count);
    };
    install(
      counted as typeof fs.open,
      ((file: number, done?: () => void) => {
        files.open--;
        close(file, done);
      }) as typeof fs.close,
    );
  });
  beforeEach(() => {
    Object.assign(files, { open: 0, most: 0, opened: 0 });
  });
  afterAll(() => install(open, close));
}

function install(open: typeof fs.open, close: typeof fs.close): void {
  Object.assign(fs, { open, close });
  syncBuiltinESMExports();
}
