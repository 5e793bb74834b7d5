// Names under which Calico writes into Kubernetes objects: annotations, API groups, types and handles of IPAM allocations
// (calico-facts 1.1, 2.2, 7).
import type { NodeField, TunnelKind } from '../profile.ts';

/** Calico's own client, which prints its objects without kubectl. */
export const CALICO_CLIENT = 'calicoctl';

/** What an annotation of a Node is called in full. */
export function nodeAnnotation(name: string): string {
  return `projectcalico.org/${name}`;
}

/** The address that other nodes send tunnel packets to; decides CrossSubnet. Also what such an address is said to come from. */
export function nodeAddressAnnotation(family: 4 | 6): string {
  return nodeAnnotation(`IPv${family}Address`);
}

/** All host interfaces of a node, as a list in JSON. */
export const INTERFACES_ANNOTATION = nodeAnnotation('Interfaces');

/** Every annotation that carries an address, a MAC or a key. RouteReflectorClusterID looks like one and is none. */
export const CALICO_NODE_FIELDS: readonly NodeField[] = [
  { annotation: nodeAddressAnnotation(4), path: ['spec', 'bgp', 'ipv4Address'], states: 'address', family: 4 },
  { annotation: nodeAddressAnnotation(6), path: ['spec', 'bgp', 'ipv6Address'], states: 'address', family: 6 },
  tunnelField('IPv4VXLANTunnelAddr', ['spec', 'ipv4VXLANTunnelAddr'], 'vxlan', 4),
  tunnelField('IPv6VXLANTunnelAddr', ['spec', 'ipv6VXLANTunnelAddr'], 'vxlan-v6', 6),
  tunnelField('IPv4IPIPTunnelAddr', ['spec', 'bgp', 'ipv4IPIPTunnelAddr'], 'ipip', 4),
  tunnelField('IPv4WireguardInterfaceAddr', ['spec', 'wireguard', 'interfaceIPv4Address'], 'wireguard', 4),
  tunnelField('IPv6WireguardInterfaceAddr', ['spec', 'wireguard', 'interfaceIPv6Address'], 'wireguard-v6', 6),
  { annotation: nodeAnnotation('VXLANTunnelMACAddr'), path: ['spec', 'vxlanTunnelMACAddr'], states: 'mac', family: 4 },
  {
    annotation: nodeAnnotation('VXLANTunnelMACAddrV6'),
    path: ['spec', 'vxlanTunnelMACAddrV6'],
    states: 'mac',
    family: 6,
  },
  {
    annotation: nodeAnnotation('WireguardPublicKey'),
    path: ['status', 'wireguardPublicKey'],
    states: 'key',
    family: 4,
  },
  {
    annotation: nodeAnnotation('WireguardPublicKeyV6'),
    path: ['status', 'wireguardPublicKeyV6'],
    states: 'key',
    family: 6,
  },
];

function tunnelField(name: string, path: readonly string[], kind: TunnelKind, family: 4 | 6): NodeField {
  return { annotation: nodeAnnotation(name), path, states: 'tunnel', kind, family };
}

/** Where the CNI plugin writes a pod's address; set to "" when the address is released. */
export const POD_IP_ANNOTATION = 'cni.projectcalico.org/podIP';
/** All places where a CNI plugin writes a pod's addresses, best first: Calico's, and the AWS VPC CNI's. */
export const POD_IPS_ANNOTATIONS = [`${POD_IP_ANNOTATION}s`, POD_IP_ANNOTATION, 'vpc.amazonaws.com/pod-ips'] as const;

/** API versions of an IPPool, as messages name them. */
export const POOL_API_VERSIONS = 'projectcalico.org/v3 or crd.projectcalico.org/v1';

/** Whether an apiVersion is one of Calico's own objects: its API server's, or the resources that it stores. */
export function isCalicoApi(apiVersion: string): boolean {
  return /^(crd\.)?projectcalico\.org\//.test(apiVersion);
}

/** The container that runs Felix, in whatever DaemonSet. */
export const AGENT_CONTAINER = 'calico-node';

/** A setting of Felix by its own name, with the smallest and the largest number; null: it is true or false. */
interface FelixParameter {
  name: string;
  range: readonly [number, number] | null;
}

const [PORTS, MTUS] = [
  [1, 65535],
  [0, 65535],
] as const;

/**
 * Felix's own names (felix/config, config_params.go) by the fields of FelixConfiguration: what stands in its file, and behind
 * `FELIX_` in its environment, in any case.
 */
export const FELIX_PARAMETERS = {
  vxlanVNI: { name: 'VXLANVNI', range: [1, 0xffffff] },
  vxlanPort: { name: 'VXLANPort', range: PORTS },
  vxlanMTU: { name: 'VXLANMTU', range: MTUS },
  vxlanMTUV6: { name: 'VXLANMTUV6', range: MTUS },
  ipipMTU: { name: 'IpInIpMtu', range: MTUS },
  wireguardMTU: { name: 'WireguardMTU', range: MTUS },
  wireguardMTUV6: { name: 'WireguardMTUV6', range: MTUS },
  vxlanEnabled: { name: 'VXLANEnabled', range: null },
  ipipEnabled: { name: 'IpInIpEnabled', range: null },
  bpfEnabled: { name: 'BPFEnabled', range: null },
  wireguardEnabled: { name: 'WireguardEnabled', range: null },
  wireguardEnabledV6: { name: 'WireguardEnabledV6', range: null },
  wireguardListeningPort: { name: 'WireguardListeningPort', range: PORTS },
  wireguardListeningPortV6: { name: 'WireguardListeningPortV6', range: PORTS },
} as const satisfies Readonly<Record<string, FelixParameter>>;

/** The name of a variable of Felix's environment, in capitals. */
export function felixVariable(field: keyof typeof FELIX_PARAMETERS): string {
  return `FELIX_${FELIX_PARAMETERS[field].name}`.toUpperCase();
}

/** The file that Felix reads at its start. */
export const FELIX_FILE = 'felix.cfg';

/** Whether an apiVersion is one of Calico's operator. */
export function isOperatorApi(apiVersion: string): boolean {
  return apiVersion.startsWith('operator.tigera.io/');
}

const TUNNEL_TYPES: ReadonlyMap<string, TunnelKind> = new Map([
  ['ipipTunnelAddress', 'ipip'],
  ['vxlanTunnelAddress', 'vxlan'],
  ['vxlanV6TunnelAddress', 'vxlan-v6'],
  ['wireguardTunnelAddress', 'wireguard'],
  ['wireguardV6TunnelAddress', 'wireguard-v6'],
]);

/** The tunnel whose address an IPAM allocation of this `type` is; null for a pod's. */
export function tunnelOfAllocation(type: string): TunnelKind | null {
  return TUNNEL_TYPES.get(type) ?? null;
}

/** Longer prefixes first. */
const TUNNEL_HANDLES: readonly (readonly [string, TunnelKind])[] = [
  ['vxlan-v6-tunnel-addr-', 'vxlan-v6'],
  ['vxlan-tunnel-addr-', 'vxlan'],
  ['wireguard-v6-tunnel-addr-', 'wireguard-v6'],
  ['wireguard-tunnel-addr-', 'wireguard'],
  ['ipip-tunnel-addr-', 'ipip'],
];

/** What the handle of an allocation tells: those of tunnel addresses end with the node's name. Null for a pod's. */
export function tunnelOfHandle(handle: string): { kind: TunnelKind; node: string } | null {
  const found = TUNNEL_HANDLES.find(([prefix]) => handle.startsWith(prefix));
  return found === undefined ? null : { kind: found[1], node: handle.slice(found[0].length) };
}
