// Runs inputs one after the other in a process with a time limit and a heap limit; one that is ended is replaced.
import { type ChildProcess, fork } from 'node:child_process';
import { ENGINE_FLAGS } from '../support/engine-flags.ts';
import type { Reached } from './coverage.ts';
import type { FuzzKind } from './input.ts';

/** The process that inputs run in, from the project's folder. */
export const WORKER = 'test/fuzz/worker.ts';
/** Milliseconds for one input, on a busy machine; the slowest take some hundred. */
export const TIME_LIMIT = 30_000;
/** MiB of heap. */
const HEAP_LIMIT = 512;

export interface Supervisor {
  /** What is wrong with the answers to one input; a hang and a lack of memory are problems like others. */
  run(kind: FuzzKind, seed: number): Promise<string[]>;
  /** What was reached since the last call; the first one begins to measure. A process that was ended takes its marks with it. */
  coverage(): Promise<Reached>;
  end(): Promise<void>;
}

/**
 * @param compiled path of the compiled `WORKER`
 * @param limit milliseconds for one input
 */
export function supervisor(compiled: string, limit: number): Supervisor {
  let worker: ChildProcess | null = null;
  const start = (): ChildProcess =>
    fork(compiled, [], { execArgv: [`--max-old-space-size=${HEAP_LIMIT}`, ...ENGINE_FLAGS] });
  const drop = (): void => {
    worker?.kill('SIGKILL');
    worker = null;
  };
  return {
    async run(kind, seed) {
      worker ??= start();
      const answer = await answerOf(worker, { kind, seed }, limit);
      if (answer.isLost) drop();
      return answer.problems;
    },
    coverage() {
      const asked = worker ?? start();
      worker = asked;
      return new Promise((resolve) => {
        asked.once('message', (reached: Reached) => resolve(reached));
        asked.send('coverage');
      });
    },
    async end() {
      if (worker === null) return;
      const gone = new Promise((resolve) => worker?.once('exit', resolve));
      worker.send('end');
      await gone;
    },
  };
}

function answerOf(
  worker: ChildProcess,
  asked: { kind: FuzzKind; seed: number },
  limit: number,
): Promise<{ problems: string[]; isLost: boolean }> {
  return new Promise((resolve) => {
    const done = (problems: string[], isLost: boolean): void => {
      clearTimeout(timer);
      worker.removeAllListeners();
      resolve({ problems, isLost });
    };
    const timer = setTimeout(() => done([`no answer after ${limit} ms`], true), limit);
    worker.once('message', (problems: string[]) => done(problems, false));
    worker.once('error', (error: Error) => done([`the process ended: ${error.stack ?? error}`], true));
    worker.once('exit', (code) => done([`the process ended with code ${code}`], true));
    worker.send(asked);
  });
}
