// What to check next, per finding: commands for the sending or the receiving node (calico-facts 10).

import type { Observed } from '../../attribution/vocabulary.ts';
import { type Profile, vxlanDevice } from '../../cluster/profile.ts';
import {
  SHOW_DNS_LOG,
  SHOW_DNS_PODS,
  showFdb,
  showLink,
  showNeighbours,
  showVxlanDevice,
  showWireguardPeers,
} from '../../cluster/show-commands.ts';
import type { Node } from '../../topology/model.ts';
import type { FindingCode } from '../codes.ts';
import { denialCommand } from '../policy/policy-words.ts';
import type { TracedFlow } from '../trace-types.ts';
import { deliveryChecks, mtuChecks, tunnelOf } from './delivery-checks.ts';
import { checksumChecks } from './offload-words.ts';

export interface CheckInput {
  profile: Profile;
  fromNode: string | null;
  toNode: string | null;
  /** Where it was seen. */
  atNode: string | null;
  /** Null for causes that no single flow shows. */
  flow: TracedFlow | null;
  /** How the packets were sent. */
  encapsulation: Observed['encapsulation'] | null;
  /** Nodes whose NIC was captured. */
  nics: ReadonlySet<string>;
  /** The sending node, if it is known. */
  sender: Node | null;
}

/** Commands with a prompt that says where to run them; a comment says what the answer should be. */
export function checksFor(code: FindingCode, given: CheckInput): string[] {
  const { profile, fromNode, toNode, flow } = given;
  const { commands } = profile;
  const device = vxlanDevice(profile, 4);
  const from = fromNode ?? '<sending node>';
  const seen = flow?.observations.find((o) => o.outerDst !== null);
  const to = toNode ?? seen?.outerDst ?? '<receiving node>';
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
      return [
        `${from}$ ${showVxlanDevice(device)}   # local address?`,
        commands.showNodeAddress(from),
        `every router between the nodes   # does it translate ${tunnelOf(given).words} (SNAT, masquerade)?`,
      ];
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
      return mtuChecks(tunnelOf(given), from, to);
    case 'dns-trouble':
      return [SHOW_DNS_PODS, `${SHOW_DNS_LOG}   # does it see the questions, and what do its upstreams say?`];
    case 'denied-by-policy':
      return [`${denialCommand(given.flow?.policy)}   # which rule should have let it pass?`];
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
    case 'bad-checksum':
      return checksumChecks(from, device, given.sender);
    case 'pool-over-node-subnet':
      return [`${commands.showPools}   # a pool apart from the nodes' network: move the pods to one`];
    case 'snapshot-conflict':
      return ['overlens topology SNAPSHOT   # both sources, with file and line'];
    default:
      return deliveryChecks(code, { ...given, from, to, dst });
  }
}
