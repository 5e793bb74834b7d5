// The house rules that a machine can check: imports go one way and never in a circle (test/support/import-table.ts), node:
// modules stay at the edges, folders and files are small, and say what they are.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IMPORT_TABLE, mayImport, placeOf, withImportTable, withLinterOverrides } from './support/import-table.ts';

/** The only files outside cli/ that may import `node:` modules: everything else runs in a browser too. */
const NODE_MODULES = [
  'src/bytes/archive/zip.ts',
  'src/bytes/disk.ts',
  'src/bytes/open-growing.ts',
  'src/bytes/open-gzip.ts',
  'src/input/folders.ts',
  'src/pipeline/start-worker.ts',
  'src/pipeline/decode-worker.ts',
  'src/pipeline/small-heap.ts',
];
const LONGEST = 300;
/** Longer files, each with the reason why it is not split. */
const LONGER: Record<string, string> = {};

interface Import {
  file: string;
  specifier: string;
  isType: boolean;
}

const FILES = sourceFiles('src');
const TEXTS = new Map(FILES.map((file) => [file, readFileSync(file, 'utf8')]));
const IMPORTS = FILES.flatMap((file) => importsOf(file, TEXTS.get(file) ?? ''));
const NAMES = FILES.map((file) => file.split('/').pop() ?? '');
const LOCAL = IMPORTS.filter(({ specifier }) => specifier.startsWith('.')).map((one) => ({
  ...one,
  to: join(dirname(one.file), one.specifier),
}));
const NAMED = IMPORT_TABLE.flatMap(({ place, values, types = [] }) =>
  [...values, ...types].filter((to) => to !== 'everything').map((to) => ({ from: place, to })),
);

describe('imports', () => {
  it('are found: the reader of this test works', () => {
    const text = [
      "import { a } from './a.ts';",
      'import {',
      '  b,',
      '  type B,',
      "} from '../b/b.ts';",
      "import type { C } from 'node:fs';",
      "export { d } from './d.ts';",
      "export type { E } from './e.ts';",
      "import './f.ts';",
      "const g = await import('./g.ts');",
      "// import { h } from './h.ts';",
    ].join('\n');
    expect(importsOf('x.ts', text).map(({ specifier, isType }) => `${specifier}${isType ? ' type' : ''}`)).toEqual([
      './a.ts',
      '../b/b.ts',
      'node:fs type',
      './d.ts',
      './e.ts type',
      './f.ts',
      './g.ts',
    ]);
    expect(IMPORTS.length).toBeGreaterThan(FILES.length);
  });

  it('go where the table lets them', () => {
    const broken = LOCAL.filter(({ file, to, isType }) => !mayImport(placeOf(file), placeOf(to), isType));
    expect(broken.map(({ file, to }) => `${file} imports ${to}`)).toEqual([]);
  });

  it('have a row for every folder and file of src', () => {
    expect(IMPORT_TABLE.map(({ place }) => place).sort()).toEqual([...new Set(FILES.map(placeOf))].sort());
  });

  it('go one way: no row names one below it', () => {
    const order = IMPORT_TABLE.map(({ place }) => place);
    const backward = NAMED.filter(({ from, to }) => order.indexOf(to) >= order.indexOf(from));
    expect(backward).toEqual([]);
  });

  it('are all needed: no row names a place that nothing there uses', () => {
    const used = new Set(LOCAL.map(({ file, to }) => `${placeOf(file)} -> ${placeOf(to)}`));
    expect(NAMED.map(({ from, to }) => `${from} -> ${to}`).filter((one) => !used.has(one))).toEqual([]);
  });

  it('never go in a circle, types included', () => {
    const graph = new Map(FILES.map((file) => [file, LOCAL.filter((one) => one.file === file).map(({ to }) => to)]));
    expect(circles(graph)).toEqual([]);
    const turning = { a: ['b'], b: ['c'], c: ['b'] };
    expect(circles(new Map(Object.entries(turning)))).toEqual(['b c']);
  });

  it('of node: modules stay at the edges', () => {
    const files = new Set(IMPORTS.filter(({ specifier }) => specifier.startsWith('node:')).map(({ file }) => file));
    expect([...files].filter((file) => placeOf(file) !== 'cli' && !NODE_MODULES.includes(file))).toEqual([]);
    expect(NODE_MODULES.filter((file) => !files.has(file))).toEqual([]);
  });

  it('of packages are those that package.json promises to users', () => {
    const { dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
      peerDependencies: Record<string, string>;
    };
    const packages = new Set(IMPORTS.map(({ specifier }) => specifier).filter((name) => !/^(\.|node:)/.test(name)));
    expect([...packages].sort()).toEqual(Object.keys({ ...dependencies, ...peerDependencies }).sort());
  });
});

describe('the linter', () => {
  const { overrides } = readJsonc('biome.jsonc') as { overrides: Override[] };

  it('and the page of the architecture repeat the table: npm run docs', () => {
    const [linter, page] = [readFileSync('biome.jsonc', 'utf8'), readFileSync('docs/architecture.md', 'utf8')];
    expect(linter).toBe(withLinterOverrides(linter));
    expect(page).toBe(withImportTable(page));
    expect(page).toContain('| `wire/` | nothing |');
  });

  it('lets the same files import node: modules as this test', () => {
    const exempt = overrides.filter((override) => override.linter?.rules.correctness?.noNodejsModules === 'off');
    const inSource = exempt.flatMap((override) => override.includes).filter((path) => path.startsWith('src/'));
    expect(inSource).toEqual(['src/cli/**', ...NODE_MODULES]);
  });
});

describe('files', () => {
  it('begin by saying what they are', () => {
    const silent = FILES.filter((file) => !/^(#!.*\n)?(\/\/|\/\*)/.test(TEXTS.get(file) ?? ''));
    expect(silent).toEqual([]);
  });

  it(`have at most ${LONGEST} lines`, () => {
    const lengths = FILES.map((file) => ({ file, lines: (TEXTS.get(file) ?? '').trimEnd().split('\n').length }));
    const long = lengths.filter(({ lines }) => lines > LONGEST);
    expect(long.filter(({ file }) => LONGER[file] === undefined)).toEqual([]);
    expect(Object.keys(LONGER).filter((file) => !long.some((one) => one.file === file))).toEqual([]);
  });

  it('have no default exports, and only index.ts exports what others define', () => {
    const defaults = FILES.filter((file) => /^export default\b|\bas default\b/m.test(TEXTS.get(file) ?? ''));
    const barrels = FILES.filter((file) => /^export\s+(type\s+)?(\*|\{[^}]*\})\s+from\b/m.test(TEXTS.get(file) ?? ''));
    expect(defaults).toEqual([]);
    expect(barrels).toEqual(['src/index.ts']);
    expect(TEXTS.get('src/index.ts')).not.toMatch(/^export\s+(type\s+)?\*/m);
  });

  it('are named for what they hold', () => {
    expect(NAMES.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/.test(name))).toEqual([]);
    expect(NAMES.filter((name) => /^(utils?|helpers?|common|misc|types)\.ts$/.test(name))).toEqual([]);
  });

  it('have names of their own, and folders hold at most twenty of them (wire/: one a protocol)', () => {
    expect(NAMES.filter((name, i) => NAMES.indexOf(name) !== i)).toEqual([]);
    const folders = new Map<string, number>();
    for (const file of FILES) folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + 1);
    expect([...folders].filter(([folder, count]) => count > 20 && folder !== 'src/wire')).toEqual([]);
  });

  it('that run per packet say so in their first line', () => {
    const spoken = FILES.filter((file) => /^\/\/ HOT\b/m.test(TEXTS.get(file) ?? ''));
    expect(spoken.filter((file) => !(TEXTS.get(file) ?? '').startsWith('// HOT: per packet'))).toEqual([]);
    expect(spoken).toContain('src/flow/flow-table.ts');
  });
});

interface Override {
  includes: string[];
  linter?: {
    rules: {
      style?: { noRestrictedImports?: { options: { patterns: { group: string[] }[] } } };
      correctness?: { noNodejsModules?: string };
    };
  };
}

function sourceFiles(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .flatMap((entry) => (entry.isDirectory() ? sourceFiles(join(folder, entry.name)) : [join(folder, entry.name)]))
    .filter((file) => file.endsWith('.ts'))
    .sort();
}

function importsOf(file: string, text: string): Import[] {
  const statements = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\s+from\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...text.replaceAll(/^\s*(\/\/|\*).*$/gm, '').matchAll(statements)].map((match) => ({
    file,
    specifier: match[2] ?? match[3] ?? '',
    isType: match[1] !== undefined,
  }));
}

/** Files that can be reached from themselves, one text per circle (a strongly connected part of the graph). */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const files = [...graph.keys()];
  const reach = new Map(files.map((from) => [from, reachable(graph, from)]));
  const seen = new Set<string>();
  return files.flatMap((from) => {
    if (seen.has(from) || !reach.get(from)?.has(from)) return [];
    const circle = files.filter((to) => reach.get(from)?.has(to) && reach.get(to)?.has(from));
    for (const file of circle) seen.add(file);
    return [circle.join(' ')];
  });
}

function reachable(graph: ReadonlyMap<string, readonly string[]>, from: string): Set<string> {
  const found = new Set<string>();
  const open = [...(graph.get(from) ?? [])];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    open.push(...(graph.get(file) ?? []));
  }
  return found;
}

function readJsonc(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8').replaceAll(/^\s*\/\/.*$/gm, ''));
}
