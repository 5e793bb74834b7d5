// `npm run package`: the program as one executable (Node's single executable applications), and an archive of it with completion, manual page
// and licences, in dist/binary. With --test, what was made is run as users would. Takes a minute; nothing of it is part of `npm test`.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { PAGE_ASSET } from '../../../src/cli/page-file.ts';
import { WORKER_ASSET } from '../../../src/pipeline/start-worker.ts';
import { buildPage } from '../build/build-page.ts';
import { licences } from './licences.ts';
import { problemsOf } from './smoke.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const OUT = resolve('dist/binary');
const NAME = `overlens-${version}-${process.platform}-${process.arch}`;
const FOLDER = join(OUT, NAME);
const PROGRAM = join(FOLDER, process.platform === 'win32' ? 'overlens.exe' : 'overlens');
/** What Node looks for in its own file (nodejs.org/api/single-executable-applications.html). */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** One CommonJS script of everything, packages too. */
async function bundle(entry: string, outfile: string): Promise<Metafile> {
  const { metafile } = await build({
    stdin: { contents: entry, resolveDir: resolve('.'), loader: 'ts' },
    outfile,
    bundle: true,
    // compiled code, optional, and not in the executable: `query` prints the line for DuckDB's own program
    external: ['@duckdb/node-api'],
    format: 'cjs',
    platform: 'node',
    target: `node${process.versions.node}`,
    minifyWhitespace: true,
    minifySyntax: true,
    define: { 'import.meta.url': '"file:///overlens/built-in"', OVERLENS_VERSION: JSON.stringify(version) },
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
}

async function makeProgram(): Promise<Metafile[]> {
  const script = join(OUT, 'overlens.cjs');
  const worker = join(OUT, WORKER_ASSET);
  const start = `import { keepHeapSmall } from './src/pipeline/small-heap.ts';
import { run } from './src/cli/run.ts';
keepHeapSmall();
void run(process.argv.slice(2));`;
  const files = [await bundle(start, script), await bundle(`import './src/pipeline/decode-worker.ts';`, worker)];
  const page = join(OUT, PAGE_ASSET);
  await buildPage(page);
  const config = join(OUT, 'sea.json');
  const blob = join(OUT, 'sea.blob');
  const settings = {
    main: script,
    output: blob,
    disableExperimentalSEAWarning: true,
    assets: { [WORKER_ASSET]: worker, [PAGE_ASSET]: page },
  };
  writeFileSync(config, JSON.stringify(settings));
  execFileSync(process.execPath, ['--experimental-sea-config', config], { stdio: 'pipe' });
  copyFileSync(process.execPath, PROGRAM);
  chmodSync(PROGRAM, 0o755);
  const isMac = process.platform === 'darwin';
  if (isMac) execFileSync('codesign', ['--remove-signature', PROGRAM]);
  const segment = isMac ? ['--macho-segment-name', 'NODE_SEA'] : [];
  const inject = [PROGRAM, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE, ...segment];
  execFileSync(process.execPath, [resolve('node_modules/postject/dist/cli.js'), ...inject], { stdio: 'pipe' });
  if (isMac) execFileSync('codesign', ['--sign', '-', PROGRAM]);
  for (const path of [script, worker, page, config, blob]) rmSync(path);
  return files;
}

function addFiles(metafiles: readonly Metafile[]): void {
  symlinkSync(basename(PROGRAM), join(FOLDER, 'kubectl-overlens'));
  for (const name of ['LICENSE', 'README.md', 'CHANGELOG.md']) copyFileSync(name, join(FOLDER, name));
  writeFileSync(join(FOLDER, 'THIRD-PARTY-LICENSES'), licences(metafiles));
  const printed = (...words: string[]): string => execFileSync(PROGRAM, words, { encoding: 'utf8' });
  mkdirSync(join(FOLDER, 'completion'));
  mkdirSync(join(FOLDER, 'man'));
  writeFileSync(join(FOLDER, 'completion', 'overlens.bash'), printed('completion', 'bash'));
  writeFileSync(join(FOLDER, 'completion', '_overlens'), printed('completion', 'zsh'));
  writeFileSync(join(FOLDER, 'completion', 'overlens.fish'), printed('completion', 'fish'));
  writeFileSync(join(FOLDER, 'man', 'overlens.1'), printed('man'));
}

/** Names alone, as `sha256sum -c` takes them beside the files. */
function writeSums(...paths: readonly string[]): void {
  const lines = paths.map(
    (path) => `${createHash('sha256').update(readFileSync(path)).digest('hex')}  ${basename(path)}\n`,
  );
  writeFileSync(join(OUT, `${NAME}.sha256`), lines.join(''));
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
addFiles(await makeProgram());
const archive = join(OUT, `${NAME}.tar.xz`);
execFileSync('tar', ['-cJf', archive, '-C', OUT, NAME], { env: { ...process.env, XZ_OPT: '-T0' } });
writeSums(archive);
console.log(`${archive}\n${join(OUT, `${NAME}.sha256`)}`);
if (process.argv.includes('--test')) {
  const problems = problemsOf(PROGRAM, { version, samples: resolve('samples'), fixtures: resolve('test/fixtures') });
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? 'the executable does what the package does' : `${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
