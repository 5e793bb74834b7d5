#!/usr/bin/env bash
# A flannel cluster without Kubernetes: three nodes in two subnets, two pods each, on the kernel's own VXLAN device as flanneld makes it.
#   sudo samples/lab/flannel.sh vxlan DIR      every packet in VXLAN, VNI 1, UDP 8472 (kube-flannel's default)
#   sudo samples/lab/flannel.sh direct DIR     DirectRouting: plain between the two nodes of one subnet
#   sudo samples/lab/flannel.sh stale-fdb DIR  vxlan, and node-1 sends node-3's VTEP MAC to node-2
# DIR gets a capture of every node's NIC and topology/: nodes and pods as kubectl prints them, kube-flannel-cfg, the nodes' tables.
# Needs what lab.sh needs. Namespaces are called $LAB-something, and removed at the end, also after an error.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAB=${OVERLENS_LAB:-ovf}
MODE=${1:?vxlan, direct or stale-fdb} DIR=${2:?a folder}
NODES=(1 2 3)
declare -A ADDRESS=([1]=192.168.10.11 [2]=192.168.10.12 [3]=192.168.20.13)
declare -A VTEP=([1]=ae:4b:5c:00:01:7e [2]=4e:90:1d:00:02:b3 [3]=da:07:e6:00:03:55) # random, and kept by annotation
declare -A PODS=([1]="shop-0 dns-0" [2]="shop-1" [3]="shop-2 ledger-0")
SERVERS=()

in_ns() { ip netns exec "$LAB-$1" "${@:2}"; }
namespace() {
  ip netns add "$LAB-$1"
  in_ns "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 net.ipv4.ip_forward=1 \
    net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
  ip -n "$LAB-$1" link set lo up
}
down() {
  local name pid
  for pid in "${SERVERS[@]}"; do kill "$pid" 2>/dev/null || true; done
  for name in fabric node-{1,2,3} shop-{0,1,2} dns-0 ledger-0; do ip netns delete "$LAB-$name" 2>/dev/null || true; done
}
trap down EXIT

# One switch per subnet, joined by a router that knows nothing of pods.
fabric() {
  local subnet
  namespace fabric
  for subnet in 10 20; do
    ip -n "$LAB-fabric" link add "sw$subnet" address "52:54:00:00:00:$subnet" type bridge
    ip -n "$LAB-fabric" link set "sw$subnet" up
    ip -n "$LAB-fabric" address add "192.168.$subnet.1/24" dev "sw$subnet"
  done
}

pod_address() { # POD: the first addresses of its node's part after the bridge's
  local node pod index
  for node in "${NODES[@]}"; do
    index=2
    for pod in ${PODS[$node]}; do
      if [[ $pod == "$1" ]]; then echo "10.244.$node.$index"; fi
      index=$((index + 1))
    done
  done
}

node() {
  local node=$1 subnet pod
  subnet=$(cut -d. -f3 <<<"${ADDRESS[$node]}")
  namespace "node-$node"
  ip -n "$LAB-node-$node" link add eth0 address "52:54:00:00:01:0$node" type veth peer name "n$node" netns "$LAB-fabric"
  ip -n "$LAB-fabric" link set "n$node" master "sw$subnet" up
  ip -n "$LAB-node-$node" link set eth0 up
  ip -n "$LAB-node-$node" address add "${ADDRESS[$node]}/24" dev eth0
  ip -n "$LAB-node-$node" route add default via "192.168.$subnet.1" dev eth0
  ip -n "$LAB-node-$node" link add flannel.1 address "${VTEP[$node]}" type vxlan id 1 local "${ADDRESS[$node]}" dev eth0 \
    dstport 8472 nolearning
  ip -n "$LAB-node-$node" link set flannel.1 up
  ip -n "$LAB-node-$node" address add "10.244.$node.0/32" dev flannel.1
  ip -n "$LAB-node-$node" link add cni0 address "86:00:00:00:00:0$node" mtu 1450 type bridge
  ip -n "$LAB-node-$node" link set cni0 up
  ip -n "$LAB-node-$node" address add "10.244.$node.1/24" dev cni0
  for pod in ${PODS[$node]}; do
    namespace "$pod"
    ip -n "$LAB-node-$node" link add "veth-$pod" mtu 1450 type veth peer name eth0 mtu 1450 netns "$LAB-$pod"
    ip -n "$LAB-node-$node" link set "veth-$pod" master cni0 up
    ip -n "$LAB-$pod" link set eth0 up
    ip -n "$LAB-$pod" address add "$(pod_address "$pod")/24" dev eth0
    ip -n "$LAB-$pod" route add default via "10.244.$node.1"
  done
}

# What flanneld writes for each lease: a route, and for peers that it does not reach directly a neighbour and an FDB entry.
flanneld() {
  local node=$1 peer
  for peer in "${NODES[@]}"; do
    if [[ $peer == "$node" ]]; then continue; fi
    if [[ $MODE == direct && ${ADDRESS[$peer]%.*} == "${ADDRESS[$node]%.*}" ]]; then
      ip -n "$LAB-node-$node" route add "10.244.$peer.0/24" via "${ADDRESS[$peer]}" dev eth0
      continue
    fi
    ip -n "$LAB-node-$node" neighbour add "10.244.$peer.0" lladdr "${VTEP[$peer]}" dev flannel.1 nud permanent
    in_ns "node-$node" bridge fdb append "${VTEP[$peer]}" dev flannel.1 dst "${ADDRESS[$peer]}" self permanent
    ip -n "$LAB-node-$node" route add "10.244.$peer.0/24" via "10.244.$peer.0" dev flannel.1 onlink
  done
}
# flannel-io/flannel#654: the entry of a node that had another address survives.
stale_fdb() {
  in_ns node-1 bridge fdb replace "${VTEP[3]}" dev flannel.1 dst "${ADDRESS[2]}" self permanent
}

serve() {
  ip netns exec "$LAB-$1" python3 "$here/peers.py" serve &>/dev/null </dev/null &
  SERVERS+=($!)
}
get() { in_ns "$1" curl -s -o /dev/null --max-time 2 "http://$(pod_address "$2")/$3" || true; }
ask() { in_ns "$1" timeout 2 python3 "$here/peers.py" ask shop.default.svc.cluster.local "$(pod_address dns-0)" >/dev/null 2>&1 || true; }
traffic() {
  get shop-0 shop-1 300
  get shop-0 shop-2 400
  get shop-1 ledger-0 1500
  get ledger-0 shop-1 200
  ask shop-1
  ask shop-2
  get node-1 shop-1 100 # a process of the node, from flannel.1's address
  get shop-0 dns-0 100  # on one node: by the bridge
}

kubectl_nodes() {
  local node
  printf 'apiVersion: v1\nitems:\n'
  for node in "${NODES[@]}"; do
    cat <<YAML
- apiVersion: v1
  kind: Node
  metadata:
    annotations:
      flannel.alpha.coreos.com/backend-data: '{"VNI":1,"VtepMAC":"${VTEP[$node]}"}'
      flannel.alpha.coreos.com/backend-type: vxlan
      flannel.alpha.coreos.com/kube-subnet-manager: "true"
      flannel.alpha.coreos.com/public-ip: ${ADDRESS[$node]}
    name: node-$node
  spec:
    podCIDR: 10.244.$node.0/24
    podCIDRs:
    - 10.244.$node.0/24
  status:
    addresses:
    - address: ${ADDRESS[$node]}
      type: InternalIP
    - address: node-$node
      type: Hostname
YAML
  done
  printf 'kind: List\nmetadata:\n  resourceVersion: ""\n'
}
kubectl_pods() {
  local node pod
  printf 'apiVersion: v1\nitems:\n'
  for node in "${NODES[@]}"; do
    for pod in ${PODS[$node]}; do
      cat <<YAML
- apiVersion: v1
  kind: Pod
  metadata:
    creationTimestamp: "2026-11-20T08:12:44Z"
    name: $pod
    namespace: default
  spec:
    nodeName: node-$node
  status:
    hostIP: ${ADDRESS[$node]}
    phase: Running
    podIP: $(pod_address "$pod")
YAML
    done
  done
  printf 'kind: List\nmetadata:\n  resourceVersion: ""\n'
}
kubectl_configmap() {
  local direct=''
  if [[ $MODE == direct ]]; then direct=$',\n        "DirectRouting": true'; fi
  cat <<YAML
apiVersion: v1
data:
  cni-conf.json: |
    {"name": "cbr0", "cniVersion": "0.3.1", "plugins": [{"type": "flannel"}]}
  net-conf.json: |
    {
      "Network": "10.244.0.0/16",
      "EnableNFTables": false,
      "Backend": {
        "Type": "vxlan"$direct
      }
    }
kind: ConfigMap
metadata:
  name: kube-flannel-cfg
  namespace: kube-flannel
YAML
}
snapshot() {
  local to=$1 node
  mkdir -p "$to"
  kubectl_nodes > "$to/nodes.yaml"
  kubectl_pods > "$to/pods.yaml"
  kubectl_configmap > "$to/kube-flannel-cfg.yaml"
  for node in "${NODES[@]}"; do
    mkdir -p "$to/node-$node"
    in_ns "node-$node" ip -d link show dev flannel.1 > "$to/node-$node/ip-link.txt"
    in_ns "node-$node" ip -d link show dev eth0 >> "$to/node-$node/ip-link.txt"
    in_ns "node-$node" ip route > "$to/node-$node/ip-route.txt"
    in_ns "node-$node" ip neigh show dev flannel.1 nud permanent > "$to/node-$node/ip-neigh-flannel.1.txt"
    in_ns "node-$node" bridge fdb show dev flannel.1 > "$to/node-$node/bridge-fdb-flannel.1.txt"
    sed -i 's/^\([0-9.]* \)lladdr/\1dev flannel.1 lladdr/' "$to/node-$node/ip-neigh-flannel.1.txt"
    sed -i 's/^\([0-9a-f:]* \)dst/\1dev flannel.1 dst/' "$to/node-$node/bridge-fdb-flannel.1.txt"
  done
}

fabric
for node in "${NODES[@]}"; do node "$node"; done
for node in "${NODES[@]}"; do flanneld "$node"; done
if [[ $MODE == stale-fdb ]]; then stale_fdb; fi
for pod in shop-0 shop-1 shop-2 dns-0 ledger-0; do serve "$pod"; done
for pod in shop-0 shop-1 shop-2 dns-0 ledger-0; do
  for _ in {1..100}; do
    if in_ns "$pod" ss -Hltn "sport = :80" | grep -q .; then break; fi
    sleep 0.05
  done
done
mkdir -p "$DIR"
rm -rf "$DIR"/*.pcap "$DIR/topology"
captures=()
for node in "${NODES[@]}"; do
  ip netns exec "$LAB-node-$node" tcpdump -qn -i eth0 -s 192 -U -w "$DIR/node-$node-eth0.pcap" 2>/dev/null &
  captures+=($!)
done
sleep 1
traffic
sleep 1
for pid in "${captures[@]}"; do kill -INT "$pid"; wait "$pid" || true; done
snapshot "$DIR/topology"
