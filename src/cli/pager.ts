// Long output on a terminal goes through a pager, as git's does: OVERLENS_PAGER, else PAGER, else less, with LESS=FRX unless it is set.
// What fits the terminal never starts one. What is for stderr waits until the pager has gone.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Writable } from 'node:stream';
import { type Io, writePiece } from './io.ts';

export interface Paged {
  io: Io;
  /** Writes what was held back, and waits until the reader of the pager has had enough. */
  finish(): Promise<void>;
}

/** Of every command: it is taken off before a command sees its own. */
export const NO_PAGER = '--no-pager';

export function withoutPagerOption(argv: readonly string[]): string[] {
  return argv.filter((word) => word !== NO_PAGER);
}

const COLOR = /\u001b\[[\d;]*m/g;

/** The same world with a pager on stdout; itself where there is no terminal, or none is wanted. */
export function withPager(io: Io, wanted: boolean): Paged {
  const command = wanted && io.stdoutIsTTY && io.env['TERM'] !== 'dumb' ? pagerOf(io.env) : null;
  if (command === null || !io.rows || !io.columns) return { io, finish: async () => {} };
  const output = new PagedOutput(io, command);
  const late = new LateOutput(io, output);
  return {
    io: { ...io, stdout: output, stderr: late, unpaged: io.stdout, live: () => output.live() },
    async finish() {
      await output.finish();
      await late.finish();
    },
  };
}

/** Null where paging is turned off: an empty value, or `cat`. */
function pagerOf(env: Io['env']): string | null {
  const command = (env['OVERLENS_PAGER'] ?? env['PAGER'] ?? 'less').trim();
  return command === '' || command === 'cat' || !isThere(command, env) ? null : command;
}

/** A shell would only tell when the output is gone already. */
function isThere(command: string, env: Io['env']): boolean {
  const [program = ''] = command.split(/\s/);
  if (/[^\w.+-]/.test(program)) return true;
  return (env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** Holds output until it is longer than the terminal, then starts the pager. */
class PagedOutput extends Writable {
  readonly #io: Io;
  readonly #command: string;
  #held: Buffer[] = [];
  #lines = 0;
  #pager: ChildProcess | null = null;
  #isLive = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(io: Io, command: string) {
    super();
    this.#io = io;
    this.#command = command;
    // a reader that went away is told to each write
    this.on('error', () => {});
  }

  /** Whether anything is not yet on the terminal for good. */
  get isBusy(): boolean {
    return this.#held.length > 0 || this.#pager !== null;
  }

  /** What is written as it is captured is not held back, nor paged. */
  live(): void {
    this.#isLive = true;
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#isLive) this.#io.stdout.write(chunk, done);
    else if (this.#pager !== null) this.#toPager(chunk, done);
    else {
      this.#held.push(chunk);
      this.#lines += screenLines(chunk.toString('utf8'), this.#io.columns ?? 80);
      if (this.#lines < (this.#io.rows ?? 24)) done();
      else this.#start(done);
    }
  }

  async finish(): Promise<void> {
    if (this.#pager === null) await writePiece(this.#io.stdout, this.#takeHeld());
    else this.#pager.stdin?.end();
    await this.#ended;
    this.#pager = null;
  }

  #takeHeld(): Buffer {
    const held = Buffer.concat(this.#held);
    this.#held = [];
    return held;
  }

  #start(done: (error?: Error | null) => void): void {
    const { env } = this.#io;
    const defaults = {
      ...(env['LESS'] === undefined ? { LESS: 'FRX' } : {}),
      ...(env['LV'] === undefined ? { LV: '-c' } : {}),
    };
    const pager = spawn(this.#command, {
      shell: true,
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { ...process.env, ...env, ...defaults },
    });
    this.#pager = pager;
    // the pager reads Ctrl-C itself; it must not be left alone on the terminal
    const ignore = (): void => {};
    process.on('SIGINT', ignore);
    this.#ended = new Promise((resolve) => {
      pager.on('error', resolve);
      pager.on('close', resolve);
    }).then(() => {
      process.off('SIGINT', ignore);
    });
    pager.stdin?.on('error', () => {});
    this.#toPager(this.#takeHeld(), done);
  }

  #toPager(chunk: Buffer, done: (error?: Error | null) => void): void {
    const stdin = this.#pager?.stdin;
    if (!stdin || stdin.destroyed) done(Object.assign(new Error('the pager has gone'), { code: 'EPIPE' }));
    else stdin.write(chunk, done);
  }
}

/** stderr that waits while anything else has the terminal. */
class LateOutput extends Writable {
  readonly #io: Io;
  readonly #output: PagedOutput;
  #held: Buffer[] = [];

  constructor(io: Io, output: PagedOutput) {
    super();
    this.#io = io;
    this.#output = output;
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#io.stderrIsTTY && this.#output.isBusy) {
      this.#held.push(chunk);
      done();
    } else this.#io.stderr.write(chunk, done);
  }

  async finish(): Promise<void> {
    await writePiece(this.#io.stderr, Buffer.concat(this.#held));
    this.#held = [];
  }
}

/** Lines of the terminal that a text takes, long ones more than one. */
function screenLines(text: string, columns: number): number {
  let lines = 0;
  for (const line of text.replaceAll(COLOR, '').split('\n')) lines += Math.max(1, Math.ceil(line.length / columns));
  return lines - 1;
}
