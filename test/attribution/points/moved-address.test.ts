// An address that moved, or that a sender's ARP entry places on another node: its packets come to a NIC that is not its node's.
import { describe, expect, it } from 'vitest';
import {
  clusterDocuments,
  cooked2,
  type FrameFile,
  ip,
  NIC,
  NODE,
  POD,
  plain,
  traceFrames,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';

const { pools, nodes } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes);
const [TO_US, OUTGOING] = [0, 4] as const;
const COOKED2 = 276;

/** The node that each capture is said to be of. */
async function nodesOf(...files: FrameFile[]): Promise<(string | null)[]> {
  const trace = await traceFrames(files, TOPOLOGY);
  return trace.captures.map(({ points }) => points[0]?.node ?? null);
}

const between = (from: 'a' | 'b' | 'c', to: 'a' | 'b' | 'c', dstMac: string = NIC[to]): Uint8Array =>
  vxlan(ip({ src: POD[from], dst: POD[to] }), { from: NODE[from], to: NODE[to], dstMac });
/** What a sends to b comes to c's NIC. */
const astray = between('a', 'b', NIC.c);

describe('a NIC that gets what is for another node', () => {
  /** b's own NIC speaks for b. */
  const ofB = { name: 'b-eth0.pcap', frames: [between('b', 'a'), between('b', 'c'), between('c', 'b')] };

  it('is of the node that it speaks for, not of the one that it gets packets for', async () => {
    const ofPods = plain(ip({ src: POD.b, dst: POD.c }), NIC.b, NIC.c);
    const frames = [astray, between('c', 'b'), astray, between('c', 'a'), ofPods];
    expect(await nodesOf(ofB, { frames })).toEqual(['b', 'c']);
    expect(await nodesOf(ofB, { frames: [...frames, between('b', 'c')] })).toEqual(['b', 'c']);
  });

  it('is so where its own frames show one MAC only, and those of the node that sends there whom it gets them for', async () => {
    const frames = [cooked2(astray, TO_US, 2), cooked2(between('c', 'b'), OUTGOING, 2)];
    const ofC = { name: 'c-any.pcap', frames, options: { linkType: COOKED2 } };
    const ofA = { name: 'a-eth0.pcap', frames: [astray, between('c', 'a')] };
    expect(await nodesOf(ofA, ofB, ofC)).toEqual(['a', 'b', 'c']);
  });

  it('is no gateway by the packets of two nodes: who talks to it alone may be on either end', async () => {
    const frames = [astray, between('a', 'c'), between('c', 'a')];
    expect(await nodesOf(ofB, { frames })).toEqual(['b', null]);
    expect(await nodesOf(ofB, { name: 'c-eth0.pcap', frames })).toEqual(['b', 'c']);
    expect(await nodesOf(ofB, { name: 'a-eth0.pcap', frames })).toEqual(['b', 'a']);
  });

  it('is of the node that it gets packets for where nobody else speaks for that one: its source was translated', async () => {
    const translated = vxlan(ip({ src: POD.b, dst: POD.a }), { from: NODE.c, to: NODE.a, srcMac: NIC.b });
    const frames = [between('a', 'b'), translated, between('a', 'b'), translated];
    const other = { name: 'a-eth0.pcap', frames: [between('a', 'b'), translated] };
    expect(await nodesOf(other, { name: 'x.pcap', frames: [...frames, between('c', 'b')] })).toEqual(['a', 'b']);
  });
});
