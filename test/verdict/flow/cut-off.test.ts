// What is said of tunnel packets that end behind the tunnel's header: whose they were is not known, so nothing is judged.
import { describe, expect, it } from 'vitest';
import {
  clusterDocuments,
  cooked2,
  gist,
  ip,
  ipip,
  NODE,
  POD,
  traceFrames,
  VTEP,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster } from '../../support/cluster-text.ts';
import { ethernet, geneve, ipv4, ipv6, udp } from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const PACKET = ip({ src: POD.a, dst: POD.b });
const CUT_OFF = 'unverifiable inner-cut-off';

async function gists(frames: readonly Uint8Array[], snaplen?: number): Promise<string[]> {
  const trace = await traceFrames([{ frames, ...(snaplen === undefined ? {} : { snaplen }) }], TOPOLOGY);
  return trace.all.map(gist);
}

describe('tunnel packets between two nodes that were cut off', () => {
  it.each([50, 60, 64, 70, 82])('are named by their tunnel and not judged: %i bytes', async (snaplen) => {
    expect(await gists([vxlan(PACKET), vxlan(PACKET)], snaplen)).toEqual([`vxlan ${CUT_OFF}`]);
  });

  it('have no name when the tunnel’s own header is not there', async () => {
    expect(await gists([vxlan(PACKET)], 49)).toEqual([`none ${CUT_OFF}`]);
  });

  it('may be of IP-in-IP and of tunnels that are not Calico’s', async () => {
    expect(await gists([ipip(PACKET)], 50)).toEqual([`ipip ${CUT_OFF}`]);
    const inGeneve = udp({ dstport: 6081 }, geneve({ proto_type: 0x6558 }, ethernet({}, PACKET)));
    const frame = ethernet({}, ipv4({ src: NODE.a, dst: NODE.b }, inGeneve));
    expect(await gists([frame], 70)).toEqual([`geneve ${CUT_OFF}`]);
  });

  it('may be of IPv6 in IPv4, which is IP-in-IP of another number', async () => {
    const six = ethernet({}, ipv4({ src: NODE.a, dst: NODE.b, proto: 41 }, ipv6({}, udp({}, new Uint8Array(40)))));
    expect(await gists([six], 50)).toEqual([`ipip ${CUT_OFF}`]);
    const other = ethernet({}, ipv4({ src: NODE.a, dst: NODE.b, proto: 42 }, new Uint8Array(80)));
    expect(await gists([other], 50)).not.toContain(`ipip ${CUT_OFF}`);
  });

  it('may be damaged instead: no snaplen is blamed', async () => {
    const damaged = vxlan(PACKET);
    damaged[50 + 14] = 0x55;
    const trace = await traceFrames([{ frames: [damaged] }], TOPOLOGY);
    expect(trace.all.map(gist)).toEqual([`vxlan ${CUT_OFF}`]);
    expect(trace.all[0]?.unverified?.detail).toBe(
      'tunnel packets between two nodes, but what they carried cannot be read',
    );
  });

  it('do not show that other packets never left the node', async () => {
    const onDevice = ethernet({ src: VTEP.a, dst: VTEP.b }, PACKET);
    const frames = [
      ...[1, 2, 3].map(() => cooked2(onDevice, 4, 9)),
      ...[1, 2, 3].map(() => cooked2(vxlan(PACKET), 4, 2)),
    ];
    const trace = await traceFrames([{ frames, snaplen: 72, options: { linkType: 276 } }], TOPOLOGY);
    expect(trace.all.flatMap(({ findings }) => findings.map(({ code }) => code))).toEqual([]);
    expect(trace.all.map(({ observed }) => observed.encapsulation)).toContain('vxlan');
  });
});
