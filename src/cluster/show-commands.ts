// Which command shows what a node or the cluster is set to do: the lines that findings and questions end with. What stands in
// them is Calico's (devices, kinds of objects); where they are run and what to look for is said by who asks.
import { tunnelDevice, vxlanDevice } from './device.ts';

/** MAC and MTU of the VXLAN device. */
export function showVxlanLink(family: 4 | 6 = 4): string {
  return `ip link show ${vxlanDevice(family)}`;
}

/** VNI, UDP port and local address of the VXLAN device. */
export function showVxlanDevice(family: 4 | 6 = 4): string {
  return `ip -d link show ${vxlanDevice(family)}`;
}

/** Which node's address each VTEP MAC is sent to. */
export function showFdb(family: 4 | 6 = 4): string {
  return `bridge fdb show dev ${vxlanDevice(family)}`;
}

/** Which VTEP MAC each tunnel address has. */
export function showNeighbours(family: 4 | 6 = 4): string {
  return `ip neigh show dev ${vxlanDevice(family)}`;
}

export function showWireguardPeers(): string {
  return `wg show ${tunnelDevice('wireguard')}`;
}

/** Whether the kernel leaves inner checksums to the network card. */
export function showChecksumOffload(): string {
  return `ethtool -k ${vxlanDevice(4)} | grep tx-checksum`;
}

/** The known cure where a card or its driver gets inner checksums wrong. */
export function stopChecksumOffload(): string {
  return `ethtool -K ${vxlanDevice(4)} tx-checksum-ip-generic off`;
}

export const SHOW_POOLS = 'kubectl get ippools -o yaml';
export const SAVE_POOLS = `${SHOW_POOLS} > ippools.yaml`;
export const SHOW_SETTINGS = 'kubectl get felixconfigurations -o yaml';

/** The address that other nodes send a node's tunnel packets to. */
export function showNodeAddress(node: string): string {
  return `kubectl get node ${node} -o yaml | grep IPv4Address`;
}

/** Bytes of a packet that hold an inner TCP header in VXLAN, with VLAN tags, options and IPv6 (calico-facts 6: 104 at least). */
export const ADVISED_SNAPLEN = 160;

/** The capture that settles most questions: a node's NIC, headers only, no filter. */
export function captureCommand(node: string, nic: string): string {
  return `${node}# tcpdump -i ${nic} -s ${ADVISED_SNAPLEN} -w ${node}-${nic}.pcap`;
}
