// `trace --follow`: reads on while captures grow, and shows on a terminal what they hold so far. Into a pipe or file goes the answer alone:
// what reads it cannot take a table back.
import { statSync } from 'node:fs';
import { Follow } from '../../bytes/open-growing.ts';
import type { ReadingProgress } from '../../capture/reading-progress.ts';
import { formatBytes, formatCompact, formatNumber } from '../../render/text/format.ts';
import { shortenEnd } from '../../render/text/text-width.ts';
import type { Trace } from '../../verdict/trace-types.ts';
import type { CommonOptions } from '../declare/trace-options.ts';
import { spoolStdinAlong } from '../inputs/spool.ts';
import { type Io, sleep } from '../io.ts';
import { usageError } from '../report-error.ts';
import type { Stages } from '../stages.ts';
import { LiveTable } from './live-table.ts';
import { createProgress } from './progress.ts';
import { Pace } from './progress-pace.ts';

/** Between two tables, if anything came: milliseconds. */
const INTERVAL = 2000;
/** The first one comes sooner. */
const FIRST = 500;
/** Lines that the mark and the cursor take. */
const AROUND = 2;
/** A table that takes long to make is made more rarely: reading has the most of the time. */
const SHARE = 4;

/** Bad usage: what cannot be followed. Nothing has been opened yet. */
export function checkFollow({ pipeline, index }: CommonOptions): void {
  if (index !== null)
    throw usageError(`--follow --index ${index}: what grows while it is read is never kept`, 'leave one of them out');
  if (pipeline.reader === 'pcap-parser')
    throw usageError('--follow --reader pcap-parser: only the built-in reader waits for more', 'leave one of them out');
}

/** The text of a table in so many lines and columns. */
export type RenderSoFar = (trace: Trace, size: { columns: number; rows: number }) => string;

/**
 * What reads captures for `runPipeline`: as `stages.traceCaptures`, and waits for more until Ctrl-C.
 * @param render null where only the answer is shown
 */
export function follower(io: Io, stages: Stages, render: RenderSoFar | null): Stages['traceCaptures'] {
  return async ({ signal: _ends, onProgress: _own, ...request }) => {
    checkPipes(request.captures);
    const spool =
      request.captures.length > 1 && request.captures.includes('-') ? await spoolStdinAlong(io.signal) : null;
    const endOf = (path: string): string | null | undefined => (path === spool?.file ? spool.end : undefined);
    const wait = (milliseconds: number, stop: AbortSignal): Promise<void> => sleep(io, milliseconds, stop);
    const files = new Follow({ stop: io.signal, sleep: wait, endOf });
    const view = render === null ? new QuietView(io) : new LiveView(io, render);
    try {
      return await stages.followCaptures(
        { ...request, onProgress: (progress) => view.note(progress), onBegin: (soFar) => view.begin(soFar) },
        files,
      );
    } finally {
      await view.end();
      await spool?.ended();
    }
  };
}

/** A pipe that is no stdin has nobody who puts its bytes aside. */
function checkPipes(captures: readonly string[]): void {
  const pipe = captures.find((path) => path !== '-' && captures.length > 1 && isPipe(path));
  if (pipe !== undefined)
    throw usageError(`--follow: ${pipe} is a pipe, and can be followed alone only`, 'or give it as stdin: - < PIPE');
}

function isPipe(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
}

/** What is shown while captures are followed. */
interface View {
  note(progress: ReadingProgress): void;
  begin(soFar: () => Trace): void;
  /** Takes away what is shown. Throws what making it has thrown. */
  end(): Promise<void>;
}

/** How far it is, on stderr. */
class QuietView implements View {
  readonly #progress;

  constructor(io: Io) {
    this.#progress = createProgress(io, { isGrowing: true });
  }

  note(progress: ReadingProgress): void {
    this.#progress.report?.(progress);
  }

  begin(): void {}

  async end(): Promise<void> {
    this.#progress.end();
  }
}

/** The table so far, in its place on the terminal. */
class LiveView implements View {
  readonly #io: Io;
  readonly #render: RenderSoFar;
  readonly #table: LiveTable;
  readonly #over = new AbortController();
  readonly #pace = new Pace(performance.now());
  /** Of the reading that is shown; what is read again for the answer is not. */
  #captures: readonly string[] | null = null;
  readonly #counts = new Map<number, ReadingProgress>();
  #drawing: Promise<void> = Promise.resolve();

  constructor(io: Io, render: RenderSoFar) {
    this.#io = io;
    this.#render = render;
    this.#table = new LiveTable(io);
    // what follows is not held back for a pager
    io.live?.();
  }

  note(progress: ReadingProgress): void {
    this.#captures ??= progress.captures;
    if (progress.captures === this.#captures) this.#counts.set(progress.capture, progress);
  }

  begin(soFar: () => Trace): void {
    this.#drawing = this.#draw(soFar);
    // told by `end`
    this.#drawing.catch(() => {});
  }

  async end(): Promise<void> {
    this.#over.abort();
    try {
      await this.#drawing;
    } finally {
      this.#table.clear();
    }
  }

  async #draw(soFar: () => Trace): Promise<void> {
    const { signal } = this.#over;
    let drawn = 0;
    for (let pause = FIRST; ; ) {
      await sleep(this.#io, pause, signal);
      if (signal.aborted || this.#io.signal.aborted) return;
      const { packets, bytes } = this.#read();
      const begun = performance.now();
      this.#pace.note(begun, bytes, packets);
      if (packets === drawn) continue;
      drawn = packets;
      const { columns, rows } = this.#table.size;
      const text = this.#render(soFar(), { columns, rows: rows - AROUND });
      this.#table.draw([shortenEnd(this.#mark(packets, bytes), columns), ...text.trimEnd().split('\n')]);
      pause = Math.max(INTERVAL, SHARE * (performance.now() - begun));
    }
  }

  #read(): { packets: number; bytes: number } {
    let [packets, bytes] = [0, 0];
    for (const one of this.#counts.values()) {
      packets += one.packets;
      bytes += one.position;
    }
    return { packets, bytes };
  }

  #mark(packets: number, bytes: number): string {
    const pace = this.#pace.packetsPerSecond;
    const fast = pace === null ? '' : `, ${formatCompact(Math.round(pace))} packets/s`;
    return `PROVISIONAL: ${formatNumber(packets)} packets, ${formatBytes(bytes)}${fast}; Ctrl-C for the final table`;
  }
}
