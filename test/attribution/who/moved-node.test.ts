// Where an address is, when frames for one node's address go to another node's NIC: it sends from its own.
import { describe, expect, it } from 'vitest';
import {
  clusterDocuments,
  type FrameFile,
  ip,
  NIC,
  NODE,
  POD,
  plain,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster, ippools, iproute2 } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const { nodes } = clusterDocuments();
const NEVER = ippools({ vxlan: 'Never' });
const PLAIN = cluster(NEVER, nodes);
/** In a block that no tunnel address is in. */
const STRAY = '10.48.0.10';
const UNKNOWN = '02:00:00:00:01:dd';
const NEIGHBOURS = cluster(NEVER, nodes, iproute2('a', 'ip-neigh', `${NODE.b} dev ens5 lladdr ${NIC.b} REACHABLE`));

const ask = (dst: string, mac: string): Uint8Array => plain(ip({ src: POD.a, dst }), NIC.a, mac);
const reply = (src: string, mac: string, ttl = 63): Uint8Array =>
  plain(ip({ src, dst: POD.a, ttl, transport: build.icmpEcho({ type: 0 }) }), mac, NIC.a);

async function nodeOf(files: readonly FrameFile[], topology = PLAIN): Promise<string | null | undefined> {
  const trace = await traceFrames(files, topology);
  return trace.all.find(({ dst }) => dst.ip === STRAY)?.dst.node;
}

describe('an address whose packets go to a node', () => {
  it('is there where it answers them by the same MAC, also after more than one router', async () => {
    expect(await nodeOf([{ frames: [ask(STRAY, NIC.b), reply(STRAY, NIC.b, 61)] }], NEIGHBOURS)).toBe('b');
  });

  it('need not be there where what answers comes from a MAC that is no known node’s', async () => {
    expect(await nodeOf([{ frames: [ask(STRAY, NIC.b), reply(STRAY, UNKNOWN, 61)] }], NEIGHBOURS)).toBeNull();
    expect(await nodeOf([{ frames: [ask(STRAY, NIC.b), reply(STRAY, UNKNOWN)] }], NEIGHBOURS)).toBeNull();
  });

  it('need not either where that node’s own capture has the packets, and only the sender’s has what came back', async () => {
    const files = [
      { name: 'a-ens5.pcap', frames: [ask(STRAY, NIC.b), reply(STRAY, UNKNOWN)] },
      { name: 'b-ens5.pcap', frames: [ask(STRAY, NIC.b)] },
    ];
    expect(await nodeOf(files, NEIGHBOURS)).toBeNull();
  });
});

describe('the MAC of a captured NIC that gets what is for a third node', () => {
  const astray = vxlan(ip({ src: POD.a, dst: POD.c }), { from: NODE.a, to: NODE.c, dstMac: NIC.b });
  const withB = [astray, ask(STRAY, NIC.b), reply(STRAY, NIC.b)];
  /** Several peers show whose a's capture is. */
  const ofA = { name: 'a-ens5.pcap', frames: [...withB, plain(ip({ src: NODE.c, dst: NODE.a }), NIC.c, NIC.a)] };

  it('is that of the node whose capture it is: of the two in every frame, the other one is a’s', async () => {
    expect(await nodeOf([ofA, { name: 'b-ens5.pcap', frames: withB }])).toBe('b');
  });

  it('is nobody’s where only another MAC speaks for the third node', async () => {
    expect(await nodeOf([ofA])).toBeNull();
  });
});
