// How many files are open: node:fs with `open` and `close` counted. No vi.mock, which fails where a test before has loaded the
// modules that read.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { afterAll, beforeAll, beforeEach } from 'vitest';

export const files = { open: 0, most: 0, opened: 0 };

type Open = (path: string, flags: string, done: (error: Error | null, file: number) => void) => void;

/** Counts in `files` while the tests of this file run; each begins at nothing. */
export function countFiles(): void {
  const { open, close } = fs;
  beforeAll(() => {
    const counted: Open = (path, flags, done) => {
      open(path, flags, (error, file) => {
        if (error === null) {
          files.opened++;
          files.most = Math.max(files.most, ++files.open);
        }
        done(error, file);
      });
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
