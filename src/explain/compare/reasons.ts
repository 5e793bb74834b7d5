// Why a value differs between two packets: what routers, tunnels, offload and places of capture do to it (calico-facts 4.5, 6).

import type { Cell, Explanation } from '../explanation.ts';
import type { Relation } from './comparison.ts';

export interface DifferenceInput {
  first: Explanation;
  second: Explanation;
  relation: Relation;
  label: string;
  outer: boolean;
  a: Cell | null;
  b: Cell | null;
}

/** A sentence without a full stop; null when the difference speaks for itself. */
export function whyDifferent(input: DifferenceInput): string | null {
  const { outer, a, b } = input;
  if (a === null || b === null) return outer ? outerMissing(input) : missing(input);
  return outer ? outerReason(input) : packetReason(input);
}

/** Outer headers are on one of the two only. */
function outerMissing({ first, second, a }: DifferenceInput): string | null {
  const without = a === null ? first : second;
  switch (without.place.role) {
    case 'workload':
      return "on a pod's veth there are none yet, or no more";
    case 'tunnel':
      return 'on the tunnel device there are none yet, or no more';
    default:
      return 'that packet was sent without a tunnel';
  }
}

function missing({ label, a, first, second }: DifferenceInput): string | null {
  const lacking = a === null ? first : second;
  if (label.endsWith('MAC') && lacking.encapsulation === 'ipip') return 'IP-in-IP carries no inner Ethernet header';
  if (label === 'direction' || label === 'interface') return 'only a capture on "any" interface says it';
  return null;
}

function outerReason({ label, relation }: DifferenceInput): string | null {
  switch (label) {
    case 'from MAC':
    case 'to MAC':
      return 'each link has its own Ethernet header';
    case 'TTL':
      return 'routers of the underlay lower it';
    case 'IP id':
      return relation === 'same-packet'
        ? 'not the same outer packet: it was sent twice or made anew'
        : 'counts up with every outer packet';
    case 'UDP checksum':
      return 'covers everything behind it; left to the network card at the sender';
    case 'ports':
      return relation === 'same-packet'
        ? 'translated on the way, or made anew'
        : 'the source port is a hash of the inner flow';
    case 'IP length':
      return 'the outer packet is as long as the inner one and its overhead';
    default:
      return null;
  }
}

function packetReason(input: DifferenceInput): string | null {
  const { label, relation, a, b } = input;
  switch (label) {
    case 'from MAC':
    case 'to MAC':
      return linkReason(input);
    case 'TTL':
      return ttlReason(input, Number(a?.value), Number(b?.value));
    case 'IP checksum':
      return 'it covers the TTL, and changes with it';
    case 'MTU':
      return 'another device';
    case 'direction':
    case 'interface':
      return 'another interface of the same node';
    case 'TCP checksum':
    case 'UDP checksum':
      return relation === 'same-packet' ? 'finished by the network card between the two' : null;
    case 'DSCP, ECN':
      return relation === 'same-packet' ? 'marked on the way' : null;
    case 'from IP':
    case 'to IP':
      return addressReason(relation);
    case 'ports':
      return relation === 'answer'
        ? 'the answer goes back: the two are exchanged'
        : relation === 'same-packet'
          ? 'translated on the way'
          : null;
    case 'IP length':
      return relation === 'same-packet' ? 'joined or cut between the two (GRO, GSO)' : 'another amount of data';
    default:
      return null;
  }
}

function addressReason(relation: Relation): string | null {
  if (relation === 'answer') return 'the answer goes back: the two are exchanged';
  return relation === 'same-packet' ? 'translated on the way (NAT)' : null;
}

function linkReason({ first, second }: DifferenceInput): string {
  const roles = [first.place.role, second.place.role];
  if (roles.includes('workload')) return 'each hop has its own: on the veth pod and node, behind it node and node';
  if (roles.includes('tunnel') && (first.encapsulation === 'none') === (second.encapsulation === 'none'))
    return 'each hop has its own link header';
  return 'the VTEPs of the two nodes inside, the NICs outside: each hop has its own';
}

function ttlReason({ relation, first, second }: DifferenceInput, a: number, b: number): string | null {
  if (relation !== 'same-packet' || Number.isNaN(a - b))
    return relation === 'other' ? null : 'each direction starts anew';
  const routers = Math.abs(a - b);
  const [earlier, later] = a > b ? [first, second] : [second, first];
  const node = earlier.place.node ?? later.place.node;
  const who =
    routers === 1 && node !== null && earlier.place.node === later.place.node
      ? `${node} routed it`
      : routers === 1
        ? 'one router lies between'
        : `${routers} routers lie between`;
  return `${who}: the one with ${Math.max(a, b)} comes first`;
}
