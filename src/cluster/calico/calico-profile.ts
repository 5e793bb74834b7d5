// Calico as a profile: Felix and BIRD write the tables, IPPools decide (calico-facts 3, 4).
import {
  DEFAULT_VNI,
  DEFAULT_VXLAN_PORT,
  EGRESS_TUNNEL,
  isClusterRoute,
  isMissentVni,
  NODE_NAME_FILE,
  WORKLOAD_MAC,
  WORKLOAD_PREFIX,
} from '../calico.ts';
import { vtepMacLooksComputed, vtepMacOfNode } from '../computed-names.ts';
import type { Profile, TunnelKind } from '../profile.ts';
import { CALICO_CLIENT, CALICO_NODE_FIELDS, nodeAddressAnnotation } from './annotations.ts';

const DEVICES: Readonly<Record<TunnelKind, string>> = {
  vxlan: 'vxlan.calico',
  'vxlan-v6': 'vxlan-v6.calico',
  ipip: 'tunl0',
  wireguard: 'wireguard.cali',
  'wireguard-v6': 'wg-v6.cali',
};

const KIND_OF_DEVICE = new Map(
  Object.entries(DEVICES).map(([kind, name]): [string, TunnelKind] => [name, kind as TunnelKind]),
);

const SHOW_POOLS = 'kubectl get ippools -o yaml';

export const CALICO: Profile = {
  name: 'calico',
  title: 'Calico',
  agent: 'Felix',
  defaultWords: "Calico's default",
  range: { kind: 'IPPool', short: 'pool', label: 'pool' },
  says: ({ name }, mode) => `pool ${name} says ${mode}`,
  rangesFrom: 'objects',
  settings: 'FelixConfiguration',
  vni: DEFAULT_VNI,
  port: DEFAULT_VXLAN_PORT,
  nodeFields: CALICO_NODE_FIELDS,
  nodeAddressSource: nodeAddressAnnotation,
  subnetBy: 'prefix',
  sendsFromAddress: true,
  masquerade: null,
  tunnelDevice: (kind) => DEVICES[kind],
  withVni: () => CALICO,
  tunnelKindOf: (device) => KIND_OF_DEVICE.get(device) ?? null,
  workloads: { pattern: new RegExp(`^${WORKLOAD_PREFIX}.`), words: `${WORKLOAD_PREFIX}...`, mac: WORKLOAD_MAC },
  vtepMacOfNode,
  vtepMacLooksComputed,
  isMissentVni,
  gatewayTunnel: EGRESS_TUNNEL,
  isOwnRoute: isClusterRoute,
  cloned: NODE_NAME_FILE,
  commands: {
    showPools: SHOW_POOLS,
    savePools: `${SHOW_POOLS} > ippools.yaml`,
    saveBpfRoutes: `${CALICO_CLIENT} cluster diags   # its archive has them: nodes/NODE/bpf-routes.json`,
    showSettings: 'kubectl get felixconfigurations -o yaml',
    showNodeAddress: (node) => `kubectl get node ${node} -o yaml | grep IPv4Address`,
  },
};
