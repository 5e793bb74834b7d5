// What to check next, per finding: commands for the sending or the receiving node (calico-facts 10).
import type { FindingCode } from '../codes.ts';
import type { TracedFlow } from '../trace-types.ts';

export interface CheckInput {
  fromNode: string | null;
  toNode: string | null;
  /** Null for causes that no single flow shows. */
  flow: TracedFlow | null;
}

/** Commands with a prompt that says where to run them; a comment says what the answer should be. */
export function checksFor(code: FindingCode, { fromNode, toNode, flow }: CheckInput): string[] {
  const from = fromNode ?? '<sending node>';
  const to = toNode ?? '<receiving node>';
  const seen = flow?.observations.find((o) => o.outerDst !== null);
  const dst = flow?.dst.ip ?? '<destination>';
  switch (code) {
    case 'overlay-bypassed':
    case 'wrong-encapsulation':
    case 'unexpected-overlay':
      return [`${from}$ ip route get ${dst}   # which device?`, `kubectl get ippools -o yaml   # edited lately?`];
    case 'wrong-destination-vtep':
      return [
        `${from}$ ip route get ${dst}   # via ${to}'s tunnel address?`,
        `${from}$ bridge fdb show dev vxlan.calico | grep -i ${seen?.innerDstMac ?? '<inner MAC>'}   # dst ${to}'s address?`,
      ];
    case 'wrong-source-vtep':
      return [
        `${from}$ ip -d link show vxlan.calico   # local address?`,
        `kubectl get node ${from} -o yaml | grep IPv4Address`,
      ];
    case 'wrong-tunnel-mac':
      return [`${from}$ ip neigh show dev vxlan.calico   # against: ${to}$ ip link show vxlan.calico`];
    case 'wrong-vni':
    case 'wrong-udp-port':
      return [
        `${from}$ ip -d link show vxlan.calico   # id and dstport`,
        'kubectl get felixconfigurations -o yaml | grep -i vxlan',
      ];
    case 'local-traffic-on-underlay':
      return [`${from}$ ip route get ${dst}   # should be dev cali...`];
    case 'unencrypted':
      return [`${from}$ ip route get ${dst}; wg show wireguard.cali   # peer ${to}?`];
    case 'outer-fragmented':
    case 'packet-exceeds-mtu':
    case 'mtu-black-hole':
      return [
        `${from}$ ip link show vxlan.calico   # MTU: should be 50 below the smallest MTU on the way`,
        `${from}$ ping -M do -c 3 -s SIZE <${to}'s address>   # SIZE: MTU of vxlan.calico plus 22 (50 of tunnel, less 28); lower until it passes`,
      ];
    case 'no-reply':
      return [`capture on ${to}'s NIC at the same time: does it arrive?`];
    case 'mode-changed':
      return ['kubectl get ippools -o yaml   # who edited it, and is that the state you want?'];
    case 'missing-fdb-entry':
      return [`${from}$ bridge fdb show dev vxlan.calico   # an entry with dst ${to}'s address?`];
    case 'missing-neighbour':
      return [`${from}$ ip neigh show dev vxlan.calico   # an entry for ${to}'s tunnel address?`];
    case 'not-for-this-host':
      return [`${from}$ bridge fdb show dev vxlan.calico; ip neigh show dev vxlan.calico   # MAC and dst of ${to}?`];
    case 'duplicate-tunnel-mac':
      return [
        "kubectl get nodes -o wide   # one machine registered under another's name? cloned /var/lib/calico/nodename?",
      ];
    case 'node-unreachable':
      return [`kubectl get node ${to} -o yaml | grep -i -A1 address   # is IPv4Address one of its addresses?`];
    case 'lost-on-underlay':
      return [
        `${to}# tcpdump -ni <NIC> udp port 4789   # while ${from} sends`,
        'firewall, security group, hypervisor: UDP 4789 between nodes',
      ];
    case 'bad-checksum':
    case 'icmp-only':
      return [
        `${from}$ ethtool -k vxlan.calico | grep tx-checksum   # try: ethtool -K vxlan.calico tx-checksum-ip-generic off`,
      ];
    case 'snapshot-conflict':
      return ['overlens topology SNAPSHOT   # both sources, with file and line'];
    default:
      return unreachable(code);
  }
}

function unreachable(code: never): string[] {
  return [String(code)];
}
