// Traffic between pods of one node, at places that nobody can name: what left by one is no proof that nothing left the node.
import { describe, expect, it } from 'vitest';
import { verifyTrace } from '../../../src/verdict/verify/verify.ts';
import {
  arpRequest,
  clusterDocuments,
  cooked2,
  flowBetween,
  gist,
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
import { cluster, pods } from '../../support/cluster-text.ts';

const { pools, nodes } = clusterDocuments();
const OTHER = '10.48.0.71';
const TOPOLOGY = cluster(
  pools,
  nodes,
  pods(
    { name: 'one', ip: POD.a, node: 'a' },
    { name: 'two', ip: OTHER, node: 'a' },
    { name: 'b', ip: POD.b, node: 'b' },
  ),
);
const [TO_US, OUT] = [0, 4] as const;
const NOBODYS = '02:00:00:00:09:09';

const echo = (ttl: number): Uint8Array => ip({ src: POD.a, dst: OTHER, ttl });
const came = cooked2(plain(echo(64), POD_MAC, VETH), TO_US, 7);
const toPod = cooked2(plain(echo(63), VETH, POD_MAC), OUT, 8);
const left = cooked2(plain(echo(63), NOBODYS, '02:00:00:00:01:fe'), OUT, 9);
const nic = (frame: Uint8Array, type: number): Uint8Array => cooked2(frame, type, 2);
const PROVEN = [
  nic(arpRequest(NODE.a, NODE.b, NIC.a), OUT),
  nic(vxlan(ip({ src: POD.a, dst: POD.b })), OUT),
  nic(vxlan(ip({ src: POD.b, dst: POD.a }), { from: NODE.b, to: NODE.a }), TO_US),
];

async function told(...frames: Uint8Array[]): Promise<[string, number]> {
  const file = { name: 'a-any.pcap', frames: [...PROVEN, ...frames], options: { linkType: 276 } };
  const trace = await traceFrames([file], TOPOLOGY);
  const { exitCode } = verifyTrace(trace, { expect: 'config', pools: [], strict: false, topology: TOPOLOGY });
  return [gist(flowBetween(trace, POD.a, OTHER)), exitCode];
}

describe('packets between pods of one node', () => {
  it('are well where they came to the veth of the other one', async () => {
    expect(await told(came, toPod)).toEqual(['unknown ok', 0]);
  });

  it('are undecided where they left by a device that nobody can name, and keep verify from passing', async () => {
    expect(await told(came, left)).toEqual(['unknown unverifiable point-unknown', 3]);
    expect(await told(left)).toEqual(['unknown unverifiable point-unknown', 3]);
  });

  it('are not for that where they only came in by one: a policy may have dropped them', async () => {
    const [verdict, exit] = await told(came);
    expect(verdict).not.toContain('point-unknown');
    expect(exit).toBe(0);
  });
});
