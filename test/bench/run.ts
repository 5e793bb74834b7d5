// `npm run bench -- [--large] [--parts speed,decode,gzip,stdin,growth,profile] [--rounds N] [--write-docs] [--packets N] ...`
//
// Times the built program beside other tools on captures made from a seed (generate/), all in turn within one run (measure/), and
// says how time and memory grow. `--large` takes the sizes of a long capture, and an hour. `--profile` says where the time goes,
// and nothing else. `--write-docs` puts the tables into docs/performance.md. Options of the generator (`npm run -s bench:capture`)
// change the capture of all parts but growth.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { captureOptions } from './generate/options.ts';
import { CAPTURE_ARGUMENTS, givenOptions } from './generate/options-of-arguments.ts';
import { type Section, withSections } from './measure/document.ts';
import { PARTS, type Part, SIZES } from './measure/parts.ts';
import { PROGRAM, ROOT } from './measure/tools.ts';

const PAGE = join(ROOT, 'docs/performance.md');

const { values } = parseArgs({
  options: {
    ...CAPTURE_ARGUMENTS,
    large: { type: 'boolean', default: false },
    parts: { type: 'string', default: Object.keys(PARTS).join(',') },
    profile: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    'write-docs': { type: 'boolean', default: false },
  },
});

await run(values.profile ? ['profile'] : partsOf(values.parts), Number(values.rounds));

async function run(parts: readonly Part[], rounds: number): Promise<void> {
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds: a whole number from 1 on');
  const capture = captureOptions({ ...SIZES[values.large ? 'large' : 'small'], ...givenOptions(values) });
  haveProgram();
  const folder = mkdtempSync(join(tmpdir(), 'overlens-bench-'));
  const sections: Section[] = [];
  try {
    for (const part of parts) {
      const lines = [machine(part), '', ...(await PARTS[part]({ capture, rounds, isLarge: values.large, folder }))];
      sections.push({ part, lines });
      process.stdout.write(`## ${part}\n\n${lines.join('\n')}\n\n`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  if (values['write-docs']) writeFileSync(PAGE, withSections(readFileSync(PAGE, 'utf8'), sections));
}

function partsOf(list: string): Part[] {
  const isPart = (name: string): name is Part => Object.hasOwn(PARTS, name);
  return list.split(',').map((name) => {
    if (!isPart(name)) throw new RangeError(`there is no part ${name}; there are ${Object.keys(PARTS).join(' ')}`);
    return name;
  });
}

/** Builds it where it is not there; says when it is older than the code. */
function haveProgram(): void {
  if (!existsSync(PROGRAM)) {
    process.stderr.write('dist/ is not there: building\n');
    if (spawnSync('npm', ['run', 'build'], { cwd: ROOT, stdio: ['ignore', 2, 2] }).status !== 0)
      throw new Error('the program could not be built');
  }
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const newest = Math.max(...sources.map((path) => statSync(join(ROOT, 'src', path)).mtimeMs));
  if (newest > statSync(PROGRAM).mtimeMs)
    process.stderr.write('src/ has changed since dist/ was built: npm run build, or older code is measured\n');
}

/** When, with which command, on what; the load before tells whether the machine had something else to do. */
function machine(part: Part): string {
  const given = Object.entries(values).flatMap(([name, value]) =>
    name === 'parts' || name === 'profile' || name === 'write-docs' || value === false || value === undefined
      ? []
      : [value === true ? `--${name}` : `--${name} ${value}`],
  );
  const command = ['npm run bench --', `--parts ${part}`, ...given].join(' ');
  const [cpu] = cpus();
  const size = `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 1024 ** 3)} GiB`;
  const [load = 0] = loadavg();
  return `${new Date().toISOString().slice(0, 10)}, \`${command}\`, ${size}, Node.js ${process.version}, load before ${load.toFixed(1)}.`;
}
