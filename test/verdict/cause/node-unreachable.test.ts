// ARP for a node that nobody answers: told only where the answer would have been seen.
import { describe, expect, it } from 'vitest';
import {
  arpRequest,
  clusterDocuments,
  cooked,
  type FrameFile,
  NIC,
  NODE,
  plain,
  tcpPacket,
  traceFrames,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';

const TOPOLOGY = cluster(...Object.values(clusterDocuments()));
const [BROADCAST, OUTGOING] = [1, 4] as const;
const COOKED = 113;

/** What a asks for b, three times. */
const asked = [1, 2, 3].map(() => arpRequest(NODE.a, NODE.b, NIC.a));
const from = (x: 'a' | 'b' | 'c', to: 'a' | 'b' | 'c'): Uint8Array =>
  plain(tcpPacket({ src: NODE[x], dst: NODE[to] }, {}), NIC[x], NIC[to]);

async function codesOf(file: FrameFile): Promise<string[]> {
  return (await traceFrames([file], TOPOLOGY)).causes.map(({ code }) => code);
}

describe('a node that asks for another one by ARP', () => {
  it('gets no answer where its own NIC shows what comes to it, and none is there', async () => {
    const frames = [from('a', 'c'), from('c', 'a'), ...asked];
    expect(await codesOf({ name: 'a-eth0.pcap', frames })).toContain('node-unreachable');
  });

  it('may get one where its NIC shows only what it sends', async () => {
    expect(await codesOf({ name: 'a-eth0.pcap', frames: [from('a', 'c'), ...asked] })).not.toContain(
      'node-unreachable',
    );
  });

  it('may get one where the NIC of the node that is asked shows only what comes in, from several', async () => {
    const frames = [from('a', 'b'), from('c', 'b'), arpRequest(NODE.c, NODE.b, NIC.c), ...asked];
    expect(await codesOf({ name: 'b-eth0.pcap', frames })).not.toContain('node-unreachable');
    expect(await codesOf({ name: 'b-eth0.pcap', frames: [...frames, from('b', 'a')] })).toContain('node-unreachable');
  });

  it("may get one that a third node's NIC never sees, though it hears the question", async () => {
    const frames = [from('c', 'a'), from('a', 'c'), from('b', 'c'), ...asked];
    expect(await codesOf({ name: 'c-eth0.pcap', frames })).not.toContain('node-unreachable');
  });

  it('may get one where a cooked capture of the asked node has nothing that goes out', async () => {
    const frames = [from('a', 'b'), from('c', 'b')].map((frame) => cooked(frame, 0));
    const questions = asked.map((frame) => cooked(frame, BROADCAST));
    const options = { linkType: COOKED };
    expect(await codesOf({ name: 'b-any.pcap', frames: [...frames, ...questions], options })).not.toContain(
      'node-unreachable',
    );
    const sent = cooked(from('b', 'c'), OUTGOING);
    expect(await codesOf({ name: 'b-any.pcap', frames: [...frames, sent, ...questions], options })).toContain(
      'node-unreachable',
    );
  });
});
