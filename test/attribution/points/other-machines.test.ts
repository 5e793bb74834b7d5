// A capture is not a node's whose clock another capture of the same packets shows to be another machine's.
import { expect, it } from 'vitest';
import { clusterDocuments, ip, NIC, NODE, POD, plain, traceFrames } from '../../support/cluster-frames.ts';
import { cluster, ippools } from '../../support/cluster-text.ts';

const TOPOLOGY = cluster(ippools({ vxlan: 'Never' }), clusterDocuments().nodes);
/** What a and c say to b: b's MAC is in all of it, whoever captured it. */
const FRAMES = [
  plain(ip({ src: NODE.a, dst: NODE.b, ttl: 64 })),
  plain(ip({ src: POD.a, dst: POD.b, id: 1 })),
  plain(ip({ src: POD.b, dst: POD.a, id: 2 }), NIC.b, NIC.a),
  plain(ip({ src: POD.c, dst: POD.b, id: 3 }), NIC.c, NIC.b),
  plain(ip({ src: POD.b, dst: POD.c, id: 4 }), NIC.b, NIC.c),
];

/** The node of each capture's place; how many seconds the second one is behind. */
async function nodes(
  names: [string, string],
  seconds: number,
  frames = FRAMES,
): Promise<(string | null | undefined)[]> {
  const files = names.map((name, i) => ({
    name,
    frames: i === 0 ? FRAMES : frames,
    start: 1_700_000_000 + i * seconds,
  }));
  const { captures } = await traceFrames(files, TOPOLOGY);
  return captures.map(({ points }) => points[0]?.node);
}

it('a merge of its peers’ captures is not the node’s, whose own capture has the packets at other times', async () => {
  expect(await nodes(['b-ens5.pcap', 'x.pcap'], 5000)).toEqual(['b', null]);
  expect(await nodes(['x.pcap', 'b-ens5.pcap'], -2)).toEqual([null, 'b']);
});

it('of two captures that nothing but their frames names, neither is the node’s', async () => {
  expect(await nodes(['x.pcap', 'y.pcap'], 5000)).toEqual([null, null]);
});

it('captures of one clock are one machine’s, and so are those that have too little in common', async () => {
  expect(await nodes(['b-ens5.pcap', 'x.pcap'], 0)).toEqual(['b', 'b']);
  const later = [
    ...FRAMES.slice(0, 2),
    plain(ip({ src: POD.b, dst: POD.a, id: 12 }), NIC.b, NIC.a),
    plain(ip({ src: POD.c, dst: POD.b, id: 13 }), NIC.c, NIC.b),
  ];
  expect(await nodes(['x.pcap', 'y.pcap'], 5000, later)).toEqual(['b', 'b']);
});
