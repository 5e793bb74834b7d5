// What Calico promises of its dataplane: values that its releases have in common. Sources: felix and the CNI plugin.

/** The host side of every pod's veth (CNI plugin, calico-facts 6.2). */
export const WORKLOAD_MAC = 'ee:ee:ee:ee:ee:ee';

/** `vxlanVNI` and `vxlanPort` of FelixConfiguration, when they are not set. */
export const DEFAULT_VNI = 4096;
export const DEFAULT_VXLAN_PORT = 4789;

/** Calico's eBPF dataplane forwards NodePort traffic in this VNI, whatever the pools say (calico-facts 4.7). */
export const EBPF_NODEPORT_VNI = 0xca11c0;
