// The kinds of input: how one is made of a seed, and what is held of the answers.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { checkCapture } from './check/check-capture.ts';
import { checkSnapshot } from './check/check-snapshot.ts';
import { BUNDLES } from './generate/bundles.ts';
import { BLOCKS, CAPTURES, HEADERS } from './generate/captures.ts';
import { PASTES, SNAPSHOTS } from './generate/texts.ts';
import type { FuzzInput, FuzzKind } from './input.ts';

interface Kind {
  inputs: fc.Arbitrary<FuzzInput | Promise<FuzzInput>>;
  check(input: FuzzInput, folder: string): Promise<string[]>;
}

const KINDS: Readonly<Record<FuzzKind, Kind>> = {
  capture: { inputs: CAPTURES, check: checkCapture },
  blocks: { inputs: BLOCKS, check: checkCapture },
  headers: { inputs: HEADERS, check: checkCapture },
  snapshot: { inputs: SNAPSHOTS, check: checkSnapshot },
  paste: { inputs: PASTES, check: checkSnapshot },
  bundle: { inputs: BUNDLES, check: checkSnapshot },
};

export const FUZZ_KINDS = Object.keys(KINDS) as FuzzKind[];

export function isFuzzKind(name: string): name is FuzzKind {
  return Object.hasOwn(KINDS, name);
}

/** The input of a seed, always the same. */
export async function makeInput(kind: FuzzKind, seed: number): Promise<FuzzInput> {
  const [input] = fc.sample<FuzzInput | Promise<FuzzInput>>(KINDS[kind].inputs, { seed, numRuns: 1 });
  if (input === undefined) throw new Error('no input was made');
  return input;
}

/** Puts the input into `folder`, which is emptied before. */
export function writeInput({ files }: FuzzInput, folder: string): void {
  // One file that is written anew leaves nothing of the one before: removing folders is what takes the time.
  const isSame = files.length === 1 && readdirIfThere(folder).join() === files[0]?.name;
  if (!isSame) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, bytes } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}

function readdirIfThere(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** What is wrong with the answers to an input; nothing when all is well. */
export async function checkInput(kind: FuzzKind, seed: number, folder: string): Promise<string[]> {
  const input = await makeInput(kind, seed);
  writeInput(input, folder);
  return KINDS[kind].check(input, folder);
}
