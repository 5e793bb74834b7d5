#!/usr/bin/env bash
# Real captures of what goes wrong (calico-facts section 10) and of what only looks wrong, each from a fresh lab:
#   sudo test/support/make-lab-cases.sh             all of them
#   sudo test/support/make-lab-cases.sh stale_mac   only these (names of the functions below, without case_)
# Writes test/fixtures/cases/<name>/: captures and topology/ (only the nodes that matter). Beside them stands case.json, kept by hand:
# why the case exists and what must come out (test/trace/cases.test.ts). Run by hand; needs what samples/lab needs, and iptables.
set -euo pipefail
export OVERLENS_LAB=${OVERLENS_LAB:-ovc}
support=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$support/../../samples/lab/lab.sh"
samples=$support/../../samples
cases=$support/../fixtures/cases

# begin NAME [SETTING...]: the folder, emptied but for case.json, and a lab; `--no-lab` for cases made from other captures.
begin() {
  folder=$cases/$1
  mkdir -p "$folder"
  find "$folder" -mindepth 1 ! -name case.json -delete
  if [[ ${2:-} != --no-lab ]]; then set_up "${@:2}"; fi
  echo "$1"
}
# finish NODE...: the snapshot with the tables of these nodes only, and the lab is gone.
finish() {
  local node directory kept=' '
  if [[ ! -d $STATE ]]; then return; fi
  [[ -d $folder/topology ]] || lab_snapshot "$folder/topology"
  for node in "$@"; do kept+="$(node_name "$node") "; done
  for directory in "$folder"/topology/*/; do
    [[ $kept == *" $(basename "$directory") "* ]] || rm -r "$directory"
  done
  lab_down
}
yaml() { sed -i -E "$1" "$folder/topology/$2"; }
nat() { in_ns "$1" iptables-legacy -t nat "${@:2}"; }

# --- broken tables ---------------------------------------------------------------------------------------------------

case_stale_fdb_wrong_node() {
  begin stale-fdb-wrong-node
  lab_fault stale-fdb
  talk() { ping_pod customer "${POD_IP[database]}" 3; get summary2 "${POD_IP[customer]}" 300; }
  lab_capture "$folder" worker2:any -- talk
  finish control1 worker2
}

case_missing_fdb() {
  begin missing-fdb
  lab_fault missing-fdb
  talk() { ping_pod customer "${POD_IP[database]}" 4; get summary2 "${POD_IP[customer]}" 300; }
  lab_capture "$folder" control1:ens5 control1:vxlan.calico -- talk
  finish control1
}

case_missing_neighbour_any() {
  begin missing-neighbour-any
  lab_fault missing-neighbour
  talk() { ping_pod customer "${POD_IP[database]}" 3; get summary2 "${POD_IP[customer]}" 300; }
  lab_capture "$folder" control1:any -- talk
  finish control1
}

case_stale_mac() {
  begin stale-mac
  lab_fault stale-mac
  talk() { ping_pod customer "${POD_IP[database]}" 3; get summary2 "${POD_IP[database]}" 300; }
  lab_capture "$folder" control1:ens5 worker1:any -- talk
  finish control1 worker1
}

case_duplicate_mac() {
  begin duplicate-mac
  lab_fault duplicate-mac
  talk() { ping_pod customer "${POD_IP[database]}" 3; get customer "${POD_IP[summary2]}" 300; }
  lab_capture "$folder" -- talk
  finish control1 worker1 worker2
}

case_wrong_vni() {
  begin wrong-vni
  lab_fault wrong-vni
  talk() { ping_pod customer "${POD_IP[database]}" 2; ping_pod database "${POD_IP[customer]}" 2; get summary2 "${POD_IP[customer]}" 300; }
  lab_capture "$folder" control1:ens5 -- talk
  finish control1 worker1 worker2
}

case_wrong_port() {
  begin wrong-port
  lab_fault wrong-port
  talk() { ping_pod customer "${POD_IP[database]}" 2; ping_pod database "${POD_IP[customer]}" 2; get summary2 "${POD_IP[customer]}" 300; }
  lab_capture "$folder" control1:ens5 -- talk
  finish control1 worker2
}

case_no_vtep() {
  begin no-vtep
  lab_fault no-vtep
  talk() { ping_pod customer "${POD_IP[database]}" 3; get summary2 "${POD_IP[customer]}" 300; }
  lab_capture "$folder" control1:ens5 -- talk
  lab_snapshot "$folder/topology"
  yaml '/IPv4VXLANTunnelAddr: 10.48.0.206/d' nodes.yaml
  finish control1
}

# --- wrong addresses -------------------------------------------------------------------------------------------------

case_stale_node_address() {
  begin stale-node-address
  lab_fault stale-node-address
  talk() { ping_pod customer "${POD_IP[database]}" 3; get summary2 "${POD_IP[customer]}" 300; }
  lab_capture "$folder" control1:ens5 control1:vxlan.calico -- talk
  lab_snapshot "$folder/topology"
  yaml 's/(IPv4Address:) 10.0.1.30/\1 10.0.1.33/' nodes.yaml
  finish control1
}

case_wrong_node_address() {
  begin wrong-node-address
  bridge -n "$LAB-control1" fdb replace "$(vtep_mac worker1)" dev vxlan.calico dst 192.168.56.30 self permanent
  talk() { ping_pod customer "${POD_IP[database]}" 3; get summary2 "${POD_IP[customer]}" 300; }
  lab_capture "$folder" control1:ens5 -- talk
  lab_snapshot "$folder/topology"
  yaml 's/(IPv4Address:) 10.0.1.30/\1 192.168.56.30/' nodes.yaml
  finish control1
}

# control1's tunnel address lies in worker1's block.
borrow() { TUNNEL[control1]=10.48.0.207; }
borrowed_block() {
  cat > "$folder/topology/ipamblocks.yaml" <<END
apiVersion: v1
items:
- apiVersion: crd.projectcalico.org/v1
  kind: IPAMBlock
  metadata:
    name: 10-48-0-192-26
  spec:
    affinity: host:$(node_name worker1)
    allocations: [$(printf 'null, %.0s' {0..7})0, null, null, null, null, null, 1, 2$(printf ', null%.0s' {16..63})]
    attributes:
    - handle_id: k8s-pod-network.5d1f0e0f0a7e6b1a
      secondary: { namespace: yaobank, node: $(node_name worker1), pod: ${POD_NAME[database]#*/} }
    - handle_id: vxlan-tunnel-addr-$(node_name worker1)
      secondary: { node: $(node_name worker1), type: vxlanTunnelAddress }
    - handle_id: vxlan-tunnel-addr-$(node_name control1)
      secondary: { node: $(node_name control1), type: vxlanTunnelAddress }
    cidr: 10.48.0.192/26
    deleted: false
    strictAffinity: false
    unallocated: []
kind: List
metadata:
  resourceVersion: ""
END
}

case_borrowed_tunnel_address() {
  borrow
  begin borrowed-tunnel-address
  local node
  for node in worker1 worker2; do node_ip "$node" route add "${TUNNEL[control1]}" dev vxlan.calico scope link; done
  talk() { ping_pod control1 "${POD_IP[database]}" 2; ping_pod control1 "${POD_IP[summary2]}" 2; get customer "${POD_IP[database]}" 300; }
  lab_capture "$folder" -- talk
  lab_snapshot "$folder/topology"
  borrowed_block
  finish worker1 worker2
}

case_borrowed_tunnel_broken() {
  borrow
  begin borrowed-tunnel-broken
  talk() { ping_pod control1 "${POD_IP[summary2]}" 2; get customer "${POD_IP[database]}" 300; }
  lab_capture "$folder" -- talk
  lab_snapshot "$folder/topology"
  borrowed_block
  finish worker1 worker2
}

# --- the network between the nodes -----------------------------------------------------------------------------------

case_blocked_port() {
  begin blocked-port
  lab_fault blocked-port
  talk() { ping_pod customer "${POD_IP[database]}" 3; get database "${POD_IP[customer]}" 300; try_port worker1 "${ADDRESS[control1]}" 6443; }
  lab_capture "$folder" control1:ens5 worker1:ens5 -- talk
  finish control1 worker1
}

case_snat_between_nodes() {
  begin snat-between-nodes worker2=10.0.2.31
  lab_fault snat
  talk() { ping_pod customer "${POD_IP[summary2]}" 3; get customer "${POD_IP[database]}" 300; }
  lab_capture "$folder" control1:ens5 worker2:ens5 -- talk
  finish control1 worker2
}

case_crosssubnet_source_check() {
  begin crosssubnet-source-check VXLAN_MODE=crosssubnet worker2=10.0.2.31
  ip netns exec "$LAB-fabric" ebtables -A FORWARD -p ip --ip-src 10.48.0.0/24 -j DROP
  talk() { ping_pod customer "${POD_IP[database]}" 3; get summary2 "${POD_IP[customer]}" 300; }
  lab_capture "$folder" control1:ens5 worker1:ens5 -- talk
  finish control1 worker1
}

case_pod_mtu() {
  begin pod-mtu POD_MTU=9001
  talk() { ping_pod customer "${POD_IP[database]}" 1; get database "${POD_IP[customer]}" 40000; }
  lab_capture "$folder" control1:ens5 "control1:$(cali_name customer)" -- talk
  finish control1
}

# --- looks wrong, is not ---------------------------------------------------------------------------------------------

case_pod_to_node() {
  begin pod-to-node NAT_OUTGOING=false
  talk() {
    ping_pod customer "${ADDRESS[worker1]}" 2
    ping_pod customer "${TUNNEL[worker1]}" 2
    ping_pod control1 "${TUNNEL[worker1]}" 2
    in_ns customer curl -s -o /dev/null --max-time 2 "http://${ADDRESS[control1]}:6443/100" || true
  }
  lab_capture "$folder" control1:ens5 -- talk
  finish control1
}

case_masqueraded() {
  begin masqueraded
  nat control1 -A POSTROUTING -s 10.48.0.0/24 ! -d 10.48.0.0/16 -j MASQUERADE
  talk() { ping_pod customer "${ADDRESS[worker1]}" 2; ping_pod customer 10.0.1.1 2; get customer "${POD_IP[database]}" 300; }
  lab_capture "$folder" control1:ens5 "control1:$(cali_name customer)" -- talk
  finish control1
}

case_nodeport() {
  begin nodeport
  nat control1 -A PREROUTING -p tcp --dport 30080 -j DNAT --to-destination "${POD_IP[database]}:80"
  nat control1 -A POSTROUTING -p tcp -d "${POD_IP[database]}" --dport 80 -o vxlan.calico -j MASQUERADE
  talk() { in_ns fabric curl -s -o /dev/null --max-time 2 "http://${ADDRESS[control1]}:30080/300" || true; }
  lab_capture "$folder" control1:ens5 worker1:ens5 -- talk
  finish control1 worker1
}

case_clusterip_on_veth() {
  begin clusterip-on-veth
  nat control1 -A PREROUTING -p tcp -d 10.96.14.7 --dport 80 -j DNAT --to-destination "${POD_IP[database]}:80"
  talk() { get customer 10.96.14.7 300; }
  lab_capture "$folder" control1:ens5 "control1:$(cali_name customer)" -- talk
  lab_snapshot "$folder/topology"
  cat > "$folder/topology/services.yaml" <<'END'
apiVersion: v1
items:
- apiVersion: v1
  kind: Service
  metadata:
    name: database
    namespace: yaobank
  spec:
    clusterIP: 10.96.14.7
    clusterIPs:
    - 10.96.14.7
    ports:
    - name: http
      port: 80
      protocol: TCP
      targetPort: 80
    selector:
      app: database
    type: ClusterIP
kind: List
metadata:
  resourceVersion: ""
END
  finish control1
}

case_crosssubnet_host_prefix() {
  begin crosssubnet-host-prefix
  talk() { ping_pod customer "${POD_IP[database]}" 3; }
  lab_capture "$folder" control1:ens5 -- talk
  VXLAN_MODE=CrossSubnet
  lab_snapshot "$folder/topology"
  yaml 's!(IPv4Address: [0-9.]+)/24!\1/32!' nodes.yaml
  finish control1
}

case_crosssubnet_unequal_prefixes() {
  begin crosssubnet-unequal-prefixes VXLAN_MODE=crosssubnet worker2=10.0.2.31
  set_sysctl fabric net.ipv4.conf.all.proxy_arp=1
  ip -n "$LAB-fabric" route add "${BLOCK[worker2]}" via "${ADDRESS[worker2]}"
  node_ip control1 address add 10.0.1.20/16 dev ens5
  node_ip control1 address del 10.0.1.20/24 dev ens5
  node_ip control1 route replace default via 10.0.1.1 dev ens5 proto dhcp src 10.0.1.20 metric 100
  program_node control1 CrossSubnet
  node_ip control1 route replace "${BLOCK[worker2]}" via "${ADDRESS[worker2]}" dev ens5 proto 80 onlink
  talk() { ping_pod customer "${POD_IP[summary2]}" 3; get customer "${POD_IP[database]}" 300; }
  lab_capture "$folder" control1:ens5 -- talk
  lab_snapshot "$folder/topology"
  yaml 's!(IPv4Address: 10.0.1.20)/24!\1/16!' nodes.yaml
  finish control1 worker2
}

case_foreign_vni() {
  begin foreign-vni
  local node other
  for node in control1 worker1; do
    other=$([[ $node == control1 ]] && echo worker1 || echo control1)
    node_ip "$node" link add storage0 type vxlan id 42 dev ens5 local "${ADDRESS[$node]}" remote "${ADDRESS[$other]}" dstport 4789
    node_ip "$node" address add "192.168.100.${ADDRESS[$node]##*.}/24" dev storage0
    node_ip "$node" link set storage0 up
  done
  talk() { ping_pod control1 192.168.100.30 2; get customer "${POD_IP[database]}" 300; }
  lab_capture "$folder" control1:ens5 -- talk
  finish control1 worker1
}

case_node_address_in_pool() {
  begin node-address-in-pool
  talk() { try_port worker1 "${ADDRESS[control1]}" 6443; ping_pod worker1 "${ADDRESS[control1]}" 2; get customer "${POD_IP[database]}" 300; }
  lab_capture "$folder" control1:ens5 -- talk
  lab_snapshot "$folder/topology"
  yaml 's!cidr: 10.48.128.0/24!cidr: 10.0.0.0/16!; s/flat-ippool/wide-ippool/; s/vxlanMode: Never/vxlanMode: Always/' ippools.yaml
  finish control1
}

case_unexpected_overlay() {
  begin unexpected-overlay
  talk() { ping_pod customer "${POD_IP[database]}" 3; get summary2 "${POD_IP[ledger]}" 300; }
  lab_capture "$folder" control1:ens5 worker1:ens5 -- talk
  VXLAN_MODE=Never
  lab_snapshot "$folder/topology"
  finish control1 worker1
}

# --- captured otherwise ----------------------------------------------------------------------------------------------

case_pcapng_interfaces() {
  begin pcapng-interfaces
  local cali pid
  cali=$(cali_name customer)
  in_ns control1 dumpcap -q -s 192 -i ens5 -i vxlan.calico -i "$cali" -w "$folder/control1.pcapng" &>/dev/null &
  pid=$!
  until [[ -s $folder/control1.pcapng ]]; do sleep 0.05; done
  sleep 0.5
  ping_pod customer "${POD_IP[database]}" 2
  get summary2 "${POD_IP[customer]}" 300
  get customer "${POD_IP[summary]}" 300
  sleep 0.5
  pkill -INT -P "$pid" || kill -INT "$pid"
  wait "$pid" || true
  finish control1
}

case_pcapng_filter() {
  begin pcapng-filter
  lab_fault stale-route
  local pid
  in_ns control1 dumpcap -q -s 192 -i ens5 -f 'udp port 4789' -w "$folder/control1.pcapng" &>/dev/null &
  pid=$!
  until [[ -s $folder/control1.pcapng ]]; do sleep 0.05; done
  sleep 0.5
  ping_pod customer "${POD_IP[database]}" 3
  sleep 0.5
  pkill -INT -P "$pid" || kill -INT "$pid"
  wait "$pid" || true
  finish
}

# From the samples' captures: `filtered NAME SAMPLE FILTER FILE...`.
filtered() {
  local sample=$2 filter=$3 file
  begin "$1" --no-lab
  for file in "${@:4}"; do
    tcpdump -r "$samples/$sample/$file" -w "$folder/$file" "$filter" 2>/dev/null
  done
}

case_filtered_udp4789() {
  filtered filtered-udp4789 04-overlay-bypassed 'udp port 4789' ip-10-0-1-20-ens5.pcap ip-10-0-1-30-ens5.pcap
  finish
}

case_filtered_host_any() {
  filtered filtered-host-any 06-any-interface 'host 10.48.0.130' ip-10-0-1-20-any.pcap ip-10-0-1-30-any.pcap
  finish
}

case_one_direction() {
  filtered one-direction 01-vxlan-between-nodes 'src host 10.0.1.20' ip-10-0-1-20-ens5.pcap
  finish
}

snapped() {
  begin "$1" --no-lab
  editcap -F pcap -s "$2" "$samples/01-vxlan-between-nodes/ip-10-0-1-20-ens5.pcap" "$folder/ip-10-0-1-20-ens5.pcap"
}

case_snaplen_96() {
  snapped snaplen-96 96
  finish
}

case_snaplen_68() {
  snapped snaplen-68 68
  finish
}

case_rotated() {
  begin rotated --no-lab
  editcap -F pcap -c 25 "$samples/01-vxlan-between-nodes/ip-10-0-1-20-ens5.pcap" "$folder/ens5.pcap"
  local file index=0
  for file in "$folder"/*.pcap; do mv "$file" "$folder/ens5.pcap$((index++))"; done
  finish
}

trap lab_down EXIT
names=("$@")
if ((${#names[@]} == 0)); then mapfile -t names < <(declare -F | sed -n 's/^declare -f case_//p'); fi
for name in "${names[@]}"; do ("case_$name"); done
