// One line on stderr that says how far the reading is: only on a terminal, only when the work takes long, gone when it is done.
import { fileSize } from '../../bytes/open-file.ts';
import type { ReadingProgress } from '../../capture/reading-progress.ts';
import type { Io } from '../io.ts';
import { progressLine } from './progress-line.ts';
import { Pace } from './progress-pace.ts';

/** Work shorter than this shows nothing; then the line changes this often. Milliseconds. */
const PATIENCE = 1000;
const INTERVAL = 200;
/** Columns of a terminal that does not tell. */
const COLUMNS = 80;

export interface Progress {
  /** For what reads; undefined where nothing is to be shown. */
  report: ((progress: ReadingProgress) => void) | undefined;
  /** Takes the line away, until there is more to report. */
  clear(): void;
  /** Takes it away for good. */
  end(): void;
}

export interface ProgressOptions {
  /** What the captures are read for, where that is not the answer itself: `for the flow of packet 44`. */
  why?: string | undefined;
  /** The captures grow: how much there is at the end nobody knows. */
  isGrowing?: boolean | undefined;
  /** Milliseconds of a clock that only goes forward. */
  clock?: (() => number) | undefined;
}

export function createProgress(
  io: Io,
  { why, isGrowing = false, clock = () => performance.now() }: ProgressOptions = {},
): Progress {
  if (!io.stderrIsTTY) return { report: undefined, clear() {}, end() {} };
  let next = clock() + PATIENCE;
  let shown = '';
  let pass: Pass | null = null;
  const clear = (): void => {
    if (shown !== '') io.stderr.write('\r\u001b[K');
    shown = '';
  };
  return {
    report(progress) {
      const now = clock();
      if (pass?.captures !== progress.captures) pass = new Pass(progress.captures, isGrowing);
      pass.note(progress, now);
      if (now < next) return;
      next = now + INTERVAL;
      const line = pass.line(progress, { why, now, columns: (io.columns ?? COLUMNS) - 1 });
      // the new text over the old one, and only then what is left of it: nothing flickers
      if (line !== shown) io.stderr.write(`\r${line}\u001b[K`);
      shown = line;
    },
    clear,
    end() {
      clear();
      next = Number.POSITIVE_INFINITY;
    },
  };
}

/** One reading of captures. */
class Pass {
  readonly captures: readonly string[];
  readonly #sizes: readonly (number | null)[];
  /** Of all captures; null where one of them is no file. */
  readonly #total: number | null;
  readonly #positions: number[];
  readonly #packets: number[];
  /** Since the first packets: threads may have been started before. */
  #pace: Pace | null = null;

  constructor(captures: readonly string[], isGrowing: boolean) {
    this.captures = captures;
    this.#sizes = captures.map((path) => (isGrowing ? null : fileSize(path)));
    this.#total = this.#sizes.reduce((sum, size) => (sum === null || size === null ? null : sum + size), 0);
    this.#positions = captures.map(() => 0);
    this.#packets = captures.map(() => 0);
  }

  note({ capture, position, packets, isMerged = false }: ReadingProgress, now: number): void {
    this.#positions[capture] = position;
    this.#packets[capture] = packets;
    this.#pace ??= new Pace(now, this.#bytesRead(capture, isMerged), sum(this.#packets));
  }

  #bytesRead(capture: number, isMerged: boolean): number {
    const from = isMerged ? 0 : capture;
    return this.#bytesBefore(from) + sum(this.#positions.slice(from));
  }

  line(
    { capture, isMerged = false }: ReadingProgress,
    { why, now, columns }: { why: string | undefined; now: number; columns: number },
  ): string {
    const bytes = this.#bytesRead(capture, isMerged);
    this.#pace?.note(now, bytes, sum(this.#packets));
    return progressLine({
      path: this.captures[capture] ?? '',
      file: capture + 1,
      files: this.captures.length,
      isMerged,
      bytes,
      total: this.#total,
      packetsPerSecond: this.#pace?.packetsPerSecond ?? null,
      secondsLeft: this.#total === null ? null : (this.#pace?.secondsFor(this.#total - bytes) ?? null),
      why,
      columns,
    });
  }

  /** Those that were read before, whether to their end (a part of the time may need less) or not. */
  #bytesBefore(capture: number): number {
    return sum(this.#positions.slice(0, capture).map((position, i) => this.#sizes[i] ?? position));
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
