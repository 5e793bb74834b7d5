// What pieces of a rotated capture lack between them is said, and is never taken for a loss.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { traceCaptures } from '../../../../src/trace.ts';
import {
  type BuiltPacket,
  buildPcap,
  buildPcapng,
  interfaceBlock,
  type PcapngBlock,
  packetBlock,
  sectionBlock,
} from '../../../support/capture-builder.ts';
import {
  clusterDocuments,
  type FrameFile,
  ip,
  NODE,
  POD,
  traceFrames,
  vxlan,
} from '../../../support/cluster-frames.ts';
import { cluster } from '../../../support/cluster-text.ts';
import { icmpEcho } from '../../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const START = 1_700_000_000;

/** From pod a to pod b, one a second; no two alike. */
function seconds(name: string, ...times: number[]): FrameFile {
  const frame = (id: number): BuiltPacket => ({ data: vxlan(ip({ src: POD.a, dst: POD.b, id })), seconds: START + id });
  return { name, frames: times.map(frame) } as FrameFile;
}

async function notesOf(...files: FrameFile[]): Promise<string[]> {
  const trace = await traceFrames(files, TOPOLOGY);
  return trace.captures.flatMap(({ warnings }) => warnings);
}

describe('a gap between pieces', () => {
  it('is said of a silence that is longer than any within them', async () => {
    const said = 'between x.pcap1 and x.pcap2 nothing was captured for 8.0 s';
    const pieces = [seconds('x.pcap', 0, 1, 2), seconds('x.pcap1', 3, 4), seconds('x.pcap2', 12, 13)];
    expect(await notesOf(...pieces)).toEqual([said]);
    expect(await notesOf(...[...pieces].reverse())).toEqual([said]);
  });

  it('is said of a piece that was not given, however short', async () => {
    const pieces = [seconds('x_00001_20261122082950.pcap', 0, 1), seconds('x_00003_20261122083001.pcap', 2, 3)];
    expect(await notesOf(...pieces)).toEqual([
      'between x_00001_20261122082950.pcap and x_00003_20261122083001.pcap nothing was captured for 1.0 s, and no piece between them was given',
    ]);
  });

  it('is none where packets come as seldom within a piece, nor where a full ring goes on at its beginning', async () => {
    expect(await notesOf(seconds('x.pcap', 0, 5), seconds('x.pcap1', 12, 15))).toEqual([]);
    expect(await notesOf(seconds('x.pcap2', 0, 1), seconds('x.pcap0', 2, 3), seconds('x.pcap1', 4, 5))).toEqual([]);
    expect(await notesOf(seconds('x-20261122-082950.pcap', 0, 1), seconds('x-20261122-082952.pcap', 2, 3))).toEqual([]);
  });
});

describe('pcap and pcapng in one ring', () => {
  const folder = mkdtempSync(join(tmpdir(), 'overlens-ring-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const data = vxlan(ip({ src: POD.a, dst: POD.b }));
  const blocks = (device: string): PcapngBlock[] => [
    sectionBlock(),
    interfaceBlock({ name: device }),
    packetBlock({ data: vxlan(ip({ src: POD.a, dst: POD.b, id: 2 })), units: BigInt(START + 1) * 1_000_000n }),
  ];

  async function ringsOf(...files: Uint8Array[]): Promise<number> {
    const captures = files.map((_, i) => join(folder, `x.pcap${i}`));
    for (const [i, bytes] of files.entries()) writeFileSync(captures[i] ?? '', bytes);
    const trace = await traceCaptures({ captures, topology: TOPOLOGY });
    return new Set(trace.index?.points.rings.ringOf).size;
  }

  it('are one capture, unless two of them name other devices', async () => {
    const classic = buildPcap([{ data, seconds: START }]);
    expect(await ringsOf(classic, buildPcapng(blocks('ens5')))).toBe(1);
    const later = buildPcap([{ data, seconds: START + 2 }]);
    expect(await ringsOf(classic, buildPcapng(blocks('ens5')), later)).toBe(1);
    const other = [...blocks('ens6').slice(0, 2), packetBlock({ data, units: BigInt(START + 2) * 1_000_000n })];
    expect(await ringsOf(buildPcapng(blocks('ens5')), buildPcapng(other))).toBe(2);
  });
});

it('a piece that was given and holds nothing is not missing', async () => {
  const said = await notesOf(seconds('x.pcap', 0, 1), seconds('x.pcap1'), seconds('x.pcap2', 2, 3));
  expect(said.filter((note) => note.includes('nothing was captured'))).toEqual([]);
});

it('between two pieces of one number, as of a piece that was split again, none is missing', async () => {
  const said = await notesOf(seconds('x.pcap00', 0, 1), seconds('x.pcap01', 2, 3), seconds('x.pcap1', 12, 13));
  expect(said).toEqual(['between x.pcap01 and x.pcap1 nothing was captured for 9.0 s']);
});

describe('an overlap of pieces', () => {
  it('is said of names that a tool counted, and of no others', async () => {
    const [first, second] = [
      [0, 1, 2, 3],
      [2, 4, 5],
    ];
    expect(await notesOf(seconds('x.pcap', ...first), seconds('x.pcap1', ...second))).toEqual([
      'x.pcap and x.pcap1 overlap by 1.0 s: they are not taken for pieces of one capture',
    ]);
    expect(await notesOf(seconds('a.pcap', ...first), seconds('b.pcap', ...second))).toEqual([]);
  });
});

describe('what is in a gap', () => {
  const request = (id: number, at: number): BuiltPacket => ({
    data: vxlan(ip({ src: POD.a, dst: POD.b, id, transport: icmpEcho({ type: 8, seq: id }) })),
    seconds: START + at,
  });
  const reply = (id: number, at: number): BuiltPacket => ({
    data: vxlan(ip({ src: POD.b, dst: POD.a, id: 100 + id, transport: icmpEcho({ type: 0, seq: id }) }), {
      from: NODE.b,
      to: NODE.a,
    }),
    seconds: START + at,
    nanos: 1000,
  });
  /** Pings of which the one answered in the middle is in no piece. */
  const whole = [0, 1, 2, 3, 20, 21, 22].flatMap((at) => [request(at, at), reply(at, at)]);
  const piece = (name: string, frames: BuiltPacket[]): FrameFile => ({ name, frames }) as FrameFile;
  const isEarly = ({ seconds = 0 }: BuiltPacket): boolean => seconds < START + 10;

  it.each([
    ['a piece that was not given', 'x.pcap', 'x.pcap2'],
    ['a time of which pieces that are dated say nothing', 'x-20261122-082950.pcap', 'x-20261122-083010.pcap'],
  ])('is neither lost nor unanswered: %s', async (_, first, second) => {
    const early = whole.filter(isEarly).slice(0, -1);
    const late = whole.filter((one) => !isEarly(one));
    const files = [piece(first, early), piece(second, late)];
    const trace = await traceFrames(files, TOPOLOGY);
    const [flow] = [...trace.flows()].filter(({ src }) => src.ip === POD.a);
    expect(trace.captures[1]?.warnings[0]).toContain('nothing was captured for');
    expect(flow?.outcome).not.toBe('partly-answered');
    expect(flow?.findings.map(({ code }) => code)).toEqual([]);
    expect(trace.causes).toEqual([]);
  });

  it('is not either where hardly any time is missing with the piece', async () => {
    const early = whole.filter(isEarly);
    // what comes later was sent in the missing piece, right before
    const files = [
      piece('x.pcap', early.slice(0, 4)),
      piece('x.pcap2', early.slice(5)),
      piece('x.pcap3', whole.slice(8)),
    ];
    const trace = await traceFrames(files, TOPOLOGY);
    expect(trace.captures[1]?.warnings).toEqual([
      'between x.pcap and x.pcap2 nothing was captured for 1.0 s, and no piece between them was given',
    ]);
    expect(trace.causes).toEqual([]);
    const { captures } = await traceFrames(
      [files[0], files[2]].map((one) => one as FrameFile),
      TOPOLOGY,
    );
    expect(captures[1]?.betweenPieces).toEqual(captures[1]?.warnings);
  });

  it('but in one capture, and in pieces that follow each other, it is', async () => {
    const frames = whole.filter((one) => one !== whole[7]);
    const pieces = [frames.filter(isEarly), frames.filter((one) => !isEarly(one))];
    for (const files of [[piece('x.pcap', frames)], pieces.map((own, i) => piece(`x.pcap${i}`, own))]) {
      const trace = await traceFrames(files, TOPOLOGY);
      const [flow] = [...trace.flows()].filter(({ src }) => src.ip === POD.a);
      expect(flow?.outcome).toBe('partly-answered');
    }
  });
});
