// What a user has at hand -> captures and snapshot, told apart by their content.
import { type GivenFiles, giveFiles } from '../bytes/given-files.ts';
import { loadTopology as loadSnapshot } from '../input/load-topology.ts';
import { type SortedArguments, sortArguments } from '../input/sort-arguments.ts';
import { repeatedCuts, withRepeats } from '../packets/repeated-cuts.ts';
import type { Topology } from '../topology/model.ts';
import type { TakenAt } from '../topology/time/taken.ts';
import { type FileInput, withFiles } from './with-files.ts';

export interface LoadOptions {
  /** The state of a file that goes through several, from 1 on; the last one otherwise. */
  step?: number;
  /** When what was given was taken, where it does not say so itself. */
  takenAt?: readonly TakenAt[];
  /** Told what is in the inputs and not used: captures in a bundle. */
  note?: (sentence: string) => void;
  signal?: AbortSignal;
}

/**
 * Reads a snapshot from files, folders and bundles (tar, zip, gzip, zstd).
 * @throws OverlensError E_UNREADABLE, E_INVALID_SNAPSHOT: one line per problem; `signal.reason` when aborted
 */
export function loadTopology(inputs: readonly FileInput[], options: LoadOptions = {}): Promise<Topology> {
  return withFiles(inputs, (paths) => loadSnapshot(paths, [], options));
}

/** Captures and snapshot of several inputs, with what is known of them: the options of `traceCaptures` that they give. */
export interface OpenedInputs extends Pick<SortedArguments, 'captures' | 'hints' | 'logs' | 'taken'> {
  /** Null where none of the inputs can be part of a snapshot. */
  topology: Topology | null;
  /** The captures cannot be read any more, where they were given as files. */
  close(): void;
}

/**
 * Sorts files, folders and bundles by their content, as the command line does: captures, a snapshot, bundles that hold both. A capture that is
 * a copy or a cut of another one counts once, and `taken` names it. What cannot be read is told there too, and by the reader of the captures.
 * @throws OverlensError E_INVALID_SNAPSHOT; `signal.reason` when aborted
 */
export async function openInputs(
  inputs: readonly FileInput[],
  options: Omit<LoadOptions, 'note'> = {},
): Promise<OpenedInputs> {
  const files = giveFiles(inputs.filter((input) => typeof input !== 'string'));
  try {
    return await sorted(inputs, options, files);
  } catch (error) {
    files.close();
    throw error;
  }
}

async function sorted(
  inputs: readonly FileInput[],
  options: Omit<LoadOptions, 'note'>,
  { close }: GivenFiles,
): Promise<OpenedInputs> {
  const paths = inputs.map((input) => (typeof input === 'string' ? input : input.name));
  const sorted = await sortArguments([...new Set(paths)], options.signal);
  const { documents, hints, logs } = sorted;
  const topology = documents.length === 0 ? null : await loadSnapshot([], documents, options);
  const repeats = await repeatedCuts(sorted.captures);
  const captures = sorted.captures.filter((path) => !repeats.some((one) => one.path === path));
  return { captures, hints, logs, taken: withRepeats(sorted.taken, repeats), topology, close };
}
