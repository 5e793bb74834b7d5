// What a device is for, by its name and kind: a pod's veth, a tunnel, a node's NIC, or none of Calico's business. The one table
// of device names. They follow felix/dataplane/linux/dataplanedefs, the CNI plugins' conventions and calico-facts 4.2, 5, 6.2, 8.
import { WORKLOAD_MAC } from './calico.ts';

export type TunnelKind = 'vxlan' | 'vxlan-v6' | 'ipip' | 'wireguard' | 'wireguard-v6';

/** What `ip -d link` says of a device, as far as its use shows in it. */
export interface DeviceShape {
  name: string;
  kind: string | null;
  mac: string | null;
}

export type DeviceUse = 'workload' | 'tunnel' | 'nic' | 'other';

/** How Calico names the host sides of pods' veths, unless FelixConfiguration says otherwise. */
export const WORKLOAD_PREFIX = 'cali';

const TUNNEL_DEVICES: Readonly<Record<TunnelKind, string>> = {
  vxlan: 'vxlan.calico',
  'vxlan-v6': 'vxlan-v6.calico',
  ipip: 'tunl0',
  wireguard: 'wireguard.cali',
  'wireguard-v6': 'wg-v6.cali',
};

const KIND_OF_DEVICE = new Map(
  Object.entries(TUNNEL_DEVICES).map(([kind, name]): [string, TunnelKind] => [name, kind as TunnelKind]),
);

/** Calico's device for a kind of tunnel. */
export function tunnelDevice(kind: TunnelKind): string {
  return TUNNEL_DEVICES[kind];
}

/** Calico's VXLAN device of an address family. */
export function vxlanDevice(family: 4 | 6): string {
  return TUNNEL_DEVICES[family === 4 ? 'vxlan' : 'vxlan-v6'];
}

/** The kind of tunnel behind one of Calico's devices; null for every other device. */
export function tunnelKindOf(name: string): TunnelKind | null {
  return KIND_OF_DEVICE.get(name) ?? null;
}

/** True for Calico's VXLAN devices, the only ones that speak about the cluster's VNI and port. */
export function isVxlanDevice(name: string): boolean {
  return tunnelKindOf(name)?.startsWith('vxlan') ?? false;
}

/** Tunnel devices of others that run beside Calico or carry its pods. */
const TUNNEL_NAME = /^(flannel[.-].+|cilium_vxlan|cilium_geneve|egress\.calico|genev_sys.*|antrea-(gw|tun)0)$/;
/** The second: pods of the AWS VPC CNI with Calico's policies. */
const WORKLOAD_NAME = new RegExp(`^(${WORKLOAD_PREFIX}.+|eni[0-9a-f]{11})$`);

/** What a name that means one thing says, wherever it stands; null for all others, `eth0`, `veth..` and `any` among them. */
export function meaningOfDeviceName(name: string): 'tunnel' | 'workload' | null {
  if (tunnelKindOf(name) !== null || TUNNEL_NAME.test(name)) return 'tunnel';
  return WORKLOAD_NAME.test(name) ? 'workload' : null;
}

export function isTunnelDevice(name: string): boolean {
  return meaningOfDeviceName(name) === 'tunnel';
}

/** Also devices named as tunnels usually are (`vxlan0`): enough where a route leads to one, not to say what a capture shows. */
export function looksLikeTunnelDevice(name: string): boolean {
  return isTunnelDevice(name) || /^(vxlan|tunl|wireguard)/.test(name);
}

export function isWorkloadDevice(name: string): boolean {
  return meaningOfDeviceName(name) === 'workload';
}

/** Pods of other orchestrators: OpenStack taps, other CNIs' veths. A NIC's capture may have such a name all the same. */
const OTHER_WORKLOAD = /^(cali|tap|lxc|veth)/;
/** Devices that stand aside: bridges, dummies, the kernel's fallback tunnels. */
const ASIDE =
  /^(lo$|docker|br-|virbr|cni|podman|kube-|nodelocaldns|dummy|ifb|cilium_|antrea-|ovn|ovs|lxd|gre0|gretap0|erspan0|sit0|ip6tnl0|ip_vti0|ip6_vti0|bpf)/;

/** What a device of a node is for, as far as its name tells; `nic` means only "nothing speaks against it". */
export function useOfDeviceName(name: string): DeviceUse {
  const meaning = meaningOfDeviceName(name);
  if (meaning !== null) return meaning;
  if (OTHER_WORKLOAD.test(name)) return 'workload';
  return ASIDE.test(name) ? 'other' : 'nic';
}

/** True for a device that carries the node's own traffic, as far as name, kind and MAC tell. */
export function isNic(link: DeviceShape): boolean {
  if (useOfDeviceName(link.name) !== 'nic' || link.mac === null) return false;
  if (link.mac === WORKLOAD_MAC || link.mac === '00:00:00:00:00:00') return false;
  // A NIC may itself be a veth (kind, k3d and lab nodes are containers): its name says so, its kind does not.
  return link.kind !== 'vxlan' && link.kind !== 'bridge' && link.kind !== 'wireguard' && link.kind !== 'dummy';
}
