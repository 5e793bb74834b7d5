// What to check next, per finding: commands for the sending or the receiving node (calico-facts 10).
import { type Profile, vxlanDevice } from '../../cluster/profile.ts';
import {
  showChecksumOffload,
  showFdb,
  showLink,
  showNeighbours,
  showVxlanDevice,
  showWireguardPeers,
  stopChecksumOffload,
} from '../../cluster/show-commands.ts';
import { OVERHEAD } from '../../cluster/tunnel-overhead.ts';
import type { FindingCode } from '../codes.ts';
import type { TracedFlow } from '../trace-types.ts';

export interface CheckInput {
  profile: Profile;
  fromNode: string | null;
  toNode: string | null;
  /** Null for causes that no single flow shows. */
  flow: TracedFlow | null;
}

/** What `ping -s` does not count: the headers of IPv4 and ICMP. */
const PING_HEADERS = 28;

/** Commands with a prompt that says where to run them; a comment says what the answer should be. */
export function checksFor(code: FindingCode, { profile, fromNode, toNode, flow }: CheckInput): string[] {
  const { commands } = profile;
  const device = vxlanDevice(profile, 4);
  const from = fromNode ?? '<sending node>';
  const to = toNode ?? '<receiving node>';
  const seen = flow?.observations.find((o) => o.outerDst !== null);
  const dst = flow?.dst.ip ?? '<destination>';
  switch (code) {
    case 'overlay-bypassed':
    case 'wrong-encapsulation':
    case 'unexpected-overlay':
      return [`${from}$ ip route get ${dst}   # which device?`, `${commands.showPools}   # edited lately?`];
    case 'wrong-destination-vtep':
      return [
        `${from}$ ip route get ${dst}   # via ${to}'s tunnel address?`,
        `${from}$ ${showFdb(device)} | grep -i ${seen?.innerDstMac ?? '<inner MAC>'}   # dst ${to}'s address?`,
      ];
    case 'wrong-source-vtep':
      return [`${from}$ ${showVxlanDevice(device)}   # local address?`, commands.showNodeAddress(from)];
    case 'wrong-tunnel-mac':
      return [`${from}$ ${showNeighbours(device)}   # against: ${to}$ ${showLink(device)}`];
    case 'wrong-vni':
    case 'wrong-udp-port':
      return [`${from}$ ${showVxlanDevice(device)}   # id and dstport`, `${commands.showSettings} | grep -i vxlan`];
    case 'local-traffic-on-underlay':
      return [`${from}$ ip route get ${dst}   # should be dev ${profile.workloads.words}`];
    case 'unencrypted':
      return [`${from}$ ip route get ${dst}; ${showWireguardPeers(profile.tunnelDevice('wireguard'))}   # peer ${to}?`];
    case 'outer-fragmented':
    case 'packet-exceeds-mtu':
    case 'mtu-black-hole':
      return [
        `${from}$ ${showLink(device)}   # MTU: should be ${OVERHEAD.vxlan} below the smallest MTU on the way`,
        `${from}$ ping -M do -c 3 -s SIZE <${to}'s address>   # SIZE: MTU of ${device} plus ${OVERHEAD.vxlan - PING_HEADERS} (${OVERHEAD.vxlan} of tunnel, less ${PING_HEADERS}); lower until it passes`,
      ];
    case 'half-open':
      return [
        `${from}# tcpdump -ni <NIC> host ${dst}   # inside the tunnel: does the SYN/ACK come in?`,
        `${from}$ ip route get <${to}'s address>; sysctl net.ipv4.conf.all.rp_filter   # one way there, another way back?`,
      ];
    case 'lost-in-node':
      return [
        `kubectl get networkpolicies -A; calicoctl get globalnetworkpolicy   # does one deny it? counters: iptables-save -c`,
        `${seen === undefined ? to : `${seen.outerSrc === null ? from : to}`}$ ip -s link; nstat -az | grep -iE 'drop|rpfilter|csum'; ip route get ${dst}`,
      ];
    case 'source-translated':
      return [
        `${from}$ iptables-save -t nat | grep -iE 'masq|snat'   # counters: iptables -t nat -L -nv; which rule takes it?`,
        `kubectl -n kube-system get configmap kube-proxy -o yaml | grep -iE 'clusterCIDR|masqueradeAll'; ${commands.showPools}   # a pool with natOutgoing that not all pods are in?`,
      ];
    case 'overlay-rejected':
      return [
        `${to}$ iptables-save | grep -iE 'reject|drop'; ${showVxlanDevice(device)}; ss -lun   # a rule, and is the tunnel device up?`,
        `${from}$ ip route get <${to}'s address>; ip neigh   # does that address lead to ${to}?`,
      ];
    case 'no-reply':
      return [`capture on ${to}'s NIC at the same time: does it arrive?`];
    case 'mode-changed':
      return [`${commands.showPools}   # who edited it, and is that the state you want?`];
    case 'missing-fdb-entry':
      return [`${from}$ ${showFdb(device)}   # an entry with dst ${to}'s address?`];
    case 'missing-neighbour':
      return [`${from}$ ${showNeighbours(device)}   # an entry for ${to}'s tunnel address?`];
    case 'not-for-this-host':
      return [`${from}$ ${showFdb(device)}; ${showNeighbours(device)}   # MAC and dst of ${to}?`];
    case 'duplicate-tunnel-mac':
      return [`kubectl get nodes -o wide   # one machine registered under another's name? cloned ${profile.cloned}?`];
    case 'node-unreachable':
      return [`kubectl get node ${to} -o yaml | grep -i -A1 address   # is IPv4Address one of its addresses?`];
    case 'lost-on-underlay':
      return [
        `${to}# tcpdump -ni <NIC> udp port ${profile.port}   # while ${from} sends`,
        `firewall, security group, hypervisor: UDP ${profile.port} between nodes`,
      ];
    case 'bad-checksum':
    case 'icmp-only':
      return [`${from}$ ${showChecksumOffload(device)}   # try: ${stopChecksumOffload(device)}`];
    case 'pool-over-node-subnet':
      return [`${commands.showPools}   # a pool apart from the nodes' network: move the pods to one`];
    case 'snapshot-conflict':
      return ['overlens topology SNAPSHOT   # both sources, with file and line'];
    default:
      return unreachable(code);
  }
}

function unreachable(code: never): string[] {
  return [String(code)];
}
