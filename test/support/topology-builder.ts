// Hand-made Topology objects for tests of what is printed about one; lookups answer by exact name and address only.
import { CALICO } from '../../src/cluster/calico/calico-profile.ts';
import { NO_SETTINGS } from '../../src/topology/agent-settings.ts';
import type { IPPool, Node, Pod, SourceRef, Topology } from '../../src/topology/model.ts';

export function ref(file: string, line: number | null = null): SourceRef {
  return { file, line };
}

export function pool(
  name: string,
  cidr: string,
  vxlanMode: IPPool['vxlanMode'],
  partial: Partial<IPPool> = {},
): IPPool {
  return {
    ...{ name, cidr, blockSize: 26, ipipMode: 'Never', vxlanMode, natOutgoing: true, disabled: false },
    ...{ nodeSelector: 'all()', allowedUses: ['Workload', 'Tunnel'] },
    ref: ref('ippools.yaml', 4),
    modeRef: ref('ippools.yaml', 7),
    ...partial,
  };
}

export function node(name: string, address: string, tunnel: string | null, partial: Partial<Node> = {}): Node {
  const own = { address, prefixLength: 24, source: 'projectcalico.org/IPv4Address', ref: ref('nodes.yaml', 9) };
  return {
    ...{ index: 0, name, named: true, ref: ref('nodes.yaml', 5), addresses: [own], bgpIPv4: own, bgpIPv6: null },
    tunnels: tunnel === null ? {} : { vxlan: { value: tunnel, ref: ref('nodes.yaml', 10) } },
    ...{
      annotated: true,
      vtepMac: null,
      vtepMacV6: null,
      computedVtepMac: '66:c9:ee:b1:9b:47',
      computedVtepMacV6: null,
    },
    ...{
      wireguardKey: null,
      wireguardKeyV6: null,
      podCIDRs: [],
      links: [],
      routes: [],
      neighbours: [],
      fdb: [],
      bpfRoutes: null,
      features: [],
      translations: [],
      natServices: [],
    },
    has: { link: false, addr: false, route: false, neigh: false, fdb: false },
    ...partial,
  };
}

export function runningPod(
  namespace: string,
  name: string,
  nodeName: string | null,
  address: string,
  partial: Partial<Pod> = {},
): Pod {
  return {
    ...{ namespace, name, nodeName, addresses: [address], hostNetwork: false, finished: false, created: null },
    hostInterface: { name: 'calic628ed26868', computed: true },
    ref: ref('pods.yaml', 12),
    ...partial,
  };
}

export function buildTopology(partial: Partial<Topology> = {}): Topology {
  const nodes = partial.nodes ?? [
    node('control1', '10.0.1.20', '10.48.0.135'),
    node('worker1', '10.0.1.30', '10.48.0.206', { index: 1 }),
    node('worker2', '10.0.1.31', '10.48.0.46', { index: 2 }),
  ];
  return {
    profile: CALICO,
    taken: null,
    timeline: null,
    files: ['topology/ippools.yaml', 'topology/nodes.yaml'],
    nodes,
    pools: [
      pool('default-ipv4-ippool', '10.48.0.0/24', 'Always'),
      pool('flat-ippool', '10.48.128.0/24', 'Never', { modeRef: ref('ippools.yaml', 11) }),
    ],
    poolsComplete: true,
    ...{ nodesComplete: true, settingsGiven: true, otherCarrier: null, captureFiles: [] },
    ...{
      pods: [],
      services: [],
      blocks: [],
      issues: [],
      states: [],
      policyVerdicts: [],
      deviceVNI: null,
      devicePort: null,
    },
    felix: () => NO_SETTINGS,
    ownSettings: () => ({}),
    lookup: () => {
      throw new Error('not part of these tests');
    },
    poolsOf: () => [],
    devicesOf: () => [],
    ...{ policies: [], tiers: [], namespaces: [], policiesFor: () => [] },
    nodeByName: (name) => nodes.find((one) => one.name === name) ?? null,
    nodeByAddress: (address) => nodes.find((one) => one.addresses.some((own) => own.address === address)) ?? null,
    nodeByVtepMac: () => null,
    nodeByNicMac: () => null,
    ...partial,
  };
}
