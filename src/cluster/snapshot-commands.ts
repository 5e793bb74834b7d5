// The commands that make a snapshot, as `overlens snapshot` prints them: two kubectl lines that are enough, and lines per node that
// sharpen them.

/**
 * Everything that objects can tell but pods. Names without API group, since that differs between installations; JSON, since large
 * clusters load several times faster from it.
 */
export const OBJECTS =
  'kubectl get ippools,nodes,services,endpointslices,blockaffinities,ipamblocks,felixconfigurations -A -o json > snapshot.json';

/** Of pods what is read, as a table: their environment, arguments and annotations may hold secrets, and never reach a file. */
const PODS = [
  ['NAMESPACE', '.metadata.namespace'],
  ['NAME', '.metadata.name'],
  ['STATUS', '.status.phase'],
  ['IPS', '.status.podIPs[*].ip'],
  ['NODE', '.spec.nodeName'],
  ['HOSTNETWORK', '.spec.hostNetwork'],
  ['HOSTIP', '.status.hostIP'],
  ['CREATED', '.metadata.creationTimestamp'],
  ['LABELS', '.metadata.labels'],
] as const;

/** Of pods, as a table. */
export function podsCommand(): string {
  return `kubectl get pods -A -o custom-columns='${PODS.map(([name, path]) => `${name}:${path}`).join(',')}' > pods.txt`;
}

/** Text for a terminal: each command on a line of its own, explanations as shell comments, so that all of it can be pasted. */
export function snapshotCommands(): string {
  return `# The snapshot: pools, node annotations, IPAM, and where pods run. Take it while the capture runs.
${OBJECTS}
${podsCommand()}

# A file that was taken with more in it, pods' environment or secrets, is stripped to what is read by:
# overlens topology --redact big.json > snapshot.json

# Where only calicoctl may read Calico's objects:
# calicoctl get ippools -o yaml > ippools.yaml
# kubectl get nodes,services -A -o yaml > objects.yaml

# Where packets stop inside a node: which NetworkPolicies could be why.
# kubectl get networkpolicies,namespaces -A -o json > policies.json
# kubectl get globalnetworkpolicies,tiers -o json > calico-policies.json   # and: calicoctl get networkpolicies -A -o yaml > calico-own.yaml

# Calico's agent may have its VXLAN port in its environment, which counts before FelixConfiguration; of the file only that is read:
# kubectl get daemonset calico-node -n calico-system -o yaml | overlens topology --redact - > calico-node.yaml   # or -n kube-system

# flannel, without Calico's objects, instead of the first line:
# kubectl get nodes,services,endpointslices -A -o json > snapshot.json
# kubectl get configmaps -A --field-selector metadata.name=kube-flannel-cfg -o yaml > net-conf.yaml   # canal: canal-config; k3s has none

# What policies deny: the flow log of one node, as many flows as asked for.
# kubectl exec -n calico-system ds/calico-node -c calico-node -- calico-node -flows 100 > flows.txt

# Sharper: what the kernel really does. On each node:
mkdir -p "$(hostname)"
ip -d link  > "$(hostname)/ip-link.txt"
ip addr     > "$(hostname)/ip-addr.txt"
ip route    > "$(hostname)/ip-route.txt"
ip neigh    > "$(hostname)/ip-neigh.txt"
bridge fdb show > "$(hostname)/bridge-fdb.txt"
# What the NIC and the tunnel's device leave to the card, and which connections have their addresses translated:
# for dev in ens5 vxlan.calico; do ethtool -k $dev > "$(hostname)/ethtool-$dev.txt"; done
# sudo conntrack -L > "$(hostname)/conntrack-list.txt"   # or: sudo cat /proc/net/nf_conntrack

# All of this, and captures, of several nodes at once into one folder: overlens snapshot --nodes NODE,NODE > collect.sh

# Then: overlens topology snapshot.json pods.txt NODE-FOLDERS...
`;
}
