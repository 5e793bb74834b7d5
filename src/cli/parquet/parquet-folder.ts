// A trace into a folder of Parquet files: written beside their place, and renamed into it when all of them are whole.
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { placeOfFile } from '../../export/parquet/hive-layout.ts';
import { OBSERVATION_COLUMNS } from '../../export/parquet/observation-columns.ts';
import { observationRows } from '../../export/parquet/observation-rows.ts';
import { GROUP_ROWS, ParquetFile } from '../../export/parquet/parquet-file.ts';
import type { Trace, TracedCapture } from '../../verdict/trace-types.ts';
import { removeAtEnd, removeTemporaryFolder } from '../inputs/temporary-folders.ts';
import { outputError } from '../output-error.ts';
import { readVersion } from '../version.ts';
import { ENTRY_SCHEMA, type Entry, Manifest, type WrittenFile } from './manifest.ts';

/** Where files are before they are whole. */
const UNFINISHED = '_unfinished';
/** What a run left that was killed is removed when it is so old, ms: others may be at work in the folder. */
const ABANDONED = 24 * 3600 * 1000;
/** Rows that wait for their row groups, of all files together. */
const MOST_WAITING = 16 * GROUP_ROWS;
/** Rows between two looks at the signals. */
const TURN = 4096;

/** A capture of a trace, as its rows and its entry name it. */
export interface NamedCapture {
  sha256: string;
  file: string;
}

export interface HowToWrite {
  cluster: string;
  /** Hash of snapshot and options. */
  run: string;
}

interface Unfinished {
  capture: number;
  node: string | null;
  path: string;
  file: ParquetFile;
}

export class ParquetFolder {
  readonly manifest: Manifest;
  readonly #folder: string;
  readonly #unfinished: string;
  #made = 0;

  /** Makes the folder. @throws OverlensError E_OUTPUT */
  constructor(folder: string) {
    this.#folder = folder;
    this.manifest = new Manifest(folder);
    const parent = join(folder, UNFINISHED);
    try {
      mkdirSync(parent, { recursive: true });
      removeAbandoned(parent);
      this.#unfinished = mkdtempSync(join(parent, 'run-'));
    } catch (error) {
      throw outputError(error, `${folder}: cannot be written`, '-w names the folder of the Parquet files');
    }
    removeAtEnd(this.#unfinished);
  }

  /** Nothing more is written. */
  close(): void {
    removeTemporaryFolder(this.#unfinished);
  }

  /**
   * Writes the rows of a trace, and an entry for each of its captures. What the folder had of them is replaced.
   * @param captures those of the trace, in its order; null of what is no capture
   * @returns what was written of each
   * @throws OverlensError E_OUTPUT: then the captures have the entries that they had, or one that says that they were begun
   */
  async write(trace: Trace, captures: readonly (NamedCapture | null)[], how: HowToWrite): Promise<WrittenFile[][]> {
    const files = await this.#writeRows(trace, captures, how);
    return captures.map((capture, i) => {
      if (capture === null) return [];
      const own = files.filter((one) => one.capture === i);
      return this.#publish(capture, own, how, trace.captures[i]);
    });
  }

  async #writeRows(
    trace: Trace,
    captures: readonly (NamedCapture | null)[],
    { run, cluster }: HowToWrite,
  ): Promise<Unfinished[]> {
    const files = new Map<string, Unfinished>();
    const named = captures.map((one) => one ?? { sha256: '', file: '' });
    let [waiting, rows] = [0, 0];
    for (const { capture, node, cells } of observationRows(trace, named)) {
      const key = `${capture}|${node}`;
      let one = files.get(key);
      if (one === undefined) {
        one = this.#begin(capture, node, { run, cluster });
        files.set(key, one);
      }
      const before = one.file.waiting;
      this.#guard(() => one.file.add(cells));
      waiting += one.file.waiting - before;
      if (waiting > MOST_WAITING) {
        for (const { file } of files.values()) this.#guard(() => file.flush());
        waiting = 0;
      }
      if (++rows % TURN === 0) await setImmediate();
    }
    for (const { file } of files.values()) this.#guard(() => file.finish());
    return [...files.values()];
  }

  #begin(capture: number, node: string | null, { run, cluster }: HowToWrite): Unfinished {
    const path = join(this.#unfinished, `${this.#made++}.parquet`);
    const file = new ParquetFile(OBSERVATION_COLUMNS, {
      sink: (bytes) => appendFileSync(path, bytes),
      createdBy: `overlens ${readVersion()}`,
      metadata: { 'overlens.run': run, 'overlens.cluster': cluster },
    });
    return { capture, node, path, file };
  }

  /** Gives the files of a capture their names. */
  #publish(
    { sha256, file }: NamedCapture,
    unfinished: readonly Unfinished[],
    { run, cluster }: HowToWrite,
    traced: TracedCapture | undefined,
  ): WrittenFile[] {
    const digits = this.manifest.digitsFor(sha256);
    const date = traced?.first?.slice(0, 10) ?? null;
    const written = unfinished.map((one) => ({
      path: placeOfFile({ cluster, date, node: one.node, sha256 }, digits),
      bytes: statSync(one.path).size,
      rows: one.file.rows,
    }));
    const error = traced?.error ?? null;
    const entry: Omit<Entry, 'state' | 'files'> = {
      ...{ schema: ENTRY_SCHEMA, sha256, file, run },
      error: error === null ? null : { message: error.message, hint: error.hint },
    };
    const old = this.manifest.entry(sha256)?.files ?? [];
    this.manifest.write({ ...entry, state: 'begun', files: [...old, ...written] });
    this.#guard(() => {
      for (const { path } of old)
        if (written.every((one) => one.path !== path)) rmSync(join(this.#folder, path), { force: true });
      for (const [i, { path }] of written.entries()) {
        mkdirSync(dirname(join(this.#folder, path)), { recursive: true });
        renameSync(unfinished[i]?.path ?? '', join(this.#folder, path));
      }
    });
    this.manifest.write({ ...entry, state: 'done', files: written });
    return written;
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw outputError(error, `${this.#folder}: cannot be written`);
    }
  }
}

function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    const { mtimeMs = Number.POSITIVE_INFINITY } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs < Date.now() - ABANDONED) rmSync(path, { recursive: true, force: true });
  }
}
