// The headers that must stand at each place, with every value the snapshot gives (calico-facts 4.3, 4.5, 5, 6).
import type { Side } from '../explanation.ts';
import { SOURCE_PORTS } from '../rows/transport-rows.ts';
import type { PredictedField, PredictedHeader } from './prediction.ts';

const ETHERNET = 14;
const VXLAN_PORT_FIELDS = 8;

export interface Frame {
  srcMac: string | null;
  dstMac: string | null;
  /** Why a MAC is not known, or whose it is. */
  srcWords: string | null;
  dstWords: string | null;
}

export function ethernetHeader(side: Side, { srcMac, dstMac, srcWords, dstWords }: Frame): PredictedHeader {
  return {
    title: 'Ethernet',
    protocol: 'eth',
    side,
    length: ETHERNET,
    fields: [field('from MAC', 'eth.src', srcMac, srcWords), field('to MAC', 'eth.dst', dstMac, dstWords)],
  };
}

export interface IpFacts {
  from: string;
  to: string;
  fromWords: string | null;
  toWords: string | null;
  ttl: number | null;
  ttlWords: string | null;
  /** Of the whole IP packet. */
  length: number;
  more?: readonly PredictedField[];
}

export function ipHeader(side: Side, facts: IpFacts): PredictedHeader {
  const isV6 = facts.from.includes(':');
  const prefix = isV6 ? 'ipv6' : 'ip';
  const length = isV6 ? facts.length - 40 : facts.length;
  return {
    title: isV6 ? 'IPv6' : 'IPv4',
    protocol: prefix,
    side,
    length: isV6 ? 40 : 20,
    fields: [
      field('from IP', `${prefix}.src`, facts.from, facts.fromWords),
      field('to IP', `${prefix}.dst`, facts.to, facts.toWords),
      field(
        isV6 ? 'hop limit' : 'TTL',
        isV6 ? 'ipv6.hlim' : 'ip.ttl',
        facts.ttl === null ? null : String(facts.ttl),
        facts.ttlWords,
      ),
      field(
        'length',
        isV6 ? 'ipv6.plen' : 'ip.len',
        String(length),
        isV6 ? 'without the 40 bytes of the header' : null,
      ),
      ...(facts.more ?? []),
    ],
  };
}

/** The outer UDP header of a tunnel. `payload` is what it carries, VXLAN header included. */
export function udpHeader(port: number, payload: number, spread: boolean): PredictedHeader {
  const source = spread
    ? field(
        'source port',
        'udp.srcport',
        null,
        `a hash of the inner flow, ${SOURCE_PORTS.first} to ${SOURCE_PORTS.last} by default`,
      )
    : field('source port', 'udp.srcport', String(port), null);
  return {
    title: 'UDP',
    protocol: 'udp',
    side: 'outer',
    length: 8,
    fields: [
      source,
      field('destination port', 'udp.dstport', String(port), null),
      field('length', 'udp.length', String(payload + VXLAN_PORT_FIELDS), null),
      field('checksum', 'udp.checksum', null, 'not zero; at the sender it may be left to the network card'),
    ],
  };
}

export function vxlanHeader(vni: number, words: string): PredictedHeader {
  return {
    title: 'VXLAN',
    protocol: 'vxlan',
    side: 'outer',
    length: 8,
    fields: [
      field('flags', 'vxlan.flags', '0x0800', 'the VNI is valid; all else 0'),
      field('VNI', 'vxlan.vni', String(vni), words),
    ],
  };
}

export function wireguardHeader(): PredictedHeader {
  return {
    title: 'WireGuard',
    protocol: 'wg',
    side: 'outer',
    length: 16,
    fields: [
      field('type', 'wg.type', '4', 'transport data'),
      field('counter', 'wg.counter', null, 'counts packets of this session'),
    ],
  };
}

export function encryptedPart(length: number): PredictedHeader {
  return { title: 'Encrypted', protocol: 'payload', side: 'inner', length, fields: [] };
}

/** What the example carries above IP. */
export function upperPart(side: Side, title: string, protocol: string, length: number): PredictedHeader {
  return { title, protocol, side, length, fields: [] };
}

export function field(
  label: string,
  name: string | null,
  value: string | null,
  meaning: string | null,
): PredictedField {
  return { label, field: name, value, meaning };
}
