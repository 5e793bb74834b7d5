// The programs that are timed, and the command lines they get. Those that are not installed are left out, and said.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from './command.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const PROGRAM = `${ROOT}dist/cli/bin.js`;
const COUNTER = fileURLToPath(new URL('count-by-pcap-parser.ts', import.meta.url));

export interface Input {
  capture: string;
  snapshot: string;
  packets: number;
  bytes: number;
  /** For what a tool cannot keep from writing. */
  folder: string;
}

export interface Tool {
  name: string;
  /** What it needs in the PATH. */
  program: string;
  command: (input: Input) => Command;
  /** Packets that it reads at most: slow ones get the first ones only, and rates are compared. */
  most?: number;
}

const SLOW = 100_000;

/** The others are compared with this one. */
export const REFERENCE = 'tcpdump';

export const FLOW_TOOLS: readonly Tool[] = [
  tool('tcpdump', 'tcpdump', ({ capture }) => `tcpdump --count -r ${capture} 'udp port 4789'`),
  overlens('overlens -o summary', ({ capture, snapshot }) => `trace ${capture} -t ${snapshot} -o summary`),
  overlens(
    'overlens -o summary --workers 0',
    ({ capture, snapshot }) => `trace ${capture} -t ${snapshot} -o summary --workers 0`,
  ),
  overlens('overlens trace', ({ capture, snapshot }) => `trace ${capture} -t ${snapshot}`),
  overlens('overlens trace, no snapshot', ({ capture }) => `trace ${capture}`),
  overlens('overlens verify', ({ capture, snapshot }) => `verify ${capture} -t ${snapshot}`),
  tool('capinfos', 'capinfos', ({ capture }) => `capinfos ${capture}`),
  tool('softflowd', 'softflowd', ({ capture }) => `softflowd -m 2000000 -r ${capture}`),
  tool('nfpcapd', 'nfpcapd', ({ capture, folder }) => `nfpcapd -r ${capture} -w ${folder}`),
  tool('argus', 'argus', ({ capture }) => `argus -r ${capture} -w -`),
  tool('pcap-parser (counts)', 'node', ({ capture }) => `node --import tsx ${COUNTER} ${capture}`, 'count-by'),
  { ...tool('tshark, conversations', 'tshark', tsharkLine('-q -z conv,tcp -z conv,udp')), most: SLOW },
];

export const DECODE_TOOLS: readonly Tool[] = [
  tool('tcpdump', 'tcpdump', ({ capture }) => `tcpdump -nn -r ${capture}`),
  overlens('overlens decode', ({ capture }) => `decode ${capture}`),
  { ...tool('tshark', 'tshark', tsharkLine('')), most: SLOW },
];

export const GZIP_TOOLS: readonly Tool[] = [
  tool('zcat', 'zcat', ({ capture }) => `zcat ${capture} | wc -c`, 'gzip'),
  overlens('overlens -o summary', ({ capture, snapshot }) => `trace ${capture} -t ${snapshot} -o summary`),
  overlens('overlens trace', ({ capture, snapshot }) => `trace ${capture} -t ${snapshot}`),
];

/** A command line of the built program; 1 and 3 are answers. */
export function overlensCommand(line: string): Command {
  return { line: `node ${PROGRAM} ${line}`, of: 'cli/bin.js', allowed: [0, 1, 3] };
}

function overlens(name: string, line: (input: Input) => string): Tool {
  return { name, program: 'node', command: (input) => overlensCommand(line(input)) };
}

function tool(name: string, program: string, line: (input: Input) => string, of = program): Tool {
  return { name, program, command: (input) => ({ line: line(input), of }) };
}

function tsharkLine(options: string): (input: Input) => string {
  return ({ capture }) => `tshark -n -c ${SLOW} -r ${capture} ${options}`.trim();
}

/** Those that are there, and the names of those that are not. */
export function installed(tools: readonly Tool[]): { present: Tool[]; missing: string[] } {
  const isThere = ({ program }: Tool): boolean => spawnSync('bash', ['-c', `command -v ${program}`]).status === 0;
  const present = tools.filter(isThere);
  return { present, missing: tools.filter((one) => !present.includes(one)).map(({ name }) => name) };
}
