# Bounded traffic between the lab's pods, and captures of it. Sourced by lab.sh.

PEERS=$(dirname "${BASH_SOURCE[0]}")/peers.py
SNAPLEN=${OVERLENS_SNAPLEN:-192}
QUIET=/dev/null

# serve NAMESPACE [PORT]: peers.py there, in the background, until `down`.
serve() {
  # `ip netns exec` itself, not the function in_ns: the background process must be the program, not a subshell.
  ip netns exec "$LAB-$1" python3 "$PEERS" serve "${@:2}" &>"$STATE/$1.log" </dev/null &
  echo $! > "$STATE/$1.pid"
}
start_servers() {
  local pod
  for pod in "${PODS[@]}"; do serve "$pod"; done
  serve control1 6443 # stands for the API server
  for pod in "${PODS[@]}"; do wait_for_port "$pod" 80; done
  wait_for_port control1 6443
}
wait_for_port() {
  for _ in {1..100}; do
    if in_ns "$1" ss -Hltn "sport = :$2" | grep -q .; then return; fi
    sleep 0.05
  done
  echo "lab.sh: nothing listens on port $2 in $1" >&2; exit 1
}

# Traffic may fail by design (a fault, a refused port): the packets matter, not the exit code.
ping_pod() { in_ns "$1" ping -n -i 0.2 -W 1 -c "${3:-3}" "${@:4}" "$2" >"$QUIET" || true; }
get() { in_ns "$1" curl -s -o /dev/null --max-time 3 "http://$2/${3:-1000}" || true; }
ask() { in_ns "$1" timeout 2 python3 "$PEERS" ask "$2" "$3" >"$QUIET" 2>&1 || true; }
try_port() { in_ns "$1" nc -z -w 1 "$2" "$3" >"$QUIET" 2>&1 || true; }

# The tour: every kind of pair once. What the samples 01 to 03 hold.
traffic_tour() {
  ping_pod customer "${POD_IP[database]}" 3                            # pod to pod, control1 and worker1
  ping_pod customer "${POD_IP[database]}" 1 -s 20000                   # larger than any MTU here: the pod fragments it
  get summary2 "${POD_IP[customer]}" 60000                             # TCP, worker2 and control1
  get customer "${POD_IP[database]}" 500
  ask customer database.yaobank.svc.cluster.local "${POD_IP[coredns]}" # UDP, control1 and worker2
  ask database summary.yaobank.svc.cluster.local "${POD_IP[coredns]}"
  try_port summary2 "${POD_IP[database]}" 9999                         # nobody listens: refused
  ping_pod summary2 "${POD_IP[ledger]}" 2                              # two pools: each direction by its destination's pool
  get reports "${POD_IP[ledger]}" 300                                  # both in the flat pool
  ping_pod control1 "${POD_IP[database]}" 2                            # a process on the node itself to a pod
  get customer "${POD_IP[summary]}" 300                                # same node: must not leave it
  in_ns worker1 curl -s -o /dev/null --max-time 3 "http://${ADDRESS[control1]}:6443/200" || true # node to node
}

# Steady traffic for a change under way: three pairs of pings, ten a second, and a new HTTP connection twice a second.
traffic_steady() {
  local seconds=$1 pings=() pid
  ping_pod customer "${POD_IP[database]}" $((seconds * 10)) -i 0.1 & pings+=($!)
  ping_pod database "${POD_IP[summary2]}" $((seconds * 10)) -i 0.1 & pings+=($!)
  ping_pod summary2 "${POD_IP[customer]}" $((seconds * 10)) -i 0.1 & pings+=($!)
  for ((i = 0; i < seconds * 2; i++)); do
    in_ns summary2 curl -s -o /dev/null --max-time 0.4 "http://${POD_IP[database]}/300" || true
    sleep 0.3
  done
  for pid in "${pings[@]}"; do wait "$pid" || true; done
}

# --- capturing ------------------------------------------------------------------------------------------------------

# capture_start DIR NODE:INTERFACE...: one tcpdump per point; returns when all of them listen.
capture_start() {
  local dir=$1 point node interface file
  mkdir -p "$dir"
  for point in "${@:2}"; do
    node=${point%%:*} interface=${point#*:}
    file=$dir/$(capture_name "$node" "$interface").pcap
    # Immediate mode: packets are handed over one by one, so that none is left in a buffer at the end.
    ip netns exec "$LAB-$node" tcpdump -Z root --immediate-mode -U -s "$SNAPLEN" ${TCPDUMP_OPTIONS:-} \
      -i "$interface" -w "$file" &>"$STATE/tcpdump-$node-$interface.log" </dev/null &
    echo $! > "$STATE/tcpdump-$node-$interface.pid"
  done
  for point in "${@:2}"; do
    until grep -q 'listening on' "$STATE/tcpdump-${point%%:*}-${point#*:}.log" 2>/dev/null; do sleep 0.02; done
  done
}
capture_name() {
  local node=$1
  if [[ -n ${ADDRESS[$node]:-} ]]; then node=ip-${ADDRESS[$node]//./-}; else node=${POD_NAME[$node]#*/}; fi
  echo "$node-$2"
}
capture_stop() {
  local pidfile
  sleep 0.3
  for pidfile in "$STATE"/tcpdump-*.pid; do
    kill "$(<"$pidfile")"
    wait "$(<"$pidfile")" || true
    rm "$pidfile"
  done
}

# lab_capture DIR [POINT...] [-- COMMAND...]: captures the points (every node's NIC) while the command (the tour) runs.
lab_capture() {
  local dir=$1 points=() command=(traffic_tour)
  shift
  while (($# > 0)) && [[ $1 != -- ]]; do points+=("$1"); shift; done
  if (($# > 1)); then command=("${@:2}"); fi
  if ((${#points[@]} == 0)); then points=("${NODES[@]/%/:ens5}"); fi
  capture_start "$dir" "${points[@]}"
  "${command[@]}"
  capture_stop
}
