// docs/api.md: its examples run and print what stands behind them, fit the types, and every exported name is there. UPDATE_DOCS=1 writes what
// they print.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { transform } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import * as overlens from '../../src/index.ts';
import { capturesOf, SAMPLE } from './sample-files.ts';

const PAGE = 'docs/api.md';
const page = readFileSync(PAGE, 'utf8');

/** Types of a package that has none. */
const MODULE_TYPES = resolve('src/capture/pcap-parser-module.d.ts');

interface Example {
  code: string;
  /** Null: none stands behind it. */
  output: string | null;
  language: string;
}

const EXAMPLES = [...page.matchAll(/```(ts|js)\n(.*?)```\n(?:\n```text\n(.*?)```)?/gs)].map(
  ([, language = '', code = '', output]): Example => ({ language, code, output: output ?? null }),
);

/** The code as the body of a function that is given the library and a console. */
async function bodyOf(code: string): Promise<string> {
  const { code: script } = await transform(code, { loader: 'ts', format: 'esm', target: 'es2022' });
  return script
    .replace(/^import \{([^}]*)\} from "overlens";$/gm, 'const {$1} = overlens;')
    .replace(/^import \{([^}]*)\} from "(node:.*?)";$/gm, 'const {$1} = process.getBuiltinModule("$2");')
    .replace(/^export \{[^}]*\};$/gm, '');
}

type Run = (library: typeof overlens, console: { log(...parts: unknown[]): void }) => Promise<unknown>;
const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => Run;

async function printedBy(code: string): Promise<string> {
  const lines: string[] = [];
  const log = (...parts: unknown[]): unknown => lines.push(parts.map(String).join(' '));
  await new AsyncFunction('overlens', 'console', await bodyOf(code))(overlens, { log });
  return lines.map((line) => `${line}\n`).join('');
}

describe('the examples', () => {
  it('are found, those that run and the one for a page', () => {
    expect(EXAMPLES.length).toBeGreaterThan(12);
    expect(EXAMPLES.filter(({ output }) => output === null).map(({ language }) => language)).toEqual(['js']);
  });

  it('print what stands behind them', async () => {
    let updated = page;
    for (const { code, output } of EXAMPLES) {
      if (output === null) continue;
      const printed = await printedBy(code);
      expect(printed).not.toBe('');
      if (process.env['UPDATE_DOCS'] === '1') {
        updated = updated.replace(
          `${code}\`\`\`\n\n\`\`\`text\n${output}\`\`\``,
          () => `${code}\`\`\`\n\n\`\`\`text\n${printed}\`\`\``,
        );
      } else expect(printed).toBe(output);
    }
    if (updated !== page) writeFileSync(PAGE, updated);
  }, 60_000);

  it('analyse files in a page', async () => {
    const code = EXAMPLES.find(({ language }) => language === 'js')?.code ?? '';
    const analyse = (await new AsyncFunction('overlens', 'console', `${await bodyOf(code)}; return analyse;`)(
      overlens,
      console,
    )) as (files: File[], show: (text: string) => void, signal: AbortSignal) => Promise<{ trace: overlens.Trace }>;
    const files = capturesOf(SAMPLE).map(({ name, bytes }) => new File([bytes], `dropped/${name}`));
    const shown: string[] = [];
    const { trace } = await analyse(files, (text) => shown.push(text), new AbortController().signal);
    expect(trace.captures).toHaveLength(files.length);
    expect(shown[0]).toMatch(/^dropped\/.*: \d+ bytes$/);
  });
});

describe('the types', () => {
  const folder = mkdtempSync(join(tmpdir(), 'overlens-api-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('fit the examples', () => {
    const files = EXAMPLES.filter(({ language }) => language === 'ts').map(({ code }, i) => {
      writeFileSync(join(folder, `${i}.ts`), code.replaceAll("'overlens'", JSON.stringify(resolve('src/index.ts'))));
      return `${i}.ts`;
    });
    const compilerOptions = { typeRoots: [resolve('node_modules/@types')], rewriteRelativeImportExtensions: false };
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: resolve('tsconfig.json'),
        compilerOptions,
        files: [...files, MODULE_TYPES],
        include: [],
      }),
    );
    const { stdout, stderr } = spawnSync('node_modules/.bin/tsc', ['-p', folder], { encoding: 'utf8' });
    expect(stdout + stderr).toBe('');
  }, 60_000);
});

describe('the names', () => {
  it('are all there, each that is exported', () => {
    const exported = [...readFileSync('src/index.ts', 'utf8').matchAll(/^export (?:type )?\{(.*?)\}/gms)].flatMap(
      ([, names = '']) => names.split(',').map((name) => name.replace(/\btype\b/, '').trim()),
    );
    const names = exported.filter((name) => name !== '');
    expect(names.length).toBeGreaterThan(50);
    const table = page.slice(page.indexOf('## Names'), page.indexOf('## Versions'));
    const told = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '');
    expect([...new Set(told)].sort()).toEqual([...new Set(names)].sort());
  });
});
