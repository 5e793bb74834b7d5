// The commands that make a snapshot, as `overlens snapshot` prints them: one kubectl line that is enough, and lines per node that
// sharpen it.

/**
 * One call gives everything that objects can tell. Names without API group, since that differs between installations; JSON,
 * since large clusters load several times faster from it.
 */
const KUBECTL =
  'kubectl get ippools,nodes,pods,services,endpointslices,blockaffinities,ipamblocks,felixconfigurations -A -o json > snapshot.json';

/** Text for a terminal: each command on a line of its own, explanations as shell comments, so that all of it can be pasted. */
export function snapshotCommands(): string {
  return `# The snapshot: pools, node annotations, pods, IPAM. Take it while the capture runs.
${KUBECTL}

# Where only calicoctl may read Calico's objects:
# calicoctl get ippools -o yaml > ippools.yaml
# kubectl get nodes,pods,services -A -o yaml > objects.yaml

# flannel, without Calico's objects:
# kubectl get nodes,pods,services,endpointslices -A -o json > snapshot.json
# kubectl get configmaps -A --field-selector metadata.name=kube-flannel-cfg -o yaml > net-conf.yaml   # canal: canal-config; k3s has none

# Sharper: what the kernel really does. On each node:
mkdir -p "$(hostname)"
ip -d link  > "$(hostname)/ip-link.txt"
ip addr     > "$(hostname)/ip-addr.txt"
ip route    > "$(hostname)/ip-route.txt"
ip neigh    > "$(hostname)/ip-neigh.txt"
bridge fdb show > "$(hostname)/bridge-fdb.txt"

# Then: overlens topology snapshot.json NODE-FOLDERS...
`;
}
