// What must hold of every capture: decode and trace read the same packets, every packet has one outcome, nobody is named who is not in
// the file, and the pieces in which it arrives change nothing.
import { join } from 'node:path';
import { OverlensError } from '../../../src/errors.ts';
import { readBytes } from '../../support/read-packets.ts';
import type { FuzzInput } from '../input.ts';
import { Origin } from './origin.ts';
import { runCommand } from './run-command.ts';

interface DecodedPacket {
  outcome: string;
}

interface TraceJson {
  captures: { packets: number; outcomes: Record<string, number>; error: unknown; complete: boolean }[];
  flows: {
    src: { ip: string };
    dst: { ip: string };
    observed: { outerSrc: string | null; outerDst: string | null };
    packets: number;
    observations: { packets: number }[];
  }[];
}

const SNAPSHOT = 'samples/01-vxlan-between-nodes/topology';
const CHUNKS = [1, 3, 17, 500, 4096];

/** Problems; none when all is well. */
export async function checkCapture(input: FuzzInput, folder: string): Promise<string[]> {
  const [file] = input.files;
  if (file === undefined) return ['an input without a file'];
  const path = join(folder, file.name);
  const decode = await runCommand(['decode', path, '-o', 'json']);
  const trace = await runCommand(['trace', path, '-o', 'json']);
  const other = await runCommand(otherCommand(path, input.choice));
  return [
    ...[decode, trace, other].flatMap(({ problems }) => problems),
    ...agreement(decode.json as DecodedPacket[], trace.json[0] as TraceJson | undefined),
    ...(input.content === null ? [] : strangers(trace.json[0] as TraceJson | undefined, input.content)),
    ...(await chunkProblems(file.bytes, CHUNKS[input.choice % CHUNKS.length] ?? 1, input.content !== null)),
  ];
}

function otherCommand(path: string, choice: number): string[] {
  const commands = [
    ['decode', path, '-v'],
    ['trace', path, '-t', SNAPSHOT, '-o', 'json'],
    ['verify', path, '-t', SNAPSHOT],
    ['path', path],
    ['explain', `${path}#1`, '-t', SNAPSHOT],
    ['trace', path, '-t', SNAPSHOT],
    ['diff', path, path, '-t', SNAPSHOT],
    ['trace', path, '--since', '1s'],
    ['trace', path, '-t', SNAPSHOT, '-o', 'html'],
    ['trace', path, '-t', SNAPSHOT, '-o', 'svg'],
    ['trace', path, '-o', 'hubble', '--per', 'packet'],
    ['trace', path, '-t', SNAPSHOT, '-o', 'wide'],
    ['trace', path, '-o', 'csv'],
    ['verify', path, '-t', SNAPSHOT, '-o', 'markdown'],
    ['path', path, '-t', SNAPSHOT, '-o', 'html'],
    ['explain', path, '-t', SNAPSHOT, '-o', 'html'],
    ['explain', path, '--diagram', '--all'],
  ];
  return commands[choice % commands.length] ?? [];
}

function agreement(decoded: readonly DecodedPacket[], trace: TraceJson | undefined): string[] {
  if (trace === undefined) return decoded.length > 0 ? [`decode has ${decoded.length} packets, trace no answer`] : [];
  const [capture] = trace.captures;
  if (capture === undefined) return ['a trace without its capture'];
  const problems: string[] = [];
  const { packets, outcomes } = capture;
  const sum = Object.values(outcomes).reduce((all, count) => all + count, 0);
  if (sum !== packets) problems.push(`${packets} packets, ${sum} outcomes`);
  if (decoded.length !== packets) problems.push(`decode has ${decoded.length} packets, trace ${packets}`);
  for (const outcome of ['faulty', 'unsupported']) {
    const own = decoded.filter((packet) => packet.outcome === outcome).length;
    if (own !== outcomes[outcome]) problems.push(`${outcome}: ${own} by decode, ${outcomes[outcome]} by trace`);
  }
  const inFlows = trace.flows.reduce((all, flow) => all + flow.packets, 0);
  if (inFlows > packets) problems.push(`${packets} packets, ${inFlows} in flows`);
  return problems;
}

function strangers(trace: TraceJson | undefined, content: readonly Uint8Array[]): string[] {
  if (trace === undefined) return [];
  const origin = new Origin(content, []);
  const named = trace.flows.flatMap(({ src, dst, observed }) => [src.ip, dst.ip, observed.outerSrc, observed.outerDst]);
  const invented = new Set(named.filter((address) => address !== null && !origin.hasPacketAddress(address)));
  return [...invented].map((address) => `${address} is in no packet`);
}

/** Compressed and damaged, how much comes out depends on the pieces: then only what is thrown is held. */
async function chunkProblems(bytes: Uint8Array, chunkLength: number, isSame: boolean): Promise<string[]> {
  const [whole, pieces] = [await reading(bytes, bytes.length + 1), await reading(bytes, chunkLength)];
  const problems = [whole, pieces].flatMap(({ foreign }) => foreign);
  if (isSame && whole.text !== pieces.text)
    problems.push(`pieces of ${chunkLength} bytes: ${pieces.text.slice(0, 300)} / ${whole.text.slice(0, 300)}`);
  return problems;
}

async function reading(bytes: Uint8Array, chunkLength: number): Promise<{ text: string; foreign: string[] }> {
  try {
    const { info, packets } = await readBytes(bytes, { chunkLength });
    const said = [info.error?.message, ...info.warnings.map(({ message }) => message)].join();
    return { text: `${packets.length} packets ${said} ${JSON.stringify(packets)}`, foreign: [] };
  } catch (error) {
    const isOwn = error instanceof OverlensError;
    return {
      text: String(error),
      foreign: isOwn ? [] : [`a foreign error: ${error instanceof Error ? error.stack : error}`],
    };
  }
}
