// flannel as a profile, by itself or under Calico's policies (canal): flanneld writes the tables, net-conf.json and the nodes'
// annotations decide (flannel's pkg/backend, pkg/subnet/kube, Documentation/backends.md; calico-facts 8).
import { parseCidr } from '../../net/cidr.ts';
import { formatIp } from '../../net/ip.ts';
import type { Mode, NodeField, Profile, TunnelKind } from '../profile.ts';
import { NET_CONF, readNetConf } from './net-conf.ts';

/** `VNI` and `Port` of the backend, when they are not set (Linux). */
const DEFAULT_VNI = 1;
const DEFAULT_PORT = 8472;

/** An annotation of a Node. The prefix can be set (`-kube-annotation-prefix`); nobody does. */
const annotation = (name: string): string => `flannel.alpha.coreos.com/${name}`;

const BACKEND_DATA = annotation('backend-data');
const BACKEND_V6_DATA = annotation('backend-v6-data');

const NODE_FIELDS: readonly NodeField[] = [
  { annotation: annotation('public-ip'), states: 'address', family: 4 },
  { annotation: annotation('public-ipv6'), states: 'address', family: 6 },
  { annotation: annotation('backend-type'), states: 'backend' },
  { annotation: BACKEND_DATA, member: 'VtepMAC', states: 'mac', family: 4 },
  { annotation: BACKEND_DATA, member: 'VNI', states: 'vni' },
  { annotation: BACKEND_DATA, member: 'PublicKey', states: 'key', family: 4 },
  { annotation: BACKEND_V6_DATA, member: 'VtepMAC', states: 'mac', family: 6 },
  { annotation: BACKEND_V6_DATA, member: 'PublicKey', states: 'key', family: 6 },
];

/** Devices of the VXLAN backend carry the VNI in their names. */
const VXLAN_DEVICE = /^flannel(-v6)?\.\d+$/;
const OTHER_DEVICES: ReadonlyMap<string, TunnelKind> = new Map([
  ['flannel.ipip', 'ipip'],
  ['flannel-wg', 'wireguard'],
  ['flannel-wg-v6', 'wireguard-v6'],
]);

const SHOW_NETWORK = `kubectl get configmaps -A -o yaml | grep -A 12 ${NET_CONF}`;

function flannel(vni: number): Profile {
  const devices: Readonly<Record<TunnelKind, string>> = {
    vxlan: `flannel.${vni}`,
    'vxlan-v6': `flannel-v6.${vni}`,
    ipip: 'flannel.ipip',
    wireguard: 'flannel-wg',
    'wireguard-v6': 'flannel-wg-v6',
  };
  return {
    name: 'flannel',
    title: 'flannel',
    agent: 'flanneld',
    defaultWords: "flannel's default",
    range: { kind: 'pod network', short: 'pod network', label: 'network' },
    rangesFrom: 'networks',
    says: ({ name, stated }, mode) => `the pod network ${name} asks for ${ASKED[mode]} (${stated ?? 'by its backend'})`,
    settings: `${NET_CONF} or backend-data`,
    vni: DEFAULT_VNI,
    port: DEFAULT_PORT,
    nodeFields: NODE_FIELDS,
    readNetwork: readNetConf,
    encapsulationOf: (backend) => ENCAPSULATIONS[backend] ?? null,
    backendWords: (backend, direct) => `Backend Type ${backend}${direct ? ' with DirectRouting' : ''}`,
    tunnelOfPodCIDR,
    nodeAddressSource: (family) => annotation(family === 4 ? 'public-ip' : 'public-ipv6'),
    subnetBy: 'route',
    // public-ip-overwrite: the others send to what a NAT makes of it
    sendsFromAddress: false,
    masquerade: '--ip-masq of flanneld',
    tunnelDevice: (kind) => devices[kind],
    withVni: flannel,
    tunnelKindOf: (device) =>
      VXLAN_DEVICE.test(device)
        ? device.startsWith('flannel-v6')
          ? 'vxlan-v6'
          : 'vxlan'
        : (OTHER_DEVICES.get(device) ?? null),
    vniOfDevice: (device) => (VXLAN_DEVICE.test(device) ? Number(device.split('.')[1]) : null),
    workloads: { pattern: /^cni0$/, words: 'cni0', mac: null },
    vtepMacOfNode: () => null,
    vtepMacLooksComputed: () => false,
    isMissentVni: () => false,
    gatewayTunnel: null,
    isOwnRoute: () => false,
    cloned: '/run/flannel/subnet.env',
    commands: {
      showPools: SHOW_NETWORK,
      savePools: 'kubectl get configmaps -A --field-selector metadata.name=kube-flannel-cfg -o yaml > net-conf.yaml',
      showSettings: SHOW_NETWORK,
      showNodeAddress: (node) => `kubectl get node ${node} -o yaml | grep public-ip`,
    },
  };
}

/** Backends that are read. WireGuard's nodes publish keys, which decide by themselves. */
const ENCAPSULATIONS: Readonly<Record<string, 'vxlan' | 'ipip' | 'none'>> = {
  vxlan: 'vxlan',
  ipip: 'ipip',
  'host-gw': 'none',
};

const ASKED: Readonly<Record<Mode, string>> = {
  Always: 'a tunnel',
  CrossSubnet: 'a tunnel between subnets',
  Never: 'no tunnel',
};

/** The tunnel's device has the first address of the node's part, as /32: also the gateway of the others' routes to it. */
function tunnelOfPodCIDR(podCIDR: string, backend: string): { kind: TunnelKind; address: string } | null {
  const cidr = parseCidr(podCIDR);
  if (cidr === null) return null;
  const address = formatIp(cidr);
  if (backend === 'vxlan') return { kind: cidr.family === 4 ? 'vxlan' : 'vxlan-v6', address };
  return backend === 'ipip' && cidr.family === 4 ? { kind: 'ipip', address } : null;
}

export const FLANNEL: Profile = flannel(DEFAULT_VNI);
