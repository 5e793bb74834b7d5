// The script that `overlens snapshot --nodes` prints: captures on all nodes at the same time, the tables that decide before and
// after them, the nodes' clocks, and the cluster's objects, in one folder that is one argument. It runs wherever its user can reach
// the nodes; what runs on them is one program on stdin, whose result is one archive on stdout.
import { shellWord } from './shell.ts';
import { ADVISED_SNAPLEN } from './show-commands.ts';
import { OBJECTS, podsCommand } from './snapshot-commands.ts';

/** How its user reaches a node. */
export const SNAPSHOT_VIA = ['ssh', 'kubectl'] as const;

export interface SnapshotScript {
  nodes: readonly string[];
  via: (typeof SNAPSHOT_VIA)[number];
  /** How long it captures. */
  seconds: number;
}

/** Folders that the script makes begin with this. */
export const SNAPSHOT_FOLDER = 'overlens-snapshot-';
/** Tables of the beginning and the end; files of a node beside them. */
export const FIRST = 'first-';
export const LAST = 'last-';

/** What devices leave to the card, a file each: the device stands behind it. */
export const OFFLOAD = 'ethtool-';
/** Connections that the node tracked when the captures ended. */
export const CONNECTIONS = 'conntrack-list.txt';
/** When they ended. */
export const END = 'date-end';

/** What runs on a node, as a program of POSIX sh: `$1` is how long, in seconds. Nothing but the archive goes to stdout. */
const ON_NODE = `{ set -u
PATH=$PATH:/usr/sbin:/sbin
sudo=; [ "$(id -u)" = 0 ] || sudo='sudo -n'
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
nic=\${NIC:-$(ip -d link show type vxlan 2>/dev/null | sed -n 's/.* dev \\([^ ]*\\) .*/\\1/p' | head -n 1)}
[ -n "$nic" ] || nic=$(ip route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n 1)
[ -n "$nic" ] || nic=any
tables() {
  ip route show table all > "$1ip-route.txt" 2>&1
  bridge fdb show > "$1bridge-fdb.txt" 2>&1
}
hostname > hostname
date -u > date
tables ${FIRST}
ip -d addr > ip-addr.txt 2>&1
command -v ethtool > /dev/null && for dev in "$nic" $(for kind in vxlan ipip wireguard; do
  ip -o link show type $kind 2>/dev/null | sed -n 's/^[0-9]*: \\([^:@]*\\).*/\\1/p'
done); do [ "$dev" = any ] || ethtool -k "$dev" > "${OFFLOAD}$dev.txt" 2>&1; done
$sudo tcpdump --immediate-mode -U -n -s ${ADVISED_SNAPLEN} -i "$nic" -w - > "$nic.pcap" 2> tcpdump.log &
sleep "$1"
$sudo kill $!
wait $!
ip neigh > ip-neigh.txt 2>&1
tables ${LAST}
if command -v conntrack > /dev/null; then $sudo conntrack -L > ${CONNECTIONS} 2> /dev/null
elif [ -e /proc/net/nf_conntrack ]; then $sudo cat /proc/net/nf_conntrack > ${CONNECTIONS} 2> /dev/null; fi
date -u > ${END}
echo OVERLENS-BEGIN
tar -cf - . | base64
echo OVERLENS-END
} < /dev/null`;

const REACH: Readonly<Record<SnapshotScript['via'], { setUp: string; run: string; cleanUp: string }>> = {
  ssh: { setUp: '', run: 'ssh -o BatchMode=yes -- "$1" sh -s -- "$seconds"', cleanUp: '' },
  kubectl: {
    setUp: `ns=overlens-$$
image=\${IMAGE:-docker.io/nicolaka/netshoot}   # needs tcpdump, ip and bridge
kubectl create namespace "$ns" > /dev/null || exit 1
kubectl label namespace "$ns" pod-security.kubernetes.io/enforce=privileged > /dev/null`,
    run: 'kubectl debug -n "$ns" "node/$1" -i -q --profile=sysadmin --image="$image" -- sh -s -- "$seconds"',
    cleanUp: 'kubectl delete namespace "$ns" --wait=false > /dev/null',
  },
};

/** A script for POSIX sh, to be read before it is run: everything in it can be changed. */
export function snapshotScript({ nodes, via, seconds }: SnapshotScript): string {
  const { setUp, run, cleanUp } = REACH[via];
  return `#!/bin/sh
# Captures on ${nodes.length === 1 ? 'one node' : `${nodes.length} nodes at the same time`}, for ${seconds} seconds, headers only, with the tables of each node
# before and after. NIC=eth1 sh SCRIPT captures on another interface than the one that the tunnel or the default route uses.
set -u
seconds=\${SECONDS_LONG:-${seconds}}
out=${SNAPSHOT_FOLDER}$(date -u +%Y%m%dT%H%M%SZ)
mkdir "$out" || exit 1
${setUp === '' ? '' : `${setUp}\n`}clean() { ${cleanUp === '' ? ':' : cleanUp}; }
trap clean EXIT
trap 'exit 130' INT TERM

on_node() {
cat <<'ON-NODE'
${ON_NODE}
ON-NODE
}

collect() {
  mkdir "$out/$1" || return
  { [ -z "\${NIC:-}" ] || printf 'NIC=%s\\n' "$NIC"; on_node; } |
    ${run} 2> "$out/$1/errors.log" |
    sed -n '/^OVERLENS-BEGIN/,/^OVERLENS-END/p' | grep -v OVERLENS | tr -d '\\r' | base64 -d | tar -xf - -C "$out/$1" ||
    echo "$1: nothing was collected, see $out/$1/errors.log" >&2
}

for node in ${nodes.map(shellWord).join(' ')}; do
  collect "$node" &
done
if command -v kubectl > /dev/null; then
  (
    cd "$out" || exit
    ${OBJECTS}
    ${podsCommand()}
  )
fi
wait

echo "Then: overlens $out"
`;
}
