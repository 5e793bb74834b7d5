// Links by ARP: frames of a world of two subnets, and what each pair of nodes may conclude.
import { expect, it } from 'vitest';
import { sharedLinks } from '../../../src/attribution/sender/shared-links.ts';
import { CALICO } from '../../../src/cluster/calico/calico-profile.ts';
import { FLANNEL } from '../../../src/cluster/flannel/flannel-profile.ts';
import type { Topology } from '../../../src/topology/model.ts';
import { buildTopology, node, pool } from '../../support/topology-builder.ts';

type Parts = Parameters<typeof sharedLinks>[0];

const NODES = [
  node('a', '192.0.2.11', null),
  node('b', '192.0.2.12', null, { index: 1 }),
  node('c', '198.51.100.13', null, { index: 2 }),
];
const [A, B, C] = NODES as [(typeof NODES)[0], (typeof NODES)[0], (typeof NODES)[0]];
const MACS: Record<string, string> = { a: '52:54:00:00:00:0a', b: '52:54:00:00:00:0b', gateway: '52:54:00:00:00:01' };

function topology(profile = FLANNEL): Topology {
  return buildTopology({
    profile,
    nodes: NODES,
    pools: [pool('10.244.0.0/16', '10.244.0.0/16', 'CrossSubnet')],
    nodeByAddress: (address) => NODES.find((one) => one.addresses.some((own) => own.address === address)) ?? null,
  });
}

const ip = (text: string): number => text.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
const mac = (text: string): [number, number] => {
  const hex = text.replaceAll(':', '');
  return [Number.parseInt(hex.slice(0, 4), 16), Number.parseInt(hex.slice(4), 16)];
};

/** Captured on a's NIC: ARP as [operation, sender, MAC, target], and frames as [source MAC, destination MAC, outer destination]. */
function parts(arp: [number, string, string, string][], frames: [string, string, string | null][] = []): Parts {
  const point = { role: 'underlay', capture: 0 };
  return {
    points: { all: [point], ofLink: new Int32Array(frames.length + 1) },
    paths: {
      point: frames.map(() => point),
      isUnderlay: Uint8Array.from(frames, () => 1),
      tunnel: frames.map(([, , outerDst]) => ({ outerDst })),
    },
    table: {
      arp: {
        pairs: () =>
          arp.map(([operation, sender, own, target]) => {
            const [senderMacHigh, senderMacLow] = mac(own);
            return {
              link: frames.length,
              operation,
              sender: ip(sender),
              target: ip(target),
              senderMacHigh,
              senderMacLow,
            };
          }),
      },
      links: { captureOf: () => 0, record: (i: number) => ({ src: frames[i]?.[0], dst: frames[i]?.[1] }) },
      paths: { link: frames.map((_, i) => i) },
    },
  } as unknown as Parts;
}

const ASKS: [number, string, string, string] = [1, '192.0.2.11', MACS['a'] ?? '', '192.0.2.12'];
const ANSWER: [number, string, string, string] = [2, '192.0.2.12', MACS['b'] ?? '', '192.0.2.11'];
const GATEWAY: [number, string, string, string] = [2, '192.0.2.1', MACS['gateway'] ?? '', '192.0.2.11'];
const own = (name: string): string => MACS[name] ?? '';

it('who asks for an address reaches it without a gateway; the one that is asked has said nothing yet', () => {
  const shares = sharedLinks(parts([ASKS, ANSWER]), topology());
  expect([shares(A, B), shares(B, A), shares(A, C)]).toEqual([true, null, null]);
});

it("frames to another node's own MAC pass no router, those to a gateway's do", () => {
  const frames: [string, string, string | null][] = [
    [own('b'), own('a'), null],
    [own('a'), own('gateway'), '198.51.100.13'],
  ];
  const shares = sharedLinks(parts([ASKS, ANSWER, GATEWAY], frames), topology());
  expect([shares(B, A), shares(A, C), shares(C, A)]).toEqual([true, false, null]);
});

it('one MAC for everybody (a fabric) shows nothing, nor a gateway where no node is heard with its own', () => {
  const fabric = (address: string): [number, string, string, string] => [2, address, own('gateway'), '192.0.2.11'];
  const frames: [string, string, string | null][] = [[own('a'), own('gateway'), '192.0.2.12']];
  const asksGateway: [number, string, string, string] = [1, '192.0.2.11', own('a'), '192.0.2.1'];
  for (const arp of [
    [asksGateway, GATEWAY],
    [asksGateway, GATEWAY, fabric('192.0.2.12')],
  ])
    expect(sharedLinks(parts(arp, frames), topology())(A, B)).toBeNull();
});

it('where prefixes decide, packets have no say', () => {
  expect(sharedLinks(parts([ASKS]), topology(CALICO))(A, B)).toBeNull();
});
