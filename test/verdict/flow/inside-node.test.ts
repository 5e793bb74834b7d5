// Packets on a tunnel device and on no NIC: a missing FDB entry only where the NIC would have shown them.
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
  TUNNEL,
  traceFrames,
  VTEP,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster, ippools, nodes, pods } from '../../support/cluster-text.ts';
import * as build from '../../support/packet-builder.ts';

const TOPOLOGY = cluster(...Object.values(clusterDocuments()));
const LINK_RAW = 101;
const pong = (src: string, dst: string): Uint8Array => ip({ src, dst, transport: build.icmpEcho({ type: 0 }) });
const between = (x: 'b' | 'c'): Uint8Array[] => [
  vxlan(ip({ src: POD.a, dst: POD[x] }), { to: NODE[x] }),
  vxlan(pong(POD[x], POD.a), { from: NODE[x], to: NODE.a }),
];
const said = plain(ip({ src: NODE.a, dst: NODE.b }));
const lost = ip({ src: POD.a, dst: TUNNEL.b });
const six = <T>(one: T): T[] => Array.from({ length: 6 }, () => one);
const onDevice: FrameFile = { name: 'a-vxlan.calico.pcap', frames: six(plain(lost, VTEP.a, VTEP.b)) };
const nic = (...frames: Uint8Array[]): FrameFile => ({ name: 'a-eth0.pcap', frames });

async function codesOf(files: readonly FrameFile[], topology = TOPOLOGY): Promise<string[]> {
  const trace = await traceFrames(files, topology);
  return trace.all.flatMap(({ findings }) => findings.map(({ code }) => code));
}

describe('packets on a VXLAN device that no NIC had', () => {
  it('have no FDB entry, where the NIC shows what the node sends to others and to that node', async () => {
    expect(await codesOf([nic(...between('c'), said, ...between('c')), onDevice])).toContain('missing-fdb-entry');
  });

  it('may be what a filter by one address kept out: every frame on the NIC has another node at one end', async () => {
    const filtered = nic(...between('c'), ...between('c'));
    expect(await codesOf([filtered, onDevice])).not.toContain('missing-fdb-entry');
  });

  it('are not hidden by a filter for the very node that they go to', async () => {
    const filtered = nic(...between('b'), ...between('b'));
    expect(await codesOf([filtered, onDevice])).toContain('missing-fdb-entry');
  });

  it('may have gone by another port, where all that the NIC shows is of one, and none of it goes to that node', async () => {
    const ofC = between('c');
    const [other, toNode] = ['10.0.1.4', NODE.b].map((to) => vxlan(ip({ src: POD.a, dst: '10.48.1.5' }), { to })) as [
      Uint8Array,
      Uint8Array,
    ];
    expect(await codesOf([nic(...ofC, other, ...ofC), onDevice])).not.toContain('missing-fdb-entry');
    expect(await codesOf([nic(...ofC, other, toNode, ...ofC), onDevice])).toContain('missing-fdb-entry');
    expect(await codesOf([nic(...ofC, other, said, ...ofC), onDevice])).toContain('missing-fdb-entry');
  });

  it('have none too where the snaplen cut their ports off on the device itself: the NIC is what would show them', async () => {
    const datagram = ip({ src: POD.a, dst: TUNNEL.b, proto: 17, transport: build.udp({}) });
    const cut = { ...onDevice, frames: six(plain(datagram, VTEP.a, VTEP.b)), snaplen: 14 + 20 + 2 };
    expect(await codesOf([nic(...between('c'), said, ...between('c')), cut])).toContain('missing-fdb-entry');
  });

  it('are no matter of FDB entries on a device without link addresses: IP-in-IP leaves by another protocol', async () => {
    const device: FrameFile = { name: 'a-tunl0.pcap', frames: six(lost), options: { linkType: LINK_RAW } };
    const frames = [...between('c'), said, ...between('c')];
    expect(await codesOf([nic(...frames), device])).not.toContain('missing-fdb-entry');
  });
});

describe('packets of IPv6 that no NIC had', () => {
  const [POD_A, POD_B, POD_C] = ['fd00:48::70', 'fd00:48::140', 'fd00:48::200'] as const;
  const [NODE_A, NODE_B, NODE_C] = ['fd10::1', 'fd10::2', 'fd10::3'] as const;
  const dual = cluster(
    ippools({}, { name: 'pool6', cidr: 'fd00:48::/112', vxlan: 'Always' }),
    nodes(
      { name: 'a', ip: `${NODE.a}/24`, ip6: `${NODE_A}/64`, vxlan: TUNNEL.a },
      { name: 'b', ip: `${NODE.b}/24`, ip6: `${NODE_B}/64`, vxlan: TUNNEL.b },
      { name: 'c', ip: `${NODE.c}/24`, ip6: `${NODE_C}/64`, vxlan: TUNNEL.c },
    ),
    pods({ name: 'pod-a', ip: POD_A, node: 'a' }, { name: 'pod-b', ip: POD_B, node: 'b' }),
  );
  /** `fd00:48::70`: two groups, zeros, one group. */
  const bytesOf = (text: string): Uint8Array => {
    const [head = '', tail = ''] = text.split('::');
    const groups = head.split(':').map((group) => group.padStart(4, '0'));
    return build.hex(groups.join('').padEnd(28, '0') + tail.padStart(4, '0'));
  };
  const datagram = (src: string, dst: string): Uint8Array =>
    build.ipv6(
      { src: bytesOf(src), dst: bytesOf(dst), nxt: 17, hlim: 63 },
      build.udp({ srcport: 5000, dstport: 5000 }),
    );
  const wrapped = (inner: Uint8Array, from: string, to: string): Uint8Array => {
    const frame = build.ethernet({ src: VTEP.a, dst: VTEP.b, type: 0x86dd }, inner);
    const outer = build.udp({ srcport: 45000, dstport: 4789 }, build.vxlan({ vni: 4096 }, frame));
    const ends = { src: bytesOf(from), dst: bytesOf(to) };
    return build.ethernet({ src: NIC.a, dst: NIC.b, type: 0x86dd }, build.ipv6({ ...ends, nxt: 17 }, outer));
  };
  const device: FrameFile = {
    name: 'a-vxlan.calico.pcap',
    frames: six(build.ethernet({ src: VTEP.a, dst: VTEP.b, type: 0x86dd }, datagram(POD_A, POD_B))),
  };
  const others = [
    ...between('c'),
    said,
    wrapped(datagram(POD_A, POD_C), NODE_A, NODE_C),
    plain(ip({ src: NODE.a, dst: NODE.c }), NIC.a, NIC.c),
  ];
  const hidden = wrapped(datagram(POD_A, POD_B), NODE_A, NODE_B);
  /** Ethernet, IPv6, UDP, VXLAN, and inside of it Ethernet and twelve bytes. */
  const CUT = 14 + 40 + 8 + 8 + 14 + 12;

  it('have no FDB entry where all that the NIC shows can be read', async () => {
    expect(await codesOf([nic(...others, ...others), device], dual)).toContain('missing-fdb-entry');
  });

  it('may be among those that a snaplen cut off before their addresses', async () => {
    const cut = hidden.slice(0, CUT);
    expect(await codesOf([nic(...others, cut, ...others), device], dual)).not.toContain('missing-fdb-entry');
    const cooked = nic(...[...others, cut, ...others].map((frame) => cooked2(frame, 4, 2)));
    expect(await codesOf([{ ...cooked, options: { linkType: 276 } }, device], dual)).not.toContain('missing-fdb-entry');
  });

  it('are not among packets of IPv4 that were cut off', async () => {
    const cut = vxlan(lost).slice(0, 14 + 20 + 8 + 8 + 14 + 12);
    expect(await codesOf([nic(...others, cut, ...others), device], dual)).toContain('missing-fdb-entry');
    expect(await codesOf([nic(...others, cut, ...others), onDevice], dual)).not.toContain('missing-fdb-entry');
  });
});
