// The pictures of README, lessons and samples: for each the command that draws it. Files are docs/pictures/NAME.svg.
import { readdirSync } from 'node:fs';

const capturesIn = (folder: string, ending = '.pcap'): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => `${folder}/${name}`);

const snapshot = (sample: string): string[] => ['-t', `samples/${sample}/topology`];

const SAMPLES = readdirSync('samples').filter((name) => /^\d\d-/.test(name));

/** Only what was captured on NICs: what a tunnel device had says nothing of the network between. */
function cluster(sample: string, folder = `samples/${sample}`): string[] {
  const ending = sample === '15-wireguard' ? '-ens5.pcap' : '.pcap';
  return ['trace', ...capturesIn(folder, ending), ...snapshot(sample), '-o', 'svg'];
}

function explained(sample: string, packet: string, ...parts: string[]): string[] {
  const nic = `samples/${sample}/ip-10-0-1-20-ens5.pcap`;
  return ['explain', nic, ...snapshot(sample), '-p', packet, '-o', 'svg', '--part', parts.join(',')];
}

function way(sample: string, packet: string, folder = `samples/${sample}`): string[] {
  return ['path', ...capturesIn(folder), ...snapshot(sample), '-p', packet, '-o', 'svg'];
}

/** Arguments of the program, by the name of the picture. */
export const DOC_PICTURES: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(SAMPLES.map((sample) => [sample, cluster(sample)])),
  '16-one-direction': cluster('16-where-it-stops', 'samples/16-where-it-stops/one-direction'),
  'lesson-1-one-node': way('05-same-node', 'ip-10-0-1-20-caliaa83cb3d2b3.pcap:3'),
  'lesson-1-two-nodes': way('05-same-node', 'ip-10-0-1-20-caliaa83cb3d2b3.pcap:23'),
  'lesson-2-plain-way': way('02-pool-never', '3'),
  'lesson-3-headers': explained('01-vxlan-between-nodes', '3', 'frame'),
  'lesson-4-decision': explained('08-stale-fdb', '3', 'frame', 'decision'),
  'lesson-4-way': way('08-stale-fdb', '3'),
  'lesson-5-full-frame': explained('01-vxlan-between-nodes', '9', 'frame'),
  'lesson-5-fragments': explained('11-outer-fragments', '3,4', 'first', 'second'),
  'lesson-7-ip-in-ip': explained('14-ip-in-ip', '3', 'frame'),
  'lesson-7-wireguard': explained('15-wireguard', '5', 'frame'),
};
