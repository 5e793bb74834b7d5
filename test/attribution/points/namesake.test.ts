// A pod's own interface is called as nodes' NICs are: what nodes' tables say of `eth0` says nothing of a capture taken in a pod.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { traceCaptures } from '../../../src/trace.ts';
import { buildPcapng, interfaceBlock, packetBlock, sectionBlock } from '../../support/capture-builder.ts';
import {
  clusterDocuments,
  gist,
  ip,
  NIC,
  NODE,
  POD,
  POD_MAC,
  plain,
  VETH,
  VTEP,
  vxlan,
} from '../../support/cluster-frames.ts';
import { cluster, iproute2 } from '../../support/cluster-text.ts';
import { icmpEcho } from '../../support/packet-builder.ts';

const { pools, nodes, pods } = clusterDocuments();
/** The node's NIC is called `device`, as `ip link` and the default route say. */
const tables = (device: string) =>
  cluster(
    pools,
    nodes,
    pods,
    iproute2(
      'a',
      'ip-link',
      `2: ${device}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP`,
      `    link/ether ${NIC.a} brd ff:ff:ff:ff:ff:ff`,
      '7: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN',
      `    link/ether ${VTEP.a} brd ff:ff:ff:ff:ff:ff promiscuity 0`,
      `    vxlan id 4096 local ${NODE.a} dev ${device} srcport 0 0 dstport 4789 nolearning`,
    ),
    iproute2('a', 'ip-route', `default via 10.0.1.254 dev ${device}`),
  );

const folder = mkdtempSync(join(tmpdir(), 'overlens-namesake-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function seen(device: string, frames: Uint8Array[], on = device, name = 'x.pcapng') {
  const blocks = frames.map((data, i) => packetBlock({ data, units: BigInt(1_700_000_000_000_000 + i * 1000) }));
  const path = join(folder, name);
  writeFileSync(path, buildPcapng([sectionBlock(), interfaceBlock({ name: device }), ...blocks]));
  const trace = await traceCaptures({ captures: [path], topology: tables(on) });
  const [one] = trace.captures;
  return {
    roles: one?.points.map(({ role }) => role),
    gists: [...new Set([...trace.flows()].map(gist))],
    warnings: one?.warnings ?? [],
  };
}

const request = (ttl: number, id = 0) => ip({ src: POD.a, dst: POD.b, ttl, id });
const answer = ip({ src: POD.b, dst: POD.a, ttl: 62, transport: icmpEcho({ type: 0 }) });
const IN_POD = [plain(request(64), POD_MAC, VETH), plain(answer, VETH, POD_MAC)];
const ON_TUNNEL = [plain(request(63), VTEP.a, VTEP.b), plain(answer, VTEP.b, VTEP.a)];

describe("a capture whose interface has the name of the node's NIC", () => {
  it.each(['eth0', 'ens5', 'enp1s0'])("is a pod's, by frames that only a veth has: %s", async (device) => {
    const { roles, gists, warnings } = await seen(device, IN_POD);
    expect(roles).toEqual(['workload']);
    expect(gists).toEqual(['unknown unverifiable no-underlay']);
    // pods' own are not called as the others
    expect(warnings.filter((warning) => warning.includes('(underlay)'))).toHaveLength(device === 'eth0' ? 0 : 1);
  });

  it('is that of a tunnel device, by frames between VTEPs', async () => {
    expect((await seen('eth0', ON_TUNNEL)).gists).toEqual(['unknown unverifiable no-underlay']);
  });

  it('is unknown where no frame tells, and pods call theirs so', async () => {
    const frames = [plain(request(64), '02:bb:00:00:00:01', '02:bb:00:00:00:02')];
    expect((await seen('eth0', frames)).roles).toEqual(['unknown']);
    expect((await seen('ens5', frames)).roles).toEqual(['underlay']);
  });

  it('is a NIC by its frames, in spite of one that strayed', async () => {
    const bypass = plain(request(63, 9));
    const { roles, gists } = await seen('eth0', [vxlan(request(63)), bypass, IN_POD[0] as Uint8Array]);
    expect(roles).toContain('underlay');
    expect(gists.join()).toContain('violation');
  });

  it('shows a bypass by its NIC alone', async () => {
    const { gists } = await seen('eth0', [plain(request(63)), plain(answer, NIC.b, NIC.a)]);
    expect(gists).toEqual(['none violation overlay-bypassed']);
  });
});
