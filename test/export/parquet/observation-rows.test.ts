// Rows of Parquet against the JSON of the same trace, read back by hyparquet, which is another program than the one that wrote them.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OBSERVATION_COLUMNS } from '../../../src/export/parquet/observation-columns.ts';
import { runCli } from '../../support/run-cli.ts';

const SAMPLE = 'samples/11-outer-fragments';
const CAPTURES = readdirSync(SAMPLE)
  .filter((name) => name.endsWith('.pcap'))
  .map((name) => `${SAMPLE}/${name}`);

type Row = Record<string, unknown>;
const folder = mkdtempSync(join(tmpdir(), 'overlens-rows-'));
let rows: Row[] = [];
let paths: string[] = [];

beforeAll(async () => {
  const flows = join(folder, 'flows');
  await runCli(['trace', ...CAPTURES, '-t', `${SAMPLE}/topology`, '-o', 'parquet', '-w', flows, '--cluster', 'a/b']);
  paths = readdirSync(flows, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet'));
  const files = paths.map((path) => readFileSync(join(flows, path)));
  const all = await Promise.all(files.map((file) => parquetReadObjects({ file: arrayBufferOf(file) })));
  rows = all.flat();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

function arrayBufferOf(file: Buffer): ArrayBuffer {
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
}

interface Seen {
  capture: number;
  point: number;
  encapsulation: string;
  vni: number | null;
  outerSrc: string | null;
  packets: number;
  outerFragments: number;
  bytes: number;
  firstPacket: number;
  first: string;
}

interface Json {
  captures: { path: string; points: { node: string; interface: string; role: string }[] }[];
  flows: {
    protocol: string;
    src: { ip: string; port: number; pod: string | null };
    dst: { ip: string; port: number; node: string | null };
    expected: { encapsulation: string; reason: string };
    verdict: string;
    observations: Seen[];
  }[];
}

/** Nanoseconds since 1970 of RFC 3339 text, without the code that made it. */
function nanosOf(text: string): bigint {
  const [whole = '', digits = ''] = text.replace('Z', '').split('.');
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(digits.padEnd(9, '0'));
}

describe('rows of a trace', () => {
  it('are its observations: the JSON has the same ones, with the same facts', async () => {
    const json = await runCli(['trace', ...CAPTURES, '-t', `${SAMPLE}/topology`, '-o', 'json']);
    const { captures, flows } = JSON.parse(json.stdout) as Json;
    const expected = flows.flatMap((flow) =>
      flow.observations.map((seen) => {
        const point = captures[seen.capture]?.points[seen.point];
        return [
          ...[captures[seen.capture]?.path, point?.node, point?.interface, point?.role],
          ...[flow.protocol, flow.src.ip, flow.src.port, flow.dst.ip, flow.dst.port, flow.src.pod, flow.dst.node],
          ...[seen.encapsulation, seen.vni, seen.outerSrc, seen.packets, seen.bytes, seen.firstPacket],
          ...[seen.packets - seen.outerFragments, nanosOf(seen.first)],
          ...[flow.expected.encapsulation, flow.expected.reason, flow.verdict],
        ].join('|');
      }),
    );
    const names = [
      ...['file', 'node', 'interface', 'role', 'protocol', 'src_ip', 'src_port', 'dst_ip', 'dst_port', 'src_pod'],
      ...['dst_node', 'encapsulation', 'vni', 'outer_src', 'packets', 'wire_bytes', 'first_packet'],
      ...['distinct_packets', 'first_ns', 'expected', 'expected_reason', 'verdict'],
    ];
    const actual = rows.map((row) => names.map((name) => row[name] ?? null).join('|'));
    expect(expected.length).toBeGreaterThan(5);
    expect(actual.sort()).toEqual(expected.sort());
  });

  it('have the columns that are documented, integers as integers', () => {
    expect(Object.keys(rows[0] ?? {})).toEqual(OBSERVATION_COLUMNS.map(({ name }) => name));
    const types = new Set(rows.flatMap((row) => [typeof row['packets'], typeof row['first_ns']]));
    expect([...types]).toEqual(['bigint']);
    expect(rows.every((row) => Number.isInteger(row['src_port']))).toBe(true);
  });

  it('say where the first frame stands: its bytes are there in the file', () => {
    const [row = {}] = rows.filter((one) => one['encapsulation'] === 'vxlan' && one['role'] === 'underlay');
    const file = readFileSync(String(row['file']));
    const at = Number(row['first_offset']);
    // EtherType of the outer frame, its protocol (UDP), and who sent it
    expect(file.readUInt16BE(at + 12)).toBe(0x0800);
    expect(file[at + 14 + 9]).toBe(17);
    expect([...file.subarray(at + 14 + 12, at + 14 + 16)].join('.')).toBe(row['outer_src']);
  });

  it('tell one packet at two places by its fingerprint, and the next packet of the flow by another', () => {
    const of = (node: unknown, row: Row): boolean => row['node'] === node && row['protocol'] === 'tcp';
    const nodes = [...new Set(rows.filter(({ role }) => role === 'underlay').map(({ node }) => node))];
    const [here, there] = nodes.map((node) => rows.filter((row) => of(node, row)));
    const first = here?.find(({ src_port }) => src_port === 80);
    const same = there?.find(({ src_port, dst_port }) => src_port === 80 && dst_port === first?.['dst_port']);
    expect(first?.['fingerprint_1']).toEqual(expect.any(Number));
    expect(same?.['fingerprint_1']).toBe(first?.['fingerprint_1']);
    expect(first?.['fingerprint_2']).not.toBe(first?.['fingerprint_1']);
    expect(first?.['time_1_ns']).toBe(first?.['first_ns']);
  });

  it('lie where engines look for them, by cluster, date and node', () => {
    expect(paths.map((path) => path.replace(/[0-9a-f]{8}\.parquet$/, 'SHA8')).sort()).toEqual(
      CAPTURES.map((path) => {
        const node = /ip-10-0-1-\d+/.exec(path)?.[0];
        return `cluster=a%2Fb/date=2026-11-22/node=${node}.eu-west-1.compute.internal/capture-SHA8`;
      }).sort(),
    );
  });
});

describe('rows of TCP', () => {
  it('count a segment that was sent again once, however large it is', async () => {
    // tshark -r ip-10-0-1-20-ens5.pcap -Y tcp.analysis.retransmission: 5, all of them larger than the path's MTU
    const sample = 'samples/09-mtu-black-hole';
    const flows = join(folder, 'again');
    await runCli([
      'trace',
      `${sample}/ip-10-0-1-20-ens5.pcap`,
      '-t',
      `${sample}/topology`,
      '-o',
      'parquet',
      '-w',
      flows,
    ]);
    const [path = ''] = readdirSync(flows, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /parquet$/.test(name),
    );
    const found = await parquetReadObjects({ file: arrayBufferOf(readFileSync(join(flows, path))) });
    expect(found.reduce((sum, row) => sum + Number(row['retransmissions'] ?? 0), 0)).toBe(5);
  });
});
