// How much of the program inputs reach: V8's own block coverage, as one mark per character of each file of src/.

import { type Profiler, Session } from 'node:inspector/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Reached {
  /** Stretches of code that nothing before had reached: about as many branches and functions. */
  newBranches: number;
  /** Share of the characters of all loaded modules of src/ that were ever run. */
  share: number;
}

export interface CoverageMeter {
  /** What was reached since the last call. */
  take(): Promise<Reached>;
}

/** Compiled sources of the program, beside those of the process that this is part of. */
const SOURCES = `${pathToFileURL(join(dirname(process.argv[1] ?? ''), '../../src'))}/`;

export async function coverageMeter(): Promise<CoverageMeter> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const marks = new Map<string, Uint8Array>();
  return {
    async take() {
      const { result } = await session.post('Profiler.takePreciseCoverage');
      let newBranches = 0;
      for (const script of result.filter(({ url }) => url.startsWith(SOURCES))) newBranches += add(marks, script);
      let [run, all] = [0, 0];
      for (const file of marks.values()) {
        run += file.reduce((sum, mark) => sum + mark, 0);
        all += file.length;
      }
      return { newBranches, share: all === 0 ? 0 : run / all };
    },
  };
}

/** Adds what was run; answers the number of stretches that had not been. */
function add(marks: Map<string, Uint8Array>, { url, functions }: Profiler.ScriptCoverage): number {
  const length = Math.max(0, ...functions.flatMap(({ ranges }) => ranges.map(({ endOffset }) => endOffset)));
  const now = new Uint8Array(length);
  // Outer ranges first: what stands inside says it better.
  const ranges = functions
    .flatMap((one) => one.ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of ranges) now.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  const before = marks.get(url) ?? new Uint8Array(length);
  let stretches = 0;
  for (let at = 0, isNew = false; at < length; at++) {
    const becomesNew = now[at] === 1 && before[at] !== 1;
    if (becomesNew && !isNew) stretches++;
    isNew = becomesNew;
    if (becomesNew) before[at] = 1;
  }
  marks.set(url, before);
  return stretches;
}
