// What is explained of a packet is the same whether its capture is read as a whole again or only the stretches that may tell something, and
// the second reads next to nothing.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { PcapParts } from '../../src/capture/pcap/pcap-parts.ts';
import { PcapngParts } from '../../src/capture/pcapng/pcapng-parts.ts';
import { explainPacket } from '../../src/explain/explain-packet.ts';
import { traceCaptures } from '../../src/trace.ts';
import {
  type BuiltPacket,
  buildPcap,
  buildPcapng,
  interfaceBlock,
  otherBlock,
  type PcapngBlock,
  packetBlock,
  sectionBlock,
  simplePacketBlock,
  statisticsBlock,
} from '../support/capture-builder.ts';
import { clusterDocuments, ip, NODE, POD, vxlan } from '../support/cluster-frames.ts';
import { cluster } from '../support/cluster-text.ts';
import * as build from '../support/packet-builder.ts';
import { IS_WHOLE } from '../support/whole-matrix.ts';

const folder = mkdtempSync(join(tmpdir(), 'overlens-part-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const BEGIN = 1_700_000_000;
const FILLING = new Uint8Array(1200);

/** Echo requests and their answers a moment later, a datagram that repeats, in between others; `perSecond` pairs. */
function packets(count: number, perSecond: number, more: (i: number) => Uint8Array | null = () => null): BuiltPacket[] {
  return Array.from({ length: count }, (_, i) => {
    const [seconds, nanos] = [BEGIN + Math.floor(i / perSecond), (i % perSecond) * Math.floor(1e9 / perSecond)];
    return { data: more(i) ?? frameAt(i), seconds, nanos };
  });
}

const made: Uint8Array[] = [];

function frameAt(i: number): Uint8Array {
  made[i] ??= frame(i);
  return made[i];
}

function frame(i: number): Uint8Array {
  const sequence = Math.floor(i / 4) & 0xffff;
  const [there, back] = [
    { from: NODE.a, to: NODE.b },
    { from: NODE.b, to: NODE.a },
  ];
  switch (i % 4) {
    case 0:
      return vxlan(
        ip({ src: POD.a, dst: POD.b, id: i & 0xffff, transport: build.icmpEcho({ seq: sequence }, FILLING) }),
        there,
      );
    case 1:
      return vxlan(
        ip({ src: POD.b, dst: POD.a, id: i & 0xffff, transport: build.icmpEcho({ type: 0, seq: sequence }, FILLING) }),
        back,
      );
    case 2:
      return vxlan(
        ip({ src: POD.a, dst: POD.b, proto: 17, transport: build.udp({ srcport: 4000, dstport: 53 }, FILLING) }),
        there,
      );
    default:
      return build.ethernet(
        {},
        build.ipv4({ src: `10.9.${i % 7}.1`, dst: '10.9.9.9', id: i & 0xffff }, build.udp({}, FILLING)),
      );
  }
}

/** First and later fragments of datagrams, far from each other. */
function fragment(i: number): Uint8Array | null {
  if (i % 1000 > 1) return null;
  const header = { src: POD.a, dst: POD.c, id: Math.floor(i / 1000) + 1 };
  const first = build.ipv4(
    { ...header, 'flags.mf': true, proto: 17 },
    build.udp({ srcport: 7, dstport: 8 }, new Uint8Array(16)),
  );
  const rest = build.ipv4({ ...header, proto: 17, frag_offset: 3 }, new Uint8Array(24));
  return vxlan(i % 1000 === 0 ? first : rest, { from: NODE.a, to: NODE.c });
}

const topology = cluster(...Object.values(clusterDocuments()));

function written(name: string, list: readonly BuiltPacket[]): string {
  const path = join(folder, name);
  writeFileSync(path, buildPcap(list));
  return path;
}

type Explain = (number: number) => Promise<string>;

/** Explains packets of one of these captures, which are traced once. */
async function explaining(captures: readonly string[], capture: number, isWhole: boolean): Promise<Explain> {
  const trace = await traceCaptures({ captures, topology });
  if (isWhole && trace.index !== undefined) trace.index.stretches = captures.map(() => []);
  return async (number) => {
    const picked = { capture, number, by: 'number' as const, text: '' };
    return JSON.stringify(await explainPacket({ trace, topology, picked, paths: captures, snapshot: [] }));
  };
}

const steady = written('steady.pcap', packets(6000, 100));
const dense = written('dense.pcap', packets(6000, 3000));
const pieces = written('fragments.pcap', packets(6000, 100, fragment));
const jumping = written(
  'jumping.pcap',
  packets(6000, 100).map((one, i) => ({ ...one, seconds: (one.seconds ?? 0) + (i % 1500 < 40 ? 30 : 0) })),
);
const other = written(
  'other.pcap',
  packets(6000, 100).map((one) => ({ ...one, nanos: (one.nanos ?? 0) + 500 })),
);

/** As pcapng: the interfaces of a section, each packet on one of them in turn, in microseconds and in nanoseconds. */
function blocksOf(list: readonly BuiltPacket[]): PcapngBlock[] {
  return list.map(({ data, seconds = 0, nanos = 0 }, i) => {
    const device = i % 2;
    const units = BigInt(seconds) * (device === 0 ? 1_000_000n : 1_000_000_000n);
    return packetBlock({ data, interface: device, units: units + BigInt(device === 0 ? nanos / 1000 : nanos) });
  });
}

const DEVICES = [interfaceBlock({ name: 'eth0' }), interfaceBlock({ name: 'eth1', resolution: 9 })];

function writtenNg(name: string, blocks: readonly PcapngBlock[]): string {
  const path = join(folder, name);
  writeFileSync(path, buildPcapng(blocks));
  return path;
}

const round = packets(6000, 100).map((one) => ({ ...one, nanos: 1000 * Math.floor((one.nanos ?? 0) / 1000) }));
const ng = writtenNg('ng.pcapng', [sectionBlock(), ...DEVICES, ...blocksOf(round), statisticsBlock({ ifdrop: 3n })]);
const bigNg = writtenNg('big-ng.pcapng', [
  sectionBlock({ bigEndian: true }),
  ...[otherBlock(0xbad, new Uint8Array(5000)), ...DEVICES],
  ...blocksOf(packets(6000, 100, fragment)),
]);

/** Numbers of packets, in turn: near the ends and in the middle. */
const SOME = [
  [2, 3005],
  [1001, 6000],
];
let turn = 0;

describe('a packet of a capture that is read in part', () => {
  it.each<[string, string[], number]>([
    ['in a long capture', [steady], 0],
    ['among many of one second', [dense], 0],
    ['among fragments', [pieces], 0],
    ['where times jump', [jumping], 0],
    ['with another capture of the same packets', [steady, other], 1],
    ['of a pcapng', [ng], 0],
    ['of a pcapng of the other byte order, among fragments', [bigNg], 0],
    ['of a pcapng beside a pcap', [steady, ng], 1],
  ])(
    '%s is explained as by reading all',
    async (_name, captures, capture) => {
      const [inPart, whole] = [await explaining(captures, capture, false), await explaining(captures, capture, true)];
      for (const number of IS_WHOLE
        ? [1, 2, 3, 1001, 2002, 3005, 4000, 5998, 6000]
        : (SOME[turn++ % SOME.length] ?? []))
        expect(await inPart(number), `packet ${number}`).toBe(await whole(number));
    },
    120_000,
  );

  it('is of no pcapng whose interfaces are not all known before its packets, nor of packets without times', async () => {
    const [some, more] = [blocksOf(round.slice(0, 3000)), blocksOf(round.slice(3000))];
    const late = writtenNg('late.pcapng', [sectionBlock(), ...DEVICES, ...some, interfaceBlock(), ...more]);
    const two = writtenNg('two.pcapng', [sectionBlock(), ...DEVICES, ...some, sectionBlock(), ...DEVICES, ...more]);
    const simple = writtenNg('simple.pcapng', [sectionBlock(), ...DEVICES, ...some, simplePacketBlock(frame(0))]);
    for (const path of [late, two, simple])
      expect((await traceCaptures({ captures: [path], topology })).index?.stretches).toEqual([[]]);
    for (const workers of [0, 1]) {
      const { index } = await traceCaptures({ captures: [ng], topology, workers });
      expect(index?.stretches[0]?.length).toBeGreaterThan(5);
    }
  });

  it('is found by the reader that was asked for, which knows no offsets', async () => {
    const trace = await traceCaptures({ captures: [steady], topology, reader: 'pcap-parser' });
    expect(trace.index?.stretches).toEqual([[]]);
  });

  it('is not taken from another file that has taken the name', async () => {
    const path = written('replaced.pcap', packets(3000, 100));
    const trace = await traceCaptures({ captures: [path], topology });
    written(
      'replaced.pcap',
      packets(3000, 100).map((one) => ({ ...one, seconds: (one.seconds ?? 0) + 1000 })),
    );
    const picked = { capture: 0, number: 2500, by: 'number' as const, text: '' };
    const asked = explainPacket({ trace, topology, picked, paths: [path], snapshot: [] });
    await expect(asked).rejects.toThrow('another file has taken its place');
  });

  it('that there is not is said with how many there are', async () => {
    const explain = await explaining([steady], 0, false);
    await expect(explain(6001)).rejects.toThrow('there is no packet 6001: it has 6000 packets');
  });

  it('takes little reading beside the trace and the sample of translations', async () => {
    const read = vi.spyOn(PcapParts.prototype, 'read');
    await (await explaining([steady], 0, false))(5001);
    const readNg = vi.spyOn(PcapngParts.prototype, 'read');
    await (await explaining([ng], 0, false))(5001);
    const bytesNg = readNg.mock.calls.map(([{ from, until }]) => Math.min(until, statSync(ng).size) - from);
    expect(bytesNg.length).toBeGreaterThan(0);
    expect(bytesNg.reduce((sum, one) => sum + one, 0)).toBeLessThan(statSync(ng).size);
    const size = statSync(steady).size;
    expect(size).toBeGreaterThan(6 << 20);
    const bytes = read.mock.calls.map(([{ from, until }]) => Math.min(until, size) - from);
    expect(bytes.length).toBeGreaterThan(0);
    expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(size);
  });
});
