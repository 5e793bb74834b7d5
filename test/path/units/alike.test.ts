// Frames that have everything in common: copies of one packet, or a packet that was sent again at once. SYN/ACKs of Linux have no
// identification; the datagrams around their tunnels have.
import { describe, expect, it } from 'vitest';
import { POD, POD_MAC, tcpPacket, VETH, vxlan } from '../../support/cluster-frames.ts';
import * as build from '../../support/packet-builder.ts';
import { capturesOf, framesPath, funnelOf, pathOf, type TimedFrame, unfiltered } from '../../support/path-captures.ts';

const EDGES = unfiltered(3_000_000);
const SENT = 1_000_000;
/** The second one, in microseconds behind the first. */
const SOON = 30;
/** Of the identification in Ethernet and IPv4. */
const OUTER_ID = 14 + 4;

const synAck = (ttl = 63): Uint8Array =>
  tcpPacket(
    { src: POD.a, dst: POD.b, ttl },
    { srcport: 80, dstport: 40000, seq_raw: 7, 'flags.syn': true, 'flags.ack': true },
  );

/** It, in a datagram with this identification. */
function wrapped(id: number): Uint8Array {
  const frame = vxlan(synAck());
  new DataView(frame.buffer, frame.byteOffset).setUint16(OUTER_ID, id);
  return frame;
}

function fromPod(): Uint8Array {
  return build.ethernet({ src: POD_MAC, dst: VETH }, synAck(64));
}

function toPod(): Uint8Array {
  return build.ethernet({ src: VETH, dst: POD_MAC }, synAck(62));
}

const at = (micros: number, frame: Uint8Array): TimedFrame => ({ micros: SENT + micros, frame });

async function funnelFrom(files: Readonly<Record<string, readonly TimedFrame[]>>): Promise<string | undefined> {
  const { flows } = await framesPath(files);
  const flow = flows.find(({ src }) => src.ip === POD.a);
  return flow && funnelOf(flow);
}

describe('one after the other in two datagrams', () => {
  const nicA = [...EDGES, at(0, wrapped(1)), at(SOON, wrapped(2))];
  const nicB = [...EDGES, at(20, wrapped(1)), at(SOON + 20, wrapped(2))];

  it('are two packets, at both NICs', async () => {
    expect(await funnelFrom({ 'a-nic.pcap': nicA, 'b-nic.pcap': nicB })).toBe('- - 2 2 - -');
  });

  it('the one that the other NIC lacks is lost', async () => {
    const files = { 'a-nic.pcap': nicA, 'b-nic.pcap': [...EDGES, at(20, wrapped(1))] };
    expect(await funnelFrom(files)).toBe('- - 2 1(-1) - -');
    const other = { 'a-nic.pcap': nicA, 'b-nic.pcap': [...EDGES, at(SOON + 20, wrapped(2))] };
    expect(await funnelFrom(other)).toBe('- - 2 1(-1) - -');
  });

  it('are two at the veths too, where nothing tells them apart', async () => {
    const veths = {
      'a-cali1.pcap': [at(-9, fromPod()), at(SOON - 9, fromPod())],
      'b-cali1.pcap': [at(25, toPod()), at(SOON + 25, toPod())],
    };
    const funnel = await funnelFrom({ 'a-nic.pcap': nicA, 'b-nic.pcap': nicB, ...veths });
    expect(funnel).toBe('2 - 2 2 - 2');
  });

  it('are still two where a NIC was captured twice', async () => {
    const files = { 'a-nic.pcap': nicA, 'a-nic-2.pcap': nicA, 'b-nic.pcap': nicB };
    expect(await funnelFrom(files)).toBe('- - 2 2 - -');
  });
});

it('one datagram that a capture has twice is one packet', async () => {
  const nicA = [...EDGES, at(0, wrapped(1)), at(SOON, wrapped(1))];
  const nicB = [...EDGES, at(20, wrapped(1))];
  expect(await funnelFrom({ 'a-nic.pcap': nicA, 'b-nic.pcap': nicB })).toBe('- - 1 1 - -');
});

it('the sample: SYN/ACKs sent again at once are as many as the trace counts', async () => {
  const sample = 'samples/16-where-it-stops/new-connections';
  const report = await pathOf(capturesOf(sample), 'samples/16-where-it-stops/topology', '--flow', '4');
  // tshark: five identifications 0 with SYN and ACK on worker1's NIC, of which one is of another connection
  expect(report.flows.map(funnelOf)).toContain('- - 4 4 - 0(-4)');
});
