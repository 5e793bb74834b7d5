// The package as users get it: packed by npm from a clean copy, unpacked into an empty folder beside nothing but its own
// production dependencies, and run. Needs no network: dependencies are copied from node_modules.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

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
const PACKED_BUDGET = 1_500_000;
const UNPACKED_BUDGET = 6_000_000;
const BUILD_TIMEOUT = 180_000;

const folder = mkdtempSync(join(tmpdir(), 'overlens-package-'));
const home = join(folder, 'node_modules', 'overlens');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const SAMPLE = join(home, 'samples', '01-vxlan-between-nodes');
let packed: Packed;

beforeAll(() => {
  packed = pack();
  mkdirSync(home, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, packed.filename), '-C', home, '--strip-components=1']);
  for (const name of productionDependencies()) copyDependency(name);
}, BUILD_TIMEOUT);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the tarball', () => {
  it('holds the built program, the samples, the docs and what npm always adds, nothing else', () => {
    const expected = [
      /^dist\/(cli\/bin|index|pipeline\/decode-worker|chunks\/[a-z-]+-[A-Z0-9]{8})\.js$/,
      /^dist\/[a-z0-9/-]+\.d\.ts$/,
      /^samples\/\d\d-[a-z-]+\/([a-z-]+\/)?[\w.-]+\.(pcap|pcapng)$/,
      /^samples\/[a-z0-9-]+\/README\.md$/,
      /^samples\/\d\d-[a-z-]+\/([a-z-]+\/)?topology(-before)?\/[\w./-]+\.(yaml|txt|json)$/,
      /^docs\/(course\/)?[\w-]+\.md$/,
      /^docs\/pictures\/[\w-]+\.svg$/,
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
    ];
    const paths = packed.files.map((file) => file.path);
    expect(paths.filter((path) => !expected.some((pattern) => pattern.test(path)))).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md', 'dist/index.d.ts']));
  });

  it('holds the program, the library and the chunks that they load, all of them and no others, and no test', () => {
    const paths = new Set(packed.files.map((file) => file.path));
    const built = [...paths].filter((path) => path.endsWith('.js'));
    expect([...loadedFrom('dist/cli/bin.js', 'dist/index.js', 'dist/pipeline/decode-worker.js')].sort()).toEqual(
      built.sort(),
    );
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

  it('answers --version', () => {
    expect(overlens('--version')).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  it('traces its own sample', () => {
    const captures = ['20', '30', '31'].map((node) => join(SAMPLE, `ip-10-0-1-${node}-ens5.pcap`));
    const { status, stdout, stderr } = overlens('trace', ...captures, '-t', join(SAMPLE, 'topology'), '-o', 'json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { schema, summary } = JSON.parse(stdout) as { schema: string; summary: Record<string, number> };
    expect(schema).toBe('overlens.trace/1');
    expect(summary['violation']).toBe(0);
    expect(summary['ok']).toBeGreaterThan(0);
  });

  it('reads gzip, zstd and through pcap-parser: every package it needs is there', () => {
    const capture = join(SAMPLE, 'ip-10-0-1-20-ens5.pcap');
    const compressed = ['cases/frag.pcap.gz', 'compressed/n20-any1-level-19.pcap.zst'];
    const runs = [
      overlens('trace', capture, '--reader', 'pcap-parser', '-o', 'summary'),
      ...compressed.map((name) => overlens('trace', resolve('test/fixtures', name), '-o', 'summary')),
    ];
    expect(runs.map(({ status, stderr }) => ({ status, stderr }))).toEqual(runs.map(() => ({ status: 0, stderr: '' })));
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
