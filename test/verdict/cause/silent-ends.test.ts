// Whether an address answers nobody, by all that the captures have of it.
import { describe, expect, it } from 'vitest';
import {
  clusterDocuments,
  type FrameFile,
  NIC,
  NODE,
  POD,
  plain,
  SYN,
  tcpPacket,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);

type Name = 'a' | 'b' | 'c';
const segment = (from: Name, to: Name, fields: object): Uint8Array =>
  vxlan(tcpPacket({ src: POD[from], dst: POD[to] }, fields), { from: NODE[from], to: NODE[to] });
const syn = (from: Name, to: Name, port: number, seq = 1): Uint8Array =>
  segment(from, to, { srcport: port, dstport: 80, seq_raw: seq, ...SYN });
const synAck = (from: Name, to: Name, port: number): Uint8Array =>
  segment(from, to, { srcport: 80, dstport: port, seq_raw: 1, ack_raw: 2, 'flags.syn': true, 'flags.ack': true });
/** Pods a and c talk, so that answers would be seen; and what is in no tunnel: no filter was there. */
const TALK = [
  plain(tcpPacket({ src: NODE.a, dst: NODE.c }, { 'flags.ack': true }), NIC.a, NIC.c),
  syn('a', 'c', 40_000),
  synAck('c', 'a', 40_000),
];
const inVain = [40_001, 40_002].flatMap((port) => [syn('a', 'b', port), syn('a', 'b', port)]);
const nic = (name: Name, frames: readonly Uint8Array[], snaplen = 262144): FrameFile => ({
  name: `${name}-eth0.pcap`,
  frames,
  snaplen,
});

async function titles(...files: FrameFile[]): Promise<string> {
  return (await traceFrames(files, TOPOLOGY)).causes.map(({ title }) => title).join('\n');
}
const NOBODY = 'pod-b (10.48.0.140) answers nobody: 2 flows from 1 node';

describe('an address that several ask in vain', () => {
  it('answers nobody where no capture has any answer of it', async () => {
    expect(await titles(nic('a', [...TALK, ...inVain]))).toContain(NOBODY);
  });

  it('answers somebody whose question is in no capture', async () => {
    const told = await titles(nic('a', [...TALK, ...inVain]), nic('c', [synAck('b', 'c', 40_009), TALK[0]!]));
    expect(told).toContain('no answer');
    expect(told).not.toContain(NOBODY);
  });

  it('may answer somebody in what the snaplen cut off on its own node', async () => {
    const files = (snaplen: number): FrameFile[] => [
      nic('a', [...TALK, ...inVain]),
      nic('b', [plain(tcpPacket({ src: NODE.b, dst: NODE.c }, {}), NIC.b, NIC.c), syn('c', 'b', 40_010)], snaplen),
    ];
    expect(await titles(...files(76))).not.toContain('answers nobody');
    expect(await titles(...files(76))).toContain('no answer');
    expect(await titles(...files(262144))).toContain('answers nobody');
  });
});
