// `npm run fuzz -- [--count N] [--seed S] [--kind K] [--keep DIR] [--coverage]`
//
// Inputs made of seeds (generate/), put through the program (check/) in a process that is ended when one hangs. Prints a line for each
// input that fails, and figures. `--keep` writes the files of those; `--coverage` says after each quarter what was reached, and takes
// twice as long. Ctrl-C ends it after the input at hand. Exit code 1 when one failed.
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { compiledFolder, compiledIn, compileSources } from '../support/compiled-sources.ts';
import type { Reached } from './coverage.ts';
import type { FuzzKind } from './input.ts';
import { FUZZ_KINDS, isFuzzKind, makeInput, writeInput } from './kinds.ts';
import { supervisor, TIME_LIMIT, WORKER } from './supervise.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    kind: { type: 'string' },
    keep: { type: 'string' },
    coverage: { type: 'boolean', default: false },
  },
});

process.exitCode = await run(kindsOf(values.kind), Number(values.seed), Number(values.count));

async function run(kinds: readonly FuzzKind[], first: number, count: number): Promise<number> {
  const compiled = compiledFolder(`overlens-fuzz-${process.pid}`);
  await compileSources(compiled);
  const child = supervisor(compiledIn(compiled, WORKER), TIME_LIMIT);
  const figures = new Map(kinds.map((kind) => [kind, { inputs: 0, failed: 0, milliseconds: 0, slowest: 0 }]));
  if (values.coverage) await child.coverage();
  let isStopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      isStopped = true;
    });
  for (let i = 0; i < count && !isStopped; i++) {
    if (values.coverage && i > 0 && i % Math.ceil(count / 4) === 0)
      process.stdout.write(`${reachedText(await child.coverage(), i)}\n`);
    const kind = kinds[i % kinds.length] ?? 'capture';
    const seed = first + Math.floor(i / kinds.length);
    const begun = performance.now();
    const problems = await child.run(kind, seed);
    const took = performance.now() - begun;
    const figure = figures.get(kind);
    if (figure !== undefined) {
      figure.inputs++;
      figure.milliseconds += took;
      figure.slowest = Math.max(figure.slowest, took);
      if (problems.length > 0) figure.failed++;
    }
    if (problems.length === 0) continue;
    process.stdout.write(`${kind} ${seed}: ${problems.join('; ').replaceAll('\n', ' ')}\n`);
    if (values.keep !== undefined) writeInput(await makeInput(kind, seed), join(values.keep, `${kind}-${seed}`));
  }
  if (values.coverage) process.stdout.write(`${reachedText(await child.coverage(), count)}\n`);
  await child.end();
  rmSync(dirname(compiled), { recursive: true, force: true });
  for (const [kind, { inputs, failed, milliseconds, slowest }] of figures)
    process.stdout.write(
      `${kind}: ${inputs} inputs, ${failed} failed, ${(milliseconds / 1000).toFixed(1)} s, slowest ${Math.round(slowest)} ms\n`,
    );
  return [...figures.values()].some(({ failed }) => failed > 0) ? 1 : 0;
}

function reachedText({ newBranches, share }: Reached, inputs: number): string {
  return `after ${inputs} inputs: ${newBranches} new branches, ${(share * 100).toFixed(1)} % of the loaded code`;
}

function kindsOf(name: string | undefined): readonly FuzzKind[] {
  if (name === undefined) return FUZZ_KINDS;
  if (isFuzzKind(name)) return [name];
  throw new RangeError(`there is no kind ${name}; there are ${FUZZ_KINDS.join(' ')}`);
}
