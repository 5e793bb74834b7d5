// The matrix of nodes: numbers of packets that differ are explained where NICs cut or joined them, and nowhere else.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { traceCaptures } from '../../../src/trace.ts';
import { type PairReport, resizing } from '../../../src/verdict/verify/node-pairs.ts';
import { verifyTrace } from '../../../src/verdict/verify/verify.ts';
import { buildPcapng, interfaceBlock, packetBlock, sectionBlock } from '../../support/capture-builder.ts';
import { arpRequest, clusterDocuments, ip, NIC, NODE, POD, traceFrames, vxlan } from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';

const PAIR: PairReport = {
  ...{ from: 'a', to: 'b', flows: 2, ok: 2, violation: 0, unverifiable: 0, waived: 0 },
  ...{ sent: 8, arrived: 12, lost: 0, resized: 1, seconds: 1, stretches: [] },
};

describe('packets of a pair of nodes', () => {
  it('were cut where more arrived than was sent, and joined where fewer did', () => {
    expect(resizing(PAIR)).toBe('cut');
    expect(resizing({ ...PAIR, sent: 12, arrived: 8 })).toBe('joined');
  });

  it('were lost, not joined, where bytes are missing', () => {
    expect(resizing({ ...PAIR, sent: 12, arrived: 8, lost: 1 })).toBe(null);
    expect(resizing({ ...PAIR, sent: 12, arrived: 8, resized: 0 })).toBe(null);
  });

  it('need no word where as many arrived as were sent, or one end was not captured', () => {
    expect(resizing({ ...PAIR, sent: 12 })).toBe(null);
    expect(resizing({ ...PAIR, sent: null })).toBe(null);
    expect(resizing({ ...PAIR, arrived: null })).toBe(null);
  });
});

describe('a pair is counted once', () => {
  const { pools, nodes, pods } = clusterDocuments();
  const topology = cluster(pools, nodes, pods);
  const asked = { expect: 'config', pools: [], strict: false, topology } as const;
  const arp = arpRequest(NODE.a, NODE.b, NIC.a);
  const pings = [1, 2, 3].map((id) => vxlan(ip({ src: POD.a, dst: POD.b, id })));

  it('where one capture has two interfaces that saw the same packets, a bond and its slave', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'overlens-'));
    try {
      const path = join(folder, 'a.pcapng');
      const interfaces = ['bond0', 'eth0'].map((name) => interfaceBlock({ name }));
      const packets = [arp, ...pings].flatMap((data, i) =>
        [0, 1].map((index) => packetBlock({ data, interface: index, units: BigInt(1000 * i + index) })),
      );
      writeFileSync(path, buildPcapng([sectionBlock(), ...interfaces, ...packets]));
      const at = [{ file: path, node: 'a', interface: null }];
      const report = verifyTrace(await traceCaptures({ captures: [path], topology, at }), asked);
      expect(report.pairs).toMatchObject([{ from: 'a', to: 'b', sent: 3, arrived: null }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('and nothing is lost where captures of one NIC overlap in part', async () => {
    const [first = [], second = [], whole = []] = [[arp, ...pings], pings.slice(1), [arp, ...pings]];
    const more = vxlan(ip({ src: POD.a, dst: POD.b, id: 4 }));
    const at = (frames: Uint8Array[], name: string, from: number): Parameters<typeof traceFrames>[0][number] => ({
      name,
      frames: frames.map((data, i) => ({ data, seconds: 1_700_000_000, nanos: (from + i) * 1_000_000 })),
    });
    const files = [
      at(first, 'a-eth0.pcap', 0),
      at([...second, more], 'a-eth1.pcap', 2),
      at([...whole, more], 'b-eth0.pcap', 0),
    ];
    expect(verifyTrace(await traceFrames(files, topology), asked).delivery).toMatchObject({ lostFlows: 0 });
  });
});
