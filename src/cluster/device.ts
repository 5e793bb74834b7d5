// What a device is for, by its name and kind: a pod's veth, a tunnel, a node's NIC, or none of a CNI's business. Names
// mean one thing whoever carries; which of them a cluster's CNI uses is asked of its profile. They follow felix/dataplane/linux/dataplanedefs, the CNI plugins' conventions and calico-facts 4.2, 5, 6.2, 8.
import { WORKLOAD_MAC } from './calico.ts';
import { PROFILES, tunnelKindOfDevice } from './profiles.ts';

/** What `ip -d link` says of a device, as far as its use shows in it. */
export interface DeviceShape {
  name: string;
  kind: string | null;
  mac: string | null;
}

export type DeviceUse = 'workload' | 'tunnel' | 'nic' | 'other';

/** What a pod's own interface is called (the CNI's argument CNI_IFNAME), as many a node's NIC is. */
export const POD_DEVICE = 'eth0';

/** Tunnel devices of CNIs without a profile. */
const TUNNEL_NAME = /^(cilium_vxlan|cilium_geneve|egress\.calico|genev_sys.*|antrea-(gw|tun)0)$/;
/** Pods of the AWS VPC CNI with Calico's policies. */
const WORKLOAD_NAME = /^eni[0-9a-f]{11}$/;

/** What a name that means one thing says, wherever it stands; null for all others, `eth0`, `veth..` and `any` among them. */
export function meaningOfDeviceName(name: string): 'tunnel' | 'workload' | null {
  if (tunnelKindOfDevice(name) !== null || TUNNEL_NAME.test(name)) return 'tunnel';
  const isWorkload = PROFILES.some(({ workloads }) => workloads.pattern.test(name)) || WORKLOAD_NAME.test(name);
  return isWorkload ? 'workload' : null;
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
  /^(lo$|docker|br-|virbr|lxcbr|lxdbr|cni|cbr\d|weave$|podman|kube-|nodelocaldns|dummy|ifb|cilium_|antrea-|ovn|ovs|lxd|gre0|gretap0|erspan0|sit0|ip6tnl0|ip_vti0|ip6_vti0|bpf)/;

/** What a device of a node is for, as far as its name tells; `nic` means only "nothing speaks against it". */
export function useOfDeviceName(name: string): DeviceUse {
  const meaning = meaningOfDeviceName(name);
  if (meaning !== null) return meaning;
  if (OTHER_WORKLOAD.test(name)) return 'workload';
  return ASIDE.test(name) ? 'other' : 'nic';
}

/** Bridges of pods, and devices of CNIs without a profile. */
const OF_CLUSTER = /^(?:cni\d|cbr\d|weave$|kube-|cilium_|antrea-|ovn-k8s)/;

/** A device that only a node of a cluster has, as far as names tell; veths stand on every machine with containers. */
export function isClusterDevice(name: string): boolean {
  const isOfPods = PROFILES.some(({ workloads }) => workloads.pattern.test(name)) || WORKLOAD_NAME.test(name);
  return isOfPods || isTunnelDevice(name) || holdsServiceAddresses(name) || OF_CLUSTER.test(name);
}

/** Holds addresses of Services on every node: kube-proxy's with IPVS, the node-local DNS cache's. */
export function holdsServiceAddresses(name: string): boolean {
  return /^(kube-ipvs|nodelocaldns)/.test(name);
}

/** True for a device that carries the node's own traffic, as far as name, kind and MAC tell. */
export function isNic(link: DeviceShape): boolean {
  if (useOfDeviceName(link.name) !== 'nic' || link.mac === null) return false;
  if (link.mac === WORKLOAD_MAC || link.mac === '00:00:00:00:00:00') return false;
  // A NIC may itself be a veth (kind, k3d and lab nodes are containers): its name says so, its kind does not.
  return link.kind !== 'vxlan' && link.kind !== 'bridge' && link.kind !== 'wireguard' && link.kind !== 'dummy';
}
