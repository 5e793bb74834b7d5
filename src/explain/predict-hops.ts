// The places a packet passes from pod to pod, in order, with the headers it must have at each and the tcpdump line that shows it.
import { inSubnetOf } from '../attribution/subnet.ts';
import type { Expected } from '../attribution/types.ts';
import type { Node, Topology } from '../topology/model.ts';
import type { Settings } from '../verdict/settings.ts';
import { filterFor, tcpdumpLine } from './capture-filters.ts';
import { nextHop } from './decision.ts';
import type { Side } from './explanation.ts';
import { type Device, nicDevice, outerAddress, podMac, tunnelOf, vethOf } from './node-devices.ts';
import {
  encryptedPart,
  ethernetHeader,
  field,
  type IpFacts,
  ipHeader,
  udpHeader,
  upperPart,
  vxlanHeader,
  wireguardHeader,
} from './predict-headers.ts';
import type { Hop, PredictedEnd, PredictedHeader } from './prediction.ts';

/** What Linux gives a packet it makes. */
const FIRST_TTL = 64;
const WORKLOAD_MAC = 'ee:ee:ee:ee:ee:ee';

/** The packet that is followed: its IP length and what is above IP. */
export interface Example {
  ipLength: number;
  parts: readonly { title: string; protocol: string; length: number }[];
}

export interface Journey {
  topology: Topology;
  settings: Settings;
  from: PredictedEnd;
  to: PredictedEnd;
  sender: Node | null;
  receiver: Node | null;
  expected: Expected;
  example: Example;
  /** What the source address becomes when the packet leaves for outside the pools; null when it stays. */
  translated: { address: string; why: string } | null;
}

type Tunnel = 'vxlan' | 'ipip' | 'wireguard';

export function hopsOf(journey: Journey): Hop[] {
  const { expected, sender, receiver } = journey;
  const tunnel = isTunnel(expected.encapsulation) ? expected.encapsulation : null;
  if (expected.encapsulation === null) return [];
  const hops: (Hop | null)[] = [sender === null ? null : workloadHop(journey, sender, 'leaving')];
  if (expected.encapsulation !== 'local') {
    if (tunnel !== null && sender !== null) hops.push(tunnelHop(journey, sender, tunnel, 'leaving'));
    if (sender !== null) hops.push(underlayHop(journey, sender, tunnel, 'leaving'));
    if (receiver !== null) hops.push(underlayHop(journey, receiver, tunnel, 'arriving'));
    if (tunnel !== null && receiver !== null) hops.push(tunnelHop(journey, receiver, tunnel, 'arriving'));
  }
  hops.push(receiver === null ? null : workloadHop(journey, receiver, 'arriving'));
  return hops.filter((hop) => hop !== null);
}

export function isTunnel(encapsulation: Expected['encapsulation']): encapsulation is Tunnel {
  return encapsulation === 'vxlan' || encapsulation === 'ipip' || encapsulation === 'wireguard';
}

/** Bytes that a tunnel puts between the outer IP header and the inner one, outer IP header included. */
export function overheadFor(encapsulation: Expected['encapsulation'], outerIsV6: boolean): number {
  const ip = outerIsV6 ? 40 : 20;
  switch (encapsulation) {
    case 'vxlan':
      return ip + 8 + 8 + 14;
    case 'ipip':
      return ip;
    case 'wireguard':
      return ip + 8 + 16 + 16;
    default:
      return 0;
  }
}

/** Pods have a veth; what the node itself sends or gets does not pass one. */
function workloadHop(journey: Journey, node: Node, side: Hop['side']): Hop | null {
  const { topology, from, to } = journey;
  const end = side === 'leaving' ? from : to;
  if (end.owner.kind !== 'pod') return null;
  const device = vethOf(topology, end.owner);
  const mac = podMac(end.owner);
  const noMac = `the pod's own MAC: ip neigh of ${node.name} has it`;
  const host = { mac: WORKLOAD_MAC, words: "the host side of every pod's veth" };
  const pod = { mac, words: mac === null ? noMac : `${end.name}'s eth0` };
  const [source, destination] = side === 'leaving' ? [pod, host] : [host, pod];
  const { ttl, words } = side === 'leaving' ? LEAVING_TTL : arrivingTtl(journey);
  const frame = { srcMac: source.mac, srcWords: source.words, dstMac: destination.mac, dstWords: destination.words };
  return {
    ...placeOf('workload', side, node, device),
    headers: [
      ethernetHeader('only', frame),
      ipHeader('only', innerFacts(journey, ttl, words, side === 'leaving')),
      ...upperParts(journey, 'only'),
    ],
    ipLength: journey.example.ipLength,
    command: plainCommand(journey, node, device),
  };
}

const LEAVING_TTL = { ttl: FIRST_TTL, words: 'as the pod sends it (Linux)' };

/** What is left of the TTL in front of the receiving pod. */
function arrivingTtl(journey: Journey): { ttl: number | null; words: string } {
  const { expected, from } = journey;
  const own = from.owner.kind === 'pod' ? 1 : 0;
  if (expected.encapsulation === 'local') return { ttl: FIRST_TTL - own, words: 'routed by its own node only' };
  if (expected.encapsulation === 'none' && direct(journey) === false) {
    return { ttl: null, words: 'each router of the underlay lowers it too' };
  }
  return { ttl: FIRST_TTL - own - 1, words: own === 1 ? 'each node routed it once' : 'the receiving node routed it' };
}

function tunnelHop(journey: Journey, node: Node, kind: Tunnel, side: Hop['side']): Hop {
  const isV6 = journey.from.owner.address.includes(':');
  const device = tunnelOf(node, kind, isV6);
  const ttl = innerTtl(journey);
  const headers = [ipHeader('only', innerFacts(journey, ttl, ttlWords(journey))), ...upperParts(journey, 'only')];
  const hop = placeOf('tunnel', side, node, device);
  const withLink = kind === 'vxlan' ? [innerEthernet(journey, 'only'), ...headers] : headers;
  return {
    ...hop,
    headers: withLink,
    ipLength: journey.example.ipLength,
    command: plainCommand(journey, node, device),
  };
}

function underlayHop(journey: Journey, node: Node, tunnel: Tunnel | null, side: Hop['side']): Hop {
  const device = nicDevice(node);
  const hop = placeOf('underlay', side, node, device);
  const ends = outerEnds(journey);
  const frame = ethernetHeader(
    tunnel === null ? 'only' : 'outer',
    wireFrame(journey, side, ends.to ?? journey.to.owner.address),
  );
  if (tunnel === null) {
    const source = journey.translated;
    const facts = innerFacts(
      journey,
      side === 'leaving' ? innerTtl(journey) : routedTtl(journey, innerTtl(journey)),
      ttlWords(journey),
    );
    const seen = source === null ? facts : { ...facts, from: source.address, fromWords: source.why };
    const filter = filterFor({
      encapsulation: 'none',
      from: seen.from,
      to: journey.to.owner.address,
      outerFrom: null,
      outerTo: null,
      port: 0,
    });
    return {
      ...hop,
      headers: [frame, ipHeader('only', seen), ...upperParts(journey, 'only')],
      ipLength: journey.example.ipLength,
      command: tcpdumpLine(node.name, device.name, filter),
    };
  }
  const overhead = overheadFor(tunnel, ends.to?.includes(':') ?? false);
  const padded = tunnel === 'wireguard' ? Math.ceil(journey.example.ipLength / 16) * 16 : journey.example.ipLength;
  const length = padded + overhead;
  const port = tunnel === 'vxlan' ? journey.settings.port(journey.sender).value : WIREGUARD_PORT;
  const filter = filterFor({
    encapsulation: tunnel,
    from: journey.from.owner.address,
    to: journey.to.owner.address,
    outerFrom: ends.from,
    outerTo: ends.to,
    port,
  });
  const outer = outerIp(journey, tunnel, side, length);
  return {
    ...hop,
    headers: [frame, outer, ...insideTunnel(journey, tunnel, port, length, padded)],
    ipLength: length,
    command: tcpdumpLine(node.name, device.name, filter),
  };
}

const WIREGUARD_PORT = 51820;

function insideTunnel(
  journey: Journey,
  tunnel: Tunnel,
  port: number,
  length: number,
  padded: number,
): PredictedHeader[] {
  const inner = [
    ipHeader('inner', innerFacts(journey, innerTtl(journey), ttlWords(journey))),
    ...upperParts(journey, 'inner'),
  ];
  const outerIpLength = outerEnds(journey).to?.includes(':') ? 40 : 20;
  if (tunnel === 'ipip') return inner;
  if (tunnel === 'wireguard') {
    return [udpHeader(port, length - outerIpLength - 8, false), wireguardHeader(), encryptedPart(padded + 16)];
  }
  const vni = journey.settings.vni(journey.sender);
  const words = vni.source === 'default' ? "Calico's default" : `as ${vni.source} says`;
  return [
    udpHeader(port, length - outerIpLength - 8, true),
    vxlanHeader(vni.value, words),
    innerEthernet(journey, 'inner'),
    ...inner,
  ];
}

function outerIp(journey: Journey, tunnel: Tunnel, side: Hop['side'], length: number): PredictedHeader {
  const { sender, receiver } = journey;
  const ends = outerEnds(journey);
  const isDirect = direct(journey) !== false;
  const inner = innerTtl(journey);
  const made = tunnel === 'ipip' ? inner : FIRST_TTL;
  const ttl = side === 'leaving' || isDirect ? made : null;
  const words =
    tunnel === 'ipip'
      ? 'copied from the inner header'
      : ttl === null
        ? `${FIRST_TTL}, less one for each router of the underlay`
        : 'the device starts at 64';
  const more = ends.from?.includes(':') ? [] : [dontFragment(tunnel)];
  const facts: IpFacts = {
    from: ends.from ?? '<node address>',
    to: ends.to ?? '<node address>',
    fromWords: sender?.name ?? null,
    toWords: receiver?.name ?? null,
    ttl,
    ttlWords: words,
    length,
    more,
  };
  return ipHeader('outer', facts);
}

function dontFragment(tunnel: Tunnel) {
  if (tunnel === 'vxlan') return field("don't fragment", 'ip.flags.df', 'no', 'never copied from inside');
  if (tunnel === 'ipip') return field("don't fragment", 'ip.flags.df', null, 'follows the inner header');
  return field("don't fragment", 'ip.flags.df', 'yes', 'set by WireGuard');
}

function innerEthernet(journey: Journey, side: Side): PredictedHeader {
  const isV6 = journey.from.owner.address.includes(':');
  const [own, other] = [journey.sender, journey.receiver].map((node) =>
    node === null ? null : tunnelOf(node, 'vxlan', isV6),
  );
  const words = (node: Node | null, device: Device | null | undefined): string =>
    node === null || device == null
      ? 'the node is not known'
      : `${node.name} ${device.name}${device.mac === null ? ': not in the snapshot' : ''}`;
  return ethernetHeader(side, {
    srcMac: own?.mac ?? null,
    srcWords: words(journey.sender, own),
    dstMac: other?.mac ?? null,
    dstWords: words(journey.receiver, other),
  });
}

/** The frame on the wire: from NIC to NIC on one link, else from and to gateways. */
function wireFrame(journey: Journey, side: Hop['side'], towards: string) {
  const { sender, receiver } = journey;
  const own = sender === null ? null : nicDevice(sender).mac;
  const other = receiver === null ? null : nicDevice(receiver).mac;
  const hop = sender === null ? null : nextHop(sender, towards);
  const isDirect = direct(journey);
  if (isDirect !== false && receiver !== null) {
    const dst = hop?.mac ?? other;
    return {
      srcMac: own,
      srcWords:
        own === null
          ? 'not in the snapshot'
          : `${sender?.name} ${sender === null ? '' : (nicDevice(sender).name ?? '')}`.trim(),
      dstMac: dst,
      dstWords:
        dst === null
          ? `not in the snapshot: ${receiver.name}'s NIC, if both are on one link`
          : `${receiver.name} ${nicDevice(receiver).name ?? 'NIC'}`,
    };
  }
  if (side === 'leaving') {
    return {
      srcMac: own,
      srcWords: sender === null ? null : `${sender.name} ${nicDevice(sender).name ?? 'NIC'}`,
      dstMac: hop?.mac ?? null,
      dstWords: hop === null ? "the gateway's, which is not in the snapshot" : `the gateway ${hop.address}`,
    };
  }
  return {
    srcMac: null,
    srcWords: "the last router's",
    dstMac: other,
    dstWords: receiver === null ? null : `${receiver.name} ${nicDevice(receiver).name ?? 'NIC'}`,
  };
}

function outerEnds({ sender, receiver, from }: Journey): { from: string | null; to: string | null } {
  const isV6 = from.owner.address.includes(':');
  return {
    from: sender === null ? null : outerAddress(sender, isV6),
    to: receiver === null ? null : outerAddress(receiver, isV6),
  };
}

/** Whether the two nodes share a subnet, by the sender's own prefix; null when that is not known. */
export function direct({ sender, receiver, from }: Pick<Journey, 'sender' | 'receiver' | 'from'>): boolean | null {
  const isV6 = from.owner.address.includes(':');
  const own = isV6 ? sender?.bgpIPv6 : sender?.bgpIPv4;
  const other = receiver === null ? null : outerAddress(receiver, isV6);
  if (own == null || other === null || own.prefixLength === null) return null;
  return inSubnetOf(own, other);
}

/** Names stand at the first place only: they are the same at all. */
function innerFacts({ from, to, example }: Journey, ttl: number | null, words: string, named = false): IpFacts {
  return {
    from: from.owner.address,
    to: to.owner.address,
    fromWords: named ? from.name : null,
    toWords: named ? to.name : null,
    ttl,
    ttlWords: words,
    length: example.ipLength,
  };
}

/** Between the nodes: a pod's packet was routed once, the node's own not yet. */
function innerTtl({ from }: Journey): number {
  return from.owner.kind === 'pod' ? FIRST_TTL - 1 : FIRST_TTL;
}

function ttlWords({ from, sender }: Journey): string {
  return from.owner.kind === 'pod' ? `${sender?.name ?? 'its node'} routed it` : 'made on the node';
}

/** A plain packet that routers of the underlay pass on loses one more each; how many is not in a snapshot. */
function routedTtl(journey: Journey, ttl: number): number | null {
  return direct(journey) === false ? null : ttl;
}

function upperParts({ example }: Journey, side: Side): PredictedHeader[] {
  return example.parts.map(({ title, protocol, length }) => upperPart(side, title, protocol, length));
}

function placeOf(
  role: Hop['role'],
  side: Hop['side'],
  node: Node,
  device: Device,
): Pick<Hop, 'role' | 'side' | 'node' | 'device' | 'mtu'> {
  return { role, side, node: node.name, device: device.name, mtu: device.mtu };
}

function plainCommand({ from, to }: Journey, node: Node, device: Device): string {
  const filter = filterFor({
    encapsulation: 'none',
    from: from.owner.address,
    to: to.owner.address,
    outerFrom: null,
    outerTo: null,
    port: 0,
  });
  return tcpdumpLine(node.name, device.name, filter);
}
