// `--index FILE`: what captures were read into, kept for the next question about them. It is asked before captures are read and written
// when the command has its answer; what it cannot do is said, and never stands in the way of the answer.

import { closeSync } from 'node:fs';
import { captureName } from '../../capture/capture-errors.ts';
import type { Stretch } from '../../capture/stretches.ts';
import { savedStretches } from '../../flow/saved-reading.ts';
import type { KeptReadings } from '../../pipeline/kept-readings.ts';
import { decode, encode } from '../../store/form.ts';
import { DamagedStore, Fields, type Saved, type SavedFields } from '../../store/saved.ts';
import { usageError } from '../report-error.ts';
import { type CaptureIdentity, fileText, isFresh, sampleOf } from './capture-identity.ts';
import {
  IndexWriter,
  type KeptEntry,
  MOST_READINGS,
  type OpenIndex,
  openLayout,
  readEntry,
  UnusableIndex,
} from './index-layout.ts';

/** Bytes of all readings in a file. */
const MOST_BYTES = 2 ** 30;

export class IndexFile implements KeptReadings {
  /** What is to be said of it, each a sentence without the file's name. */
  readonly notes = new Set<string>();
  readonly #path: string;
  readonly #program: string;
  #open: OpenIndex | null = null;
  #writer: IndexWriter | null = null;
  /** Of each capture when it was first asked for. */
  readonly #files = new Map<string, string | null>();
  readonly #samples = new Map<string, string | null>();
  #isStale = false;
  readonly #began = Date.now();

  /** @param program what writes it: a file of another one is written anew. Throws bad usage for a file that is no index. */
  constructor(path: string, program: string) {
    this.#path = path;
    this.#program = program;
    try {
      this.#open = openLayout(path, program);
    } catch (error) {
      if (error instanceof UnusableIndex && !error.isForeign) this.#note(error.message);
      else
        throw usageError(
          `--index ${path}: ${error instanceof UnusableIndex ? error.message : reasonOf(error)}`,
          FOREIGN,
        );
    }
  }

  find(captures: readonly string[], key: string, fits: (nodes: Saved) => boolean): Saved | null {
    const files = captures.map((path) => this.#fileOf(path));
    const open = this.#open;
    if (open === null || files.includes(null)) return null;
    const asked = open.entries.filter((entry) => entry.key === key && entry.captures.length === captures.length);
    for (const entry of asked) {
      const isSame = ({ file, sample }: CaptureIdentity, i: number): boolean =>
        file === files[i] && sample === this.#sampleOf(captures[i] ?? '');
      const found = entry.captures.every(isSame) ? this.#read(open, entry, fits) : null;
      if (found !== null) return found;
    }
    for (const { captures: before } of asked) this.#noteChanges(before, captures, files);
    return null;
  }

  /** Where packets of a capture stand, by any reading of it that is kept; none where none is. */
  stretchesOf(path: string): readonly Stretch[] {
    const open = this.#open;
    const file = this.#fileOf(path);
    if (open === null || file === null) return [];
    for (const entry of open.entries) {
      const at = entry.captures.findIndex((one) => one.file === file && one.sample === this.#sampleOf(path));
      const stretches = at < 0 ? [] : this.#stretchesIn(open, entry, at);
      if (stretches.length > 0) return stretches;
    }
    return [];
  }

  /** Not every entry is of a reading; what is damaged is told by who asks for it. */
  #stretchesIn(open: OpenIndex, entry: KeptEntry, capture: number): readonly Stretch[] {
    try {
      return savedStretches(new Fields(decode(readEntry(open, entry))), capture);
    } catch (error) {
      if (!(error instanceof UnusableIndex) && !(error instanceof DamagedStore)) throw error;
      return [];
    }
  }

  #noteChanges(
    before: readonly CaptureIdentity[],
    captures: readonly string[],
    files: readonly (string | null)[],
  ): void {
    if (!before.every(({ path }, i) => path === captures[i])) return;
    const isOther = ({ file, sample, path }: CaptureIdentity, i: number): boolean =>
      file !== files[i] || sample !== this.#sampleOf(path);
    const changed = before.find(isOther);
    if (changed !== undefined) this.#note(`${captureName(changed.path)} is not as it was read before`);
  }

  #read(open: OpenIndex, entry: KeptEntry, fits: (nodes: Saved) => boolean): Saved | null {
    try {
      return fits(entry.nodes) ? decode(readEntry(open, entry)) : null;
    } catch (error) {
      if (!(error instanceof UnusableIndex) && !(error instanceof DamagedStore)) throw error;
      this.#refuse(entry, error.message);
      return null;
    }
  }

  refuse(key: string, reason: string): void {
    for (const entry of this.#open?.entries.filter((one) => one.key === key) ?? []) this.#refuse(entry, reason);
  }

  #refuse(entry: KeptEntry, reason: string): void {
    this.#note(`it is damaged (${reason})`);
    this.#isStale = true;
    if (this.#open !== null) this.#open.entries = this.#open.entries.filter((one) => one !== entry);
  }

  keep(captures: readonly string[], key: string, nodes: Saved, reading: SavedFields): void {
    const identities = captures.map((path) => this.#identityOf(path));
    if (identities.includes(null)) return;
    try {
      const bytes = encode(reading);
      if (bytes.length > MOST_BYTES) {
        this.notes.add(`what was read is not kept: it takes more than ${MOST_BYTES / 2 ** 20} MiB`);
        return;
      }
      this.#writer ??= new IndexWriter(this.#path);
      this.#writer.add({ key, captures: identities as CaptureIdentity[], nodes }, bytes);
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** Which file was read, if that is certain: one that changes meanwhile is none that can be known again. */
  #identityOf(path: string): CaptureIdentity | null {
    const file = this.#fileOf(path);
    const sample = sampleOf(path);
    if (file === null || sample === null) return null;
    if (fileText(path) !== file)
      this.notes.add(`what was read is not kept: ${captureName(path)} was written to meanwhile`);
    else if (isFresh(path, this.#began))
      this.notes.add(`what was read is not kept: ${captureName(path)} was written just before it was read`);
    else return { path, file, sample };
    return null;
  }

  /** Writes what is new, with what else is still of use. */
  close(): void {
    const open = this.#open;
    try {
      if (this.#isStale) this.#writer ??= new IndexWriter(this.#path);
      for (const entry of open?.entries ?? []) this.#carryOver(open as OpenIndex, entry);
      this.#closeOld();
      this.#writer?.finish(this.#program);
    } catch (error) {
      this.#giveUp(error);
    } finally {
      this.#closeOld();
    }
  }

  /** Before another file takes its name: some systems refuse that of an open one. */
  #closeOld(): void {
    if (this.#open !== null) closeSync(this.#open.file);
    this.#open = null;
  }

  /** Other captures' readings, and those by other options; not what can never be asked for again. */
  #carryOver(open: OpenIndex, entry: KeptEntry): void {
    const writer = this.#writer;
    if (writer === null) return;
    const isThere = entry.captures.every(({ path, file }) => fileText(path) === file);
    if (!isThere || writer.entries.length >= MOST_READINGS || writer.size + entry.length > MOST_BYTES) return;
    try {
      writer.add(entry, readEntry(open, entry));
    } catch (error) {
      if (!(error instanceof UnusableIndex)) throw error;
    }
  }

  #giveUp(error: unknown): void {
    this.#writer?.drop();
    this.#writer = null;
    this.#isStale = false;
    this.notes.add(`it cannot be written: ${reasonOf(error)}`);
  }

  #note(reason: string): void {
    this.notes.add(`${reason}: captures are read anew`);
  }

  #fileOf(path: string): string | null {
    if (!this.#files.has(path)) this.#files.set(path, fileText(path));
    return this.#files.get(path) ?? null;
  }

  #sampleOf(path: string): string | null {
    if (!this.#samples.has(path)) this.#samples.set(path, sampleOf(path));
    return this.#samples.get(path) ?? null;
  }
}

const FOREIGN = 'name a file that is not there yet, or one that --index wrote';

/** Node's message without what it says of files. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split(/[:,] /)[1] ?? error.message) : String(error);
}
