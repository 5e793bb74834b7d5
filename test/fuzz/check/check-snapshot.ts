// What must hold of every snapshot, paste and bundle: an answer or the program's own error, and nobody in it who is not in the input.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FuzzInput } from '../input.ts';
import { Origin } from './origin.ts';
import { runCommand } from './run-command.ts';

interface TopologyJson {
  nodes: { name: string; addresses: { address: string; source: string }[] }[];
  pods: { name: string; namespace: string; addresses: string[] }[];
  pools: { cidr: string }[];
}

const CAPTURE = 'samples/01-vxlan-between-nodes/ip-10-0-1-20-ens5.pcap';

/** Problems; none when all is well. */
export async function checkSnapshot(input: FuzzInput, folder: string): Promise<string[]> {
  const paths = readdirSync(folder).map((name) => join(folder, name));
  const topology = await runCommand(['topology', ...paths, '-o', 'json']);
  const others = [
    ['topology', ...paths, '--strict'],
    ['trace', CAPTURE, ...paths, '-o', 'json'],
    ['verify', CAPTURE, ...paths],
    ['topology', ...paths, '--redact'],
    ['trace', ...paths, '-o', 'json'],
    ['trace', CAPTURE, ...paths, '-o', 'html'],
    ['explain', CAPTURE, ...paths],
    ['path', CAPTURE, ...paths],
  ];
  const other = await runCommand(others[input.choice % others.length] ?? []);
  const problems = [...topology.problems, ...other.problems];
  const answer = topology.json[0] as TopologyJson | undefined;
  if (answer === undefined || input.content === null) return problems;
  return [
    ...problems,
    ...strangers(answer, new Origin(input.content, [...input.files.map(({ name }) => name), folder])),
  ];
}

function strangers({ nodes, pods, pools }: TopologyJson, origin: Origin): string[] {
  const found: string[] = [];
  for (const node of nodes) {
    if (isPlain(node.name) && !origin.hasText(node.name)) found.push(`node ${node.name} is not in the input`);
    for (const { address } of node.addresses)
      if (isIpv4(address) && !origin.hasText(address))
        found.push(`address ${address} of node ${node.name} is not in the input`);
  }
  for (const pod of pods) {
    if (isPlain(pod.name) && !origin.hasText(pod.name)) found.push(`pod ${pod.name} is not in the input`);
    for (const address of pod.addresses)
      if (isIpv4(address) && !origin.hasText(address))
        found.push(`address ${address} of pod ${pod.name} is not in the input`);
  }
  for (const { cidr } of pools) {
    const [address = ''] = cidr.split('/');
    if (isIpv4(address) && !origin.hasText(address)) found.push(`pool ${cidr} is not in the input`);
  }
  return found;
}

/** Names that stand in a text as they are, not escaped or folded. */
function isPlain(name: string): boolean {
  return /^[\w.-]+$/.test(name);
}

function isIpv4(address: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(address);
}
