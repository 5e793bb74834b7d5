// Frames of a small cluster, and traces of captures made of them. Nodes a, b and c are 10.0.1.1, .2 and .3; node x's NIC is
// 02:00:00:00:01:x, its VTEP 66:00:00:00:00:x, and its pods have 10.48.0.(64 x) and up.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Topology } from '../../src/topology/model.ts';
import { type TraceOptions, traceCaptures } from '../../src/trace.ts';
import type { Trace, TracedFlow } from '../../src/verdict/trace-types.ts';
import { type BuiltPacket, buildPcap, joinBytes, type PcapOptions } from './capture-builder.ts';
import { ippools, nodes, pods } from './cluster-text.ts';
import * as build from './packet-builder.ts';

export const NODE = { a: '10.0.1.1', b: '10.0.1.2', c: '10.0.1.3' } as const;
export const TUNNEL = { a: '10.48.0.65', b: '10.48.0.129', c: '10.48.0.193' } as const;
export const POD = { a: '10.48.0.70', b: '10.48.0.140', c: '10.48.0.200' } as const;
export const NIC = { a: '02:00:00:00:01:0a', b: '02:00:00:00:01:0b', c: '02:00:00:00:01:0c' } as const;
export const VTEP = { a: '66:00:00:00:00:0a', b: '66:00:00:00:00:0b', c: '66:00:00:00:00:0c' } as const;
export const VETH = 'ee:ee:ee:ee:ee:ee';
export const POD_MAC = '0a:00:00:00:00:70';

/** Pool (VXLAN Always), three nodes, one pod on each. */
export function clusterDocuments(mode: { vxlan?: string; ipip?: string } = { vxlan: 'Always' }) {
  const names = ['a', 'b', 'c'] as const;
  return {
    pools: ippools(mode),
    nodes: nodes(...names.map((name) => ({ name, ip: `${NODE[name]}/24`, vxlan: TUNNEL[name] }))),
    pods: pods(...names.map((name) => ({ name: `pod-${name}`, ip: POD[name], node: name }))),
  };
}

/** An IP packet; the default transport is an echo request. `ttl` 63 is what one router has left of 64. */
export interface Inner {
  src: string;
  dst: string;
  ttl?: number;
  proto?: number;
  /** Identification: two datagrams that are alike differ in it. */
  id?: number;
  transport?: Uint8Array;
}

export function ip({ src, dst, ttl = 63, proto = 1, id = 0, transport = build.icmpEcho() }: Inner): Uint8Array {
  return build.ipv4({ src, dst, ttl, proto, id }, transport);
}

export const SYN = { 'flags.syn': true, 'flags.ack': false } as const;

export function tcpPacket(
  ends: Pick<Inner, 'src' | 'dst' | 'ttl' | 'id'>,
  values: Parameters<typeof build.tcp>[0],
  ...payload: Uint8Array[]
): Uint8Array {
  return ip({ ...ends, proto: 6, transport: build.tcp(values, ...payload) });
}

export interface VxlanFields {
  from?: string;
  to?: string;
  srcMac?: string;
  dstMac?: string;
  innerSrcMac?: string;
  innerDstMac?: string;
  vni?: number;
  port?: number;
}

/** `inner` as node `from` sends it to node `to`. */
export function vxlan(inner: Uint8Array, fields: VxlanFields = {}): Uint8Array {
  const { from = NODE.a, to = NODE.b, vni = 4096, port = 4789 } = fields;
  const { srcMac = nicOf(from), dstMac = nicOf(to), innerSrcMac = vtepOf(from), innerDstMac = vtepOf(to) } = fields;
  const frame = build.ethernet({ src: innerSrcMac, dst: innerDstMac }, inner);
  const packet = build.ipv4(
    { src: from, dst: to },
    build.udp({ dstport: port, srcport: 45000 }, build.vxlan({ vni }, frame)),
  );
  return build.ethernet({ src: srcMac, dst: dstMac }, packet);
}

/** `inner` in IP-in-IP. */
export function ipip(inner: Uint8Array, from: string = NODE.a, to: string = NODE.b): Uint8Array {
  return build.ethernet({ src: nicOf(from), dst: nicOf(to) }, build.ipv4({ src: from, dst: to, proto: 4 }, inner));
}

/** A frame without a tunnel; default between the NICs of a and b. */
export function plain(inner: Uint8Array, src: string = NIC.a, dst: string = NIC.b): Uint8Array {
  return build.ethernet({ src, dst }, inner);
}

export function arpRequest(from: string, to: string, mac: string): Uint8Array {
  const body = build.arp({ 'src.hw_mac': mac, 'src.proto_ipv4': from, 'dst.proto_ipv4': to });
  return build.ethernet({ src: mac, dst: 'ff:ff:ff:ff:ff:ff', type: 0x0806 }, body);
}

export function arpReply(from: string, to: string, mac: string, toMac: string): Uint8Array {
  const body = build.arp({ opcode: 2, 'src.hw_mac': mac, 'src.proto_ipv4': from, 'dst.proto_ipv4': to });
  return build.ethernet({ src: mac, dst: toMac, type: 0x0806 }, body);
}

/** Linux cooked v1 (link type 113) of an Ethernet frame; packet type 4 is outgoing. */
export function cooked(frame: Uint8Array, packetType: number): Uint8Array {
  return joinBytes([
    Uint8Array.of(0, packetType, 0, 1, 0, 6),
    frame.subarray(6, 12),
    new Uint8Array(2),
    frame.subarray(12),
  ]);
}

/** Linux cooked v2 (link type 276). */
export function cooked2(frame: Uint8Array, packetType: number, ifindex: number): Uint8Array {
  const head = Uint8Array.of(frame[12] ?? 0, frame[13] ?? 0, 0, 0, 0, 0, 0, ifindex, 0, 1, packetType, 6);
  return joinBytes([head, frame.subarray(6, 12), new Uint8Array(2), frame.subarray(14)]);
}

function nicOf(address: string): string {
  const name = nameOf(address);
  return name === null ? '02:00:00:00:01:ff' : NIC[name];
}

function vtepOf(address: string): string {
  const name = nameOf(address);
  return name === null ? '66:00:00:00:00:ff' : VTEP[name];
}

function nameOf(address: string): 'a' | 'b' | 'c' | null {
  return (['a', 'b', 'c'] as const).find((name) => NODE[name] === address) ?? null;
}

/** A capture: frames one millisecond apart, or packets with their own times. */
export interface FrameFile {
  name?: string;
  frames: readonly (Uint8Array | BuiltPacket)[];
  options?: PcapOptions;
  /** Bytes kept of each packet. */
  snaplen?: number;
  /** Seconds of the first frame. */
  start?: number;
}

/** Traces captures made of frames; the files are gone afterwards. */
export async function traceFrames(
  files: readonly FrameFile[],
  topology: Topology | null,
  options: Partial<TraceOptions> = {},
): Promise<Trace & { all: TracedFlow[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'overlens-'));
  try {
    const captures = files.map((file, i) => {
      const path = join(folder, file.name ?? `capture${'xyz'.charAt(i)}.pcap`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, buildPcap(packetsOf(file), { ...file.options, snaplen: file.snaplen ?? 262144 }));
      return path;
    });
    const trace = await traceCaptures({ captures, topology, ...options });
    return { ...trace, all: [...trace.flows()] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function packetsOf({ frames, snaplen = 262144, start = 1_700_000_000 }: FrameFile): BuiltPacket[] {
  return frames.map((frame, i) => {
    const packet = frame instanceof Uint8Array ? { data: frame } : frame;
    const time = { seconds: start, nanos: i * 1_000_000 };
    return { ...time, ...packet, original: packet.data.length, data: packet.data.slice(0, snaplen) };
  });
}

/** The first flow between two addresses. */
export function flowBetween(trace: { all: readonly TracedFlow[] }, src: string, dst: string): TracedFlow {
  const found = trace.all.find((flow) => flow.src.ip === src && flow.dst.ip === dst);
  if (found === undefined) throw new Error(`no flow ${src} > ${dst}`);
  return found;
}

/** `vxlan ok`, `none violation overlay-bypassed`, `unknown unverifiable no-underlay`. */
export function gist(flow: TracedFlow): string {
  const codes = flow.findings.filter((f) => f.severity === 'violation').map((f) => f.code);
  return [
    flow.observed.encapsulation,
    flow.verdict,
    ...codes,
    ...(flow.unverified ? [flow.unverified.reason] : []),
  ].join(' ');
}
