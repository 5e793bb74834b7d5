// A pool that covers the nodes' own network: in it is not yet a pod.
import { describe, expect, it } from 'vitest';
import type { Topology } from '../../../src/topology/model.ts';
import { arpReply, flowBetween, ip, NIC, NODE, POD, plain, TUNNEL, traceFrames } from '../../support/cluster-frames.ts';
import { cluster, ippools, nodes, pods } from '../../support/cluster-text.ts';

const HOST = '10.0.1.77';
const HOST_MAC = '02:aa:00:00:00:77';
const POOLS = ippools({}, { name: 'lan', cidr: '10.0.0.0/16' });
const PODS = pods({ name: 'pod-a', ip: POD.a, node: 'a' });
const TO_HOST = plain(ip({ src: POD.a, dst: HOST }), NIC.a, HOST_MAC);

async function told(topology: Topology, ...frames: Uint8Array[]): Promise<string> {
  const flow = flowBetween(await traceFrames([{ frames }], topology), POD.a, HOST);
  return `${flow.dst.kind} ${flow.verdict} ${flow.expected.reason}`;
}

function nodesOf(prefix: string, names: readonly ('a' | 'b')[] = ['a', 'b']) {
  return nodes(...names.map((name) => ({ name, ip: `${NODE[name]}${prefix}`, vxlan: TUNNEL[name] })));
}

describe('an address that only a pool claims', () => {
  it('may be a host of a node’s own network', async () => {
    expect(await told(cluster(POOLS, nodesOf('/24'), PODS), TO_HOST)).toBe('unknown unverifiable owner-unknown');
  });

  it('may be one where the node’s prefix tells no network, and both are in the pool', async () => {
    for (const prefix of ['/32', ''])
      expect(await told(cluster(POOLS, nodesOf(prefix), PODS), TO_HOST)).toBe('unknown unverifiable owner-unknown');
  });

  it('is one where it speaks ARP with such a node', async () => {
    const said = arpReply(HOST, NODE.a, HOST_MAC, NIC.a);
    expect(await told(cluster(POOLS, nodesOf('/32'), PODS), said, TO_HOST)).toMatch(/^external /);
  });

  it('may be one where no address of a node is known, though pods are', async () => {
    expect(await told(cluster(POOLS, PODS), TO_HOST)).toBe('unknown unverifiable owner-unknown');
  });

  it('is a pod in a pool that no node is in', async () => {
    const elsewhere = cluster(ippools({}, { name: 'other', cidr: '10.0.1.64/26' }), nodesOf('/32'), PODS);
    expect(await told(elsewhere, TO_HOST)).toBe('pod violation pool-always');
  });

  it('of a disabled pool without a mode is outside where pods or blocks are known, not where a tunnel address alone suggests one', async () => {
    const off = ippools({}, { name: 'off', cidr: '10.0.0.0/16', vxlan: 'Never', disabled: true });
    expect(await told(cluster(off, nodesOf('/32')), TO_HOST)).toMatch(/^unknown /);
    expect(await told(cluster(off, nodesOf('/32'), PODS), TO_HOST)).toMatch(/^external /);
  });
});
