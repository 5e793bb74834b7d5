// Questions pair with their answers by what both carry, however many places, captures and orders there are.
import { describe, expect, it } from 'vitest';
import type { Asked } from '../../../src/attribution/vocabulary.ts';
import type { TracedFlow } from '../../../src/verdict/trace-types.ts';
import type { BuiltPacket } from '../../support/capture-builder.ts';
import {
  clusterDocuments,
  flowBetween,
  ip,
  NIC,
  NODE,
  POD,
  POD_MAC,
  plain,
  tcpPacket,
  traceFrames,
  VETH,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const BACK = { from: NODE.b, to: NODE.a };

const request = (seq: number, ident = 7): Uint8Array =>
  ip({ src: POD.a, dst: POD.b, transport: build.icmpEcho({ ident, seq }) });
const reply = (seq: number, ident = 7): Uint8Array =>
  ip({ src: POD.b, dst: POD.a, transport: build.icmpEcho({ type: 0, ident, seq }) });
const opposite = (seq: number): Uint8Array =>
  ip({ src: POD.b, dst: POD.a, transport: build.icmpEcho({ ident: 9, seq }) });
const oppositeReply = (seq: number): Uint8Array =>
  ip({ src: POD.a, dst: POD.b, transport: build.icmpEcho({ type: 0, ident: 9, seq }) });
const at = (time: number, data: Uint8Array): BuiltPacket => ({
  seconds: 1000 + Math.floor(time),
  nanos: Math.round((time % 1) * 1e9),
  data,
});

/** Another conversation, so that the captures do not end with the questions. */
const LATER = Array.from({ length: 5 }, (_, i) => vxlan(ip({ src: POD.a, dst: POD.c, id: i + 1 }), { to: NODE.c }));

type Files = Parameters<typeof traceFrames>[0];
const flow = async (files: Files, from: string = POD.a, to: string = POD.b): Promise<TracedFlow> =>
  flowBetween(await traceFrames(files, TOPOLOGY), from, to);
const asked = async (files: Files): Promise<Asked | null> => (await flow(files)).exchange?.asked ?? null;
const frames = (...list: Uint8Array[]): Files => [{ frames: list }];

describe('echo', () => {
  it('of which some were answered is answered in part', async () => {
    const some = frames(
      vxlan(request(1)),
      vxlan(reply(1), BACK),
      vxlan(request(2)),
      vxlan(request(3)),
      vxlan(request(4)),
      vxlan(reply(4), BACK),
    );
    expect(await asked(some)).toMatchObject({ asked: 4, answered: 2 });
    expect((await flow(some)).outcome).toBe('partly-answered');
    expect((await flow(some, POD.b, POD.a)).outcome).toBe('partly-answered');
  });

  it('both ways at once is two questions, and no request is an answer', async () => {
    const both = frames(
      vxlan(request(1)),
      vxlan(opposite(1), BACK),
      vxlan(request(2)),
      vxlan(opposite(2), BACK),
      vxlan(oppositeReply(1)),
      ...LATER,
    );
    const [there, back] = [await flow(both), await flow(both, POD.b, POD.a)];
    expect([there.exchange?.asked?.asked, there.exchange?.asked?.answered, there.outcome]).toEqual([2, 0, 'no-answer']);
    expect([back.exchange?.asked?.asked, back.exchange?.asked?.answered, back.outcome]).toEqual([
      2,
      1,
      'partly-answered',
    ]);
  });

  it('is one question at however many places and in however many captures', async () => {
    const list = [
      vxlan(request(1)),
      vxlan(reply(1), BACK),
      vxlan(request(2)),
      vxlan(request(3)),
      vxlan(reply(3), BACK),
      ...LATER,
    ];
    const veth = [plain(request(1), POD_MAC, VETH), plain(reply(1), VETH, POD_MAC), plain(request(2), POD_MAC, VETH)];
    expect(await asked([{ frames: list }, { frames: veth }, { frames: [...list] }])).toMatchObject({
      asked: 3,
      answered: 2,
    });
  });

  it('pairs with a reply that is read before it', async () => {
    const replies = { frames: [vxlan(reply(1), BACK), vxlan(reply(2), BACK)] };
    const requests = { frames: [vxlan(request(1)), vxlan(request(2))] };
    expect(await asked([replies, requests])).toMatchObject({ asked: 2, answered: 2 });
    const early = frames(vxlan(reply(1), BACK), vxlan(request(1)));
    expect((await flow(early)).outcome).toBe('answered');
  });

  it('that cannot be told apart is counted', async () => {
    const alike = (id: number): Uint8Array => ip({ src: POD.a, dst: POD.b, id, transport: build.icmpEcho() });
    expect(await asked(frames(...[1, 2, 3].map((id) => vxlan(alike(id)))))).toMatchObject({ asked: 3, answered: 0 });
  });

  it('has the middle and the slowest time of its answers', async () => {
    const delays = [0.001, 0.004, 0.002];
    const list = delays.flatMap((delay, i) => [at(i, vxlan(request(i + 1))), at(i + delay, vxlan(reply(i + 1), BACK))]);
    const found = await asked([{ frames: list }]);
    expect(found?.median).toBeCloseTo(0.002, 8);
    expect(found?.slowest).toBeCloseTo(0.004, 8);
  });

  it('does not ask for the answer to the last request before the capture ended', async () => {
    const list = [at(0, vxlan(request(1))), at(0.01, vxlan(reply(1), BACK)), at(1, vxlan(request(2)))];
    expect(await asked([{ frames: list }])).toMatchObject({ asked: 1, answered: 1, open: 1 });
    const later = [...list, at(1.1, vxlan(request(3))), at(1.11, vxlan(reply(3), BACK))];
    expect(await asked([{ frames: later }])).toMatchObject({ asked: 3, answered: 2, open: 0 });
  });
});

describe('DNS', () => {
  const name = Uint8Array.of(2, 0x64, 0x62, 4, 0x73, 0x68, 0x6f, 0x70, 0);
  const message = (id: number, flags: number): Uint8Array =>
    Uint8Array.of(id >> 8, id & 255, flags >> 8, flags & 255, 0, 1, 0, 0, 0, 0, 0, 0, ...name, 0, 1, 0, 1);
  const query = (id: number): Uint8Array =>
    ip({
      src: POD.a,
      dst: POD.b,
      proto: 17,
      id,
      transport: build.udp({ srcport: 40000, dstport: 53 }, message(id, 0x0100)),
    });
  const answer = (id: number, code = 0): Uint8Array =>
    ip({
      src: POD.b,
      dst: POD.a,
      proto: 17,
      id,
      transport: build.udp({ srcport: 53, dstport: 40000 }, message(id, 0x8180 | code)),
    });

  it('pairs by its identification: codes, names, and what was not answered', async () => {
    const list = [
      at(0, vxlan(query(1))),
      at(0.01, vxlan(answer(1), BACK)),
      at(0.02, vxlan(query(2))),
      at(0.03, vxlan(query(3))),
      at(0.05, vxlan(answer(3, 3), BACK)),
      at(3, vxlan(request(1))),
      at(3.1, vxlan(reply(1), BACK)),
    ];
    const trace = await traceFrames([{ frames: list }], TOPOLOGY);
    const found = [...trace.flows()].find(({ dst }) => dst.port === 53);
    expect(found?.outcome).toBe('partly-answered');
    expect(found?.exchange?.dns).toMatchObject({
      questions: 3,
      answered: 2,
      unanswered: 1,
      codes: { NOERROR: 1, NXDOMAIN: 1 },
      names: ['A db.shop'],
    });
    expect(found?.exchange?.dns?.slowest).toBeCloseTo(0.02, 8);
    expect(trace.causes.map(({ code, title }) => [code, title])).toEqual([
      ['dns-trouble', expect.stringMatching(/pod-b \(.*\) leaves 1 of 3 questions of .*pod-a .* without an answer$/)],
    ]);
  });

  it('has no answer where one of its captures waited long enough, whichever is read first', async () => {
    const short = [at(0, vxlan(query(1))), at(0.01, vxlan(answer(1), BACK)), at(0.1, vxlan(query(2)))];
    // a clock of its own, and the other captures' end is long past
    const long = [...short, at(3, vxlan(request(1)))].map((one) => ({ ...one, seconds: (one.seconds ?? 0) + 500 }));
    const files = [{ frames: short }, { frames: long }];
    const ofQueries = async (): Promise<Asked | null> => {
      const trace = await traceFrames(files, TOPOLOGY);
      return [...trace.flows()].find(({ dst }) => dst.port === 53)?.exchange?.asked ?? null;
    };
    expect(await ofQueries()).toMatchObject({ asked: 2, answered: 1, open: 0 });
    files.reverse();
    expect(await ofQueries()).toMatchObject({ asked: 2, answered: 1, open: 0 });
  });

  it('pairs over TCP as well, and says nothing of what could not be read', async () => {
    const part = (dns: Uint8Array): Uint8Array => Uint8Array.of(dns.length >> 8, dns.length & 255, ...dns);
    const sent = (seq: number, ...content: Uint8Array[]): Uint8Array =>
      vxlan(
        tcpPacket({ src: POD.a, dst: POD.b }, { srcport: 41000, dstport: 53, seq_raw: seq, ack_raw: 1 }, ...content),
      );
    const back = (seq: number, ...content: Uint8Array[]): Uint8Array => {
      const fields = { srcport: 53, dstport: 41000, seq_raw: seq, ack_raw: 1 };
      return vxlan(tcpPacket({ src: POD.b, dst: POD.a }, fields, ...content), BACK);
    };
    const [first, second, failed] = [part(message(1, 0x0100)), part(message(2, 0x0100)), part(message(1, 0x8182))];
    const end = [at(9, vxlan(request(1))), at(9.1, vxlan(reply(1), BACK))];
    const dnsOf = async (...list: BuiltPacket[]) => (await flow([{ frames: [...list, ...end] }])).exchange?.dns;
    const asks = [at(0, sent(1, first)), at(0.1, back(1, failed)), at(0.2, sent(1 + first.length, second))];
    expect(await dnsOf(...asks)).toMatchObject({ questions: 2, unanswered: 1, codes: { SERVFAIL: 1 } });
    const missing = at(0.3, back(900, new Uint8Array(40)));
    expect(await dnsOf(...asks, missing)).toMatchObject({ questions: 1, unanswered: 0 });
  });

  it('is one question where the snaplen left its name in one tunnel, and cut it off in another', async () => {
    const end = [at(9, vxlan(request(1))), at(9.1, vxlan(reply(1), BACK))];
    // from its identification on, six bytes of its name are left in VXLAN, and all of it in the plain answer
    const dnsOf = async (...list: BuiltPacket[]) =>
      (await flow([{ frames: [...list, ...end], snaplen: 110 }])).exchange?.dns;
    const asks = [at(0, vxlan(query(1))), at(1, vxlan(query(2)))];
    const [first, second] = [at(0.1, plain(answer(1), NIC.b, NIC.a)), at(1.1, plain(answer(2), NIC.b, NIC.a))];
    expect(await dnsOf(...asks, first, second)).toMatchObject({ questions: 2, unanswered: 0, names: ['A db.shop'] });
    expect(await dnsOf(...asks, second)).toMatchObject({ questions: 2, unanswered: 1 });
    expect(await dnsOf(at(0, plain(query(1))), at(0.1, vxlan(answer(1), BACK)))).toMatchObject({ unanswered: 0 });
  });

  it('sent again is the same question', async () => {
    const list = [at(0, vxlan(query(1))), at(5, vxlan(query(1))), at(5.01, vxlan(answer(1), BACK))];
    expect(await asked([{ frames: list }])).toMatchObject({ asked: 1, answered: 1 });
  });

  it('is what has its header, not whatever port 53 has', async () => {
    const other = ip({
      src: POD.a,
      dst: POD.b,
      proto: 17,
      transport: build.udp({ srcport: 40000, dstport: 53 }, new Uint8Array(30)),
    });
    expect((await flow(frames(vxlan(other)))).exchange?.dns ?? null).toBeNull();
  });
});
