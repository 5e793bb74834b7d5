// By hand: what decode and tshark say differently about any captures. Needs tshark and python3.
//   npx tsx test/support/compare-with-tshark.ts FILE...
import { spawnSync } from 'node:child_process';
import { runCli } from './run-cli.ts';
import { type DecodedPacket, differences, type TsharkLayer } from './tshark-layers.ts';

const SCRIPT = new URL('tshark-fields.py', import.meta.url).pathname;
let packets = 0;
let layers = 0;
let fields = 0;
let found = 0;

for (const path of process.argv.slice(2)) {
  const tshark = spawnSync('python3', [SCRIPT, '--print', path], { encoding: 'utf8', maxBuffer: 2 ** 30 });
  const theirs = jsonLines<TsharkLayer[]>(tshark.stdout);
  const { stdout, stderr } = await runCli(['decode', path, '-o', 'json']);
  const ours = jsonLines<DecodedPacket>(stdout);
  if (ours.length !== theirs.length)
    console.log(`${path}: ${ours.length} packets, by tshark ${theirs.length} ${stderr}${tshark.stderr}`);
  for (const [i, packet] of ours.entries()) {
    packets++;
    layers += packet.layers.length;
    for (const layer of packet.layers) fields += Object.keys(layer.fields).length;
    for (const text of differences(packet, theirs[i] ?? [])) {
      found++;
      console.log(`${path} #${packet.number} ${text}`);
    }
  }
}
console.log(`${packets} packets, ${layers} layers, ${fields} fields: ${found} differences`);

function jsonLines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
