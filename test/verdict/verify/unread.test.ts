// What a NIC shows and nobody reads keeps a proof from being one, if there is IP in it.
import { describe, expect, it } from 'vitest';
import { verifyTrace } from '../../../src/verdict/verify/verify.ts';
import type { VerifyReport } from '../../../src/verdict/verify/verify-report.ts';
import {
  arpRequest,
  clusterDocuments,
  ip,
  NIC,
  NODE,
  POD,
  POD_MAC,
  plain,
  traceFrames,
  VETH,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const arp = arpRequest(NODE.a, NODE.b, NIC.a);
const ping = vxlan(ip({ src: POD.a, dst: POD.b }));
const pong = vxlan(ip({ src: POD.b, dst: POD.a }), { from: NODE.b, to: NODE.a });
const packet = ip({ src: POD.a, dst: POD.b });

/** A frame with a type that is not decoded (0x8909, a tag of Cisco's switches), and a shim before what it carries. */
function tagged(shim: number[], carried: Uint8Array): Uint8Array {
  const frame = plain(packet);
  return Uint8Array.from([...frame.subarray(0, 12), 0x89, 0x09, ...shim, ...carried]);
}

async function verify(...files: Uint8Array[][]): Promise<VerifyReport & { unread: unknown[] }> {
  const trace = await traceFrames(
    files.map((frames, i) => ({ frames, name: `${i}.pcap` })),
    TOPOLOGY,
  );
  const report = verifyTrace(trace, { expect: 'config', pools: [], strict: false, topology: TOPOLOGY });
  return { ...report, unread: trace.captures.map(({ unread }) => unread) };
}

describe('frames that are not understood', () => {
  it('keep verify from passing where IP is in them, whatever stands before it', async () => {
    for (const shim of [[], [1, 1, 0, 1, 0, 7, 8, 0], [0, 7, 0xff]]) {
      const report = await verify([arp, ping, pong, tagged(shim, packet), tagged(shim, packet)]);
      expect(report).toMatchObject({ exitCode: 3, undecided: ['not-understood'] });
      expect(report.unread).toEqual([{ what: 'EtherType 0x8909', packets: 2, firstPacket: 4 }]);
    }
  });

  it('do not where nothing of IP is in them: a broken header sum is no header', async () => {
    const broken = Uint8Array.from(packet, (byte, i) => (i === 8 ? byte ^ 1 : byte));
    for (const carried of [broken, new Uint8Array(60), Uint8Array.of(1, 2, 3)]) {
      const report = await verify([arp, ping, pong, tagged([0, 7], carried)]);
      expect([report.result, report.unread]).toEqual(['pass', [null]]);
    }
  });

  it('on a veth are no matter of the overlay', async () => {
    const veth = plain(ip({ src: POD.a, dst: POD.b, ttl: 64 }), POD_MAC, VETH);
    const frame = Uint8Array.from([...veth.subarray(0, 12), 0x89, 0x09, ...packet]);
    expect((await verify([arp, ping, pong], [veth, frame])).result).toBe('pass');
  });
});
