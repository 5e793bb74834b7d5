// The places a packet passes from pod to pod, in order, with the headers it must have at each and the tcpdump line that shows it.
import { DEFAULT_WIREGUARD_PORT, WORKLOAD_MAC } from '../../cluster/calico.ts';
import { isWorkloadDevice } from '../../cluster/device.ts';
import type { Node } from '../../topology/model.ts';
import type { Side } from '../explanation.ts';
import { filterFor, tcpdumpLine } from './capture-filters.ts';
import { innerEthernet, wireFrame } from './link-header.ts';
import { type Device, nicDevice, podMac, tunnelOf, vethOf } from './node-devices.ts';
import {
  direct,
  FIRST_TTL,
  innerFacts,
  innerTtl,
  isTunnel,
  type Journey,
  outerEnds,
  overheadFor,
  routedTtl,
  type Tunnel,
  ttlWords,
} from './predicted-flow.ts';
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
} from './predicted-headers.ts';
import type { Hop, PredictedField, PredictedHeader } from './prediction.ts';

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

/** Pods have a veth; what the node itself sends or gets does not pass one. */
function workloadHop(journey: Journey, node: Node, side: Hop['side']): Hop | null {
  const { topology, from, to } = journey;
  const end = side === 'leaving' ? from : to;
  if (end.owner.kind !== 'pod') return null;
  const device = vethOf(topology, end.owner);
  const mac = podMac(end.owner);
  const noMac = `the pod's own MAC: ip neigh of ${node.name} has it`;
  const host = hostSide(journey, node);
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

/** Calico's plugin gives every veth one MAC; where it did not make them, it is the one of the bridge that they are ports of. */
function hostSide({ topology }: Journey, { name, links }: Node): { mac: string | null; words: string } {
  if (topology.pods.every((pod) => pod.hostInterface !== null))
    return { mac: WORKLOAD_MAC, words: "the host side of every pod's veth" };
  const bridge = links.find((link) => isWorkloadDevice(link.name) && link.kind === 'bridge') ?? null;
  const words = bridge === null ? `the bridge of the pods: ip link of ${name} has it` : `${name} ${bridge.name}`;
  return { mac: bridge?.mac ?? null, words };
}

function tunnelHop(journey: Journey, node: Node, kind: Tunnel, side: Hop['side']): Hop {
  const isV6 = journey.from.owner.address.includes(':');
  const device = tunnelOf(node, kind, isV6, journey.settings.profile);
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
  const port = tunnel === 'vxlan' ? journey.settings.port(journey.sender).value : DEFAULT_WIREGUARD_PORT;
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
  const words = vni.source === 'default' ? journey.settings.profile.defaultWords : `as ${vni.source} says`;
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

function dontFragment(tunnel: Tunnel): PredictedField {
  if (tunnel === 'vxlan') return field("don't fragment", 'ip.flags.df', 'no', 'never copied from inside');
  if (tunnel === 'ipip') return field("don't fragment", 'ip.flags.df', null, 'follows the inner header');
  return field("don't fragment", 'ip.flags.df', 'yes', 'set by WireGuard');
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
