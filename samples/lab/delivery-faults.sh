# Ways in which packets stop although the overlay is as configured: firewalls, devices, translations, wires. Sourced by lab.sh.
# Each fault is one function; the comment is its description in `lab.sh fault`.

# worker1 drops VXLAN from control1 at its NIC's firewall, silently: one direction dies inside the node.
fault_drop_in_node() { node_rule worker1 -A INPUT -p udp --dport "$VXLAN_PORT" -s "${ADDRESS[control1]}" -j DROP; }

# The network drops UDP 4789 from control1 to worker1; the other direction passes.
fault_drop_one_direction() {
  ip netns exec "$LAB-fabric" ebtables -A FORWARD -p ip --ip-proto udp --ip-dport "$VXLAN_PORT" --ip-src "${ADDRESS[control1]}" \
    --ip-dst "${ADDRESS[worker1]}" -j DROP
}

# worker1 drops TCP for its pods after decapsulation (a policy, a broken offload); ping passes.
fault_drop_tcp() { node_rule worker1 -A FORWARD -p tcp -d "${POD_IP[database]}" -j DROP; }

# worker1 rejects VXLAN from control1 with ICMP port unreachable (a firewall's REJECT).
fault_reject() { node_rule worker1 -A INPUT -p udp --dport "$VXLAN_PORT" -s "${ADDRESS[control1]}" -j REJECT; }

# worker1 rejects VXLAN from control1 as prohibited (firewalld's default).
fault_reject_prohibited() {
  node_rule worker1 -A INPUT -p udp --dport "$VXLAN_PORT" -s "${ADDRESS[control1]}" -j REJECT --reject-with icmp-host-prohibited
}

# vxlan.calico is DOWN on worker1: no VXLAN socket, the kernel answers with ICMP port unreachable.
fault_device_down() { node_ip worker1 link set vxlan.calico down; }

# Strict reverse path filtering on worker1's vxlan.calico, and the route to control1's block leads elsewhere.
fault_rp_filter() {
  set_sysctl worker1 net.ipv4.conf.vxlan/calico.rp_filter=1
  node_ip worker1 route replace "${BLOCK[control1]}" via "${ADDRESS[worker2]}" dev ens5 onlink
}

# control1 masquerades what leaves by vxlan.calico: pods see the tunnel address.
fault_masquerade() { in_ns control1 iptables-legacy -t nat -A POSTROUTING -o vxlan.calico -j MASQUERADE; }

# control1 drops the SYN/ACK on its way into the pod customer: handshakes stay half-open.
fault_half_open() { node_rule control1 -A FORWARD -p tcp --tcp-flags SYN,ACK SYN,ACK -d "${POD_IP[customer]}" -j DROP; }

# control1's ARP entry of worker1's address has worker2's MAC: an address that moved, or two machines with one.
fault_vip_moved() { node_ip control1 neighbour replace "${ADDRESS[worker1]}" lladdr "${NIC_MAC[worker2]}" dev ens5 nud permanent; }

# The DNS server takes questions and answers none.
fault_dns_silent() { in_ns coredns iptables-legacy -A OUTPUT -p udp --sport 53 -j DROP; }

# worker1 drops everything for the pod database before its veth (a policy's DROP).
fault_policy_drop() { node_rule worker1 -A FORWARD -d "${POD_IP[database]}" -j DROP; }

# The pod database is gone, its address still asked for: worker1 sends such packets to the router, which sends them back.
fault_routing_loop() {
  node_ip worker1 route del "${POD_IP[database]}"
  node_ip worker1 route del blackhole "${BLOCK[worker1]}"
  ip -n "$LAB-fabric" route add "${POD_IP[database]}" via "${ADDRESS[worker1]}"
  set_sysctl worker1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.ens5.send_redirects=0
  set_sysctl fabric net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0
}

# The wire to worker1 takes 5 ms each way.
fault_delay() { slow_wire worker1 5 0; }

# The wire to worker1 takes 1 ms and loses every fifth frame, both ways.
fault_loss() { slow_wire worker1 1 20; }

node_rule() { in_ns "$1" iptables-legacy "${@:2}"; }

# Takes the port of NODE out of its switch and puts a program between them: MILLISECONDS of delay, PERCENT of loss.
slow_wire() {
  local node=$1 milliseconds=$2 percent=$3 subnet pod
  # A program carries frames, not segmentation-offload frames: the pods must send what fits.
  for pod in "${PODS[@]}"; do ip -n "$LAB-$pod" link set eth0 gso_max_segs 1; done
  subnet=$(subnet_of "$node")
  ip -n "$LAB-fabric" link set "$node" nomaster
  ip -n "$LAB-fabric" link add wire-in type veth peer name wire-out
  ip -n "$LAB-fabric" link set wire-in mtu "$NIC_MTU" up
  ip -n "$LAB-fabric" link set wire-out mtu "$NIC_MTU" master "sw${subnet//./-}" up
  ip netns exec "$LAB-fabric" python3 "$here/wire.py" "$node" wire-in "$milliseconds" "$percent" &>"$STATE/wire.log" </dev/null &
  echo $! > "$STATE/wire.pid"
  until grep -q ready "$STATE/wire.log"; do sleep 0.02; done
}
