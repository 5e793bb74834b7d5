// Traffic between pods of one node: `ok` on veths, and where a place may be the NIC, nobody knows.
import { describe, expect, it } from 'vitest';
import {
  clusterDocuments,
  cooked,
  type FrameFile,
  flowBetween,
  gist,
  ip,
  NIC,
  NODE,
  POD,
  POD_MAC,
  plain,
  TUNNEL,
  traceFrames,
  VETH,
  VTEP,
} from '../../support/cluster-frames.ts';
import { cluster, nodes, pods } from '../../support/cluster-text.ts';

const { pools } = clusterDocuments();
const OTHER = '10.48.0.71';
const TOPOLOGY = cluster(
  pools,
  nodes({ name: 'a', ip: `${NODE.a}/24`, vxlan: TUNNEL.a, mac: VTEP.a }, { name: 'b', ip: `${NODE.b}/24` }),
  pods({ name: 'pod-a', ip: POD.a, node: 'a' }, { name: 'other', ip: OTHER, node: 'a' }),
);
const [IN, OUT] = [0, 4] as const;
const COOKED = 113;

const sent = plain(ip({ src: POD.a, dst: OTHER, ttl: 64 }), POD_MAC, VETH);
const routed = (src: string): Uint8Array => plain(ip({ src: POD.a, dst: OTHER }), src, POD_MAC);

async function gistOf(...files: FrameFile[]): Promise<string> {
  return gist(flowBetween(await traceFrames(files, TOPOLOGY), POD.a, OTHER));
}

/** What a sends into its tunnel shows whose capture it is. */
const other = cooked(plain(ip({ src: POD.a, dst: POD.b }), VTEP.a, VTEP.b), OUT);
const any = (...frames: Uint8Array[]): FrameFile => ({ frames: [other, ...frames], options: { linkType: COOKED } });

describe('packets between pods of one node', () => {
  it('are as they should be on both veths', async () => {
    expect(await gistOf(any(cooked(sent, IN), cooked(routed(VETH), OUT)))).toBe('unknown ok');
    expect(await gistOf({ frames: [sent] })).toBe('unknown ok');
  });

  it('may have left the node where a device sent them that is no veth, and that nothing else tells of', async () => {
    expect(await gistOf(any(cooked(sent, IN), cooked(routed(NIC.a), OUT)))).toBe('unknown unverifiable point-unknown');
  });

  it('may have where another capture shows them at an unknown place', async () => {
    const nowhere = { name: 'x.pcap', frames: [plain(ip({ src: POD.a, dst: OTHER, ttl: 60 }), NIC.a, NIC.b)] };
    const veth = { name: 'a-cali0123456789a.pcap', frames: [sent] };
    expect(await gistOf(veth, nowhere)).toBe('unknown unverifiable point-unknown');
  });

  it('are not as they should be on the tunnel device', async () => {
    expect(await gistOf(any(cooked(sent, IN), cooked(routed(VTEP.a), OUT)))).toBe('unknown unverifiable no-underlay');
  });
});
