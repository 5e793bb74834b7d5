// Runs bundled test files in one process, one after the other, until a test fails: `node runner.js FILE..`. What of vitest the tests use,
// without its server: describe, it, each, hooks, expect. A file that uses more fails, and is then not among those that are bundled.
import { pathToFileURL } from 'node:url';
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';

type Work = (...args: unknown[]) => unknown;

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

export const expect = Object.assign(
  (value: unknown, message?: string) => {
    const asked = chai.expect(value, message);
    setState({ assertionCalls: 0 }, expect as never);
    return asked;
  },
  ASYMMETRIC_MATCHERS_OBJECT as unknown as object,
);

const tests: (() => unknown)[] = [];
const after: (() => unknown)[] = [];

function each(collect: (work: () => unknown) => void) {
  return (rows: Iterable<unknown>) => (_: string, work: Work) => {
    for (const row of rows) collect(() => (Array.isArray(row) ? work(...(row as unknown[])) : work(row)));
  };
}

const test = (work: () => unknown): void => {
  tests.push(work);
};
const group = (work: () => unknown): void => {
  work();
};
export const it = Object.assign((_: string, work: () => unknown) => test(work), { each: each(test) });
export { it as test };
export const describe = Object.assign((_: string, work: () => unknown) => group(work), { each: each(group) });
export const beforeAll = test;
export const afterAll = (work: () => unknown): void => {
  after.push(work);
};

/** @throws what the first test that fails throws */
async function runFile(file: string): Promise<void> {
  tests.length = 0;
  await import(pathToFileURL(file).href);
  try {
    for (const one of tests) await one();
  } finally {
    for (const one of after.splice(0)) await one();
  }
}

/** Whether no test of these files fails; the first one that does is the last one that runs. */
export async function passes(files: readonly string[]): Promise<boolean> {
  try {
    for (const file of files) await runFile(file);
    return true;
  } catch {
    return false;
  }
}

/** The files of which no test fails. */
export async function passing(files: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of files) if (await passes([file])) found.push(file);
  return found;
}
