// What a device is for, by its name and kind: a pod's veth, a tunnel, a node's NIC, or none of Calico's business. Names follow
// felix/dataplane/linux/dataplanedefs, the CNI plugins' conventions and calico-facts 4.2, 5, 6.2 and 8.
import { WORKLOAD_MAC } from './calico.ts';

export type TunnelKind = 'vxlan' | 'vxlan-v6' | 'ipip' | 'wireguard' | 'wireguard-v6';

/** What `ip -d link` says of a device, as far as its use shows in it. */
export interface DeviceShape {
  name: string;
  kind: string | null;
  mac: string | null;
}

export type DeviceUse = 'workload' | 'tunnel' | 'nic' | 'other';

/** Calico's tunnel devices and the kind of tunnel behind each. */
export const TUNNEL_DEVICES: Readonly<Record<string, TunnelKind>> = {
  'vxlan.calico': 'vxlan',
  'vxlan-v6.calico': 'vxlan-v6',
  tunl0: 'ipip',
  'wireguard.cali': 'wireguard',
  'wg-v6.cali': 'wireguard-v6',
};

/** What the name alone tells; `nic` means only "nothing speaks against it". */
export function useOfDeviceName(name: string): DeviceUse {
  if (Object.hasOwn(TUNNEL_DEVICES, name)) return 'tunnel';
  if (/^(flannel[.-]|cilium_vxlan$|cilium_geneve$|egress\.calico$|genev_sys|antrea-)/.test(name)) return 'tunnel';
  if (/^cali[0-9a-f]{11}$/.test(name) || /^eni[0-9a-f]{11}$/.test(name)) return 'workload';
  // Pods of other orchestrators: `cali` and the start of a container ID, OpenStack taps, other CNIs' veths.
  if (/^(cali|tap|lxc|veth)/.test(name)) return 'workload';
  const aside =
    /^(lo$|docker|br-|virbr|cni|podman|kube-|nodelocaldns|dummy|ifb|cilium_|ovn|ovs|lxd|gre0|gretap0|erspan0|sit0|ip6tnl0|ip_vti0|ip6_vti0|bpf)/;
  return aside.test(name) ? 'other' : 'nic';
}

/** True for a device that carries the node's own traffic, as far as name, kind and MAC tell. */
export function isNic(link: DeviceShape): boolean {
  if (useOfDeviceName(link.name) !== 'nic' || link.mac === null) return false;
  if (link.mac === WORKLOAD_MAC || link.mac === '00:00:00:00:00:00') return false;
  // A NIC may itself be a veth (kind, k3d and lab nodes are containers): its name says so, its kind does not.
  return link.kind !== 'vxlan' && link.kind !== 'bridge' && link.kind !== 'wireguard' && link.kind !== 'dummy';
}

/** True for Calico's VXLAN devices, the only ones that speak about the cluster's VNI and port. */
export function isCalicoVxlan(name: string): boolean {
  return name === 'vxlan.calico' || name === 'vxlan-v6.calico';
}
