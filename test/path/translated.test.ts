// Packets whose addresses change on their way are one journey: masquerade and services.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NODE, POD, POD_MAC, SYN, TUNNEL, tcpPacket, VETH, vxlan } from '../support/cluster-frames.ts';
import * as build from '../support/packet-builder.ts';
import { framesPath, funnelOf, type TimedFrame, unfiltered } from '../support/path-captures.ts';

const SERVICE = '10.96.0.7';
const PACKETS = 6;

/** The client's packets of a connection with that first number, at one place. */
function packets(src: string, dst: string, ports: [number, number], ttl: number, number = 7000): Uint8Array[] {
  return Array.from({ length: PACKETS }, (_, i) => {
    const values = { srcport: ports[0], dstport: ports[1], seq_raw: number + 10 * i, ...(i === 0 ? SYN : {}) };
    return tcpPacket({ src, dst, ttl, id: 500 + i }, values, new Uint8Array(i === 0 ? 0 : 10));
  });
}

function timed(frames: readonly Uint8Array[], micros: number): TimedFrame[] {
  return frames.map((frame, i) => ({ micros: 200_000 * i + micros, frame }));
}

function fromPod(frame: Uint8Array): Uint8Array {
  return build.ethernet({ src: POD_MAC, dst: VETH }, frame);
}

describe('a translated packet', () => {
  it('keeps its journey where the source becomes the node’s tunnel address', async () => {
    const veth = packets(POD.a, POD.b, [40000, 80], 64).map(fromPod);
    const nic = packets(TUNNEL.a, POD.b, [51515, 80], 63).map((inner) => vxlan(inner));
    const { flows } = await framesPath({ 'a-cali1.pcap': timed(veth, 0), 'a-nic.pcap': timed(nic, 40) });
    expect(flows.map(funnelOf)).toEqual([`${PACKETS} - ${PACKETS} - - -`]);
    expect(flows[0]?.src).toMatchObject({ ip: POD.a, pod: 'pod-a' });
    expect(flows[0]?.stops[2]?.translated).toEqual({ source: `${TUNNEL.a}:51515`, destination: null });
    expect(flows[0]?.stops[2]?.delay).toMatchObject({ packets: PACKETS });
  });

  it('keeps it where a service becomes a pod', async () => {
    const veth = packets(POD.a, SERVICE, [40000, 443], 64).map(fromPod);
    const nic = packets(POD.a, POD.b, [40000, 8443], 63).map((inner) => vxlan(inner));
    const { flows } = await framesPath({ 'a-cali1.pcap': timed(veth, 0), 'a-nic.pcap': timed(nic, 40) });
    expect(flows.map(funnelOf)).toEqual([`${PACKETS} - ${PACKETS} - - -`]);
    expect(flows[0]?.dst).toMatchObject({ ip: POD.b, node: 'b' });
    expect(flows[0]?.stops[2]?.translated).toEqual({ source: null, destination: `${POD.b}:8443` });
  });

  it('is not made of two pods that send the same', async () => {
    const one = packets(POD.a, POD.c, [40000, 80], 63).map((inner) => vxlan(inner, { to: NODE.c }));
    const other = packets(POD.b, POD.c, [40000, 80], 63).map((inner) => vxlan(inner, { from: NODE.b, to: NODE.c }));
    const { flows, onePlace } = await framesPath({ 'a-nic.pcap': timed(one, 0), 'b-nic.pcap': timed(other, 40) });
    expect(flows.length + onePlace).toBe(2);
  });
});

describe('a datagram that packets alone do not pair', () => {
  // one of UDP proves nothing by itself
  const udp = (src: string, dst: string, ports: [number, number], ttl: number): Uint8Array =>
    build.ipv4(
      { src, dst, ttl, proto: 17, id: 9 },
      build.udp({ srcport: ports[0], dstport: ports[1] }, new Uint8Array(20)),
    );
  const veth = timed([fromPod(udp(POD.a, SERVICE, [5000, 53], 64))], 0);
  const nic = timed([vxlan(udp(POD.a, POD.b, [5000, 5353], 63))], 40);
  const followed = async (...options: string[]) => {
    const { flows, onePlace } = await framesPath({ 'a-cali1.pcap': veth, 'a-nic.pcap': nic }, ...options);
    return { flows: flows.map(funnelOf), onePlace };
  };

  it("is one journey by its node's connection tracking", async () => {
    const apart = await followed();
    expect(apart.flows.length + apart.onePlace).toBe(2);
    const folder = mkdtempSync(join(tmpdir(), 'overlens-tracked-'));
    const line = `udp      17 28 src=${POD.a} dst=${SERVICE} sport=5000 dport=53 src=${POD.b} dst=${POD.a} sport=5353 dport=5000 mark=0 use=1`;
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'a', 'conntrack-list.txt'), `${line}\n`);
    expect(await followed('-t', folder)).toEqual({ flows: ['1 - 1 - - -'], onePlace: 0 });
    rmSync(folder, { recursive: true });
  });
});

describe('a packet between nodes', () => {
  it('that the other NIC never has is lost', async () => {
    const sent = packets(POD.a, POD.b, [40000, 80], 63).map((inner) => vxlan(inner));
    const edges = unfiltered(3_000_000);
    const { flows } = await framesPath({ 'a-nic.pcap': [...edges, ...timed(sent, 5000)], 'b-nic.pcap': edges });
    const flow = flows.find(({ src }) => src.ip === POD.a);
    expect(flow && funnelOf(flow)).toBe(`- - ${PACKETS} 0(-${PACKETS}) - -`);
  });
});
