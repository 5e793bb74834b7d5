// What causes are called: who does what to whom. Of what has no sentence of its own, the first flow's finding tells.

import type { Profile } from '../../cluster/profile.ts';
import type { FindingCode } from '../codes.ts';
import { denialTitleOf } from '../policy/policy-words.ts';
import type { Finding, TracedFlow } from '../trace-types.ts';
import { elsewhere } from './one-fact.ts';

/** What a group of flows with one finding is told by. */
export interface Titled {
  code: FindingCode;
  fromNode: string | null;
  toNode: string | null;
  finding: Finding;
  /** The first of them. */
  flow: TracedFlow;
}

export function titleOf({ code, fromNode, toNode, flow, finding }: Titled, { range }: Profile): string {
  const from = fromNode ?? 'an unknown node';
  const to = toNode ?? 'an unknown node';
  const outers = flow.observations.filter((o) => o.outerDst !== null && o.capture === finding.capture);
  const outer = outers.find((o) => o.firstPacket === finding.firstPacket) ?? outers[0];
  switch (code) {
    case 'overlay-bypassed':
      return `${from} sends packets for ${to}'s pods plain, past the overlay`;
    case 'unexpected-overlay':
      return `${from} encapsulates packets for ${to} that the ${range.short} wants plain`;
    case 'wrong-encapsulation':
      return `${from} sends ${flow.observed.encapsulation.toUpperCase()} to ${to}, the ${range.short} asks for ${String(flow.expected.encapsulation).toUpperCase()}`;
    case 'wrong-destination-vtep':
      return `${from} sends ${to}'s overlay packets to ${outer?.outerDst ?? 'another node'}`;
    case 'wrong-source-vtep':
      return `packets of ${from}'s pods come from ${outer?.outerSrc ?? 'another node'}${elsewhere(flow, finding)}`;
    case 'wrong-vni':
      return `${from} uses VNI ${outer?.vni ?? '?'} toward ${to}`;
    case 'wrong-udp-port':
      return `${from} sends VXLAN to UDP port ${outer?.udpPort ?? '?'} of ${to}`;
    case 'wrong-tunnel-mac':
      return `${from} addresses inner frames for ${to} to another VTEP's MAC`;
    case 'local-traffic-on-underlay':
      return `${from} lets traffic between its own pods out on the underlay`;
    case 'unencrypted':
      return `${from} sends packets for ${to} in clear text although both have WireGuard keys`;
    case 'denied-by-policy':
      return denialTitleOf(flow) ?? finding.message;
    default:
      return finding.message;
  }
}
