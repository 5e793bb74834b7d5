// Pieces of one capture: what joins them, what keeps them apart, and what a piece that tells nothing takes from the others.
import { describe, expect, it } from 'vitest';
import type { BuiltPacket } from '../../support/capture-builder.ts';
import {
  clusterDocuments,
  cooked,
  type FrameFile,
  ip,
  NIC,
  NODE,
  POD,
  plain,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const START = 1_700_000_000;
const [AB, AC] = [vxlan(ip({ src: POD.a, dst: POD.b })), vxlan(ip({ src: POD.a, dst: POD.c }), { to: NODE.c })];
/** From pod a to pod b; no two alike. */
const datagram = (id: number): Uint8Array => vxlan(ip({ src: POD.a, dst: POD.b, id }));
/** Frames of no node: they tell nothing of their place. */
const ELSEWHERE = plain(ip({ src: '192.0.2.1', dst: '192.0.2.2' }), '02:00:00:00:09:01', '02:00:00:00:09:02');

function file(name: string, from: number, ...frames: Uint8Array[]): FrameFile {
  return { name, frames: frames.map((data, i): BuiltPacket => ({ data, seconds: START + from + i })) } as FrameFile;
}

async function placesOf(...files: FrameFile[]): Promise<string[]> {
  const trace = await traceFrames(files, TOPOLOGY);
  return trace.captures.map(({ points }) => points.map((p) => `${p.role} ${p.node}`).join());
}

async function ringsOf(...files: FrameFile[]): Promise<number> {
  const trace = await traceFrames(files, TOPOLOGY);
  return new Set(trace.index?.points.rings.ringOf).size;
}

describe('pieces of one capture', () => {
  it('are those with names that only count, at different times', async () => {
    expect(await ringsOf(file('x.pcap', 0, AB, AC), file('x.pcap1', 10, AB))).toBe(1);
  });

  it('are not those that overlap in time', async () => {
    expect(await ringsOf(file('x.pcap', 0, AB, AC, AB), file('x.pcap1', 1, AB, AC, AB))).toBe(2);
  });

  it('are not those with other names, or in whose frames another MAC is everywhere', async () => {
    expect(await ringsOf(file('x.pcap', 0, AB), file('y.pcap', 10, AB))).toBe(2);
    expect(await ringsOf(file('x.pcap', 0, AB, AC), file('x.pcap1', 10, ELSEWHERE, ELSEWHERE))).toBe(2);
  });

  it('are not others between two that a tool counted: it goes on at once', async () => {
    const [first, last] = [
      [datagram(1), datagram(2)],
      [datagram(3), datagram(4)],
    ];
    const pieces = [file('x1.pcap0', 0, ...first), file('x1.pcap1', 20, ...last)];
    const other = (at: number): FrameFile => file('x2.pcap', at, datagram(5), datagram(6));
    expect(await ringsOf(...pieces, other(10))).toBe(2);
    expect(await ringsOf(...pieces, other(30))).toBe(1);
    // people may have named any of them
    expect(await ringsOf(file('x1.pcap', 0, ...first), file('x3.pcap', 20, ...last), other(10))).toBe(1);
  });

  it('of a merge of two NICs are not placed at whom both talked to in one of them', async () => {
    const tunnel = (from: 'a' | 'b' | 'c', to: 'a' | 'b' | 'c'): Uint8Array =>
      vxlan(ip({ src: POD[from], dst: POD[to] }), { from: NODE[from], to: NODE[to] });
    const router = '02:fe:00:00:00:01';
    const out = plain(ip({ src: NODE.a, dst: '192.0.2.9' }), NIC.a, router);
    const back = plain(ip({ src: '192.0.2.9', dst: NODE.a }), router, NIC.a);
    const withC = Array.from({ length: 5 }, () => [tunnel('a', 'c'), tunnel('c', 'a'), tunnel('b', 'c')]).flat();
    const place = async (first: Uint8Array[]): Promise<string | undefined> =>
      (await placesOf(file('x.pcap0', 0, ...first), file('x.pcap1', 100, ...withC, out)))[1];
    expect(await place([out, back, tunnel('a', 'b')])).toBe('underlay null');
    // nobody is ever heard there: a flood
    expect(await place([tunnel('a', 'c'), tunnel('c', 'b')])).toBe('underlay c');
  });

  it('of a merge of two NICs are pieces of one where each shows another NIC in most of its frames', async () => {
    let id = 0;
    const talk = (from: 'a' | 'b' | 'c', to: 'a' | 'b' | 'c'): Uint8Array[] => [
      vxlan(ip({ src: POD[from], dst: POD[to], id: ++id }), { from: NODE[from], to: NODE[to] }),
      vxlan(ip({ src: POD[to], dst: POD[from], id: ++id }), { from: NODE[to], to: NODE[from] }),
    ];
    const mostlyB = [...Array.from({ length: 12 }, () => talk('b', 'a')).flat(), ...talk('a', 'c'), ...talk('b', 'c')];
    const places = await placesOf(
      file('x.pcap0', 0, ...talk('c', 'a'), ...talk('c', 'b')),
      file('x.pcap1', 100, ...mostlyB),
    );
    expect(places).toEqual(['underlay null', 'underlay null']);
  });

  it('give a piece that tells less their node, and say so', async () => {
    const trace = await traceFrames([file('x.pcap', 0, AB, AC), file('x.pcap1', 10, AB, AB)], TOPOLOGY);
    expect(trace.captures[1]?.points[0]).toMatchObject({ role: 'underlay', node: 'a' });
    const [evidence] = trace.captures[1]?.points[0]?.evidence ?? [];
    expect(evidence?.source).toBe('ring');
    expect(evidence?.detail).toMatch(/^one capture with x\.pcap: /);
  });

  it('keep what contradicts the ring to themselves', async () => {
    expect(await placesOf(file('x.pcap', 0, AB, AC), file('x.pcap1', 10, ELSEWHERE, ELSEWHERE))).toEqual([
      'underlay a',
      'unknown null',
    ]);
  });

  it('of other names add up, but no node is told by them', async () => {
    const frames = [file('x.pcap', 0, datagram(1), AC), file('y.pcap', 10, datagram(2), datagram(3))];
    const trace = await traceFrames(frames, TOPOLOGY);
    expect(trace.captures[1]?.points[0]).toMatchObject({ role: 'underlay', node: null });
    expect(trace.all.find((flow) => flow.dst.ip === POD.b)?.packets).toBe(3);
  });

  it('that a tool counted belong together before any that people named alike', async () => {
    const numbers = (from: number, to: number): Uint8Array[] =>
      Array.from({ length: to - from }, (_, i) => datagram(from + i));
    const files = [
      file('x1.pcap0', 0, ...numbers(1, 40)),
      file('x1.pcap1', 100, ...numbers(40, 80)),
      file('x2.pcap', -1000, ...numbers(40, 45), ...numbers(100, 103)),
    ];
    const trace = await traceFrames([files[2], files[0], files[1]] as FrameFile[], TOPOLOGY);
    expect(Array.from(trace.index?.points.rings.ringOf ?? [])).toEqual([0, 1, 1]);
    expect(trace.all.find((flow) => flow.dst.ip === POD.b)?.packets).toBe(79);
  });

  it('hold no packet twice: the same packets at another time are those of another clock, and count once', async () => {
    const seen = [1, 2, 3, 4].map(datagram);
    const packets = async (...files: FrameFile[]): Promise<number | undefined> => {
      const trace = await traceFrames(files, TOPOLOGY);
      return trace.all.find((flow) => flow.dst.ip === POD.b)?.packets;
    };
    expect(await packets(file('x.pcap', 0, ...seen), file('y.pcap', 10, ...seen))).toBe(4);
    expect(await packets(file('y.pcap', 10, ...seen.slice(1)), file('x.pcap', 0, ...seen))).toBe(4);
    expect(await packets(file('x.pcap', 0, ...seen), file('y.pcap', 10, ...[5, 6, 7].map(datagram)))).toBe(7);
  });

  describe('that hear tunnels to another node first, whose frames were sent to a wrong next hop', () => {
    const [COOKED, TO_US, SENT] = [113, 0, 4] as const;
    const strayed = (id: number): Uint8Array =>
      cooked(vxlan(ip({ src: POD.b, dst: POD.c, id }), { to: NODE.c }), TO_US);
    const sent = cooked(vxlan(ip({ src: POD.a, dst: POD.b, id: 9 })), SENT);
    const piece = (name: string, from: number, ...frames: Uint8Array[]): FrameFile => ({
      ...file(name, from, ...frames),
      options: { linkType: COOKED },
    });
    const first = (name: string): FrameFile => piece(`${name}-any.pcap0`, 0, strayed(1), strayed(2));
    const second = (name: string): FrameFile => piece(`${name}-any.pcap1`, 10, strayed(3), sent);

    it('are of the node that the rest is of, whichever is read first', async () => {
      for (const files of [
        [first('a'), second('a')],
        [second('a'), first('a')],
      ]) {
        expect(await ringsOf(...files)).toBe(1);
        expect(await placesOf(...files)).toEqual(['underlay a', 'underlay a']);
      }
    });

    it('are not one with what another node sent', async () => {
      const ofB = cooked(vxlan(ip({ src: POD.b, dst: POD.a, id: 8 }), { from: NODE.b, to: NODE.a }), SENT);
      expect(await ringsOf(piece('a-any.pcap0', 0, ofB, ofB), second('a'))).toBe(2);
    });

    it('are told by their tunnels where nothing is said', async () => {
      expect(await ringsOf(first('x'), second('x'))).toBe(2);
      expect(await placesOf(first('x'))).toEqual(['underlay c']);
    });
  });
});
