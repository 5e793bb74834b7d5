// One flow on very many ways, as a forged capture has it: counted as one of few ways is, and in work that grows with the packets.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RowOverlaps } from '../../src/flow/rows/row-overlaps.ts';
import { RowRecords } from '../../src/flow/rows/row-records.ts';
import { ip, POD, traceFrames, vxlan } from '../support/cluster-frames.ts';
import * as build from '../support/packet-builder.ts';

afterEach(() => vi.restoreAllMocks());

const segment = (id: number): Uint8Array =>
  ip({ src: POD.a, dst: POD.b, proto: 6, id, transport: build.tcp({ seq_raw: id * 1000 }, new Uint8Array(200)) });

/** Packets of the flow of `ways` frames, each between two VTEPs of its own. @param packetAt which packet is in the frame */
async function counted(ways: number, packetAt: (i: number) => number): Promise<number[]> {
  const frames = Array.from({ length: ways }, (_, i) => {
    const place = `${i >> 8}.${i & 255}`;
    const data = vxlan(segment(packetAt(i)), { from: `10.77.${place}`, to: `10.78.${place}` });
    return { data, seconds: 1_700_000_000, nanos: i * 50_000 };
  });
  const trace = await traceFrames([{ frames }], null);
  return [...trace.flows()].map(({ packets }) => packets);
}

describe.each([20, 60, 70, 300])('a flow on %i ways', (ways) => {
  it('has all packets where each way has its own', async () => {
    expect(await counted(ways, (i) => i)).toEqual([ways]);
  });

  it('has each packet once where two ways have it', async () => {
    expect(await counted(ways, (i) => i >> 1)).toEqual([ways / 2]);
  });
});

it('ways that are ten times as many take about ten times the work', async () => {
  const common = vi.spyOn(RowOverlaps.prototype, 'common');
  await counted(300, (i) => i >> 1);
  const few = common.mock.calls.length;
  common.mockClear();
  await counted(3000, (i) => i >> 1);
  expect(common.mock.calls.length).toBeLessThan(15 * few);
});

it('rows that share a packet are partners, each named once whichever had it first', () => {
  const overlaps = new RowOverlaps(new RowRecords());
  overlaps.share(1, 2);
  overlaps.share(2, 1);
  overlaps.share(3, 1);
  expect([1, 2, 3, 4].map((row) => [...overlaps.partners(row)].sort())).toEqual([[2, 3], [1], [1], []]);
  overlaps.share(4, 3);
  expect(overlaps.partners(4)).toEqual([3]);
});
