// Runs one command line and says what it took: wall clock and CPU as bash's `time` has them, memory as the kernel does.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Measured {
  /** Seconds: wall clock, and CPU of all its processes (user and system). */
  wall: number;
  cpu: number;
  /** Largest VmHWM seen of its processes, bytes; 0 where there is no /proc. */
  memory: number;
}

/** VmHWM only grows, so that the last look counts: what comes within this many milliseconds of the end is missed. */
const LOOK_EVERY = 10;

export interface Command {
  /** For bash. What it prints is thrown away. */
  line: string;
  /** Whose memory: processes whose command line has this word. */
  of: string;
  /** Exit codes that are no failure. */
  allowed?: readonly number[];
}

/** Throws with the end of what it wrote to stderr when it failed. `folder` gets a file for that. */
export async function measure({ line, of, allowed = [0] }: Command, folder: string): Promise<Measured> {
  const errors = join(folder, 'stderr.txt');
  const script = `set -o pipefail; TIMEFORMAT='%R %U %S'; time { ${line}; } > /dev/null 2> '${errors}'`;
  const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'ignore', 'pipe'] });
  let times = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    times += text;
  });
  let memory = 0;
  const look = setInterval(() => {
    memory = Math.max(memory, peakOfChildren(child.pid ?? 0, of));
  }, LOOK_EVERY);
  const code = await new Promise<number | null>((done) => child.on('close', done));
  clearInterval(look);
  if (code === null || !allowed.includes(code))
    throw new Error(`exit code ${code} of ${line}: ${readFileSync(errors, 'utf8').slice(-400)}`);
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = times.trim().split(/\s+/).slice(-3).map(Number);
  return { wall, cpu: user + system, memory };
}

function peakOfChildren(pid: number, of: string): number {
  const children = readProc(`/proc/${pid}/task/${pid}/children`).trim().split(' ');
  const peaks = children.filter((child) => child !== '').map((child) => peakOf(child, of));
  return Math.max(0, ...peaks);
}

function peakOf(pid: string, of: string): number {
  if (!readProc(`/proc/${pid}/cmdline`).includes(of)) return 0;
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readProc(`/proc/${pid}/status`))?.[1];
  return Number(kibibytes ?? 0) * 1024;
}

/** Empty when the process has ended meanwhile. */
function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
