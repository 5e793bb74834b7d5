// How fast `overlens decode` prints, beside tcpdump -nn and tshark -n on the same file in the same run. By hand:
//   npm run build && npx tsx test/bench/decode-speed.ts [packets] [rounds]
// Builds a VXLAN capture in a temporary folder; each tool writes to /dev/null and into a pipe. Time is the best of the rounds
// (other work on the machine only ever adds to it), wall clock and CPU.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pcapHeader, pcapRecord } from '../support/capture-builder.ts';
import { ethernet, hex, ipv4, tcp, udp, vxlan } from '../support/packet-builder.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const PACKETS = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = Number(process.argv[3] ?? 3);
/** tshark is slow: it gets the first packets only, and its rate is compared. */
const TSHARK_PACKETS = Math.min(PACKETS, 200_000);
const FLOWS = 2000;

/** Bytes from the inner sequence number to the end of a frame: the rest of TCP, its options, its payload. */
const FRAME_TAIL = 28 + 200;

interface Tool {
  name: string;
  command: (capture: string) => string;
  packets: number;
}

const TOOLS: readonly Tool[] = [
  { name: 'overlens', command: (path) => `node ${ROOT}dist/cli/bin.js decode ${path}`, packets: PACKETS },
  { name: 'tcpdump', command: (path) => `tcpdump -nn -r ${path}`, packets: PACKETS },
  { name: 'tshark', command: (path) => `tshark -n -c ${TSHARK_PACKETS} -r ${path}`, packets: TSHARK_PACKETS },
];

const folder = mkdtempSync(join(tmpdir(), 'overlens-decode-speed-'));
try {
  const capture = join(folder, 'vxlan.pcap');
  writeCapture(capture);
  for (const sink of ['> /dev/null', '| cat > /dev/null']) measure(capture, sink);
} finally {
  rmSync(folder, { recursive: true });
}

function measure(capture: string, sink: string): void {
  const best = TOOLS.map(() => ({ wall: Number.POSITIVE_INFINITY, cpu: Number.POSITIVE_INFINITY }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, tool] of TOOLS.entries()) {
      const { wall, cpu } = timed(tool.command(capture), sink);
      const least = best[i]!;
      least.wall = Math.min(least.wall, wall);
      least.cpu = Math.min(least.cpu, cpu);
    }
  }
  console.log(`\n${sink}: best of ${ROUNDS}, ${PACKETS} packets (tshark ${TSHARK_PACKETS})`);
  const [own] = best;
  for (const [i, { name, packets }] of TOOLS.entries()) {
    const { wall, cpu } = best[i]!;
    const rates = `${Math.round(packets / wall)} packets/s, ${Math.round(packets / cpu)} per CPU second`;
    const times = (mine: number, theirs: number): string => (theirs / packets / (mine / PACKETS)).toFixed(2);
    const ratio =
      i === 0 ? '' : `; overlens is ${times(own!.wall, wall)} times as fast, ${times(own!.cpu, cpu)} by CPU`;
    console.log(`  ${name.padEnd(9)} ${wall.toFixed(2)} s wall, ${cpu.toFixed(2)} s CPU: ${rates}${ratio}`);
  }
}

/** Seconds of one run: wall clock, and CPU of the tool alone. */
function timed(command: string, sink: string): { wall: number; cpu: number } {
  const script = `TIMEFORMAT='%R %U %S'; { time ${command} 2>/dev/null ${sink.startsWith('>') ? sink : ''}; } 2>&3 ${sink.startsWith('|') ? sink : ''}`;
  const run = spawnSync('bash', ['-c', `exec 3>&2; ${script}`], { encoding: 'utf8' });
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = run.stderr
    .trim()
    .split(/\s+/)
    .slice(-3)
    .map(Number);
  return { wall, cpu: user + system };
}

function writeCapture(path: string): void {
  const frames = Array.from({ length: FLOWS }, (_, i) => frameOf(i));
  const file = openSync(path, 'w');
  writeSync(file, pcapHeader());
  for (let i = 0; i < PACKETS; i += FLOWS) {
    const records = frames.map((data, j) => {
      // The sequence number differs in every packet, as in life.
      new DataView(data.buffer).setUint32(data.length - FRAME_TAIL, Math.imul(i + j, 2654435761) >>> 0);
      return Buffer.from(
        pcapRecord({ data, seconds: 1_700_000_000 + Math.floor(i / 10_000), nanos: (i % 10_000) * 100_000 + j * 1000 }),
      );
    });
    writeSync(file, Buffer.concat(records.slice(0, PACKETS - i)));
  }
  closeSync(file);
}

function frameOf(i: number): Uint8Array {
  const [a, b] = [(i * 7) % 250, (i * 13 + 1) % 250];
  const options = hex('01 01 08 0a 00 00 10 00 00 00 20 00');
  const segment = tcp({ srcport: 30_000 + i, dstport: 5201, 'flags.push': true, options }, new Uint8Array(200));
  const inner = ethernet(
    { src: '66:c9:ee:b1:9b:47', dst: '66:14:9d:f4:2c:1f' },
    ipv4({ src: `10.48.0.${a}`, dst: `10.48.1.${b}`, proto: 6, ttl: 63 }, segment),
  );
  const datagram = udp({ srcport: 40_000 + (i % 20_000), dstport: 4789 }, vxlan({}, inner));
  return ethernet({}, ipv4({ src: `10.0.1.${a & 15}`, dst: `10.0.2.${b & 15}` }, datagram));
}
