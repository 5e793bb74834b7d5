// The house rules that a machine can check: imports go one way (the table of docs/architecture.md, which the linter's
// configuration repeats), node: modules stay at the edges, files are small and say what they are.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The only files outside cli/ that may import `node:` modules: everything else runs in a browser too. */
const NODE_MODULES = ['src/capture/bytes/open-file.ts', 'src/capture/bytes/open-gzip.ts', 'src/topology/load.ts'];
const LONGEST = 300;
/** Longer files, each with the reason why it is not split. */
const LONGER: Record<string, string> = {};

interface Import {
  file: string;
  specifier: string;
  isType: boolean;
}

/** What a row of the table allows: `value` also means types. */
type Allowed = Map<string, 'value' | 'type'>;

const FILES = sourceFiles('src');
const TEXTS = new Map(FILES.map((file) => [file, readFileSync(file, 'utf8')]));
const IMPORTS = FILES.flatMap((file) => importsOf(file, TEXTS.get(file) ?? ''));
const TABLE = importTable(readFileSync('docs/architecture.md', 'utf8'));

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

  it('go where the table of docs/architecture.md lets them', () => {
    const broken = IMPORTS.filter(({ specifier }) => specifier.startsWith('.')).flatMap(
      ({ file, specifier, isType }) => {
        const [from, to] = [placeOf(file), placeOf(join(dirname(file), specifier))];
        if (from === to || from === 'cli') return [];
        const allowed = TABLE.get(from)?.get(to);
        return allowed === 'value' || (allowed === 'type' && isType) ? [] : [`${file} imports ${specifier}`];
      },
    );
    expect(broken).toEqual([]);
  });

  it('have a row for every folder and file of src', () => {
    const places = new Set(FILES.map(placeOf));
    expect([...TABLE.keys()].sort()).toEqual([...places].sort());
  });

  it('go one way: no row names one below it', () => {
    const order = [...TABLE.keys()];
    const backward = order.flatMap((from, i) =>
      [...(TABLE.get(from)?.keys() ?? [])].filter((to) => order.indexOf(to) >= i).map((to) => `${from} -> ${to}`),
    );
    expect(backward).toEqual([]);
  });

  it('of node: modules stay at the edges', () => {
    const files = new Set(IMPORTS.filter(({ specifier }) => specifier.startsWith('node:')).map(({ file }) => file));
    expect([...files].filter((file) => placeOf(file) !== 'cli' && !NODE_MODULES.includes(file))).toEqual([]);
    expect(NODE_MODULES.filter((file) => !files.has(file))).toEqual([]);
  });

  it('of packages are those that package.json promises to users', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const packages = new Set(IMPORTS.map(({ specifier }) => specifier).filter((name) => !/^(\.|node:)/.test(name)));
    expect([...packages].sort()).toEqual(Object.keys(dependencies).sort());
  });
});

describe('the linter', () => {
  const { overrides } = readJsonc('biome.jsonc') as { overrides: Override[] };
  const forbidding = overrides.filter((override) => override.linter?.rules.style?.noRestrictedImports !== undefined);

  it('forbids per folder exactly what the table does not allow', () => {
    const configured = forbidding.map(({ includes, linter }) => [
      includes,
      linter?.rules.style?.noRestrictedImports?.options.patterns.flatMap((pattern) => pattern.group),
    ]);
    const wanted = [...TABLE.keys()]
      .filter((place) => place !== 'cli' && !place.endsWith('.ts'))
      .map((place) => [[`src/${place}/**`], forbiddenFor(place)]);
    expect(configured).toEqual(wanted);
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
    const names = FILES.map((file) => file.split('/').pop() ?? '');
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/.test(name))).toEqual([]);
    expect(names.filter((name) => /^(utils?|helpers?|common|misc)\.ts$/.test(name))).toEqual([]);
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

/** `flow` for src/flow/flow-table.ts, `trace.ts` for src/trace.ts. */
function placeOf(file: string): string {
  return relative('src', file).split('/')[0] ?? '';
}

function importTable(page: string): Map<string, Allowed> {
  const rows = [...page.matchAll(/^\| `([a-z.-]+)\/?` \| (.*) \|$/gm)].map(([, place = '', cell = '']) => [
    place,
    cell,
  ]);
  const afterHeading = page.slice(page.indexOf('| folder | may import |'));
  return new Map(
    rows
      .filter(([place]) => afterHeading.includes(`\n| \`${place}`))
      .filter(([, cell = '']) => /^(nothing|everything|`)/.test(cell))
      .map(([place = '', cell = '']) => [
        place,
        new Map(
          [...cell.matchAll(/`([a-z.-]+)\/?`( \(types\))?/g)].map(([, to = '', types]) => [
            to,
            types ? 'type' : 'value',
          ]),
        ),
      ]),
  );
}

/** Patterns for the linter: it knows no types, so that what is allowed for types only is left to this test. */
function forbiddenFor(place: string): string[] {
  const allowed = TABLE.get(place);
  return [...TABLE.keys()]
    .filter((other) => other !== place && !allowed?.has(other))
    .map((other) => (other.endsWith('.ts') ? `**/${other}` : `**/${other}/**`));
}

function readJsonc(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8').replaceAll(/^\s*\/\/.*$/gm, ''));
}
