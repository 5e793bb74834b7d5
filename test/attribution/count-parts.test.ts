// What a capture left out of one of two copies: a packet still counts once, and where nothing tells, the count is a range.
import { describe, expect, it } from 'vitest';
import type { TracedFlow } from '../../src/verdict/trace-types.ts';
import type { BuiltPacket } from '../support/capture-builder.ts';
import { clusterDocuments, flowBetween, ip, POD, plain, traceFrames, vxlan } from '../support/cluster-frames.ts';
import { cluster } from '../support/cluster-text.ts';
import { udp } from '../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const ROUTER = ['02:00:00:00:01:f0', '02:00:00:00:01:f1'] as const;
/** Ethernet, IP and UDP headers, and ten bytes of what they carry. */
const SNAPLEN = 14 + 20 + 8 + 10;

const datagram = (content: number, id = 0, ttl = 63): Uint8Array =>
  ip({ src: POD.a, dst: POD.b, proto: 17, id, ttl, transport: udp({ dstport: 53 }, new Uint8Array(30).fill(content)) });

function at(data: Uint8Array, millis: number, captured = data.length): BuiltPacket {
  return { data: data.subarray(0, captured), original: data.length, seconds: 1_700_000_000, nanos: millis * 1e6 };
}

async function counted(...pieces: BuiltPacket[][]): Promise<Pick<TracedFlow, 'packets' | 'packetsBetween'>> {
  const files = pieces.map((frames, i) => ({ name: `x.pcap${i}`, frames }));
  const { packets, packetsBetween } = flowBetween(await traceFrames(files, TOPOLOGY), POD.a, POD.b);
  return { packets, packetsBetween };
}

describe('datagrams without an identification, of which one snaplen of a merge left little', () => {
  const whole = [1, 2, 3].map((n) => at(plain(datagram(n)), n * 10));
  const cut = [1, 2, 3].map((n) => at(plain(datagram(n)), n * 10, SNAPLEN));

  it('may be copies of the whole ones', async () => {
    expect(await counted([...whole, ...cut])).toEqual({ packets: 6, packetsBetween: { least: 3, most: 6 } });
    expect(await counted([...whole, ...cut.slice(0, 1)])).toEqual({
      packets: 4,
      packetsBetween: { least: 2, most: 4 },
    });
  });

  it('are certain where all are cut alike', async () => {
    expect((await counted(cut)).packetsBetween).toBeNull();
    expect((await counted(whole)).packetsBetween).toBeNull();
  });
});

describe('a capture that dropped other packets on each side of a router', () => {
  const near = (n: number): BuiltPacket => at(vxlan(datagram(n, n), { dstMac: ROUTER[0] }), n * 10);
  const far = (n: number): BuiltPacket => at(vxlan(datagram(n, n), { srcMac: ROUTER[1] }), n * 10);

  it('has seen as many as both have together', async () => {
    const frames = [near(1), far(1), far(2), near(3), near(4), far(4), near(5), far(5)];
    expect(await counted(frames)).toEqual({ packets: 4, packetsBetween: { least: 4, most: 5 } });
  });

  it('that dropped none is certain', async () => {
    const frames = [1, 2, 3].flatMap((n) => [near(n), far(n)]);
    expect(await counted(frames)).toEqual({ packets: 3, packetsBetween: null });
  });
});

describe('pieces of a merge of which one does not tell its place', () => {
  it('may add up', async () => {
    const [here, there] = ['02:00:00:00:09:01', '02:00:00:00:09:02'];
    const frame = (n: number): Uint8Array => plain(datagram(n, n, 62), here, there);
    const others = [1, 2].map((n) => at(vxlan(datagram(n, 90 + n)), 100 + n));
    const range = await counted([at(frame(1), 0), at(frame(2), 10)], others);
    expect(range).toEqual({ packets: 2, packetsBetween: { least: 2, most: 4 } });
  });
});

describe('a short piece after one in which everything is there twice', () => {
  const twice = (n: number): BuiltPacket[] => [at(plain(datagram(n)), n * 10), at(plain(datagram(n)), n * 10)];

  it('may hold copies, too, and one of what the piece before it ends with', async () => {
    const [last, again] = twice(9);
    const first = [1, 2, 3, 4, 5, 6, 7, 8].flatMap(twice);
    const range = await counted([...first, last as BuiltPacket], [again as BuiltPacket, ...twice(10)]);
    expect(range).toEqual({ packets: 12, packetsBetween: { least: 10, most: 12 } });
  });

  it('holds what was sent so where the piece before it has no copies', async () => {
    const alone = [1, 2, 3, 4].map((n) => at(plain(datagram(n)), n * 10));
    const other = at(plain(datagram(7)), 80);
    expect((await counted(alone, [other, ...twice(9)])).packetsBetween).toBeNull();
  });
});
