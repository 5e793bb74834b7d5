// What is in no capture of a node may have come there: past a filter, by another NIC, or where only a mirror shows the NIC.
import { describe, expect, it } from 'vitest';
import type { Topology } from '../../../src/topology/model.ts';
import type { TraceOptions } from '../../../src/trace.ts';
import {
  arpRequest,
  clusterDocuments,
  type FrameFile,
  flowBetween,
  ip,
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
import * as build from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const PLAIN = clusterDocuments({ vxlan: 'Never' });
const PLAIN_TOPOLOGY = cluster(PLAIN.pools, PLAIN.nodes, PLAIN.pods);

/** Node a to node b and back, by one protocol. */
const tcpTalk = (id: number): Uint8Array[] => [
  plain(tcpPacket({ src: NODE.a, dst: NODE.b, id }, { dstport: 443, seq_raw: id })),
  plain(tcpPacket({ src: NODE.b, dst: NODE.a, id }, { srcport: 443, dstport: 40000, seq_raw: id }), NIC.b, NIC.a),
];
const pingTalk = (id: number): Uint8Array[] => [plain(ip({ src: NODE.a, dst: NODE.b, id }))];
const cTalk = (id: number): Uint8Array[] => [plain(ip({ src: NODE.c, dst: NODE.b, id }), NIC.c, NIC.b)];
const arp = arpRequest(NODE.b, NODE.a, NIC.b);
const pings = [1, 2, 3].map((id) => vxlan(ip({ src: POD.a, dst: POD.b, id })));

interface Asked {
  a: readonly Uint8Array[];
  b: readonly Uint8Array[];
  topology?: Topology;
  options?: Partial<TraceOptions>;
  more?: readonly FrameFile[];
}

/** What becomes of pod a's packets for pod b; both captures begin and end alike. */
async function outcome({ a, b, topology = TOPOLOGY, options = {}, more = [] }: Asked): Promise<string | null> {
  const around = (frames: readonly Uint8Array[]): Uint8Array[] => [...tcpTalk(1), ...frames, ...tcpTalk(2)];
  const files = [
    { name: 'a-x.pcap', frames: around(a) },
    { name: 'b-x.pcap', frames: spread(around(b), a.length) },
    ...more,
  ];
  return flowBetween(await traceFrames(files, topology, options), POD.a, POD.b).outcome;
}

/** The last frames as late as those of a capture that has `count` frames between the first and the last ones. */
function spread(frames: readonly Uint8Array[], count: number) {
  const late = Math.max(0, count + 4 - frames.length);
  return frames.map((data, i) => ({
    data,
    seconds: 1_700_000_000,
    nanos: (i < frames.length - 2 ? i : i + late) * 1_000_000,
  }));
}

describe('packets that no capture of the receiver has', () => {
  it('are lost where it shows other things than one expression keeps', async () => {
    expect(await outcome({ a: pings, b: [arp] })).toBe('sent-never-arrived');
    expect(await outcome({ a: pings, b: [...pingTalk(7), ...cTalk(8)] })).toBe('sent-never-arrived');
  });

  it('may be behind a filter by protocol where all is of another one', async () => {
    expect(await outcome({ a: pings, b: [] })).not.toBe('sent-never-arrived');
    expect(await outcome({ a: pings, b: [], options: { unfiltered: ['b-x.pcap'] } })).toBe('sent-never-arrived');
  });

  it('may be behind a filter by host, whoever the host is, with its ARP or without', async () => {
    const fromC = [1, 2, 3].map((id) => vxlan(ip({ src: POD.c, dst: POD.b, id }), { from: NODE.c }));
    const trace = async (b: readonly Uint8Array[]): Promise<string | null> => {
      const files = [
        { name: 'c-x.pcap', frames: [...cTalk(1), ...fromC, arpRequest(NODE.c, NODE.b, NIC.c), ...cTalk(2)] },
        { name: 'b-x.pcap', frames: [...tcpTalk(1), ...b, ...pingTalk(5)] },
      ];
      return flowBetween(await traceFrames(files, TOPOLOGY), POD.c, POD.b).outcome;
    };
    // only what node a has a part in
    expect(await trace([arp, ...pingTalk(3)])).not.toBe('sent-never-arrived');
    expect(await trace([...pingTalk(3), ...pingTalk(4)])).not.toBe('sent-never-arrived');
    expect(await trace([arp, ...cTalk(1)])).toBe('sent-never-arrived');
  });

  it('may be behind a filter by port', async () => {
    const query = (port: number, id: number): Uint8Array =>
      plain(ip({ src: POD.a, dst: POD.b, id, proto: 17, transport: build.udp({ srcport: 5000, dstport: port }) }));
    const others = (port: number): Uint8Array[] => [
      plain(
        ip({ src: NODE.b, dst: NODE.a, proto: 17, transport: build.udp({ srcport: port, dstport: 7 }) }),
        NIC.b,
        NIC.a,
      ),
      plain(ip({ src: NODE.a, dst: NODE.b, proto: 17, transport: build.udp({ srcport: 9, dstport: port }) })),
    ];
    const asked = [1, 2, 3].map((id) => query(53, id));
    const trace = async (port: number, ...rest: Uint8Array[]): Promise<string | null> => {
      const files = [
        { name: 'a-x.pcap', frames: [...tcpTalk(1), ...asked, ...tcpTalk(2)] },
        { name: 'b-x.pcap', frames: spread([...others(port), ...rest, ...others(port)], 3) },
      ];
      return flowBetween(await traceFrames(files, PLAIN_TOPOLOGY), POD.a, POD.b).outcome;
    };
    expect(await trace(123)).not.toBe('sent-never-arrived');
    expect(await trace(123, ...cTalk(9), arp)).toBe('sent-never-arrived');
  });

  it('came by another NIC where they are answered', async () => {
    const syns = [1, 2, 3].map((id) =>
      vxlan(tcpPacket({ src: POD.a, dst: POD.b, id }, { ...SYN, srcport: 40001, dstport: 80 })),
    );
    const answer = vxlan(
      tcpPacket({ src: POD.b, dst: POD.a }, { 'flags.syn': true, ack_raw: 1, srcport: 80, dstport: 40001 }),
      { from: NODE.b, to: NODE.a },
    );
    expect(await outcome({ a: syns, b: [arp] })).toBe('sent-never-arrived');
    expect(await outcome({ a: [...syns, answer], b: [arp, answer] })).not.toBe('sent-never-arrived');
  });

  it('may have come by another NIC where another NIC sent them', async () => {
    const second = '02:00:00:00:02:0a';
    const bypass = [1, 2, 3].map((id) => plain(ip({ src: POD.a, dst: POD.b, id }), second, '02:00:00:00:02:0b'));
    const ofSecond = (frames: Uint8Array[]): FrameFile => ({
      name: 'a-y.pcap',
      frames: [plain(ip({ src: '10.9.0.1', dst: '10.9.0.2' }), second, '02:00:00:00:02:0b'), ...frames],
    });
    const asked = { a: pingTalk(3), b: [...pingTalk(3), arp, ...cTalk(4)], topology: PLAIN_TOPOLOGY };
    const at = [{ file: 'a-y.pcap', node: 'a', interface: 'eth1' }];
    expect(await outcome({ ...asked, more: [ofSecond(bypass)], options: { at } })).not.toBe('sent-never-arrived');
    const sent = [1, 2, 3].map((id) => plain(ip({ src: POD.a, dst: POD.b, id })));
    expect(await outcome({ ...asked, a: [...pingTalk(3), ...sent] })).toBe('sent-never-arrived');
  });

  it('are not heard by two NICs of which only what they send was captured', async () => {
    const sent = (mac: string, id: number): Uint8Array => plain(ip({ src: NODE.b, dst: NODE.a, id }), mac, NIC.a);
    const files = [
      { name: 'a-x.pcap', frames: [sent(NIC.b, 1), ...pings, sent(NIC.b, 2)] },
      { name: 'b-x.pcap', frames: spread([sent(NIC.b, 1), arp, sent(NIC.b, 2)], 3) },
      {
        name: 'b-y.pcap',
        frames: spread(
          [sent('02:00:00:00:02:0b', 4), arpRequest(NODE.b, NODE.a, '02:00:00:00:02:0b'), sent('02:00:00:00:02:0b', 5)],
          3,
        ),
      },
    ];
    const at = [{ file: 'b-y.pcap', node: 'b', interface: 'eth1' }];
    const trace = await traceFrames(files, TOPOLOGY, { at });
    expect(flowBetween(trace, POD.a, POD.b).outcome).not.toBe('sent-never-arrived');
  });
});
