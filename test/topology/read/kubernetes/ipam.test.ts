import { describe, expect, it } from 'vitest';
import { answer, issueCodes, issueOf, LAB_NODES, LAB_POOLS, problemsOf, topologyOf } from '../../documents.ts';

interface Attributes {
  handle_id?: string;
  secondary?: Record<string, string>;
  releasedAt?: string;
}

/** An IPAMBlock as `kubectl get ipamblocks.crd.projectcalico.org -o json` has it: address offset -> attributes. */
const block = (cidr: string, affinity: string | null, allocated: Record<number, Attributes>, more: object = {}) => {
  const attributes = Object.values(allocated);
  const allocations = Array.from({ length: 64 }, (_, i) =>
    i in allocated ? Object.keys(allocated).indexOf(String(i)) : null,
  );
  return JSON.stringify({
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'IPAMBlock',
    metadata: { name: cidr.replaceAll(/[./]/g, '-') },
    spec: {
      ...(affinity === null ? {} : { affinity }),
      allocations,
      attributes,
      cidr,
      deleted: false,
      strictAffinity: false,
      unallocated: [],
      ...more,
    },
  });
};

const pod = (node: string, name = 'web'): Attributes => ({
  handle_id: 'k8s-pod-network.abc',
  secondary: { namespace: 'default', node, pod: name },
});
const base = { pools: LAB_POOLS, nodes: LAB_NODES };

describe('an IPAMBlock', () => {
  it('says whose its addresses are, by pod where one is assigned', () => {
    const topology = topologyOf({ ...base, b: block('10.48.0.64/26', 'host:worker1', { 5: pod('worker1') }) });
    expect(answer(topology.lookup('10.48.0.69'))).toBe('pod default/web @worker1 by ipam-block');
    expect(answer(topology.lookup('10.48.0.70'))).toBe('pod @worker1 by ipam-block');
    expect(topology.blocks).toContainEqual(
      expect.objectContaining({ cidr: '10.48.0.64/26', node: 'worker1', source: 'IPAMBlock' }),
    );
  });

  it('lends addresses: the borrower has them, not the block', () => {
    const topology = topologyOf({ ...base, b: block('10.48.0.64/26', 'host:worker1', { 5: pod('worker2') }) });
    const owner = topology.lookup('10.48.0.69');
    expect(answer(owner)).toBe('pod default/web @worker2 by borrowed-allocation');
    expect(owner.evidence[0]?.detail).toBe(
      "b:1 10.48.0.69 is allocated to default/web on worker2, borrowed from worker1's block 10.48.0.64/26",
    );
    expect(topology.issues).toEqual([]);
  });

  it('without affinity knows its assigned addresses only', () => {
    const topology = topologyOf({ ...base, b: block('10.48.0.64/26', null, { 5: pod('worker2') }) });
    expect(answer(topology.lookup('10.48.0.69'))).toBe('pod default/web @worker2 by borrowed-allocation');
    expect(answer(topology.lookup('10.48.0.70'))).toBe('pod');
  });

  it('of a virtual affinity belongs to no node', () => {
    expect(
      answer(topologyOf({ ...base, b: block('10.48.0.64/26', 'virtual:load-balancer', {}) }).lookup('10.48.0.70')),
    ).toBe('pod');
  });

  it('an address that was released belongs to nobody', () => {
    const released = { ...pod('worker2'), releasedAt: '2024-03-01T10:00:00Z' };
    expect(
      answer(topologyOf({ ...base, b: block('10.48.0.64/26', 'host:worker1', { 5: released }) }).lookup('10.48.0.69')),
    ).toBe('pod @worker1 by ipam-block');
  });

  it('an allocation without node follows its block', () => {
    const anonymous = { handle_id: 'k8s-pod-network.abc', secondary: { namespace: 'default', pod: 'web' } };
    expect(
      answer(topologyOf({ ...base, b: block('10.48.0.64/26', 'host:worker1', { 5: anonymous }) }).lookup('10.48.0.69')),
    ).toBe('pod @worker1 by ipam-block');
  });

  it('that is deleted is none', () => {
    expect(
      answer(
        topologyOf({ ...base, b: block('10.48.0.64/26', 'host:worker1', {}, { deleted: true }) }).lookup('10.48.0.69'),
      ),
    ).toBe('pod');
  });

  it.each([
    ['by type', { handle_id: 'x', secondary: { node: 'worker9', type: 'vxlanTunnelAddress' } }, 'vxlan'],
    ['by handle', { handle_id: 'vxlan-tunnel-addr-worker9' }, 'vxlan'],
    ['by handle, IPIP', { handle_id: 'ipip-tunnel-addr-worker9' }, 'ipip'],
    ['by handle, WireGuard', { handle_id: 'wireguard-tunnel-addr-worker9' }, 'wireguard'],
  ])('names tunnel addresses of nodes that are not in the snapshot, %s', (_, attributes, kind) => {
    const owner = topologyOf({ ...base, b: block('10.48.0.64/26', 'host:worker9', { 1: attributes }) }).lookup(
      '10.48.0.65',
    );
    expect([answer(owner), owner.tunnelKind]).toEqual(['tunnel @worker9 by tunnel-address', kind]);
  });

  it('given twice and different is a conflict', () => {
    const topology = topologyOf({
      ...base,
      a: block('10.48.0.64/26', 'host:worker1', {}),
      b: block('10.48.0.64/26', 'host:worker2', {}),
    });
    expect(issueOf(topology, 'duplicate-object').message).toBe(
      'IPAMBlock 10.48.0.64/26 is of worker1 (a:1) and of worker2 (b:1): the first counts',
    );
    expect(answer(topology.lookup('10.48.0.69'))).toBe('pod @worker1 by ipam-block');
  });

  it('with a CIDR that is none is an error', () => {
    expect(problemsOf({ b: block('10.48.0.64', 'host:worker1', {}) })).toEqual([
      'b:1: cidr of this IPAMBlock is "10.48.0.64", expected a block like 10.48.0.128/26',
    ]);
  });
});

describe('a BlockAffinity', () => {
  const affinity = (spec: string, apiVersion = 'crd.projectcalico.org/v1') =>
    `apiVersion: ${apiVersion}\nkind: BlockAffinity\nmetadata: {name: worker9-10-48-0-64-26}\nspec: {cidr: 10.48.0.64/26, node: worker1, ${spec}}\n`;

  it.each([
    ['confirmed', 'state: confirmed, deleted: "false"', true],
    ['confirmed, v3', 'state: confirmed, deleted: false, type: host', true],
    ['deleted in v1 (text)', 'state: confirmed, deleted: "true"', false],
    ['deleted in v3 (boolean)', 'state: confirmed, deleted: true', false],
    ['pending', 'state: pending', false],
    ['about to be deleted', 'state: pendingDeletion', false],
    ['without state', 'state: ""', false],
    ['of a load balancer', 'state: confirmed, type: virtual', false],
  ])('that is %s', (_, spec, counts) => {
    const owner = topologyOf({ ...base, a: affinity(spec) }).lookup('10.48.0.70');
    expect(answer(owner)).toBe(counts ? 'pod @worker1 by block-affinity' : 'pod');
  });

  it('is weaker than the IPAMBlock, and the difference is told', () => {
    const topology = topologyOf({
      ...base,
      a: affinity('state: confirmed'),
      b: block('10.48.0.64/26', 'host:worker2', { 5: pod('worker2') }),
    });
    expect(answer(topology.lookup('10.48.0.70'))).toBe('pod @worker2 by ipam-block');
    expect(topology.lookup('10.48.0.70').evidence[1]?.detail).toContain('disagrees, ipam-block counts');
    expect(issueCodes(topology)).toContain('warning owner-conflict');
  });
});
