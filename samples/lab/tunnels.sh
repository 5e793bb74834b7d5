# The two other tunnels Calico knows, IP-in-IP and WireGuard. Sourced by lab.sh. Neither needs a module of the kernel: each is a TUN
# device with a program behind it (tunl0.py, wireguard-go). What routes.sh wrote for the pools' vxlanMode stays below it.

IPIP_MODE=Never      # what default-ipv4-ippool says; with anything but Never, VXLAN_MODE has to be Never
FLAT_IPIP_MODE=Never # what the second pool says
WIREGUARD=false      # FelixConfiguration: wireguardEnabled

WIREGUARD_PORT=51820
WIREGUARD_MARK=0x100000 # Felix's: what the device itself sends must not go into the device again
declare -A WIREGUARD_ADDRESS=([control1]=10.48.0.136 [worker1]=10.48.0.207 [worker2]=10.48.0.47)

has_ipip() { [[ $IPIP_MODE != Never || $FLAT_IPIP_MODE != Never ]]; }

add_tunnel_devices() {
  if has_ipip; then add_ipip_device "$1"; fi
  if [[ $WIREGUARD == true ]]; then add_wireguard_device "$1"; fi
}
# The last part of program_node; every node has its devices by then.
program_tunnels() {
  if has_ipip; then program_ipip "$1"; fi
  if [[ $WIREGUARD == true ]]; then program_wireguard "$1"; fi
}

# run_device NODE DEVICE COMMAND...: a program that makes a TUN device, in the background until `down`; returns when the device is up.
run_device() {
  local node=$1 device=$2
  ip netns exec "$LAB-$node" "${@:3}" &>"$STATE/$node-$device.log" </dev/null &
  echo $! > "$STATE/$node-$device.pid"
  for _ in {1..200}; do
    if node_ip "$node" link show "$device" &>/dev/null; then return; fi
    sleep 0.05
  done
  echo "lab.sh: $node has no $device:" >&2; cat "$STATE/$node-$device.log" >&2; exit 1
}

# --- IP-in-IP -------------------------------------------------------------------------------------------------------

add_ipip_device() {
  local node=$1 peer peers=()
  for peer in $(other_nodes "$node"); do peers+=("${ADDRESS[$peer]}"); done
  run_device "$node" tunl0 python3 "$here/tunl0.py" $((NIC_MTU - 20)) "${peers[@]}"
  until node_ip "$node" link show tunl0 | grep -q LOWER_UP; do sleep 0.02; done
  node_ip "$node" address add "${TUNNEL[$node]}/32" dev tunl0
}

# BIRD, as its template for a pool's ipipMode has it: the gateway is the node, also on the tunnel device.
route_ipip() {
  local node=$1 peer=$2 block=$3 mode=$4
  if [[ $mode == Never ]]; then return; fi
  if [[ $mode == CrossSubnet && $(subnet_of "$node") == "$(subnet_of "$peer")" ]]; then
    route_plain "$node" "$peer" "$block" bird
  else
    node_ip "$node" route replace "$block" via "${ADDRESS[$peer]}" dev tunl0 proto bird onlink
  fi
}
program_ipip() {
  local node=$1 peer
  for peer in $(other_nodes "$node"); do
    route_ipip "$node" "$peer" "${BLOCK[$peer]}" "$IPIP_MODE"
    if [[ -n ${FLAT_BLOCK[$peer]:-} ]]; then route_ipip "$node" "$peer" "${FLAT_BLOCK[$peer]}" "$FLAT_IPIP_MODE"; fi
  done
}

# --- WireGuard ------------------------------------------------------------------------------------------------------

# The socket by which `wg` talks to wireguard-go has the device's name: each node gets a folder of its own for it.
add_wireguard_device() {
  local node=$1
  (umask 077; wg genkey > "$STATE/$node.key")
  mkdir -p /run/wireguard
  run_device "$node" wireguard.cali bash -c 'mount -t tmpfs none /run/wireguard && exec wireguard-go -f wireguard.cali'
  until in_wg "$node" wg show wireguard.cali &>/dev/null; do sleep 0.05; done
  in_wg "$node" wg set wireguard.cali private-key "$STATE/$node.key" listen-port "$WIREGUARD_PORT" fwmark "$WIREGUARD_MARK"
  node_ip "$node" link set wireguard.cali mtu $((NIC_MTU - 60)) up
  node_ip "$node" address add "${WIREGUARD_ADDRESS[$node]}/32" dev wireguard.cali
}
in_wg() { nsenter --target "$(<"$STATE/$1-wireguard.cali.pid")" --mount --net "${@:2}"; }
wireguard_key() { wg pubkey < "$STATE/$1.key"; }

# Felix: everything of a peer with a key, whatever its pool's mode, goes through wireguard.cali: AllowedIPs say whose key, a table
# of its own says which device, and a rule before all others leads there.
program_wireguard() {
  local node=$1 peer block
  for peer in $(other_nodes "$node"); do
    in_wg "$node" wg set wireguard.cali peer "$(wireguard_key "$peer")" endpoint "${ADDRESS[$peer]}:$WIREGUARD_PORT" \
      allowed-ips "${BLOCK[$peer]}${FLAT_BLOCK[$peer]:+,${FLAT_BLOCK[$peer]}}"
    for block in "${BLOCK[$peer]}" ${FLAT_BLOCK[$peer]:-}; do
      node_ip "$node" route replace "$block" dev wireguard.cali table 1 proto 80 scope link
    done
  done
  node_ip "$node" rule del priority 99 2>/dev/null || true
  node_ip "$node" rule add priority 99 not fwmark "$WIREGUARD_MARK/$WIREGUARD_MARK" table 1
}

# --- what kubectl would print of it ---------------------------------------------------------------------------------

tunnel_annotations() {
  local node=$1
  if has_ipip; then echo "      projectcalico.org/IPv4IPIPTunnelAddr: ${TUNNEL[$node]}"; fi
  if [[ $WIREGUARD == true ]]; then
    echo "      projectcalico.org/IPv4WireguardInterfaceAddr: ${WIREGUARD_ADDRESS[$node]}"
    echo "      projectcalico.org/WireguardPublicKey: $(wireguard_key "$node")"
  fi
}

# `ip route`; where WireGuard is on, its routes stand in a table of their own.
snapshot_routes() {
  if [[ $WIREGUARD == true ]]; then in_ns "$1" ip route show table all type unicast; else in_ns "$1" ip route; fi
}

# `kubectl get felixconfigurations -o yaml`, where WireGuard is on.
felix_configuration() {
  cat <<END
- apiVersion: projectcalico.org/v3
  kind: FelixConfiguration
  metadata:
    creationTimestamp: "2022-12-29T22:21:09Z"
    name: default
    resourceVersion: "232019"
    uid: 6c0a7ad9-1f6e-4b0a-9c6b-6f0d3a0d2f11
  spec:
    logSeverityScreen: Info
    reportingInterval: 0s
    wireguardEnabled: true
END
}
