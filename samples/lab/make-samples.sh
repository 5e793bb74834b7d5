#!/usr/bin/env bash
# Makes the captures and snapshots of samples/: one lab per story, built, broken, captured and removed again.
#   sudo samples/lab/make-samples.sh            all stories
#   sudo samples/lab/make-samples.sh 01 08      only these
# Safe to repeat: it replaces the captures and topology/ of a story and leaves its README.md alone. Needs what lab.sh needs.
# One run is not byte for byte like another (times, ports, sequence numbers), but the counts that READMEs name hold.
set -euo pipefail
export OVERLENS_LAB=${OVERLENS_LAB:-ovs}
source "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
samples=$(cd "$here/.." && pwd)

# story NAME [SETTING...]: an empty folder and a fresh lab; the snapshot is taken with `finish`.
story() {
  folder=$samples/$1
  mkdir -p "$folder"
  rm -rf "$folder"/*.pcap "$folder/topology"
  set_up "${@:2}"
  echo "$1"
}
finish() {
  [[ -d $folder/topology ]] || lab_snapshot "$folder/topology"
  lab_down
}

story_01() {
  story 01-vxlan-between-nodes
  lab_capture "$folder"
  finish
}

story_02() {
  story 02-pool-never VXLAN_MODE=never POD_MTU=9001
  lab_capture "$folder"
  finish
}

# worker2 is in another subnet, behind a router; the pool says CrossSubnet.
story_03() {
  story 03-crosssubnet VXLAN_MODE=crosssubnet worker2=10.0.2.31
  lab_capture "$folder"
  finish
}

# The pool says Always, but worker1 still has BIRD's route to control1's block.
story_04() {
  story 04-overlay-bypassed
  lab_fault stale-route
  talk() {
    ping_pod customer "${POD_IP[database]}" 3
    get customer "${POD_IP[database]}" 5000
    get database "${POD_IP[summary]}" 200
    get summary2 "${POD_IP[customer]}" 1000
    ping_pod summary2 "${POD_IP[database]}" 2
  }
  lab_capture "$folder" -- talk
  finish
}

story_05() {
  story 05-same-node
  talk() {
    ping_pod customer "${POD_IP[summary]}" 2
    get customer "${POD_IP[summary]}" 1000
    ping_pod control1 "${POD_IP[customer]}" 2 # like the kubelet's probes: the node's own process to a pod on it
    get customer "${POD_IP[database]}" 300
  }
  lab_capture "$folder" "control1:$(cali_name customer)" "control1:$(cali_name summary)" control1:ens5 -- talk
  finish
}

# Linux cooked capture: version 2 on control1, version 1 (what older tcpdumps write) on worker1.
story_06() {
  story 06-any-interface
  capture_start "$folder" control1:any
  TCPDUMP_OPTIONS='-y LINUX_SLL' capture_start "$folder" worker1:any
  ping_pod customer "${POD_IP[database]}" 2
  ping_pod customer "${POD_IP[database]}" 1 -s 20000
  get database "${POD_IP[customer]}" 30000
  get customer "${POD_IP[summary]}" 300
  ask database summary.yaobank.svc.cluster.local "${POD_IP[coredns]}"
  ping_pod summary2 "${POD_IP[ledger]}" 1
  ping_pod control1 "${POD_IP[database]}" 1
  capture_stop
  finish
}

# Never becomes Always while pods talk; control1 follows first, worker2 last.
story_07() {
  story 07-pool-edited VXLAN_MODE=never POD_MTU=8951
  lab_snapshot "$folder/topology-before"
  talk() {
    traffic_steady 5 &
    local steady=$!
    sleep 1.2
    lab_mode always 0.4
    wait "$steady"
  }
  lab_capture "$folder" -- talk
  finish
}

story_08() {
  story 08-stale-fdb
  lab_fault stale-fdb
  talk() {
    ping_pod customer "${POD_IP[database]}" 5
    try_port control1 "${POD_IP[database]}" 5432
    get summary "${POD_IP[database]}" 300 # three seconds: SYNs
    ping_pod database "${POD_IP[customer]}" 3
    get summary2 "${POD_IP[customer]}" 1000
    ask database summary.yaobank.svc.cluster.local "${POD_IP[coredns]}"
    ping_pod summary2 "${POD_IP[ledger]}" 2
  }
  lab_capture "$folder" -- talk
  finish
}

# Small packets pass, large ones are lost between worker1 and the others.
story_09() {
  story 09-mtu-black-hole NIC_MTU=1500 POD_MTU=1450
  lab_fault black-hole
  talk() {
    ping_pod customer "${POD_IP[database]}" 2
    ping_pod customer "${POD_IP[database]}" 2 -s 1400
    get database "${POD_IP[customer]}" 200
    in_ns database curl -s -o /dev/null --max-time 6 "http://${POD_IP[customer]}/20000" || true
    get customer "${POD_IP[database]}" 20000
  }
  lab_capture "$folder" control1:ens5 worker1:ens5 -- talk
  finish
}

story_10() {
  story 10-missing-neighbour
  lab_fault missing-neighbour
  talk() {
    ping_pod customer "${POD_IP[database]}" 4
    get customer "${POD_IP[database]}" 300
    get summary2 "${POD_IP[customer]}" 1000
    get summary2 "${POD_IP[database]}" 200
  }
  lab_capture "$folder" control1:ens5 control1:vxlan.calico worker1:ens5 -- talk
  finish
}

# The NICs carry 1400 bytes, the tunnel believes in 1500: the node fragments what it encapsulated.
story_11() {
  story 11-outer-fragments NIC_MTU=1500 POD_MTU=1450
  lab_fault underlay-mtu
  talk() {
    ping_pod customer "${POD_IP[database]}" 3 -s 1400
    get customer "${POD_IP[database]}" 8000
    ping_pod customer "${POD_IP[database]}" 2
  }
  lab_capture "$folder" control1:ens5 worker1:ens5 -- talk
  finish
}

# IP-in-IP: one pool Always, the other CrossSubnet; worker2 is in another subnet. Then once more, after a fault, in a folder below.
story_14() {
  story 14-ip-in-ip VXLAN_MODE=never IPIP_MODE=always FLAT_IPIP_MODE=crosssubnet worker2=10.0.2.31 POD_MTU=8981
  talk() {
    traffic_tour
    ping_pod customer "${POD_IP[ledger]}" 2 # the CrossSubnet pool, within the subnet
  }
  lab_capture "$folder" -- talk
  lab_snapshot "$folder/topology"
  lab_fault stale-route
  talk() {
    ping_pod customer "${POD_IP[database]}" 2
    get database "${POD_IP[summary]}" 300
    get summary2 "${POD_IP[database]}" 300
    in_ns worker1 curl -s -o /dev/null --max-time 3 "http://${ADDRESS[control1]}:6443/200" || true
  }
  rm -rf "$folder/bypass"
  lab_capture "$folder/bypass" control1:ens5 worker1:ens5 -- talk
  lab_snapshot "$folder/bypass/topology"
  finish
}

# WireGuard over a VXLAN pool; beside the NICs, the device on control1, where the same packets are in clear.
story_15() {
  story 15-wireguard WIREGUARD=true POD_MTU=8941
  lab_capture "$folder" "${NODES[@]/%/:ens5}" control1:wireguard.cali
  mkdir -p "$folder/filtered"
  local node
  for node in "${NODES[@]}"; do
    tcpdump -Z root -r "$folder/$(capture_name "$node" ens5).pcap" -w "$folder/filtered/$(capture_name "$node" ens5).pcap" \
      "udp port $WIREGUARD_PORT" 2>"$QUIET"
  done
  finish
}

# Why does it not work? In the folder itself the same pods without a fault; below it one folder a symptom: firewalls, so that one snapshot fits all.
story_16() {
  SNAPLEN=160
  story 16-where-it-stops NIC_MTU=1500 POD_MTU=1450
  talk() { healthy_pairs; }
  lab_capture "$folder" -- talk
  finish
  symptom no-answer policy-drop control1:ens5 worker1:ens5 worker1:vxlan.calico "worker1:$(cali_name database)"
  mkdir -p "$folder/no-answer/topology"
  database_policy > "$folder/no-answer/topology/networkpolicies.yaml"
  symptom tcp-dies drop-tcp control1:ens5 worker1:ens5 "worker1:$(cali_name database)"
  symptom one-direction drop-one-direction control1:ens5 worker1:ens5
  symptom new-connections half-open control1:ens5 worker1:ens5 "control1:$(cali_name customer)"
  symptom dns dns-silent control1:ens5 worker2:ens5 "worker2:$(cali_name coredns)"
  symptom slow delay control1:ens5 worker1:ens5
}
# symptom FOLDER FAULT POINT...: a lab of its own, broken so, captured at these points while talk_FOLDER runs.
symptom() {
  set_up
  rm -rf "${folder:?}/$1"
  lab_capture "$folder/$1" "${@:3}" -- "talk_${1//-/_}" "$2"
  lab_down
}
# What the firewall of policy-drop stands for, as `kubectl get networkpolicies -A -o yaml` prints it.
database_policy() {
  cat <<'END'
apiVersion: v1
items:
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata:
    creationTimestamp: "2026-11-29T14:41:07Z"
    name: database
    namespace: yaobank
  spec:
    ingress:
    - from:
      - podSelector:
          matchLabels:
            app: summary
      ports:
      - port: 80
        protocol: TCP
    podSelector:
      matchLabels:
        app: database
    policyTypes:
    - Ingress
kind: List
metadata:
  resourceVersion: ""
END
}
healthy_pairs() {
  ping_pod customer "${POD_IP[database]}" 2
  get customer "${POD_IP[database]}" 3000
  ask customer database.yaobank.svc.cluster.local "${POD_IP[coredns]}"
  get summary2 "${POD_IP[customer]}" 1000
}
talk_no_answer() {
  lab_fault "$1"
  ping_pod worker1 "${POD_IP[database]}" 2 # the node itself, as the kubelet's probes: no policy holds it back
  ping_pod customer "${POD_IP[database]}" 3
  get customer "${POD_IP[database]}" 3000
  get summary2 "${POD_IP[customer]}" 1000
  ping_pod summary2 "${POD_IP[ledger]}" 1
  ping_pod worker1 "${POD_IP[database]}" 2
}
talk_tcp_dies() {
  lab_fault "$1"
  ping_pod customer "${POD_IP[database]}" 3
  get customer "${POD_IP[database]}" 3000
  get summary2 "${POD_IP[customer]}" 1000
  ping_pod customer "${POD_IP[database]}" 1
}
talk_one_direction() {
  lab_fault "$1"
  ping_pod customer "${POD_IP[database]}" 3
  ping_pod database "${POD_IP[customer]}" 3
  get customer "${POD_IP[database]}" 3000
  get summary2 "${POD_IP[customer]}" 1000
  get summary2 "${POD_IP[database]}" 1000
  ping_pod database "${POD_IP[customer]}" 1
}
# One connection is old when new ones begin to fail.
talk_new_connections() {
  local urls=() steady
  for _ in {1..8}; do urls+=("http://${POD_IP[database]}/200"); done
  in_ns customer curl -s --rate 120/m "${urls[@]}" >"$QUIET" &
  steady=$!
  sleep 1
  lab_fault "$1"
  get customer "${POD_IP[database]}" 3000
  get summary2 "${POD_IP[customer]}" 1000
  wait "$steady" || true
}
talk_dns() {
  lab_fault "$1"
  ping_pod customer "${POD_IP[coredns]}" 2
  ask customer database.yaobank.svc.cluster.local "${POD_IP[coredns]}"
  ask customer summary.yaobank.svc.cluster.local "${POD_IP[coredns]}"
  ask database summary.yaobank.svc.cluster.local "${POD_IP[coredns]}"
  get summary2 "${POD_IP[customer]}" 1000
  ping_pod customer "${POD_IP[coredns]}" 1
}
talk_slow() {
  lab_fault "$1"
  ping_pod customer "${POD_IP[database]}" 5
  get customer "${POD_IP[database]}" 3000
  get customer "${POD_IP[database]}" 30000
  get summary2 "${POD_IP[customer]}" 1000
}

trap lab_down EXIT # also after Ctrl-C: no namespace is left behind
stories=("$@")
if ((${#stories[@]} == 0)); then mapfile -t stories < <(declare -F | sed -n 's/^declare -f story_//p'); fi
for number in "${stories[@]}"; do
  ("story_$number") # a subshell: the settings of one story must not leak into the next
done
