// WireGuard is proven by pair of nodes: what it carries cannot be read, what was beside it can.
import { describe, expect, it } from 'vitest';
import type { Topology } from '../../../src/topology/model.ts';
import type { Expectation } from '../../../src/verdict/verify/questions.ts';
import { verifyTrace } from '../../../src/verdict/verify/verify.ts';
import type { VerifyReport } from '../../../src/verdict/verify/verify-report.ts';
import { arpRequest, ip, NIC, NODE, POD, plain, tcpPacket, traceFrames, vxlan } from '../../support/cluster-frames.ts';
import { cluster, ippools, nodes, pods } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const all = (key?: string): Topology =>
  cluster(
    ippools({ vxlan: 'Always' }),
    nodes(
      { name: 'a', ip: `${NODE.a}/24`, vxlan: '10.48.0.64', key: 'a' },
      { name: 'b', ip: `${NODE.b}/24`, vxlan: '10.48.0.128', ...(key === undefined ? {} : { key }) },
    ),
    pods({ name: 'web', ip: POD.a, node: 'a' }, { name: 'db', ip: POD.b, node: 'b' }),
  );
const KEYS = all('b');

/** A message; by default transport data (type 4) with 96 encrypted bytes, their authentication among them; whitepaper section 5.4.6. */
function wireguard(src: string, dst: string, type = 4, length = 16 + 96): Uint8Array {
  const message = new Uint8Array(length);
  message[0] = type;
  const transport = build.udp({ srcport: 51820, dstport: 51820 }, message);
  const [from, to] = src === NODE.a ? [NIC.a, NIC.b] : [NIC.b, NIC.a];
  return plain(ip({ src, dst, proto: 17, ttl: 64, transport }), from, to);
}
const there = wireguard(NODE.a, NODE.b);
const back = wireguard(NODE.b, NODE.a);
const KEEPALIVE = 16 + 16;
/** What two nodes say to each other that have nothing to say: initiation (148 bytes), response (92), keepalives. */
const idle = [
  wireguard(NODE.a, NODE.b, 1, 148),
  wireguard(NODE.b, NODE.a, 2, 92),
  wireguard(NODE.a, NODE.b, 4, KEEPALIVE),
  wireguard(NODE.b, NODE.a, 4, KEEPALIVE),
];
const arp = arpRequest(NODE.a, NODE.b, NIC.a);

async function verify(frames: Uint8Array[], topology: Topology, expect: Expectation = 'config'): Promise<VerifyReport> {
  const trace = await traceFrames([{ frames }], topology);
  return verifyTrace(trace, { expect, pools: [], cover: null, strict: false, topology });
}

describe('WireGuard between nodes with keys', () => {
  it.each(['config', 'wireguard'] as const)('passes by pair of nodes, --expect %s', async (asked) => {
    const report = await verify([arp, there, back, there], KEYS, asked);
    expect(report).toMatchObject({ exitCode: 0, flows: 2, ok: 2, packets: 3 });
    expect(report.pairs.map(({ from, to, ok }) => [from, to, ok])).toEqual([
      ['a', 'b', 1],
      ['b', 'a', 1],
    ]);
    expect(report.demands).toMatchObject([{ asked: 'wireguard', pool: null, ok: 2 }]);
  });

  it('does not pass on a capture of UDP 51820 alone: what went beside it is not there', async () => {
    expect(await verify([there, back], KEYS)).toMatchObject({ exitCode: 3, undecided: ['filtered'] });
  });

  it('fails by one pod packet in clear, plain or in VXLAN', async () => {
    for (const clear of [plain(ip({ src: POD.a, dst: POD.b })), vxlan(ip({ src: POD.a, dst: POD.b }))]) {
      const report = await verify([arp, there, back, clear], KEYS, 'wireguard');
      expect(report.exitCode).toBe(1);
    }
    const report = await verify([arp, there, back, vxlan(ip({ src: POD.a, dst: POD.b }))], KEYS);
    expect(report.causes.map(({ code }) => code)).toEqual(['unencrypted']);
  });

  it.each(['config', 'wireguard'] as const)(
    'is not proven by handshakes and keepalives, --expect %s: they carry nothing',
    async (asked) => {
      expect(await verify([arp, ...idle], KEYS, asked)).toMatchObject({
        ...{ exitCode: 3, flows: 0, undecided: ['nothing-in-scope'] },
        outside: [{ reason: 'no-transport-data', flows: 2, packets: 4 }],
      });
    },
  );

  it('counts what was carried apart from them, and proves no direction that carried nothing', async () => {
    const report = await verify([arp, ...idle, there, there], KEYS, 'wireguard');
    expect(report).toMatchObject({ exitCode: 0, flows: 1, packets: 4 });
    expect(report.demands).toMatchObject([{ packets: 4, transportData: 2 }]);
    expect(report.pairs.map(({ from, to }) => [from, to])).toEqual([['a', 'b']]);
  });

  it('takes 16 bytes for a packet, and counts a mirrored one once', async () => {
    const least = wireguard(NODE.a, NODE.b, 4, KEEPALIVE + 16);
    const report = await verify([arp, least], KEYS, 'wireguard');
    expect(report.demands).toMatchObject([{ packets: 1, transportData: 1 }]);
  });

  it('may hold the other direction of what one node sends in clear: that is encrypted, not missing', async () => {
    const clear = plain(tcpPacket({ src: POD.a, dst: POD.b }, { seq_raw: 100, ack_raw: 200 }));
    const reasons = async (frames: Uint8Array[]): Promise<string[]> => {
      const trace = await traceFrames([{ frames }], KEYS);
      return [...trace.all].flatMap(({ unverified }) => unverified?.reason ?? []);
    };
    expect(await reasons([arp, there, back, clear, clear])).toEqual(['encrypted']);
    expect(await reasons([arp, there, clear, clear])).toEqual(['not-in-capture']);
    expect(await reasons([arp, clear, clear])).toEqual(['not-in-capture']);
  });

  it('is not what --expect vxlan asks for', async () => {
    expect(await verify([arp, there, back], KEYS, 'vxlan')).toMatchObject({ exitCode: 1, violation: 2 });
  });

  it('proves nothing where only one node publishes a key', async () => {
    expect(await verify([arp, there, back], all())).toMatchObject({ exitCode: 3, flows: 0 });
    expect(await verify([arp, there, back], all(), 'wireguard')).toMatchObject({ exitCode: 3, ok: 0, unverifiable: 2 });
  });
});

describe('a receiver of whom it is not known whether its node has a key', () => {
  it('keeps clear packets to it from passing', async () => {
    const keys = nodes(
      ...(['a', 'b'] as const).map((name) => ({
        name,
        ip: `${NODE[name]}/24`,
        vxlan: name === 'a' ? '10.48.0.64' : '10.48.0.128',
        key: name,
      })),
    );
    const bare = cluster(ippools({ vxlan: 'Always' }), keys);
    const clear = vxlan(ip({ src: POD.a, dst: '10.48.0.210' }));
    expect((await verify([arp, there, back, clear], bare)).exitCode).not.toBe(0);
    expect((await verify([arp, there, back], bare)).exitCode).toBe(0);
  });
});
