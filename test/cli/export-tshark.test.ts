// What tshark reads in annotated captures, with the profile: test/golden/wireshark, written by test/support/wireshark-golden.py. It says nothing on
// stderr, of capture or profile, or the golden file would not be there; what is written today must still be what it read.
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blocksOf, interfacesOf, packetsOf, textOf } from '../support/plain-pcapng.ts';
import { runCli } from '../support/run-cli.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const GOLDEN = `${ROOT}test/golden/wireshark`;
const NANOSECONDS = 1_000_000_000n;

function goldenOf(sample: string): { capture: string; rows: string[][] } {
  const [, command = '', ...lines] = readFileSync(join(GOLDEN, `${sample}.txt`), 'utf8')
    .trimEnd()
    .split('\n');
  const capture = /KIT\/(\S+)\.overlens\.pcapng/.exec(command)?.[1] ?? '';
  return { capture, rows: lines.map((line) => line.split('\t')) };
}

describe.each(readdirSync(GOLDEN).map((name) => name.replace('.txt', '')))('%s', (sample) => {
  const { capture, rows } = goldenOf(sample);

  it('has the packets, times, lengths, interfaces and comments that tshark reads, and names that it shows', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'overlens-kit-'));
    const captures = readdirSync(`${ROOT}samples/${sample}`)
      .filter((name) => name.endsWith('.pcap'))
      .map((name) => `${ROOT}samples/${sample}/${name}`);
    await runCli(['export', 'wireshark', ...captures, '-t', `${ROOT}samples/${sample}/topology`, '-w', folder]);
    const blocks = blocksOf(readFileSync(join(folder, `${capture}.overlens.pcapng`)));
    const interfaces = interfacesOf(blocks).map(({ options }) => ({
      name: textOf(options, 2) ?? '',
      description: textOf(options, 3) ?? '',
      perSecond: 10n ** BigInt(options.find(([code]) => code === 9)?.[1][0] ?? 6),
    }));
    const written = packetsOf(blocks).map((packet, i) => {
      const { name, description, perSecond } = interfaces[packet.interface] ?? {
        name: '',
        description: '',
        perSecond: 1n,
      };
      const nanos = (packet.units * NANOSECONDS) / perSecond;
      const time = `${nanos / NANOSECONDS}.${String(nanos % NANOSECONDS).padStart(9, '0')}`;
      const comments = packet.options.filter(([code]) => code === 1).map(([, value]) => value.toString('utf8'));
      return [
        `${i + 1}`,
        time,
        `${packet.original}`,
        `${packet.data.length / 2}`,
        name,
        description,
        comments.join(','),
      ];
    });
    expect(written).toEqual(rows.map((row) => row.slice(0, 7)));
    const hosts = readFileSync(join(folder, 'profiles/overlens/hosts'), 'utf8');
    const shown = new Set(rows.flatMap((row) => row.slice(8)));
    expect([...shown].filter((name) => name.includes('/')).every((name) => hosts.includes(`\t${name}\n`))).toBe(true);
    expect([...shown].some((name) => name.includes('/'))).toBe(true);
  });

  it('colours the packets with a violation, and no other, as one', () => {
    for (const row of rows) expect(row[7] === 'overlens violation').toBe(row[6]?.includes('VIOLATION') === true);
  });
});
