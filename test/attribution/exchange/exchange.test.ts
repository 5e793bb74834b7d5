// State, times and service of conversations, from packets built for them.
import { describe, expect, it } from 'vitest';
import { traceCaptures } from '../../../src/trace.ts';
import type { TracedFlow } from '../../../src/verdict/trace-types.ts';
import type { BuiltPacket } from '../../support/capture-builder.ts';
import {
  clusterDocuments,
  flowBetween,
  ip,
  NODE,
  POD,
  SYN,
  tcpPacket,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import { topologyIn } from '../../support/loaded-topology.ts';
import * as build from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const CASES = 'test/fixtures/cases';
type Values = Parameters<typeof build.tcp>[0];

const there = (time: number, values: Values, bytes = 0): BuiltPacket =>
  at(time, vxlan(tcpPacket({ src: POD.a, dst: POD.b }, values, new Uint8Array(bytes))));
const back = (time: number, values: Values, bytes = 0): BuiltPacket => {
  const ports = { srcport: 80, dstport: 40000 };
  const packet = tcpPacket({ src: POD.b, dst: POD.a }, { ...ports, ...values }, new Uint8Array(bytes));
  return at(time, vxlan(packet, { from: NODE.b, to: NODE.a }));
};
const at = (time: number, data: Uint8Array): BuiltPacket => ({ data, seconds: 1000, nanos: Math.round(time * 1e9) });

const OPENED = [
  there(0, { ...SYN, seq_raw: 100 }),
  back(0.002, { 'flags.syn': true, seq_raw: 500, ack_raw: 101 }),
  there(0.005, { seq_raw: 101, ack_raw: 501 }),
];
const REQUEST = there(0.006, { seq_raw: 101, ack_raw: 501 }, 10);
const ANSWER = back(0.046, { seq_raw: 501, ack_raw: 111 }, 20);
const FINS = [
  there(0.05, { 'flags.fin': true, seq_raw: 111, ack_raw: 521 }),
  back(0.051, { 'flags.fin': true, seq_raw: 521, ack_raw: 112 }),
];

async function flow(frames: readonly BuiltPacket[]): Promise<TracedFlow> {
  return flowBetween(await traceFrames([{ frames }], TOPOLOGY), POD.a, POD.b);
}
const exchange = async (...frames: BuiltPacket[]): Promise<TracedFlow['exchange']> => (await flow(frames)).exchange;

describe('a TCP connection', () => {
  it('is open, closing, closed or reset; of what never began nothing is said', async () => {
    expect((await exchange(...OPENED))?.state).toBe('open');
    expect((await exchange(...OPENED, ...FINS.slice(0, 1)))?.state).toBe('closing');
    expect((await exchange(...OPENED, ...FINS))?.state).toBe('closed');
    expect((await exchange(...OPENED, back(0.01, { 'flags.reset': true, seq_raw: 501 })))?.state).toBe('reset');
    expect((await exchange(there(0, { ...SYN, seq_raw: 100 })))?.state).toBeNull();
  });

  it('says who reset or refused it', async () => {
    const ours = there(0.01, { 'flags.reset': true, seq_raw: 101 });
    expect((await exchange(...OPENED, ours))?.by).toEqual({ ip: POD.a, name: 'pod-a' });
    const refused = await flow([
      there(0, { ...SYN, seq_raw: 100 }),
      back(0.001, { 'flags.reset': true, ack_raw: 101 }),
    ]);
    expect([refused.outcome, refused.exchange?.by]).toEqual(['refused', { ip: POD.b, name: 'pod-b' }]);
  });

  it('has the halves of its handshake, the first byte and its duration', async () => {
    const found = await exchange(...OPENED, REQUEST, ANSWER, ...FINS);
    expect(found?.handshake?.server).toBeCloseTo(0.002, 8);
    expect(found?.handshake?.client).toBeCloseTo(0.003, 8);
    expect(found?.firstByte).toBeCloseTo(0.04, 8);
    expect(found?.duration).toBeCloseTo(0.05, 8);
  });

  it('whose SYN was sent again has no time to the server: nobody knows which one was answered', async () => {
    const found = await exchange(
      there(0, { ...SYN, seq_raw: 100 }),
      there(0.001, { ...SYN, seq_raw: 100 }),
      ...OPENED.slice(1),
    );
    expect(found?.handshake?.server).toBeNull();
    expect(found?.handshake?.client).toBeCloseTo(0.003, 8);
  });

  it('tells the share of what was sent again', async () => {
    const again = there(0.3, { seq_raw: 101, ack_raw: 501 }, 10);
    expect((await exchange(...OPENED, REQUEST, again))?.resent).toBeCloseTo(1 / 4, 8);
  });
});

describe('an ICMP error', () => {
  const quoted = build.ipv4({ src: POD.a, dst: POD.b, proto: 6 }, build.tcp({ ...SYN, seq_raw: 100 }));
  const error = (code: number): BuiltPacket => {
    const body = Uint8Array.from([3, code, 0, 0, 0, 0, 0, 0, ...quoted]);
    return at(0.001, vxlan(ip({ src: NODE.b, dst: POD.a, transport: body }), { from: NODE.b, to: NODE.a }));
  };

  it('makes what it quotes unreachable, and says who said so', async () => {
    const found = await flow([there(0, { ...SYN, seq_raw: 100 }), error(10)]);
    expect([found.outcome, found.exchange?.by?.ip]).toEqual(['unreachable', NODE.b]);
    expect((await flow([there(0, { ...SYN, seq_raw: 100 }), error(3)])).outcome).toBe('refused');
  });

  it('ends no conversation that goes on', async () => {
    expect((await flow([...OPENED, error(10), REQUEST, ANSWER])).outcome).toBe('answered');
  });
});

describe('a service', () => {
  it.each([
    ['clusterip-on-veth', 'yaobank/database', '10.96.14.7', 80],
    ['nodeport', null, '10.0.1.20', 30080],
  ])('is told with the pod behind it: %s', async (name, service, address, port) => {
    const files = {
      'clusterip-on-veth': ['ip-10-0-1-20-caliaa83cb3d2b3', 'ip-10-0-1-20-ens5'],
      nodeport: ['ip-10-0-1-20-ens5'],
    };
    const captures = files[name as keyof typeof files].map((file) => `${CASES}/${name}/${file}.pcap`);
    const trace = await traceCaptures({ captures, topology: await topologyIn(`${CASES}/${name}/topology`) });
    const backend = { ip: '10.48.0.200', port: 80, pod: 'yaobank/database-6967b6c8d7-qc25s' };
    expect([...trace.flows()].map(({ via }) => via)).toEqual(
      Array.from({ length: 4 }, () => ({ service, ip: address, port, backend })),
    );
  });
});
