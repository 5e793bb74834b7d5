// What to check where packets did not get through: what fits the tunnel they were lost in, and never a capture that was given.
import type { Observed } from '../../attribution/vocabulary.ts';
import { type Profile, type TunnelKind, vxlanDevice } from '../../cluster/profile.ts';
import { showLink, showVxlanDevice, showWireguardPeers } from '../../cluster/show-commands.ts';
import { OVERHEAD } from '../../cluster/tunnel-overhead.ts';
import type { Node } from '../../topology/model.ts';
import type { FindingCode } from '../codes.ts';
import { checksumChecks } from './offload-words.ts';

export interface DeliveryInput {
  profile: Profile;
  encapsulation: Observed['encapsulation'] | null;
  nics: ReadonlySet<string>;
  toNode: string | null;
  atNode: string | null;
  from: string;
  to: string;
  dst: string;
  /** The sending node, if it is known. */
  sender: Node | null;
}

/** How packets cross the underlay: the device that wraps them, what a capture of them is filtered by, what others call it. */
export interface Tunnel {
  kind: TunnelKind;
  device: string;
  filter: string;
  words: string;
}

/** What `ping -s` does not count: the headers of IPv4 and ICMP. */
const PING_HEADERS = 28;

export function tunnelOf({ profile, encapsulation }: Pick<DeliveryInput, 'profile' | 'encapsulation'>): Tunnel {
  if (encapsulation === 'ipip')
    return {
      kind: 'ipip',
      device: profile.tunnelDevice('ipip'),
      filter: 'ip proto 4',
      words: 'IP protocol 4 (IP-in-IP)',
    };
  if (encapsulation === 'wireguard')
    return {
      kind: 'wireguard',
      device: profile.tunnelDevice('wireguard'),
      filter: 'udp port 51820',
      words: 'UDP 51820',
    };
  const { port } = profile;
  return { kind: 'vxlan', device: vxlanDevice(profile, 4), filter: `udp port ${port}`, words: `UDP ${port}` };
}

export function mtuChecks({ kind, device }: Tunnel, from: string, to: string): string[] {
  const overhead = OVERHEAD[kind];
  const more = overhead - PING_HEADERS;
  const size = more < 0 ? `less ${-more}` : `plus ${more}`;
  return [
    `${from}$ ${showLink(device)}   # MTU: should be ${overhead} below the smallest MTU on the way`,
    `${from}$ ping -M do -c 3 -s SIZE <${to}'s address>   # SIZE: MTU of ${device} ${size} (${overhead} of tunnel, less ${PING_HEADERS}); lower until it passes`,
  ];
}

export function deliveryChecks(code: FindingCode, given: DeliveryInput): string[] {
  const { from, to, dst, profile } = given;
  const tunnel = tunnelOf(given);
  switch (code) {
    case 'no-reply':
      return silenceChecks(given);
    case 'half-open':
      return [
        given.nics.has(from)
          ? `${from}$ iptables-save -c | grep -iE 'drop|reject'; conntrack -S   # its NIC was captured: what drops the SYN/ACK of ${dst} behind it?`
          : `${from}# tcpdump -ni <NIC> ${given.encapsulation === 'none' ? `host ${dst}` : tunnel.filter}   # does the SYN/ACK of ${dst} come in?`,
        `${from}$ ip route get <${to}'s address>; sysctl net.ipv4.conf.all.rp_filter   # one way there, another way back?`,
      ];
    case 'overlay-rejected':
      return [
        `${to}$ iptables-save | grep -iE 'reject|drop'; ${showVxlanDevice(tunnel.device)}   # a rule? is the device up?`,
        `${from}$ ip route get <${to}'s address>; ip neigh   # does that address lead to ${to}?`,
      ];
    case 'lost-in-node':
      return [
        'kubectl get networkpolicies -A   # does one deny it? counters: iptables-save -c on the node',
        `${given.atNode ?? from}$ nstat -az | grep -iE 'rpfilter|csum|drop'; ip -s link; ip route get ${dst}`,
      ];
    case 'handshake-unanswered':
      return [
        `${to}$ ${showWireguardPeers(tunnel.device)}   # ${from}'s key and endpoint? ss -lun: is the port open?`,
        `${to}# tcpdump -ni <NIC> ${tunnel.filter}   # while ${from} sends; UDP between the nodes`,
      ];
    case 'wrong-next-hop':
      return [
        `${from}$ ip neigh show to <${to}'s address>   # whose MAC? arping -D -c 3 <that address>: who answers?`,
        'every node$ ip addr   # who else has that address: keepalived, kube-vip, MetalLB?',
      ];
    case 'foreign-vtep':
      return [
        'kubectl get nodes -o wide   # is it a node, new or deleted, whose agent still runs?',
        `${to}$ ip neigh; ip route get <that address>   # which machine is it? Only nodes should reach ${tunnel.words}`,
      ];
    case 'routing-loop':
      return [
        `${given.atNode ?? '<the node that returns it>'}$ ip route get ${dst}; ip route show type blackhole   # a block's blackhole route missing?`,
        `kubectl get pods -A -o wide | grep ${dst}   # is there still such a pod, and where?`,
      ];
    case 'source-translated':
      return [
        `${from}$ iptables-save -c -t nat | grep -iE 'masq|snat'   # which rule takes it?`,
        `${profile.commands.showPools}   # natOutgoing, and all pods in pools? kube-proxy: clusterCIDR, masqueradeAll`,
      ];
    case 'lost-on-underlay':
      return lossChecks(given, tunnel);
    case 'icmp-only':
      return [
        ...(given.encapsulation === 'none' ? [] : checksumChecks(from, tunnel.device, given.sender)),
        `kubectl get networkpolicies -A   # does one allow ICMP and no TCP?`,
      ];
    default:
      return [];
  }
}

/** Where the receiver's NIC was captured, the question whether packets arrive has its answer. */
function silenceChecks({ to, toNode, nics, dst, encapsulation, ...given }: DeliveryInput): string[] {
  if (toNode === null || !nics.has(toNode)) return [`capture on ${to}'s NIC at the same time: does it arrive?`];
  const device = encapsulation === 'none' ? null : tunnelOf({ encapsulation, ...given }).device;
  const places = device === null ? "the pod's veth" : `${device} and the pod's veth`;
  return [
    `it arrived at ${to}'s NIC and was not answered: look inside ${to}, on ${places}`,
    `${to}$ ip route get ${dst}${device === null ? '' : `; ip -d link show ${device}`}; iptables-save -c | grep DROP; nstat -az | grep -i rpfilter`,
  ];
}

function lossChecks({ from, encapsulation, dst }: DeliveryInput, { filter, words }: Tunnel): string[] {
  if (encapsulation !== 'none')
    return [
      `firewall, security group, hypervisor between the nodes: ${words}`,
      `every switch and router on the way: tcpdump ${filter}   # while ${from} sends; how far does it get?`,
    ];
  return [
    `the cloud's source/destination check (AWS), allowed address pairs or port security (OpenStack), MAC and IP spoof guard: pods' addresses leave plain${dst.startsWith('<') ? '' : `, here to ${dst}`}`,
    'a pool with a tunnel (vxlanMode: Always) needs none of them',
  ];
}
