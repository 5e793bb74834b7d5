#!/usr/bin/env bash
# A Calico cluster without Kubernetes: three nodes and seven pods as network namespaces, on the kernel's own VXLAN.
# Linux and root are all it needs (iproute2, tcpdump, ping, curl, nc, python3). See README.md beside this file.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/cluster.sh"
source "$here/routes.sh"
source "$here/traffic.sh"
source "$here/snapshot.sh"
source "$here/faults.sh"
source "$here/delivery-faults.sh"
source "$here/tunnels.sh"

usage() {
  cat <<'END'
lab.sh up [NAME=VALUE]...    build it; NAME is VXLAN_MODE, NIC_MTU, POD_MTU, VNI, VXLAN_PORT, NAT_OUTGOING,
                             IPIP_MODE, FLAT_IPIP_MODE (with VXLAN_MODE=never), WIREGUARD (true; needs wireguard-go and wg)
                             or worker2=ADDRESS (10.0.2.31 puts worker2 behind a router, in a second subnet)
lab.sh down                  remove it
lab.sh show                  who is there, with the names Calico computes

lab.sh mode MODE [GAP]       edit the pool: never, always or crosssubnet; with a GAP (seconds) the nodes follow one by one
lab.sh fault NAME            break one table or link (lab.sh fault: the list); `lab.sh mode MODE` repairs tables

lab.sh run WHERE COMMAND...  run a command on a node (control1, worker1, worker2) or in a pod (customer, summary, database, ...)
lab.sh traffic               the tour: a ping, HTTP, DNS, a refused port, two pools, the node itself, the same node
lab.sh capture DIR [WHERE:INTERFACE...] [-- COMMAND...]
                             tcpdump there (on every node's ens5) while COMMAND, a function of traffic.sh, runs (the tour)
lab.sh snapshot DIR          ippools.yaml, nodes.yaml, pods.yaml and each node's ip and bridge tables: what overlens reads
END
}

lab_show() {
  local node pod
  for node in "${NODES[@]}"; do
    printf '%-9s %-40s %-10s tunnel %-12s %s\n' "$node" "$(node_name "$node")" "${ADDRESS[$node]}" \
      "${TUNNEL[$node]}" "$(vtep_mac "$node")"
  done
  for pod in "${PODS[@]}"; do
    printf '%-9s %-40s %-13s on %-9s %s\n' "$pod" "${POD_NAME[$pod]}" "${POD_IP[$pod]}" "${POD_NODE[$pod]}" "$(cali_name "$pod")"
  done
}

# Settings given to `up`: NAME=VALUE, where NAME is one of those that are remembered, or a node (its address).
set_up() {
  local setting name value
  for setting in "$@"; do
    name=${setting%%=*} value=${setting#*=}
    case $name in
      VXLAN_MODE | IPIP_MODE | FLAT_IPIP_MODE) printf -v "$name" %s "$(pool_mode "$value")" ;;
      NIC_MTU | POD_MTU | VNI | VXLAN_PORT | NAT_OUTGOING | WIREGUARD) printf -v "$name" %s "$value" ;;
      control1 | worker1 | worker2) ADDRESS[$name]=$value ;;
      *) echo "lab.sh: unknown setting '$setting'" >&2; exit 2 ;;
    esac
  done
  lab_up
}

main() {
  local command=${1:-help}
  shift || true
  if [[ $command != help && $EUID -ne 0 ]]; then echo 'lab.sh: network namespaces need root: try sudo' >&2; exit 1; fi
  load_settings
  if [[ $command != up && $command != down && $command != help && ! -d $STATE ]]; then
    echo "lab.sh: the lab '$LAB' is not up; 'lab.sh up' first" >&2; exit 1
  fi
  case $command in
    up) set_up "$@" ;;
    down) lab_down ;;
    show) lab_show ;;
    mode) lab_mode "$@" ;;
    fault) lab_fault "$@" ;;
    run) in_ns "$@" ;;
    traffic) traffic_tour ;;
    capture) lab_capture "$@" ;;
    snapshot) lab_snapshot "$@" ;;
    help | -h | --help) usage ;;
    *) usage >&2; exit 2 ;;
  esac
}

# Sourced by make-samples.sh for its functions; run for its commands.
if [[ ${BASH_SOURCE[0]} == "$0" ]]; then main "$@"; fi
