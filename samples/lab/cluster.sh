# The lab's cluster: who exists, how they are named and addressed, how the namespaces are wired (`up`, `down`).
# Sourced by lab.sh. Addresses, NIC MACs, MTUs and names are those of the Calico training lab that docs/tutorial.md follows.

# Every namespace is called $LAB-something, so that two labs can run side by side and `down` removes only its own.
LAB=${OVERLENS_LAB:-ovl}
STATE=/run/overlens-lab-$LAB

NODES=(control1 worker1 worker2)
declare -A ADDRESS=([control1]=10.0.1.20 [worker1]=10.0.1.30 [worker2]=10.0.1.31)
declare -A NIC_MAC=([control1]=02:79:d5:90:06:0b [worker1]=02:85:fc:c5:96:85 [worker2]=02:df:0c:da:8e:b1)
declare -A TUNNEL=([control1]=10.48.0.135 [worker1]=10.48.0.206 [worker2]=10.48.0.46)
# One block of each pool per node, as Calico's IPAM claims them (blockSize 26); control1 has no pod in the flat pool.
declare -A BLOCK=([control1]=10.48.0.128/26 [worker1]=10.48.0.192/26 [worker2]=10.48.0.0/26)
declare -A FLAT_BLOCK=([worker1]=10.48.128.192/26 [worker2]=10.48.128.0/26)
GATEWAY_MAC=02:04:7a:86:55:c1

# Pods by a short alias: what the sub-commands take.
PODS=(customer summary database summary2 coredns ledger reports)
declare -A POD_NODE=([customer]=control1 [summary]=control1 [database]=worker1 [summary2]=worker2 [coredns]=worker2 [ledger]=worker1 [reports]=worker2)
declare -A POD_IP=([customer]=10.48.0.130 [summary]=10.48.0.131 [database]=10.48.0.200 [summary2]=10.48.0.10 [coredns]=10.48.0.11
  [ledger]=10.48.128.200 [reports]=10.48.128.10)
declare -A POD_NAME=([customer]=yaobank/customer-687b8d8f74-lmzqz [summary]=yaobank/summary-748b977d44-4w8wm
  [database]=yaobank/database-6967b6c8d7-qc25s [summary2]=yaobank/summary-748b977d44-xg6lx
  [coredns]=kube-system/coredns-6d4b75cb6d-qk7zd [ledger]=legacy/ledger-5d8f6c7b9d-7xk2p
  [reports]=legacy/reports-6b9c8d7f5f-m4tqz)

# What can be changed from the command line; remembered in $STATE/settings while the lab is up.
VXLAN_MODE=Always   # what default-ipv4-ippool says
VNI=4096
VXLAN_PORT=4789
NIC_MTU=9001
POD_MTU=8951        # NIC_MTU - 50: pods that were started while the pool was VXLAN
NAT_OUTGOING=true   # only what the pool says; the lab has no Felix, so nothing is masqueraded unless `lab.sh nat on`

load_settings() {
  if [[ -f $STATE/settings ]]; then source "$STATE/settings"; fi
}
save_settings() {
  declare -p VXLAN_MODE VNI VXLAN_PORT NIC_MTU POD_MTU NAT_OUTGOING IPIP_MODE FLAT_IPIP_MODE WIREGUARD | sed 's/^declare --/declare -g/' > "$STATE/settings"
  declare -p ADDRESS | sed 's/^declare -A/declare -gA/' >> "$STATE/settings"
}

# --- names that Calico computes -------------------------------------------------------------------------------------

node_name() { echo "ip-${ADDRESS[$1]//./-}.eu-west-1.compute.internal"; }
# Felix: 'f' (0x66) and the first five bytes of SHA-1 over the node's name.
vtep_mac() { printf %s "$(node_name "$1")" | sha1sum | sed -E 's/^(..)(..)(..)(..)(..).*/66:\1:\2:\3:\4:\5/'; }
# The CNI plugin: 'cali' and 11 hex digits of SHA-1 over namespace.pod.
cali_name() { printf %s "${POD_NAME[$1]/\//.}" | sha1sum | sed -E 's/^(.{11}).*/cali\1/'; }
# The plugin leaves the pod's own MAC to the kernel (random); here it is made from the name, so that runs are alike.
pod_mac() { printf %s "mac ${POD_NAME[$1]}" | sha1sum | sed -E 's/^(..)(..)(..)(..)(..).*/d6:\1:\2:\3:\4:\5/'; }
subnet_of() { echo "${ADDRESS[$1]%.*}"; } # first three bytes: every node subnet is a /24

# --- building -------------------------------------------------------------------------------------------------------

in_ns() { ip netns exec "$LAB-$1" "${@:2}"; }
set_sysctl() { in_ns "$1" sysctl -qw "${@:2}"; }

add_namespace() {
  ip netns add "$LAB-$1"
  set_sysctl "$1" net.ipv4.ip_forward=0 net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  ip -n "$LAB-$1" link set lo up
}

# The network between the nodes: a switch for each node subnet and a router. The router has learned the flat pool's blocks
# (by BGP, say) but not those of the pool that is made for an overlay.
build_fabric() {
  add_namespace fabric
  set_sysctl fabric net.ipv4.ip_forward=1
  # A switch does not look into IP: with bridge netfilter it would fragment what its ports cannot carry.
  set_sysctl fabric net.bridge.bridge-nf-call-iptables=0 2>/dev/null || true
  local subnet
  for subnet in $(for node in "${NODES[@]}"; do subnet_of "$node"; done | sort -u); do
    ip -n "$LAB-fabric" link add "sw${subnet//./-}" type bridge
    ip -n "$LAB-fabric" link set "sw${subnet//./-}" address "$GATEWAY_MAC" mtu "$NIC_MTU" up
    ip -n "$LAB-fabric" address add "$subnet.1/24" dev "sw${subnet//./-}"
  done
  ip -n "$LAB-fabric" route add blackhole 10.48.0.0/16 # other pod packets vanish here without an answer
}
teach_router() {
  local node
  for node in "${!FLAT_BLOCK[@]}"; do ip -n "$LAB-fabric" route add "${FLAT_BLOCK[$node]}" via "${ADDRESS[$node]}"; done
}

build_node() {
  local node=$1 subnet
  subnet=$(subnet_of "$node")
  add_namespace "$node"
  set_sysctl "$node" net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
  ip -n "$LAB-$node" link add ens5 index 2 address "${NIC_MAC[$node]}" type veth peer name "$node" netns "$LAB-fabric"
  ip -n "$LAB-fabric" link set "$node" mtu "$NIC_MTU" master "sw${subnet//./-}" up
  ip -n "$LAB-$node" link set ens5 mtu "$NIC_MTU" up
  ip -n "$LAB-$node" address add "${ADDRESS[$node]}/24" brd + dev ens5
  ip -n "$LAB-$node" route add default via "$subnet.1" dev ens5 proto dhcp src "${ADDRESS[$node]}" metric 100
  ip -n "$LAB-$node" link add docker0 index 3 address 02:42:ba:ae:65:54 type bridge
  ip -n "$LAB-$node" link set docker0 up
  ip -n "$LAB-$node" address add 172.17.0.1/16 brd + dev docker0
}

# What Calico's CNI plugin does: a veth, proxy ARP for 169.254.1.1 on the host side, one /32 route to the pod.
build_pod() {
  local pod=$1 index=$2 node=${POD_NODE[$1]} cali
  cali=$(cali_name "$pod")
  add_namespace "$pod"
  ip -n "$LAB-$node" link add "$cali" index "$index" address ee:ee:ee:ee:ee:ee mtu "$POD_MTU" type veth \
    peer name eth0 index 3 address "$(pod_mac "$pod")" mtu "$POD_MTU" netns "$LAB-$pod"
  set_sysctl "$node" "net.ipv4.conf.$cali.proxy_arp=1" "net.ipv4.neigh.$cali.proxy_delay=0"
  ip -n "$LAB-$node" link set "$cali" up
  ip -n "$LAB-$node" route add "${POD_IP[$pod]}" dev "$cali" scope link
  ip -n "$LAB-$pod" link set eth0 up
  ip -n "$LAB-$pod" address add "${POD_IP[$pod]}/32" dev eth0
  ip -n "$LAB-$pod" route add 169.254.1.1 dev eth0 scope link
  ip -n "$LAB-$pod" route add default via 169.254.1.1 dev eth0
}

lab_up() {
  if [[ -d $STATE ]]; then echo "lab.sh: the lab '$LAB' is already up ($STATE); 'lab.sh down' first" >&2; exit 1; fi
  mkdir -p "$STATE"
  save_settings
  build_fabric
  local node pod index=10
  for node in "${NODES[@]}"; do build_node "$node"; done
  teach_router
  for pod in "${PODS[@]}"; do build_pod "$pod" $((index++)); done
  for node in "${NODES[@]}"; do add_tunnel_devices "$node"; done
  for node in "${NODES[@]}"; do program_node "$node" "$VXLAN_MODE"; done
  start_servers
  sleep 0.1
}

lab_down() {
  local pidfile pid
  for pidfile in "$STATE"/*.pid; do
    [[ -f $pidfile ]] || continue
    pid=$(<"$pidfile")
    # A pid may have been given to somebody else by now: only our own servers, tunnels and tcpdumps are ended.
    if grep -qaE 'peers\.py|tunl0\.py|wire\.py|wireguard-go|tcpdump' "/proc/$pid/cmdline" 2>/dev/null; then kill "$pid"; fi
  done
  local namespace
  for namespace in fabric "${NODES[@]}" "${PODS[@]}"; do
    ip netns delete "$LAB-$namespace" 2>/dev/null || true
  done
  rm -rf "$STATE"
}
