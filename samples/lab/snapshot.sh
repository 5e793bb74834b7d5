# What kubectl and iproute2 would print for this cluster. Sourced by lab.sh.

lab_snapshot() {
  local dir=$1 node
  mkdir -p "$dir"
  snapshot_pools > "$dir/ippools.yaml"
  snapshot_nodes > "$dir/nodes.yaml"
  snapshot_pods > "$dir/pods.yaml"
  if [[ $WIREGUARD == true ]]; then list_of felix_configuration > "$dir/felixconfigurations.yaml"; fi
  for node in "${NODES[@]}"; do snapshot_tables "$node" "$dir/$(node_name "$node")"; done
}

# The four commands of docs/topology.md. /run/netns is hidden so that `ip link` prints `link-netnsid N`, as on a node
# whose container runtime does not name the namespaces.
snapshot_tables() {
  local node=$1 dir=$2
  mkdir -p "$dir"
  nsenter --net="/run/netns/$LAB-$node" unshare -m bash -c 'mount -t tmpfs none /run/netns && ip -d link' > "$dir/ip-link.txt"
  snapshot_routes "$node" > "$dir/ip-route.txt"
  in_ns "$node" ip neigh > "$dir/ip-neigh.txt"
  in_ns "$node" bridge fdb show > "$dir/bridge-fdb.txt"
}

list_of() { printf 'apiVersion: v1\nitems:\n'; "$@"; printf 'kind: List\nmetadata:\n  resourceVersion: ""\n'; }

snapshot_pools() { list_of pool_items; }
pool_items() {
  local version=232027
  if [[ $VXLAN_MODE == Never ]]; then version=1722; fi
  pool default-ipv4-ippool 10.48.0.0/24 "$VXLAN_MODE" "$IPIP_MODE" "$version" 3f053fa7-0d94-4d6d-94e6-e6582d80c0b0
  pool flat-ippool 10.48.128.0/24 Never "$FLAT_IPIP_MODE" 1731 8c1be6f3-4ba3-4c1f-9d6f-1b2b7a0a5d57
}
pool() {
  cat <<END
- apiVersion: projectcalico.org/v3
  kind: IPPool
  metadata:
    creationTimestamp: "2022-12-29T22:21:11Z"
    name: $1
    resourceVersion: "$5"
    uid: $6
  spec:
    allowedUses:
    - Workload
    - Tunnel
    blockSize: 26
    cidr: $2
    ipipMode: $4
    natOutgoing: $NAT_OUTGOING
    nodeSelector: all()
    vxlanMode: $3
END
}

snapshot_nodes() { list_of node_items; }
node_items() {
  local node name index=0
  for node in "${NODES[@]}"; do
    name=$(node_name "$node")
    cat <<END
- apiVersion: v1
  kind: Node
  metadata:
    annotations:
      node.alpha.kubernetes.io/ttl: "0"
      projectcalico.org/IPv4Address: ${ADDRESS[$node]}/24
END
    # Calico takes the tunnel address back when no pool needs one.
    if [[ $VXLAN_MODE != Never ]]; then echo "      projectcalico.org/IPv4VXLANTunnelAddr: ${TUNNEL[$node]}"; fi
    tunnel_annotations "$node"
    cat <<END
      volumes.kubernetes.io/controller-managed-attach-detach: "true"
    creationTimestamp: "2022-12-29T22:18:5${index}Z"
    labels:
      kubernetes.io/arch: amd64
      kubernetes.io/hostname: ${name%%.*}
      kubernetes.io/os: linux
    name: $name
    resourceVersion: "2319$((90 + index))"
  spec:
    podCIDR: 10.48.0.$((index * 64))/26
    podCIDRs:
    - 10.48.0.$((index * 64))/26
  status:
    addresses:
    - address: ${ADDRESS[$node]}
      type: InternalIP
    - address: ${name%%.*}
      type: Hostname
    nodeInfo:
      architecture: amd64
      containerRuntimeVersion: containerd://1.6.12
      kernelVersion: 5.15.0-1026-aws
      kubeletVersion: v1.23.14
      operatingSystem: linux
      osImage: Ubuntu 22.04.1 LTS
END
    index=$((index + 1))
  done
}

snapshot_pods() { list_of pod_items; }
pod_items() {
  local pod node index=0
  for pod in "${PODS[@]}"; do
    workload_pod "${POD_NAME[$pod]}" "${POD_NODE[$pod]}" "${POD_IP[$pod]}" Running
  done
  # A Job's pod that is done: its address belongs to nobody any more, although it is still written there.
  workload_pod yaobank/db-migrate-28k2p worker1 10.48.0.201 Succeeded
  # Pods on the host network: their address is their node's.
  local suffixes=(5v7nr 8hzxq k2wdt)
  for node in "${NODES[@]}"; do
    host_pod "calico-system/calico-node-${suffixes[$index]}" "$node"
    index=$((index + 1))
  done
}
workload_pod() {
  local namespace=${1%%/*} name=${1#*/} node=$2 address=$3 phase=$4
  cat <<END
- apiVersion: v1
  kind: Pod
  metadata:
    annotations:
      cni.projectcalico.org/containerID: $(printf %s "$1" | sha256sum | cut -c1-64)
END
  # The plugin empties these two when the pod's address is released.
  if [[ $phase == Running ]]; then
    printf '      cni.projectcalico.org/podIP: %s/32\n      cni.projectcalico.org/podIPs: %s/32\n' "$address" "$address"
  else
    printf '      cni.projectcalico.org/podIP: ""\n      cni.projectcalico.org/podIPs: ""\n'
  fi
  cat <<END
    creationTimestamp: "2026-11-20T08:12:44Z"
    labels:
      app: $(sed -E 's/(-[a-z0-9]{9,10})?-[a-z0-9]{5}$//' <<<"$name")
    name: $name
    namespace: $namespace
  spec:
    nodeName: $(node_name "$node")
    restartPolicy: $(if [[ $phase == Running ]]; then echo Always; else echo Never; fi)
  status:
    hostIP: ${ADDRESS[$node]}
    phase: $phase
    podIP: $address
    podIPs:
    - ip: $address
    startTime: "2026-11-20T08:12:44Z"
END
}
host_pod() {
  cat <<END
- apiVersion: v1
  kind: Pod
  metadata:
    creationTimestamp: "2026-11-20T07:58:03Z"
    labels:
      k8s-app: calico-node
    name: ${1#*/}
    namespace: ${1%%/*}
  spec:
    hostNetwork: true
    nodeName: $(node_name "$2")
    restartPolicy: Always
  status:
    hostIP: ${ADDRESS[$2]}
    phase: Running
    podIP: ${ADDRESS[$2]}
    podIPs:
    - ip: ${ADDRESS[$2]}
    startTime: "2026-11-20T07:58:03Z"
END
}
