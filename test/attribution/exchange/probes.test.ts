// Probes of the way (traceroute), and packets that merely died on it.
import { describe, expect, it } from 'vitest';
import { flowBetween, ip, plain, tcpPacket, traceFrames } from '../../support/cluster-frames.ts';
import * as build from '../../support/packet-builder.ts';

const [HOST, FAR] = ['10.0.1.1', '10.9.9.9'];
const router = (hop: number): string => `10.7.0.${hop}`;
const TTLS = [1, 2, 3, 4, 5, 6] as const;
const echo = (seq: number, ttl: number, type: 0 | 8 = 8): Uint8Array => {
  const ends = type === 8 ? { src: HOST, dst: FAR } : { src: FAR, dst: HOST };
  return ip({ ...ends, ttl, id: seq, transport: build.icmpEcho({ type, ident: 7, seq }) });
};
const exceeded = (hop: number, quoted: Uint8Array): Uint8Array =>
  build.ipv4({ src: router(hop), dst: HOST, proto: 1 }, build.hex('0b00000000000000'), quoted);

const outcomeOf = async (...packets: Uint8Array[]) => {
  const trace = await traceFrames([{ frames: packets.map((packet) => plain(packet)) }], null);
  const { outcome, exchange } = flowBetween(trace, HOST, FAR);
  return { outcome, asked: exchange?.asked?.asked, answered: exchange?.asked?.answered };
};

describe('probes with rising hop limits', () => {
  it('are answered by the routers on the way, as echo requests and as datagrams', async () => {
    const pings = TTLS.flatMap((ttl) => [echo(ttl, ttl), ttl <= 4 ? exceeded(ttl, echo(ttl, 1)) : echo(ttl, 60, 0)]);
    expect(await outcomeOf(...pings)).toEqual({ outcome: 'answered', asked: 6, answered: 6 });
    const datagram = (ttl: number): Uint8Array =>
      ip({ src: HOST, dst: FAR, ttl, id: ttl, proto: 17, transport: build.udp({ srcport: 4000, dstport: 33434 }) });
    const datagrams = TTLS.flatMap((ttl) => [datagram(ttl), exceeded(ttl, datagram(1))]);
    expect((await outcomeOf(...datagrams)).outcome).toBe('answered');
  });

  it('are answered in part where routers stay silent, however many captures have an error', async () => {
    const pings = TTLS.map((ttl) => echo(ttl, ttl));
    const frames = [...pings, exceeded(1, echo(1, 1))].map((packet) => plain(packet));
    const trace = await traceFrames([{ frames }, { frames }], null);
    const { outcome, exchange } = flowBetween(trace, HOST, FAR);
    expect(outcome).toBe('partly-answered');
    expect(exchange?.asked).toMatchObject({ asked: 6, answered: 1 });
  });

  it('are no probes with the hops that hosts begin with: those packets died in a circle', async () => {
    const syn = (ttl: number): Uint8Array =>
      tcpPacket({ src: HOST, dst: FAR, ttl }, { 'flags.syn': true, srcport: 4000 });
    expect((await outcomeOf(syn(64), exceeded(3, syn(1)))).outcome).toBe('unreachable');
    expect((await outcomeOf(syn(2), exceeded(2, syn(1)))).outcome).toBe('answered');
  });
});
