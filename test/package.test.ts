// The package as users get it: packed by npm from a clean copy, unpacked into an empty folder beside nothing but its own
// production dependencies, and run. Needs no network: dependencies are copied from node_modules.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMOKE } from './support/binary/smoke.ts';
import { everyNth } from './support/whole-matrix.ts';

interface PackedFile {
  path: string;
  size: number;
  mode: number;
}

interface Packed {
  filename: string;
  size: number;
  unpackedSize: number;
  files: PackedFile[];
}

interface Manifest {
  name: string;
  version: string;
  engines: { node: string };
  bin: Record<string, string>;
  dependencies: Record<string, string>;
}

/** Bytes of the tarball and of what it unpacks to: users wait for the first, and look through the second. */
const PACKED_BUDGET = 1_900_000;
const UNPACKED_BUDGET = 6_000_000;
const BUILD_TIMEOUT = 180_000;

const folder = mkdtempSync(join(tmpdir(), 'overlens-package-'));
const home = join(folder, 'node_modules', 'overlens');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
let packed: Packed;

beforeAll(() => {
  packed = pack();
  mkdirSync(home, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, packed.filename), '-C', home, '--strip-components=1']);
  for (const name of productionDependencies()) copyDependency(name);
}, BUILD_TIMEOUT);

afterAll(() => rmSync(folder, { recursive: true, force: true }), BUILD_TIMEOUT);

describe('the tarball', () => {
  it('holds the built program, the samples, the docs and what npm always adds, nothing else', () => {
    const expected = [
      /^dist\/(cli\/bin|index|browser|pipeline\/decode-worker|chunks\/[a-z-]+-[A-Z0-9]{8})\.js$/,
      /^dist\/[a-z0-9/-]+\.d\.ts$/,
      /^dist\/(man\/overlens\.1|overlens\.html)$/,
      /^samples\/\d\d-[a-z-]+\/([a-z-]+\/)?[\w.-]+\.(pcap|pcapng)$/,
      /^samples\/[a-z0-9-]+\/README\.md$/,
      /^samples\/challenges\/(\d\d-[a-z-]+\/(README\.md|[\w.-]+\.pcap|topology\/[\w./-]+)|solutions\/\d\d\.json)$/,
      /^samples\/\d\d-[a-z-]+\/([a-z-]+\/)?topology(-before)?\/[\w./-]+\.(yaml|txt|json)$/,
      /^docs\/(course\/)?[\w-]+\.md$/,
      /^docs\/schema\/[a-z-]+\.json$/,
      /^docs\/pictures\/[\w-]+\.svg$/,
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
    ];
    const paths = packed.files.map((file) => file.path);
    expect(paths.filter((path) => !expected.some((pattern) => pattern.test(path)))).toEqual([]);
    expect(paths).toEqual(
      expect.arrayContaining([
        ...['README.md', 'LICENSE', 'CHANGELOG.md'],
        ...['dist/index.d.ts', 'dist/overlens.html', 'dist/man/overlens.1'],
      ]),
    );
  });

  it('holds the program, the library and the chunks that they load, all of them and no others, and no test', () => {
    const paths = new Set(packed.files.map((file) => file.path));
    const built = [...paths].filter((path) => path.endsWith('.js'));
    expect(
      [...loadedFrom('dist/cli/bin.js', 'dist/index.js', 'dist/browser.js', 'dist/pipeline/decode-worker.js')].sort(),
    ).toEqual(built.sort());
    const commands = readdirSync('src/cli/commands').filter((name) => name.endsWith('-command.ts'));
    expect(commands.length).toBeGreaterThan(5);
    const missing = commands.filter((name) => !built.some((path) => path.includes(`/${name.replace(/\.ts$/, '')}-`)));
    expect(missing).toEqual([]);
    expect([...paths].filter((path) => /test|bench|golden|fixture/.test(path))).toEqual([]);
  });

  it('holds a snapshot for every sample that has captures', () => {
    const paths = packed.files.map((file) => file.path);
    const samples = new Set(paths.filter((path) => path.endsWith('.pcap')).map((path) => path.split('/')[1]));
    const pools = paths
      .filter((path) => /\/topology\/(ippools|kube-flannel-cfg)\.yaml$/.test(path))
      .map((path) => path.split('/')[1]);
    expect([...samples].sort()).toEqual([...new Set(pools)].sort());
    expect(samples.size).toBeGreaterThan(0);
  });

  it('holds every page that the README leads to', () => {
    const paths = new Set(packed.files.map((file) => file.path));
    const links = [...readFileSync('README.md', 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
      ([, to]) => to ?? '',
    );
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((to) => !paths.has(to))).toEqual([]);
  });

  it('stays small', () => {
    expect(packed.size).toBeLessThan(PACKED_BUDGET);
    expect(packed.unpackedSize).toBeLessThan(UNPACKED_BUDGET);
  });

  it('has a program that the shell can start', () => {
    const path = manifest.bin['overlens'] ?? '';
    expect(packed.files.map((file) => file.path)).toContain(path);
    expect(readFileSync(join(home, path), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('asks for the Node it is tested on, and not for more', () => {
    expect(manifest.engines.node).toBe('>=20.19');
  });
});

describe('installed without development dependencies', () => {
  it('really is: neither the compiler nor the test runner can be found', () => {
    expect(existsSync(join(folder, 'node_modules', 'typescript'))).toBe(false);
    expect(existsSync(join(folder, 'node_modules', 'vitest'))).toBe(false);
  });

  // every second one: `npm run package -- --test` runs them all
  it.each(everyNth(SMOKE, 2))('does what every way of installing it must do (line %#)', ({ words, problem }) => {
    const files = { version: manifest.version, samples: join(home, 'samples'), fixtures: resolve('test/fixtures') };
    const line = words(files);
    expect({ line, problem: problem(overlens(...line), files) }).toEqual({ line, problem: null });
  });

  it('has the manual page of this very program', () => {
    expect(readFileSync(join(home, 'dist', 'man', 'overlens.1'), 'utf8')).toBe(overlens('man').stdout);
  });

  it('finds its challenges, from anywhere', () => {
    expect(overlens('quiz', '--challenge').stdout.match(/^ {0,1}\d+ {2}\S/gm)).toHaveLength(12);
    expect(overlens('quiz', '--challenge', '12', '--answer', 'nothing is wrong').status).toBe(0);
  });

  it('can be imported, by its name and with its types', () => {
    const script = `import { traceCaptures, openCapture } from 'overlens'; console.log(typeof traceCaptures, typeof openCapture)`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout).toBe('function function\n');
    expect(readFileSync(join(home, 'dist', 'index.d.ts'), 'utf8')).toContain('traceCaptures');
  });

  it('has the same library for browsers, of which nothing else is needed', () => {
    const browser = join(folder, 'alone.mjs');
    cpSync(join(home, 'dist', 'browser.js'), browser);
    const names = (from: string): string => {
      const script = `console.log(Object.keys(await import('${from}')).sort().join(' '))`;
      return spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, encoding: 'utf8' })
        .stdout;
    };
    const ofNode = names('overlens');
    expect(ofNode).toMatch(/traceCaptures/);
    expect(names('overlens/browser')).toBe(ofNode);
    expect(names('./alone.mjs')).toBe(ofNode);
  });

  it('has types that fit by themselves, with those of Node or of a browser', () => {
    const file = join(folder, 'consumer.ts');
    writeFileSync(
      file,
      [
        "import { eachFlow, renderJson, traceCaptures } from 'overlens';",
        "import { loadTopology } from 'overlens/browser';",
        "const topology = await loadTopology([{ name: 'pools.yaml', content: new Blob([]) }]);",
        'const trace = await traceCaptures({ captures: [new File([], "x"), { name: "y", content: new Blob([]).stream() }], topology });',
        'for await (const { verdict } of eachFlow(trace)) {',
        "  const said: 'ok' | 'violation' | 'unverifiable' = verdict;",
        '  console.log(said, [...renderJson(trace)].length);',
        '}',
        '// @ts-expect-error a number is no topology',
        'await traceCaptures({ captures: [], topology: 3 });',
      ].join('\n'),
    );
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const options = [
      '--noEmit',
      '--strict',
      '--target',
      'es2023',
      '--module',
      'nodenext',
      '--types',
      '',
      '--lib',
      'es2023,dom,dom.iterable',
    ];
    const { stdout } = spawnSync(resolve('node_modules/.bin/tsc'), [...options, file], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
  }, 60_000);

  it('has a schema of each JSON output under its name', () => {
    const script = "import schema from 'overlens/schema/trace.json' with { type: 'json' }; console.log(schema.$id)";
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout).toBe('urn:overlens:trace:1\n');
  });
});

/** Packs a clean copy, so that neither what is left of earlier builds nor a build that others use is touched. */
function pack(): Packed {
  const copy = join(folder, 'copy');
  mkdirSync(copy);
  for (const name of [
    'package.json',
    'tsconfig.json',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'src',
    'samples',
    'docs',
    'test/support/build',
  ]) {
    cpSync(name, join(copy, name), { recursive: true });
  }
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  const options = { cwd: copy, encoding: 'utf8', stdio: 'pipe' } as const;
  execFileSync('npm', ['run', 'build', '--silent'], options);
  const arguments_ = ['pack', '--json', '--ignore-scripts', '--offline', '--pack-destination', folder];
  const [result] = JSON.parse(execFileSync('npm', arguments_, options)) as [Packed];
  return result;
}

/** Modules of the package that these load, at once or later, and themselves. */
function loadedFrom(...entries: string[]): Set<string> {
  const found = new Set<string>();
  const queue = [...entries];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const text = readFileSync(join(home, path), 'utf8');
    for (const [, to = ''] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.\.?\/[^"]+)"/g))
      queue.push(join(path, '..', to));
  }
  return found;
}

/** Names of the packages that package.json asks for, and of those that they ask for, and so on. */
function productionDependencies(): Set<string> {
  const found = new Set<string>();
  const queue = Object.keys(manifest.dependencies);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const { dependencies = {} } = JSON.parse(
      readFileSync(join('node_modules', name, 'package.json'), 'utf8'),
    ) as Partial<Manifest>;
    // A version of its own lies inside the package and is copied with it.
    queue.push(
      ...Object.keys(dependencies).filter((other) => !existsSync(join('node_modules', name, 'node_modules', other))),
    );
  }
  return found;
}

function copyDependency(name: string): void {
  const target = join(folder, 'node_modules', name);
  cpSync(join('node_modules', name), target, { recursive: true, dereference: true });
}

function overlens(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const program = join(home, manifest.bin['overlens'] ?? '');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout, stderr };
}
