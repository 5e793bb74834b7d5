import { expect, it } from 'vitest';
import { overlayAddresses, overlayPorts } from '../../src/attribution/overlay-settings.ts';
import { PORT_KIND } from '../../src/decode/walk-ports.ts';
import type { SnapshotDocument } from '../../src/topology/read/read-documents.ts';
import { PROTOCOL } from '../../src/wire/protocols.ts';
import { clusterDocuments, NODE, POD, TUNNEL } from '../support/cluster-frames.ts';
import { barePool, cluster } from '../support/cluster-text.ts';
import { ipv4 } from '../support/packet-builder.ts';

it("WireGuard is known on both of Calico's ports without a snapshot", () => {
  const { kind } = overlayPorts(null, [9999]);
  expect([51820, 51821, 51822].map((port) => kind[port])).toEqual([
    PORT_KIND.wireguard,
    PORT_KIND.wireguard,
    PORT_KIND.none,
  ]);
  expect(kind[9999]).toBe(PORT_KIND.vxlan);
});

it('strangers are told where nodes and pools are known only', () => {
  const ends = (src: string, dst: string) => new DataView(ipv4({ src, dst }).buffer);
  const all = clusterDocuments();
  const areStrangers = (src: string, dst: string, ...documents: SnapshotDocument[]): boolean =>
    overlayAddresses(cluster(...documents), null).hasStrangers(PROTOCOL.ipv4, ends(src, dst), 0);
  const { pools, nodes } = all;
  expect(areStrangers('10.49.0.1', '203.0.113.9', pools, nodes)).toBe(true);
  expect(areStrangers('10.49.0.1', '203.0.113.9', barePool(), nodes)).toBe(true);
  for (const known of [NODE.a, POD.b, TUNNEL.c]) {
    expect(areStrangers('10.49.0.1', known, pools, nodes)).toBe(false);
    expect(areStrangers(known, '10.49.0.1', pools, nodes)).toBe(false);
  }
  expect([areStrangers('10.49.0.1', '10.49.0.2', pools), areStrangers('10.49.0.1', '10.49.0.2', nodes)]).toEqual([
    false,
    false,
  ]);
});
