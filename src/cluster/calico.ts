// Marks of Calico's dataplane that packets and tables show by themselves, whichever CNI the snapshot is of: values that its releases
// have in common. Sources: felix and the CNI plugin.

/** How Calico names the host sides of pods' veths, unless FelixConfiguration says otherwise. */
export const WORKLOAD_PREFIX = 'cali';

/** The host side of every pod's veth (CNI plugin, calico-facts 6.2). */
export const WORKLOAD_MAC = 'ee:ee:ee:ee:ee:ee';

/** The MAC by which Azure shows every machine to every other one, routers included. */
const FABRIC_MAC = '12:34:56:78:9a:bc';

/** Whether this is the MAC of a network that answers for all machines on it: it tells none from another. */
export function isFabricMac(mac: string): boolean {
  return mac === FABRIC_MAC;
}

/** The gateway of every pod: nobody's address, answered for by the host side of its veth (calico-facts 6.2). */
export const POD_GATEWAY = '169.254.1.1';

/** `vxlanVNI` and `vxlanPort` of FelixConfiguration, when they are not set. */
export const DEFAULT_VNI = 4096;
export const DEFAULT_VXLAN_PORT = 4789;

/** `wireguardListeningPort` and `wireguardListeningPortV6` of FelixConfiguration, when they are not set. */
export const DEFAULT_WIREGUARD_PORT = 51820;
export const DEFAULT_WIREGUARD_PORT_V6 = 51821;

/** Calico's eBPF dataplane forwards NodePort traffic in this VNI, whatever the pools say (calico-facts 4.7). */
export const EBPF_NODEPORT_VNI = 0xca11c0;

/** The VXLAN between nodes and the pods that are egress gateways, when FelixConfiguration does not say otherwise (calico-facts 4.7). */
export const EGRESS_TUNNEL = { port: 4790, vni: 4097 } as const;

/** A VNI as its users write it: the one of eBPF in hexadecimal. */
export function vniText(vni: number | null): string {
  return vni === EBPF_NODEPORT_VNI ? `0x${vni.toString(16)}` : String(vni);
}

/** VNIs that some releases of the eBPF dataplane sent by mistake (calico-facts 4.7). */
export function isMissentVni(vni: number | null): boolean {
  return vni === 0 || vni === 1;
}

/** What a VNI that is not the cluster's may come from. */
export const VNI_OF_OTHERS = "flannel uses 1, Cilium the pod's identity";

/** Whether a route's protocol says that Calico made it: BIRD's, or the one that Felix uses for its own (calico-facts 3). */
export function isClusterRoute(protocol: string | null): boolean {
  return protocol === 'bird' || protocol === '80';
}

/** Where a node's name in Calico is kept: copied with a machine's image, it makes two nodes one. */
export const NODE_NAME_FILE = '/var/lib/calico/nodename';
