// What to look at next: the answer, the same packet elsewhere, the whole problem.
import { shellWord } from '../cluster/shell.ts';
import type { Trace, TracedFlow } from '../verdict/trace-types.ts';
import type { Related } from './explanation.ts';
import type { PickedPacket } from './pick.ts';

export interface NextInput {
  trace: Trace;
  picked: PickedPacket;
  related: readonly Related[];
  flow: TracedFlow | null;
  snapshot: readonly string[];
  path: string;
}

/** Command lines with a comment each, for pasting. */
export function nextCommands({ trace, picked, related, flow, snapshot, path }: NextInput): string[] {
  const topology = snapshot.map((one) => ` -t ${shellWord(one)}`).join('');
  const explain = (rest: string): string => `overlens explain ${shellWord(path)}${topology}${rest}`;
  const commands: string[] = [];
  for (const kind of ['first-fragment', 'request', 'answer'] as const) {
    const found = related.find((one) => one.kind === kind);
    const words = { 'first-fragment': 'its first fragment', request: 'what it answers', answer: 'the next one back' };
    if (found !== undefined) commands.push(`${explain(` -p ${found.number}`)}   # ${words[kind]}`);
  }
  const copy = related.find((one) => one.kind === 'copy');
  if (copy !== undefined) {
    const other =
      copy.capture === picked.capture
        ? ` -p ${picked.number},${copy.number}`
        : ` -p ${picked.number} --compare ${shellWord(copy.path)}`;
    commands.push(`${explain(other)}   # the same packet, ${placeWords(copy)}`);
  }
  const cause = trace.causes.find((one) => flow !== null && one.flowIds.includes(flow.id));
  if (cause !== undefined && picked.by !== 'finding') {
    const all = trace.captures.map((capture) => shellWord(capture.path)).join(' ');
    commands.push(`overlens ${all}${topology} --finding ${cause.id}   # the whole problem: ${cause.code}`);
  }
  return commands;
}

function placeWords({ place }: Related): string {
  const where =
    place.interface ??
    { underlay: 'a NIC', tunnel: 'a tunnel device', workload: 'a veth', unknown: 'elsewhere' }[place.role];
  return place.node === null ? `on ${where}` : `on ${where} of ${place.node}`;
}
