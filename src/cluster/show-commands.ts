// Which command shows what a node is set to do: the lines that findings and questions end with. The device is the CNI's; where
// they are run and what to look for is said by who asks. Commands that differ from CNI to CNI are its profile's.

/** MAC and MTU of a tunnel device. */
export function showLink(device: string): string {
  return `ip link show ${device}`;
}

/** VNI, UDP port and local address of a VXLAN device. */
export function showVxlanDevice(device: string): string {
  return `ip -d link show ${device}`;
}

/** Which node's address each VTEP MAC is sent to. */
export function showFdb(device: string): string {
  return `bridge fdb show dev ${device}`;
}

/** Which VTEP MAC each tunnel address has. */
export function showNeighbours(device: string): string {
  return `ip neigh show dev ${device}`;
}

export function showWireguardPeers(device: string): string {
  return `wg show ${device}`;
}

/** Whether the kernel leaves inner checksums to the network card. */
export function showChecksumOffload(device: string): string {
  return `ethtool -k ${device} | grep tx-checksum`;
}

/** What a card does to packets in tunnels. */
export function showTunnelOffload(device: string): string {
  return `ethtool -k ${device} | grep -E 'tx-checksum|udp_tnl'`;
}

/** Switches one of them off. */
export function stopOffload(device: string, feature: string): string {
  return `ethtool -K ${device} ${feature} off`;
}

/** The known cure where a card or its driver gets inner checksums wrong. */
export function stopChecksumOffload(device: string): string {
  return `ethtool -K ${device} tx-checksum-ip-generic off`;
}

/** Bytes of a packet that hold an inner TCP header in VXLAN, with VLAN tags, options and IPv6 (calico-facts 6: 104 at least). */
export const ADVISED_SNAPLEN = 160;

/** The capture that settles most questions: a node's NIC, headers only, no filter. */
export function captureCommand(node: string, nic: string): string {
  return `${node}# tcpdump -i ${nic} -s ${ADVISED_SNAPLEN} -w ${node}-${nic}.pcap`;
}

/** Nodes with what their CNI writes on them, into a file that belongs into a snapshot. */
export const SAVE_NODES = 'kubectl get nodes -o yaml > nodes.yaml';

/** Where pods run. */
export const SAVE_PODS = 'kubectl get pods -A -o wide > pods.txt';

/** VNI and UDP port, where somebody set them. */
export const SAVE_SETTINGS = 'kubectl get felixconfigurations -o yaml > felixconfigurations.yaml';

const TABLES = {
  link: ['ip -d addr', 'ip-addr.txt'],
  route: ['ip route show table all', 'ip-route.txt'],
  neigh: ['ip neigh', 'ip-neigh.txt'],
  fdb: ['bridge fdb show', 'bridge-fdb.txt'],
} as const;

/** One table of nodes, into a folder for each that names it. */
export function saveTable(table: keyof typeof TABLES, nodes: readonly string[]): string {
  const [command, file] = TABLES[table];
  return onNodes(nodes, (node) => `ssh ${node} ${command} > ${node}/${file}`);
}

/** All tables of nodes: they may stand in one file. */
export function saveTables(nodes: readonly string[]): string {
  const commands = Object.values(TABLES).map(([command]) => command);
  return onNodes(nodes, (node) => `ssh ${node} '${commands.join('; ')}' > ${node}/tables.txt`);
}

/** Of more nodes than these all are asked: a command of a thousand names is none. */
const NODES_WRITTEN = 12;
const ALL_NODES = '$(kubectl get nodes -o name | cut -d/ -f2)';

/** @param nodes as words of a shell */
function onNodes(nodes: readonly string[], command: (node: string) => string): string {
  const [node = '', ...others] = nodes;
  if (others.length === 0) return `mkdir -p ${node}; ${command(node)}`;
  const all = nodes.length > NODES_WRITTEN ? ALL_NODES : nodes.join(' ');
  return `for n in ${all}; do mkdir -p "$n"; ${command('"$n"')}; done`;
}

/** The name server's pods and where they run; what they logged. The label is the same whatever serves names. */
export const SHOW_DNS_PODS = 'kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide';
export const SHOW_DNS_LOG = 'kubectl -n kube-system logs -l k8s-app=kube-dns --tail=50';
