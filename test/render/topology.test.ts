import { describe, expect, test } from 'vitest';
import type { RenderOptions } from '../../src/render/text/render-options.ts';
import { textWidth } from '../../src/render/text/text-width.ts';
import { renderTopologyJson } from '../../src/render/topology/topology-json.ts';
import { renderTopology } from '../../src/render/topology/topology-text.ts';
import type { DeviceMtu } from '../../src/topology/device-mtu.ts';
import { buildTopology, node, pool, ref, runningPod } from '../support/topology-builder.ts';

const LINK = (line: number) => ref('topology/worker1/ip-link.txt', line);
const LOOK: RenderOptions = { width: 100, fit: true, color: false, all: false, top: 40, sort: 'problem' };

const DEVICES: readonly DeviceMtu[] = [
  { use: 'nic', names: ['ens5'], mtu: 1500, overhead: 0, into: null, fits: null, up: true, ref: LINK(3) },
  {
    use: 'tunnel',
    names: ['vxlan.calico'],
    mtu: 1480,
    overhead: 50,
    into: { name: 'ens5', mtu: 1500 },
    fits: false,
    up: false,
    ref: LINK(6),
  },
  {
    use: 'workload',
    names: ['cali1', 'cali2'],
    mtu: 1450,
    overhead: 0,
    into: { name: 'vxlan.calico', mtu: 1480 },
    fits: true,
    up: true,
    ref: LINK(9),
  },
];

/** Long names, a written and a computed MAC, tables, pods without a node, all three kinds of issues. */
function cluster(): ReturnType<typeof buildTopology> {
  const names = ['20', '30', '31'].map((last) => `ip-10-0-1-${last}.eu-west-1.compute.internal`);
  const [control1 = '', worker1 = '', worker2 = ''] = names;
  const written = { value: '66:14:9d:f4:2c:1f', ref: ref('topology/worker1/ip-link.txt', 6) };
  const given = { link: true, addr: false, route: true, neigh: true, fdb: true };
  return buildTopology({
    files: ['topology/ippools.yaml', 'topology/nodes.yaml', 'topology/worker1/ip-link.txt'],
    nodes: [
      node(control1, '10.0.1.20', '10.48.0.135', { ref: ref('topology/nodes.yaml', 5) }),
      node(worker1, '10.0.1.30', '10.48.0.206', { vtepMac: written, has: given }),
      node(worker2, '10.0.1.31', null, { named: false }),
    ],
    pools: [
      pool('default-ipv4-ippool', '10.48.0.0/24', 'Always', { modeRef: ref('topology/ippools.yaml', 7) }),
      pool('flat-ippool', '10.48.128.0/24', 'Never', {
        allowedUses: ['Workload'],
        disabled: true,
        nodeSelector: "zone == 'a'",
      }),
      pool('ipip', '10.49.0.0/24', 'Never', { ipipMode: 'CrossSubnet', natOutgoing: false }),
    ],
    devicesOf: ({ name }) => (name === worker1 ? DEVICES : []),
    poolsComplete: false,
    pods: [
      ...Array.from({ length: 9 }, (_, i) =>
        runningPod('yaobank', `customer-687b8d8f74-lmz${i}q`, control1, `10.48.0.${130 + i}`),
      ),
      runningPod('shop', 'done', worker1, '10.48.0.201', { finished: true }),
      runningPod('shop', 'pending', null, '10.48.0.99'),
      runningPod('kube-system', 'kube-proxy', worker1, '10.0.1.30', { hostNetwork: true }),
    ],
    blocks: [
      { cidr: '10.48.0.128/26', node: control1, source: 'inferred', ref: ref('topology/nodes.yaml', 10) },
      { cidr: '10.48.0.0/26', node: null, source: 'IPAMBlock', ref: ref('topology/blocks.yaml', 3) },
    ],
    services: [{ namespace: 'shop', name: 'db', addresses: ['10.96.0.10'], ref: ref('topology/services.yaml', 2) }],
    deviceVNI: { value: 4096, ref: ref('topology/worker1/ip-link.txt', 7) },
    issues: [
      { code: 'stale-text', severity: 'warning', message: 'the file is empty', refs: [], subjects: [] },
      {
        code: 'overlapping-pools',
        severity: 'risk',
        message: 'pools a and b overlap',
        refs: [ref('topology/ippools.yaml', 3)],
        subjects: [],
      },
      {
        ...{ code: 'owner-conflict', severity: 'conflict' },
        message: '10.48.0.206 is the tunnel address of two nodes, so packets to it go to one of them only',
        refs: [ref('topology/nodes.yaml', 10), ref('topology/nodes.yaml', 18)],
        subjects: ['10.48.0.206'],
      },
    ],
  });
}

describe('the snapshot as text', () => {
  test.each([80, 100, 200])('at %i columns', async (width) => {
    const text = [...renderTopology(cluster(), { ...LOOK, width })].join('');
    expect(text.split('\n').filter((line) => textWidth(line) > width)).toEqual([]);
    await expect(text).toMatchFileSnapshot(`../golden/render/topology.${width}.txt`);
  });

  test('cuts nothing, however narrow', () => {
    const text = [...renderTopology(cluster(), { ...LOOK, width: 46 })].join('');
    expect(text.split('\n').filter((line) => textWidth(line) > 46)).toEqual([]);
    expect(text).not.toContain('…');
  });

  test('--all leaves nothing out', () => {
    const text = [...renderTopology(cluster(), { ...LOOK, all: true })].join('');
    expect(text).not.toContain('--all');
    expect(text).toContain('yaobank/customer-687b8d8f74-lmz8q');
  });

  test('files from the root and from here have no folder in common', () => {
    const files = ['/srv/a.yaml', 'topology/b.yaml'];
    expect([...renderTopology(buildTopology({ files }), LOOK)].join('')).toContain('from 2 files; 0 conflicts');
  });

  test('many nodes are counted', () => {
    const nodes = Array.from({ length: 25 }, (_, i) => node(`n${i}`, `10.0.1.${i}`, null));
    const text = [...renderTopology(buildTopology({ nodes }), LOOK)].join('');
    expect(text).toContain('\nand 5 more nodes, --all\n');
    expect(text).toContain(
      '\n25 nodes, 2 pools, 0 pods, 0 blocks from 2 files in topology/; 0 conflicts, 0 risks, 0 warnings.\n',
    );
  });
});

test('the snapshot as JSON holds every node, pool, block, pod and issue with its place', async () => {
  const text = renderTopologyJson(cluster());
  expect(JSON.parse(text)).toMatchObject({
    schema: 'overlens.topology/1',
    nodes: [
      { pods: Array.from({ length: 9 }, (_, i) => `yaobank/customer-687b8d8f74-lmz${i}q`), blocks: ['10.48.0.128/26'] },
      {},
      {},
    ],
  });
  await expect(text).toMatchFileSnapshot('../golden/render/topology.json');
});
