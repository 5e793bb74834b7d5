// Packets that a loop put on the wire say nothing of how their sender sent them.
import { describe, expect, it } from 'vitest';
import type { TracedFlow } from '../../../src/verdict/trace-types.ts';
import {
  arpRequest,
  clusterDocuments,
  flowBetween,
  ip,
  NIC,
  NODE,
  POD,
  plain,
  tcpPacket,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const ROUTER = '02:00:00:00:01:fe';
const TURNS = [62, 60, 58, 56, 54];

const echo = (ttl: number): Uint8Array => ip({ src: POD.a, dst: POD.b, ttl, id: 300 });

/** The node's own talk, by which its NIC is known. */
const TALK = [
  arpRequest(NODE.b, NODE.c, NIC.b),
  plain(tcpPacket({ src: NODE.b, dst: NODE.c }, {}), NIC.b, NIC.c),
  plain(tcpPacket({ src: NODE.b, dst: NODE.a }, {}), NIC.b, NIC.a),
];

async function flowOf(...frames: Uint8Array[]): Promise<TracedFlow> {
  const timed = [...TALK, ...frames].map((data, i) => ({ data, seconds: 1_700_000_000, nanos: i * 1000 }));
  return flowBetween(await traceFrames([{ name: 'b-eth0.pcap', frames: timed }], TOPOLOGY), POD.a, POD.b);
}

const codesOf = (flow: TracedFlow): string[] => flow.findings.map(({ code }) => code);

describe('packets in a circle', () => {
  const came = vxlan(echo(63));

  it('are no bypass when the node sends them to a router that returns them', async () => {
    const around = TURNS.flatMap((ttl) => [plain(echo(ttl), NIC.b, ROUTER), plain(echo(ttl - 1), ROUTER, NIC.b)]);
    const flow = await flowOf(came, ...around);
    expect(flow.verdict).toBe('ok');
    expect(flow.observed.encapsulation).toBe('vxlan');
    expect(codesOf(flow)).toContain('routing-loop');
  });

  it("are not from the sender's node in the tunnels of others", async () => {
    const around = TURNS.flatMap((ttl) => [
      vxlan(echo(ttl), { from: NODE.b, to: NODE.c }),
      vxlan(echo(ttl - 1), { from: NODE.c, to: NODE.b }),
    ]);
    const flow = await flowOf(came, ...around);
    expect(flow.verdict).toBe('ok');
    expect(codesOf(flow)).toContain('routing-loop');
    expect(codesOf(flow)).not.toContain('wrong-source-vtep');
  });

  it('are undecided when nothing else was seen', async () => {
    const around = TURNS.flatMap((ttl) => [plain(echo(ttl), NIC.b, ROUTER), plain(echo(ttl - 1), ROUTER, NIC.b)]);
    const flow = await flowOf(...around);
    expect(flow.unverified?.reason).toBe('in-circle');
  });
});

describe('a circle in pieces of a capture', () => {
  const [to, back] = [
    (ttl: number): Uint8Array => vxlan(echo(ttl), { from: NODE.b, to: NODE.c }),
    (ttl: number): Uint8Array => vxlan(echo(ttl), { from: NODE.c, to: NODE.b }),
  ];
  const turns = Array.from({ length: 30 }, (_, i) => 62 - 2 * i).flatMap((ttl) => [to(ttl), back(ttl - 1)]);
  // longer than copies of one packet are apart
  const frames = [...TALK, vxlan(echo(63)), ...turns].map((data, i) => ({
    data,
    seconds: 1_700_000_000,
    nanos: i * 400_000,
  }));

  async function toldOf(...pieces: (typeof frames)[]): Promise<unknown> {
    const files = pieces.map((piece, i) => ({ name: `b-eth0.pcap${i}`, frames: piece }));
    const trace = await traceFrames(files, TOPOLOGY);
    const flow = flowBetween(trace, POD.a, POD.b);
    return [flow.verdict, flow.packets, flow.packetsBetween, codesOf(flow), trace.causes.map(({ code }) => code)];
  }

  it('is one wherever it is cut, of one packet', async () => {
    const whole = await toldOf(frames);
    expect(whole).toEqual(['ok', 1, null, ['routing-loop'], ['routing-loop']]);
    for (let cut = TALK.length + 1; cut < frames.length; cut++)
      expect([cut, await toldOf(frames.slice(0, cut), frames.slice(cut))]).toEqual([cut, whole]);
  });

  it('is one in many pieces, of which each shows too few turns to tell', async () => {
    const [first, rest] = [frames.slice(0, TALK.length + 3), frames.slice(TALK.length + 3)];
    const pieces = Array.from({ length: Math.ceil(rest.length / 2) }, (_, i) => rest.slice(2 * i, 2 * i + 2));
    expect(await toldOf(first, ...pieces)).toEqual(await toldOf(frames));
  });

  it('is none where both sides of a router are in every piece', async () => {
    const pair = (id: number): typeof frames =>
      [63, 62].map((ttl, i) => {
        const data = vxlan(ip({ src: POD.a, dst: POD.b, ttl, id }));
        return { data, seconds: 1_700_000_010 + id, nanos: i * 100_000 };
      });
    const pieces = [1, 2, 3, 4].map(pair);
    const told = await toldOf(frames.slice(0, TALK.length), ...pieces);
    expect(told).toEqual(['ok', 4, null, [], []]);
    expect(told).toEqual(await toldOf([...frames.slice(0, TALK.length), ...pieces.flat()]));
  });
});

describe("packets in a circle at their sender's own NIC", () => {
  const TALK_OF_A = [
    arpRequest(NODE.a, NODE.c, NIC.a),
    plain(tcpPacket({ src: NODE.a, dst: NODE.c }, {}), NIC.a, NIC.c),
    plain(tcpPacket({ src: NODE.a, dst: NODE.b }, {}), NIC.a, NIC.b),
  ];
  const out = (ttl: number, to: string = NODE.b): Uint8Array => vxlan(echo(ttl), { from: NODE.a, to });
  const back = (ttl: number): Uint8Array => vxlan(echo(ttl), { from: NODE.b, to: NODE.a });
  const atA = async (...frames: Uint8Array[]): Promise<TracedFlow> => {
    const timed = [...TALK_OF_A, ...frames].map((data, i) => ({ data, seconds: 1_700_000_000, nanos: i * 1000 }));
    return flowBetween(await traceFrames([{ name: 'a-eth0.pcap', frames: timed }], TOPOLOGY), POD.a, POD.b);
  };

  it('are not from another node where the capture missed the first that went out', async () => {
    const flow = await atA(...TURNS.flatMap((ttl) => [back(ttl), out(ttl - 1)]));
    expect(flow.verdict).toBe('ok');
    expect(codesOf(flow)).toContain('routing-loop');
    expect(codesOf(flow)).not.toContain('wrong-source-vtep');
  });

  it('are undecided where it has nothing but what came in', async () => {
    const flow = await atA(...TURNS.map(back));
    expect(flow.unverified?.reason).toBe('in-circle');
  });

  it('stay its own where they go out: to the wrong node, in a circle or not', async () => {
    const flow = await atA(...TURNS.flatMap((ttl) => [back(ttl), out(ttl - 1, NODE.c)]));
    expect(codesOf(flow)).toContain('wrong-destination-vtep');
    expect(codesOf(flow)).not.toContain('wrong-source-vtep');
  });
});

describe('packets that pass once', () => {
  it('stay a bypass when they come plain, whatever their hop limits', async () => {
    const flow = await flowOf(...[63, 62, 63, 62].map((ttl) => plain(echo(ttl), NIC.a, NIC.b)));
    expect(flow.verdict).toBe('violation');
  });

  it('stay a bypass beside packets in the tunnel', async () => {
    const flow = await flowOf(vxlan(echo(63)), plain(echo(63), NIC.a, NIC.b), plain(echo(63), NIC.a, NIC.b));
    expect(codesOf(flow)).toContain('overlay-bypassed');
  });
});
