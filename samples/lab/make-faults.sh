#!/usr/bin/env bash
# Makes the captures of test/fixtures/lab-faults: one lab per way in which packets stop (delivery-faults.sh), captured at every place
# of customer with database and with coredns, with the snapshot as it was then.
#   sudo samples/lab/make-faults.sh              all of them
#   sudo samples/lab/make-faults.sh reject loss  only these
# `healthy` is the same traffic without a fault. Safe to repeat.
set -euo pipefail
export OVERLENS_LAB=${OVERLENS_LAB:-ovf}
export OVERLENS_SNAPLEN=${OVERLENS_SNAPLEN:-160}
source "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
fixtures=$(cd "$here/../../test/fixtures" && pwd)/lab-faults

# What a fault lets through is there at the start and at the end: a capture that holds nothing tells nothing.
passing() {
  ping_pod summary2 "${POD_IP[database]}" 2
  ping_pod worker1 "${POD_IP[database]}" 2
}
talk() {
  passing
  ping_pod customer "${POD_IP[database]}" 4
  get customer "${POD_IP[database]}" 3000
  ask customer database.yaobank.svc.cluster.local "${POD_IP[coredns]}"
  get summary2 "${POD_IP[customer]}" 1000
  passing
}
talk_much() {
  ping_pod customer "${POD_IP[database]}" 40 -i 0.02
  for _ in 1 2 3; do get customer "${POD_IP[database]}" 3000; done
  get summary2 "${POD_IP[customer]}" 1000
}

make() {
  local name=$1 folder=$fixtures/$1 command=talk points settings=(NIC_MTU=1500 POD_MTU=1450)
  rm -rf "$folder"
  mkdir -p "$folder"
  # Only a router translates addresses: worker2 is behind one.
  if [[ $name == snat ]]; then settings+=(worker2=10.0.2.31); fi
  set_up "${settings[@]}"
  if [[ $name != healthy ]]; then lab_fault "$name"; fi
  if [[ $name == loss || $name == delay ]]; then command=talk_much; fi
  lab_snapshot "$folder/topology"
  points=(control1:ens5 worker1:ens5 worker2:ens5 control1:vxlan.calico "control1:$(cali_name customer)" "worker1:$(cali_name database)")
  # Nothing can be captured on a device that is down.
  if [[ $name != device-down ]]; then points+=(worker1:vxlan.calico); fi
  lab_capture "$folder" "${points[@]}" -- "$command"
  lab_down
  echo "$name"
}

if (($# == 0)); then
  set -- healthy drop-in-node drop-one-direction drop-tcp reject reject-prohibited device-down rp-filter masquerade half-open \
    vip-moved dns-silent policy-drop routing-loop delay loss snat blocked-port missing-neighbour stale-fdb
fi
# In a shell of its own, since settings stay.
for name in "$@"; do (make "$name"); done
