// What a folder of Parquet files has already: one small file a capture, named by its sha256, so that any number of runs, also on several
// machines, write beside each other. An entry says which files are of the capture before they get their names, and that they are whole
// when they have them: whatever ends a run, the next one knows what to take away and what to trust.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SHORT_SHA } from '../../export/parquet/hive-layout.ts';
import { outputError } from '../output-error.ts';

export const MANIFEST = '_manifest';
export const ENTRY_SCHEMA = 'overlens.parquet/1';

export interface WrittenFile {
  /** Below the folder, with `/`. */
  path: string;
  bytes: number;
  rows: number;
}

export interface Entry {
  schema: typeof ENTRY_SCHEMA;
  sha256: string;
  /** The capture's path as it was given. */
  file: string;
  /** Hash of all that the rows hang on beside the capture: the snapshot, the options, the version. */
  run: string;
  state: 'begun' | 'done';
  files: readonly WrittenFile[];
  /** What is wrong with the capture itself: its rows end there. */
  error: { message: string; hint: string | null } | null;
}

export class Manifest {
  readonly #folder: string;

  /** @param folder that of the Parquet files */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Null where there is none, or a damaged one. */
  entry(sha256: string): Entry | null {
    try {
      const entry: unknown = JSON.parse(readFileSync(this.#pathOf(sha256), 'utf8'));
      return isEntry(entry, sha256) ? entry : null;
    } catch {
      return null;
    }
  }

  /** The capture's entry, if a run with that hash wrote all its files and they are there. */
  done(sha256: string, run: string): Entry | null {
    const entry = this.entry(sha256);
    if (entry === null || entry.state !== 'done' || entry.run !== run) return null;
    const isThere = ({ path, bytes }: WrittenFile): boolean =>
      statSync(join(this.#folder, path), { throwIfNoEntry: false })?.size === bytes;
    return entry.files.every(isThere) ? entry : null;
  }

  /** Takes the place of the capture's entry, whole or not at all. @throws OverlensError E_OUTPUT */
  write(entry: Entry): void {
    const path = this.#pathOf(entry.sha256);
    const unfinished = `${path}.${randomUUID()}.tmp`;
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(unfinished, `${JSON.stringify(entry)}\n`);
      renameSync(unfinished, path);
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw outputError(error, `${path}: cannot be written`);
    }
  }

  /** Digits of the hash that name the capture's files: more than usual where another capture begins with the same ones. */
  digitsFor(sha256: string): number {
    const short = sha256.slice(0, SHORT_SHA);
    const isTaken = this.#near(sha256).some((other) => other.startsWith(short) && other !== sha256);
    return isTaken ? 4 * SHORT_SHA : SHORT_SHA;
  }

  /** Hashes of captures that are kept beside this one. */
  #near(sha256: string): string[] {
    try {
      const names = readdirSync(dirname(this.#pathOf(sha256)));
      return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
    } catch {
      return [];
    }
  }

  /** By the first two digits, so that no folder gets too large to look through. */
  #pathOf(sha256: string): string {
    return join(this.#folder, MANIFEST, sha256.slice(0, 2), `${sha256}.json`);
  }
}

function isEntry(value: unknown, sha256: string): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { schema, sha256: own, run, state, files } = value as Partial<Entry>;
  return (
    schema === ENTRY_SCHEMA &&
    own === sha256 &&
    typeof run === 'string' &&
    (state === 'begun' || state === 'done') &&
    Array.isArray(files) &&
    files.every(({ path }) => isOwnPath(path))
  );
}

/** Files that an entry names are removed: only those of the layout, below the folder. */
function isOwnPath(path: unknown): boolean {
  return typeof path === 'string' && /^cluster=[^/]+\/date=[^/]+\/node=[^/]+\/capture-[0-9a-f]+\.parquet$/.test(path);
}
