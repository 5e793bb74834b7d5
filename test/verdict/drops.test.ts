// Packets that the kernel dropped while capturing: silence is then no finding, and a loss no loss.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { traceCaptures } from '../../src/trace.ts';
import { buildPcapng, interfaceBlock, packetBlock, sectionBlock, statisticsBlock } from '../support/capture-builder.ts';
import {
  arpRequest,
  clusterDocuments,
  ip,
  NIC,
  NODE,
  POD,
  plain,
  traceFrames,
  VTEP,
  vxlan,
} from '../support/cluster-frames.ts';
import { cluster } from '../support/cluster-text.ts';
import * as build from '../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
const TOPOLOGY = cluster(pools, nodes, pods);
const ping = vxlan(ip({ src: POD.a, dst: POD.b }));
const pong = (src: string, dst: string): Uint8Array => ip({ src, dst, transport: build.icmpEcho({ type: 0 }) });
const answered = [
  vxlan(ip({ src: POD.a, dst: POD.c }), { to: NODE.c }),
  vxlan(pong(POD.c, POD.a), { from: NODE.c, to: NODE.a }),
];
/** What two nodes say each other, no two packets alike. */
const said = (id: number): Uint8Array[] => [
  plain(ip({ src: NODE.a, dst: NODE.b, id })),
  plain(ip({ src: NODE.b, dst: NODE.a, id, transport: build.icmpEcho({ type: 0 }) }), NIC.b, NIC.a),
];
const talk = [plain(ip({ src: NODE.a, dst: NODE.b })), plain(pong(NODE.b, NODE.a), NIC.b, NIC.a)];

/** Finding codes of captures by name, each with the packets that the kernel dropped. */
async function codes(files: Record<string, { frames: Uint8Array[]; dropped: bigint }>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'overlens-'));
  try {
    const captures = Object.entries(files).map(([name, { frames, dropped }]) => {
      const blocks = frames.map((data, i) => packetBlock({ data, units: BigInt(i) * 1000n }));
      const statistics = statisticsBlock({ ifdrop: dropped });
      writeFileSync(join(folder, name), buildPcapng([sectionBlock(), interfaceBlock({}), ...blocks, statistics]));
      return join(folder, name);
    });
    const trace = await traceCaptures({ captures, topology: TOPOLOGY });
    return [...new Set(trace.causes.map((cause) => cause.code))].sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('packets dropped while capturing', () => {
  it('leave an answer unseen, not missing', async () => {
    const frames = [...talk, ...answered, ping, ping];
    expect(await codes({ 'a-x.pcapng': { frames, dropped: 0n } })).toContain('no-reply');
    expect(await codes({ 'a-x.pcapng': { frames, dropped: 3n } })).not.toContain('no-reply');
  });

  it('are not lost on the way', async () => {
    const pings = [1, 2, 3].map((seq) => vxlan(ip({ src: POD.a, dst: POD.b, transport: build.icmpEcho({ seq }) })));
    const sender = { frames: [...said(1), ...pings, ...said(2)], dropped: 0n };
    // all that was said in between, and nothing of what was asked
    const arp = arpRequest(NODE.b, NODE.a, NIC.b);
    const received = [...said(1), ...said(3), arp, ...said(2)];
    expect(await codes({ 'a-x.pcapng': sender, 'b-x.pcapng': { frames: received, dropped: 0n } })).toContain(
      'lost-on-underlay',
    );
    expect(await codes({ 'a-x.pcapng': sender, 'b-x.pcapng': { frames: received, dropped: 1n } })).not.toContain(
      'lost-on-underlay',
    );
  });

  it('are not swallowed by the tunnel device', async () => {
    const onTunnel = plain(ip({ src: POD.a, dst: POD.b }), VTEP.a, VTEP.b);
    const tunnel = { frames: [onTunnel, onTunnel, onTunnel, onTunnel, onTunnel, onTunnel], dropped: 0n };
    const nic = (dropped: bigint) => ({ frames: [...talk, ...answered, ...talk], dropped });
    expect(await codes({ 'a-x.pcapng': nic(0n), 'a-y.pcapng': tunnel })).toContain('missing-fdb-entry');
    expect(await codes({ 'a-x.pcapng': nic(9n), 'a-y.pcapng': tunnel })).not.toContain('missing-fdb-entry');
    // a capture of one peer, perhaps
    const ofPeer = { frames: [...answered, plain(ip({ src: NODE.a, dst: NODE.c }), NIC.a, NIC.c)], dropped: 0n };
    expect(await codes({ 'a-x.pcapng': ofPeer, 'a-y.pcapng': tunnel })).not.toContain('missing-fdb-entry');
  });

  it('are not swallowed either where a snaplen cut their ports off on the NIC', async () => {
    const datagram = ip({ src: POD.a, dst: POD.b, proto: 17, transport: build.udp({ srcport: 5000, dstport: 5000 }) });
    const onTunnel = plain(datagram, VTEP.a, VTEP.b);
    const tunnel = { frames: Array.from({ length: 6 }, () => onTunnel), dropped: 0n };
    /** Ethernet, IPv4, UDP, VXLAN, and inside of it Ethernet, IPv4 and half of the ports. */
    const cut = vxlan(datagram).slice(0, 14 + 20 + 8 + 8 + 14 + 20 + 2);
    const nic = (...frames: Uint8Array[]) => ({ frames: [...talk, ...answered, ...frames, ...talk], dropped: 0n });
    expect(await codes({ 'a-x.pcapng': nic(), 'a-y.pcapng': tunnel })).toContain('missing-fdb-entry');
    expect(await codes({ 'a-x.pcapng': nic(cut, cut), 'a-y.pcapng': tunnel })).not.toContain('missing-fdb-entry');
  });
});

describe('a capture of what a node sends', () => {
  it('shows no arrivals, so that nothing is lost by it', async () => {
    const sent = [
      plain(ip({ src: NODE.a, dst: NODE.b })),
      ping,
      ping,
      ping,
      plain(ip({ src: NODE.a, dst: NODE.c }), NIC.a, NIC.c),
    ];
    const ofB = [
      plain(ip({ src: NODE.b, dst: NODE.a }), NIC.b, NIC.a),
      plain(ip({ src: NODE.b, dst: NODE.c }), NIC.b, NIC.c),
    ];
    const later = { seconds: 1_700_000_000, nanos: 900_000_000 };
    const trace = await traceFrames(
      [
        { name: 'a-x.pcap', frames: [...sent, { data: sent[0] as Uint8Array, ...later }] },
        { name: 'b-x.pcap', frames: [...ofB, { data: ofB[0] as Uint8Array, ...later }] },
      ],
      TOPOLOGY,
    );
    expect(trace.causes.map((cause) => cause.code)).not.toContain('lost-on-underlay');
    expect(trace.all.every((flow) => flow.outcome !== 'sent-never-arrived')).toBe(true);
  });
});
