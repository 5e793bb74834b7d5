// How many files are open: a node:fs that counts, for vi.mock.

export const files = { open: 0, most: 0, opened: 0 };

type Fs = typeof import('node:fs');

/** The module with `open` and `close` counted in `files`. */
export function countFiles(fs: Fs): object {
  return {
    ...fs,
    open(path: string, flags: string, done: (error: Error | null, file: number) => void): void {
      fs.open(path, flags, (error, file) => {
        if (error === null) {
          files.opened++;
          files.most = Math.max(files.most, ++files.open);
        }
        done(error, file);
      });
    },
    close(file: number): void {
      files.open--;
      fs.close(file);
    },
  };
}
