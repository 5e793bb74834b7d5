// The parts of a run: each makes what it needs, measures, and gives the lines that are printed and kept in the docs.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type CaptureOptions, captureOptions, DEFAULTS } from '../generate/options.ts';
import { writeSnapshot } from '../generate/snapshot.ts';
import { writeCapture } from '../generate/write.ts';
import { measure } from './command.ts';
import { growthTable, type Point } from './growth.ts';
import { type CpuProfile, profileTables, sumProfile } from './profile.ts';
import { inTurn, roundsTable } from './rounds.ts';
import { whole } from './spread.ts';
import {
  DECODE_TOOLS,
  FLOW_TOOLS,
  GZIP_TOOLS,
  type Input,
  installed,
  overlensCommand,
  ROOT,
  type Tool,
} from './tools.ts';

export interface Settings {
  /** The capture of all parts but growth. */
  capture: CaptureOptions;
  rounds: number;
  isLarge: boolean;
  /** Where captures are made. */
  folder: string;
}

export const PARTS = { speed, decode, gzip, stdin, growth, profile } as const satisfies Record<
  string,
  (settings: Settings) => Promise<string[]>
>;
export type Part = keyof typeof PARTS;

/** What a run measures when no options of captures are given. */
export const SIZES: Record<'small' | 'large', Partial<CaptureOptions>> = {
  small: {},
  large: { packets: 3_000_000, flows: 200_000, nodes: 20 },
};

async function speed(settings: Settings): Promise<string[]> {
  return compared(FLOW_TOOLS, settings, settings.capture);
}

async function decode(settings: Settings): Promise<string[]> {
  return compared(DECODE_TOOLS, settings, settings.capture);
}

async function gzip(settings: Settings): Promise<string[]> {
  return compared(GZIP_TOOLS, settings, settings.capture, true);
}

/** The capture is never in a file: memory is what a stream of this length needs. */
async function stdin({ capture, isLarge, folder }: Settings): Promise<string[]> {
  const options = isLarge ? { ...capture, packets: 48_000_000 } : { ...capture, packets: 4 * capture.packets };
  const snapshot = join(folder, 'stdin-snapshot');
  writeSnapshot(snapshot, options);
  const made = `node --import tsx ${ROOT}test/bench/generate/run.ts ${argumentsOf(options).join(' ')}`;
  const { line, ...rest } = overlensCommand(`trace - -t ${snapshot}`);
  const { wall, cpu, memory } = await measure({ ...rest, line: `${made} | ${line}` }, folder);
  return [
    described(options),
    '',
    `Through a pipe from the generator: ${wall.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU with the generator's, peak memory of overlens ${whole(memory / 1024 ** 2)} MiB.`,
  ];
}

async function compared(
  tools: readonly Tool[],
  { rounds, folder }: Settings,
  options: CaptureOptions,
  isGzip = false,
): Promise<string[]> {
  const { present, missing } = installed(tools);
  const input = await makeInput(options, folder, isGzip);
  const all = await inTurn(present, input, rounds);
  rmSync(input.folder, { recursive: true });
  return [
    `${described(options)} ${whole(input.bytes)} bytes; ${rounds} rounds.`,
    ...(missing.length === 0 ? [] : ['', `Not installed here: ${missing.join(', ')}.`]),
    '',
    ...roundsTable(all, input),
  ];
}

async function makeInput(options: CaptureOptions, folder: string, isGzip = false): Promise<Input> {
  const own = mkdtempSync(join(folder, 'input-'));
  const capture = join(own, isGzip ? `capture.${options.format}.gz` : `capture.${options.format}`);
  const snapshot = join(own, 'snapshot');
  writeSnapshot(snapshot, options);
  await writeCapture({ path: capture, gzip: isGzip }, options);
  return { capture, snapshot, packets: options.packets, bytes: statSync(capture).size, folder: own };
}

function described({ packets, flows, nodes, pods, seed, format, snaplen }: CaptureOptions): string {
  const cut = snaplen === DEFAULTS.snaplen ? '' : `, snaplen ${snaplen}`;
  return `${whole(packets)} packets, ${whole(flows)} flows, ${nodes} nodes, ${whole(pods)} pods, ${format}${cut}, seed ${seed}.`;
}

/** The options as the generator's command line has them. */
function argumentsOf(options: CaptureOptions): string[] {
  const { shares, payloads, ...rest } = options;
  const named = { ...rest, ...shares, payloads: payloads.join(',') };
  return Object.entries(named).map(([name, value]) => `--${name}=${value}`);
}

type Axis = 'packets' | 'flows' | 'nodes' | 'pods';

interface Growth {
  axis: Axis;
  sizes: readonly number[];
  others: Partial<CaptureOptions>;
}

const GROWTH: Record<'small' | 'large', readonly Growth[]> = {
  small: [
    { axis: 'packets', sizes: [50_000, 200_000, 800_000], others: { flows: 5_000 } },
    { axis: 'flows', sizes: [1_000, 10_000, 100_000], others: { packets: 300_000 } },
    { axis: 'nodes', sizes: [3, 30, 300, 1_000], others: { packets: 100_000, flows: 10_000, pods: 3_000 } },
    { axis: 'pods', sizes: [10, 1_000, 10_000], others: { packets: 100_000, flows: 5_000 } },
  ],
  large: [
    { axis: 'packets', sizes: [750_000, 3_000_000, 12_000_000], others: { flows: 200_000 } },
    { axis: 'flows', sizes: [1_000, 10_000, 100_000, 1_000_000], others: { packets: 3_000_000 } },
    { axis: 'nodes', sizes: [3, 30, 300, 1_000], others: { packets: 600_000, flows: 50_000, pods: 3_000 } },
    { axis: 'pods', sizes: [10, 1_000, 10_000, 100_000], others: { packets: 600_000, flows: 50_000 } },
  ],
};
/** Bytes of each frame that are kept: lengths of files matter less than packets here. */
const GROWTH_SNAPLEN = 160;

async function growth({ isLarge, rounds, folder }: Settings): Promise<string[]> {
  const lines: string[] = [];
  for (const { axis, sizes, others } of GROWTH[isLarge ? 'large' : 'small']) {
    const points: Point[] = [];
    for (const size of sizes)
      points.push(
        await grown(captureOptions({ ...others, [axis]: size, snaplen: GROWTH_SNAPLEN }), size, rounds, folder),
      );
    const fixed = Object.entries(others).map(([name, value]) => `${whole(Number(value))} ${name}`);
    lines.push(`**${axis}**, with ${fixed.join(', ')}:`, '', ...growthTable(axis, points), '');
  }
  return lines.slice(0, -1);
}

async function grown(options: CaptureOptions, size: number, rounds: number, folder: string): Promise<Point> {
  const input = await makeInput(options, folder);
  const point = { size, seconds: Number.POSITIVE_INFINITY, memory: Number.POSITIVE_INFINITY };
  for (let round = 0; round < rounds; round++) {
    const { cpu, memory } = await measure(overlensCommand(`trace ${input.capture} -t ${input.snapshot}`), folder);
    point.seconds = Math.min(point.seconds, cpu);
    point.memory = Math.min(point.memory, memory);
  }
  rmSync(input.folder, { recursive: true });
  return point;
}

async function profile({ capture, folder }: Settings): Promise<string[]> {
  const input = await makeInput(capture, folder);
  const profiles = join(input.folder, 'profile');
  const flags = `--cpu-prof --cpu-prof-dir=${profiles}`;
  const program = programByFile(join(input.folder, 'program'));
  const command = `node ${flags} ${program} trace ${input.capture} -t ${input.snapshot}`;
  await measure({ line: command, of: 'cli/bin.js', allowed: [0, 1] }, folder);
  const files = readdirSync(profiles).filter((name) => name.endsWith('.cpuprofile'));
  const sum = sumProfile(JSON.parse(readFileSync(join(profiles, files[0] ?? ''), 'utf8')) as CpuProfile);
  rmSync(input.folder, { recursive: true });
  return [`\`overlens trace\` with a snapshot. ${described(capture)}`, '', ...profileTables(sum)];
}

/** The program with a file for each source: the one that is built has its folders in chunks. Returns its path. */
function programByFile(folder: string): string {
  const target = join(folder, 'dist');
  const options = ['--emitDeclarationOnly', 'false', '--declaration', 'false', '--outDir', target];
  execFileSync('npx', ['tsc', '-p', 'src/tsconfig.json', ...options], { cwd: ROOT });
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return join(target, 'cli/bin.js');
}
