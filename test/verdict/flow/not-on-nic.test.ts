// Questions on a node's own veth or tunnel device that its NIC, captured too, never had: no finding yet, and no mere lack of a capture.
import { describe, expect, it } from 'vitest';
import type { Unverified } from '../../../src/verdict/trace-types.ts';
import {
  arpRequest,
  clusterDocuments,
  flowBetween,
  ip,
  NIC,
  NODE,
  POD,
  POD_MAC,
  plain,
  traceFrames,
  VETH,
  VTEP,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const TOPOLOGY = cluster(...Object.values(clusterDocuments()));
type Frames = readonly { data: Uint8Array; seconds: number; nanos: number }[];

const echo = (src: string, dst: string, type: 0 | 8, seq = 1): Uint8Array =>
  ip({ src, dst, ttl: 64, id: seq, transport: build.icmpEcho({ type, seq }) });
/** So many questions to b that nobody answers. */
const asked = (count = 4): Uint8Array[] => Array.from({ length: count }, (_, i) => echo(POD.a, POD.b, 8, i + 1));
const withC = [echo(POD.a, POD.c, 8), echo(POD.c, POD.a, 0)] as const;

/** One each second from `start` on. */
const from = (start: number, ...frames: Uint8Array[]): Frames =>
  frames.map((data, i) => ({ data, seconds: 1000 + start + i, nanos: 0 }));

/** The NIC, with both sides of another conversation, what shows that no filter was there, and node-to-node traffic to `to`. */
const nic = (start = 0, to: 'b' | 'c' = 'b'): Frames =>
  from(
    start,
    arpRequest(NODE.a, NODE.c, NIC.a),
    vxlan(withC[0], { to: NODE.c }),
    vxlan(withC[1], { from: NODE.c, to: NODE.a }),
    plain(ip({ src: NODE.a, dst: NODE[to] }), NIC.a, NIC[to]),
    ...Array.from({ length: 16 }, (_, i) => vxlan(echo(POD.a, POD.c, 8, i + 9), { to: NODE.c })),
  );
const onVeth = (frames: readonly Uint8Array[], start = 2): Frames =>
  from(start, ...frames.map((frame) => plain(frame, POD_MAC, VETH)));
const onDevice = (frames: readonly Uint8Array[], start = 2): Frames =>
  from(start, ...frames.map((frame) => plain(frame, VTEP.a, VTEP.b)));

async function unverified(files: Record<string, Frames>): Promise<Unverified | null> {
  const at = Object.keys(files).map((file) => {
    const [node = '', device = ''] = file.replace('.pcap', '').split('-');
    return { file, node, interface: device };
  });
  const captures = Object.entries(files).map(([name, frames]) => ({ name, frames }));
  return flowBetween(await traceFrames(captures, TOPOLOGY, { at }), POD.a, POD.b).unverified;
}

const reason = async (files: Record<string, Frames>): Promise<string | undefined> => (await unverified(files))?.reason;

describe('questions on the veth of their pod', () => {
  it('that the NIC never had are told as that, with the tables to look at', async () => {
    const told = await unverified({ 'a-eth0.pcap': nic(), 'a-cali1.pcap': onVeth(asked()) });
    expect(told?.reason).toBe('not-on-nic');
    expect(told?.detail).toBe("4 unanswered packets on the pod's veth, none on a's NIC, which was captured too");
    expect(told?.advice).toBe(
      `a$ ip route get ${POD.b}; ip neigh show dev vxlan.calico; bridge fdb show dev vxlan.calico`,
    );
  });

  it.each<[string, string, Record<string, Frames>]>([
    ['one alone may have been on its way', 'no-underlay', { 'a-eth0.pcap': nic(), 'a-cali1.pcap': onVeth(asked(1)) }],
    ['two may not', 'not-on-nic', { 'a-eth0.pcap': nic(), 'a-cali1.pcap': onVeth(asked(2)) }],
    ['the NIC of another node says nothing', 'no-underlay', { 'c-eth0.pcap': nic(), 'a-cali1.pcap': onVeth(asked()) }],
    ['nor the veth of another node', 'no-underlay', { 'a-eth0.pcap': nic(), 'c-cali1.pcap': onVeth(asked()) }],
    ['without a NIC nothing is missing', 'no-underlay', { 'a-cali1.pcap': onVeth(asked()) }],
    ['the NIC was captured before', 'no-underlay', { 'a-eth0.pcap': nic(), 'a-cali1.pcap': onVeth(asked(), 30) }],
    ['the NIC was captured after', 'no-underlay', { 'a-eth0.pcap': nic(30), 'a-cali1.pcap': onVeth(asked()) }],
    [
      'answered ones did leave',
      'no-underlay',
      {
        'a-eth0.pcap': nic(),
        'a-cali1.pcap': onVeth([...asked(2), echo(POD.b, POD.a, 0, 1), echo(POD.b, POD.a, 0, 2)]),
      },
    ],
  ])('%s: %s', async (_, why, files) => {
    expect(await reason(files)).toBe(why);
  });
});

describe('questions on the tunnel device of their node', () => {
  it('that the NIC never had are told as that', async () => {
    const told = await unverified({ 'a-eth0.pcap': nic(), 'a-vxlan.calico.pcap': onDevice(asked()) });
    expect([told?.reason, told?.detail]).toEqual([
      ...['not-on-nic', "4 unanswered packets on a's tunnel device, none on a's NIC, which was captured too"],
    ]);
  });

  it('and on the veth too are told of the device', async () => {
    const files = { 'a-eth0.pcap': nic(), 'a-vxlan.calico.pcap': onDevice(asked()), 'a-cali1.pcap': onVeth(asked()) };
    expect((await unverified(files))?.detail).toContain("a's tunnel device");
  });
});
