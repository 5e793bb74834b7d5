# Ways to break the lab, one table or link at a time, as they happen to real clusters. Sourced by lab.sh.
# Each fault is one function; the comment is its description in `lab.sh fault`.

# On control1 worker1's tunnel MAC points at worker2: an old FDB entry survived a change.
fault_stale_fdb() { bridge -n "$LAB-control1" fdb replace "$(vtep_mac worker1)" dev vxlan.calico dst "${ADDRESS[worker2]}" self permanent; }

# On control1 the FDB entry of worker1 is gone: vxlan.calico has nowhere to send its frames.
fault_missing_fdb() { bridge -n "$LAB-control1" fdb del "$(vtep_mac worker1)" dev vxlan.calico; }

# On control1 the neighbour entry of worker1's tunnel address is gone: the kernel asks by ARP on vxlan.calico.
fault_missing_neighbour() { node_ip control1 neighbour del "${TUNNEL[worker1]}" dev vxlan.calico; }

# control1 knows worker1 by the tunnel MAC of an older node name: frames arrive, but addressed to nobody.
fault_stale_mac() {
  local old=66:12:34:56:78:9a
  node_ip control1 neighbour replace "${TUNNEL[worker1]}" lladdr "$old" dev vxlan.calico nud permanent
  bridge -n "$LAB-control1" fdb replace "$old" dev vxlan.calico dst "${ADDRESS[worker1]}" self permanent
}

# On worker1 a route of BIRD to control1's block was left over: plain packets, although the pool says VXLAN.
fault_stale_route() { route_plain worker1 control1 "${BLOCK[control1]}" bird; }

# worker1's VXLAN device was made with VNI 4097.
fault_wrong_vni() { remake_vxlan_device worker1 4097 "$VXLAN_PORT"; }

# worker1's VXLAN device was made with UDP port 8472, the kernel's own default.
fault_wrong_port() { remake_vxlan_device worker1 "$VNI" 8472; }

# worker2 is a clone of worker1 and kept its node name: two nodes, one tunnel MAC.
fault_duplicate_mac() {
  local node mac
  mac=$(vtep_mac worker1)
  node_ip worker2 link set vxlan.calico address "$mac"
  program_node worker2 "$VXLAN_MODE" # the kernel forgot its neighbours with the old address
  for node in control1 worker1; do
    node_ip "$node" neighbour replace "${TUNNEL[worker2]}" lladdr "$mac" dev vxlan.calico nud permanent
  done
  bridge -n "$LAB-control1" fdb replace "$mac" dev vxlan.calico dst "${ADDRESS[worker2]}" self permanent
}

# worker1 moved, but its annotation (and so control1's FDB) still has the old address, 10.0.1.33.
fault_stale_node_address() {
  bridge -n "$LAB-control1" fdb replace "$(vtep_mac worker1)" dev vxlan.calico dst 10.0.1.33 self permanent
}

# worker1 has no tunnel address: the others get no route to its block, its packets follow the default route, plain.
fault_no_vtep() { local node; for node in control1 worker2; do node_ip "$node" route del "${BLOCK[worker1]}"; done; }

# The NICs' MTU is 1400, the tunnel still believes in more: outer packets are fragmented.
fault_underlay_mtu() {
  local node
  for node in "${NODES[@]}"; do node_ip "$node" link set ens5 mtu 1400; done
}

# The switch port of worker1 passes 1400 bytes, both ways, and drops larger frames without a word.
fault_black_hole() {
  local pod
  ip -n "$LAB-fabric" link set worker1 mtu 1400
  # A segmentation-offload frame would pass the port whole: the pods must send what fits their MTU, as after a real NIC.
  for pod in "${PODS[@]}"; do ip -n "$LAB-$pod" link set eth0 gso_max_segs 1; done
}

# The network between the nodes drops UDP 4789 (a security group, a hypervisor); everything else passes.
fault_blocked_port() { ip netns exec "$LAB-fabric" ebtables -A FORWARD -p ip --ip-proto udp --ip-dport 4789 -j DROP; }

# A router translates the source address of what worker2 gets (needs worker2 in a second subnet); worker2 drops
# VXLAN from addresses that are no node's, as Felix does.
fault_snat() {
  ip netns exec "$LAB-fabric" iptables-legacy -t nat -A POSTROUTING -d "${ADDRESS[worker2]}" -j SNAT \
    --to-source "$(subnet_of worker2).1"
  local node
  for node in control1 worker1; do
    in_ns worker2 iptables-legacy -A INPUT -p udp --dport "$VXLAN_PORT" -s "${ADDRESS[$node]}" -j ACCEPT
  done
  in_ns worker2 iptables-legacy -A INPUT -p udp --dport "$VXLAN_PORT" -j DROP
}

remake_vxlan_device() {
  local node=$1 VNI=$2 VXLAN_PORT=$3
  node_ip "$node" link del vxlan.calico
  program_node "$node" "$VXLAN_MODE"
}

lab_fault() {
  local name=${1:-}
  if [[ -n $name ]] && declare -F "fault_${name//-/_}" >/dev/null; then "fault_${name//-/_}"; return; fi
  # The comment above each function is its description.
  awk '/^# /{text = text substr($0, 2)} /^fault_[a-z_]*\(\)/{name = $1; sub(/^fault_/, "", name); sub(/\(\)/, "", name); gsub(/_/, "-", name)
    printf "%-20s%s\n", name, text} !/^# /{text = ""}' "$here/faults.sh" "$here/delivery-faults.sh"
  [[ -z $name ]]
}
