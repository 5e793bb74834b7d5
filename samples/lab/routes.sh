# What Felix and BIRD would program on a node for a pool's mode. Sourced by lab.sh.
# Never: BIRD's routes to the node addresses. Always: every block through vxlan.calico. CrossSubnet: only other subnets.

other_nodes() { local node; for node in "${NODES[@]}"; do [[ $node == "$1" ]] || echo "$node"; done; }
node_ip() { ip -n "$LAB-$1" "${@:2}"; }

# Felix: the VXLAN device, learning off, and its address as a /32.
add_vxlan_device() {
  local node=$1
  if node_ip "$node" link show vxlan.calico &>/dev/null; then return; fi
  node_ip "$node" link add vxlan.calico index 17 address "$(vtep_mac "$node")" type vxlan id "$VNI" dev ens5 \
    local "${ADDRESS[$node]}" dstport "$VXLAN_PORT" nolearning
  node_ip "$node" link set vxlan.calico mtu $((NIC_MTU - 50)) up
  node_ip "$node" address add "${TUNNEL[$node]}/32" dev vxlan.calico
}

# Felix: a static neighbour (tunnel address -> tunnel MAC) and a static FDB entry (tunnel MAC -> node address) per peer.
add_vtep() {
  local node=$1 peer=$2
  node_ip "$node" neighbour replace "${TUNNEL[$peer]}" lladdr "$(vtep_mac "$peer")" dev vxlan.calico nud permanent
  bridge -n "$LAB-$node" fdb replace "$(vtep_mac "$peer")" dev vxlan.calico dst "${ADDRESS[$peer]}" self permanent
}

route_overlay() { node_ip "$1" route replace "${BLOCK[$2]}" via "${TUNNEL[$2]}" dev vxlan.calico onlink; }
# Same subnet: straight to the peer. Another subnet: BIRD resolves the next hop through the default route.
route_plain() {
  local node=$1 peer=$2 block=$3 protocol=$4 via=${ADDRESS[$2]}
  if [[ $(subnet_of "$node") != "$(subnet_of "$peer")" ]]; then via=$(subnet_of "$node").1; fi
  node_ip "$node" route replace "$block" via "$via" dev ens5 proto "$protocol"
}

# program_node NODE MODE: this node's tables become what the mode asks for. Safe to repeat.
program_node() {
  local node=$1 mode=$2 peer
  if [[ $mode != Never ]]; then add_vxlan_device "$node"; fi
  for peer in $(other_nodes "$node"); do
    if [[ -n ${FLAT_BLOCK[$peer]:-} ]]; then route_plain "$node" "$peer" "${FLAT_BLOCK[$peer]}" bird; fi
    if [[ $mode == Never ]]; then
      route_plain "$node" "$peer" "${BLOCK[$peer]}" bird
    else
      add_vtep "$node" "$peer"
      if [[ $mode == CrossSubnet && $(subnet_of "$node") == "$(subnet_of "$peer")" ]]; then
        route_plain "$node" "$peer" "${BLOCK[$peer]}" 80
      else
        route_overlay "$node" "$peer"
      fi
    fi
  done
  # The node's own block: addresses without a pod are dropped here. Protocol 80 is Felix.
  node_ip "$node" route del blackhole "${BLOCK[$node]}" 2>/dev/null || true
  if [[ $mode == Never ]]; then
    node_ip "$node" route add blackhole "${BLOCK[$node]}" proto bird
    node_ip "$node" link del vxlan.calico 2>/dev/null || true
  else
    node_ip "$node" route add blackhole "${BLOCK[$node]}" proto 80
  fi
  if [[ -n ${FLAT_BLOCK[$node]:-} ]]; then
    node_ip "$node" route replace blackhole "${FLAT_BLOCK[$node]}" proto bird
  fi
  program_tunnels "$node"
}

# Between two modes: one of BIRD and Felix has withdrawn its routes, the other has not written any yet. Pod packets
# then follow the default route, plain.
withdraw_routes() {
  local node=$1 peer
  for peer in $(other_nodes "$node"); do node_ip "$node" route del "${BLOCK[$peer]}" 2>/dev/null || true; done
}

# lab_mode MODE [GAP]: edit the pool. With a GAP (seconds) the nodes converge one after the other, as Felix does:
# each node is without routes for GAP, and the next one starts another GAP later.
lab_mode() {
  local node gap=${2:-}
  VXLAN_MODE=$(pool_mode "$1")
  save_settings
  for node in "${NODES[@]}"; do
    if [[ -n $gap ]]; then withdraw_routes "$node"; sleep "$gap"; fi
    program_node "$node" "$VXLAN_MODE"
    if [[ -n $gap ]]; then sleep "$gap"; fi
  done
}

# The spelling of the IPPool resource.
pool_mode() {
  case ${1,,} in
    never) echo Never ;;
    always) echo Always ;;
    crosssubnet) echo CrossSubnet ;;
    *) echo "lab.sh: a pool's mode is never, always or crosssubnet, not '$1'" >&2; exit 2 ;;
  esac
}
