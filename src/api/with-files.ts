// Inputs of the library: paths, or files as bytes, blobs and streams whose names are paths while one call runs.
import { type GivenFile, giveFiles } from '../bytes/given-files.ts';

/** A path (Node), the name of a file that was given (`giveFiles`), or a file itself. */
export type FileInput = string | GivenFile;

/** Calls `use` with a path for each input, in their order. */
export async function withFiles<T>(
  inputs: readonly FileInput[],
  use: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const given = giveFiles(inputs.filter((input) => typeof input !== 'string'));
  try {
    return await use(inputs.map(nameOf));
  } finally {
    given.close();
  }
}

function nameOf(input: FileInput): string {
  return typeof input === 'string' ? input : input.name;
}
