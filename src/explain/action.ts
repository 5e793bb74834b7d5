// What a packet does, as a sentence: who opens a connection to whom, who pings, who asks for a MAC.

import type { Endpoint } from '../attribution/vocabulary.ts';
import { nameOfEnd } from '../attribution/who/end-name.ts';
import { WORKLOAD_MAC } from '../cluster/calico.ts';
import { OUTCOME } from '../decode/layer-stack.ts';
import { serviceOnPort } from '../decode/view/port-service.ts';
import { icmpCodeName, icmpTypeName } from '../wire/icmp.ts';
import { icmpv6CodeName, icmpv6TypeName } from '../wire/icmpv6.ts';
import { TCP_FLAG } from '../wire/tcp.ts';
import type { ExplainedLayer } from './explanation.ts';
import { isIcmpError } from './frame-layers.ts';
import { type Scene, type SideLayers, shownSides, sideLayers } from './packet-facts.ts';
import { numberIn, textIn } from './rows/field-cells.ts';
import { macMeaning } from './rows/mac-meaning.ts';

/** `web on control1 pings db on worker1 (number 3)`: no full stop. */
export function actionOf(scene: Scene): string {
  const arp = scene.layers.find((layer) => layer.protocol === 'arp');
  if (arp !== undefined) return arpAction(scene, arp);
  const { flow, walked } = scene;
  const inner = sideLayers(scene, shownSides(scene).at(-1) ?? 'only');
  const last = scene.layers.filter((layer) => layer.kind === 'header').at(-1);
  if (flow === null) return `${last?.title ?? 'Something unreadable'} in a frame that belongs to no flow`;
  const [from, to] = [who(flow.src), who(flow.dst)];
  if (walked.encapsulation === 'wireguard') return `${from} sends ${to} an encrypted WireGuard message`;
  if (walked.stack.laterFragment >= 0) return `${from} sends ${to} a later piece of a packet that was cut`;
  switch (inner.upper?.protocol) {
    case 'tcp':
      return tcpAction(scene, inner, from, to);
    case 'udp':
      return `${from} sends ${to} a UDP datagram for port ${portText(flow.dst.port)}`;
    case 'icmp':
    case 'icmpv6':
      return icmpAction(scene, inner.upper, from, to);
    default:
      return `${from} sends ${to} ${otherText(scene)}`;
  }
}

/** What is left to say when nothing above IP could be read. */
function otherText({ flow, walked }: Scene): string {
  const port = flow?.dst.port ?? 0;
  const name = flow?.protocol.toUpperCase() ?? 'something';
  const to = port === 0 ? '' : ` for port ${portText(port)}`;
  return walked.stack.outcome === OUTCOME.faulty
    ? `${name}${to}, whose header is not all here`
    : `a packet of protocol ${flow?.protocol}`;
}

/** `db on worker1`, `worker1 (from its tunnel address)`, `192.0.2.1`. */
function who(end: Endpoint): string {
  return end.pod !== null && end.node !== null ? `${end.pod} on ${end.node}` : nameOfEnd(end, 'sentence');
}

function portText(port: number | null): string {
  if (port === null) return 'unknown (cut off)';
  const name = serviceOnPort(port);
  return name === null ? String(port) : `${port} (${name})`;
}

function tcpAction({ flow, walked }: Scene, { upper, ip }: SideLayers, from: string, to: string): string {
  const flags = numberIn(upper, 'tcp.flags') ?? 0;
  const port = portText(flow?.dst.port ?? null);
  const own = portText(flow?.src.port ?? null);
  if (flags & TCP_FLAG.rst) {
    return flags & TCP_FLAG.ack
      ? `${from} refuses or ends the connection of ${to} to port ${own}`
      : `${from} ends its connection to ${to}, port ${port}`;
  }
  if (flags & TCP_FLAG.syn) {
    if (flags & TCP_FLAG.ack) return `${from} accepts the TCP connection of ${to} to port ${own}`;
    return `${from} opens a TCP connection to ${to}, port ${port}`;
  }
  const length = payloadLength(upper, ip, walked.original);
  const what =
    length > 0 ? `${length} bytes over TCP` : flags & TCP_FLAG.fin ? 'the end of its data (FIN)' : 'an acknowledgment';
  return `${from} sends ${to} ${what}`;
}

/** TCP payload by the IP header's length; when that is 0 (BIG TCP) to the end of the frame. */
function payloadLength(upper: ExplainedLayer | null, ip: ExplainedLayer | null, original: number): number {
  if (upper === null || ip === null) return 0;
  const total = numberIn(ip, 'ip.len') ?? (numberIn(ip, 'ipv6.plen') ?? 0) + ip.length;
  const end = total > 0 ? ip.offset + total : original;
  return Math.max(0, end - upper.offset - upper.length);
}

function icmpAction(scene: Scene, upper: ExplainedLayer, from: string, to: string): string {
  const isV6 = upper.protocol === 'icmpv6';
  const [type, code] = [numberIn(upper, `${upper.protocol}.type`) ?? 0, numberIn(upper, `${upper.protocol}.code`) ?? 0];
  const number = textIn(upper, isV6 ? 'icmpv6.echo.sequence_number' : 'icmp.seq');
  if (type === (isV6 ? 128 : 8)) return `${from} pings ${to} (number ${number})`;
  if (type === (isV6 ? 129 : 0)) return `${from} answers ping number ${number} of ${to}`;
  const name = isV6
    ? (icmpv6CodeName(type, code) ?? icmpv6TypeName(type))
    : (icmpCodeName(type, code) ?? icmpTypeName(type));
  const layer = scene.walked.layers.find((one) => one.offset === upper.offset);
  const isError = layer !== undefined && isIcmpError(scene.walked.bytes, layer);
  const said = name ?? `type ${type}`;
  return isError ? `${from} tells ${to}: ${said}` : `${from} sends ${to} ICMP, ${said}`;
}

function arpAction(scene: Scene, arp: ExplainedLayer): string {
  const operation = numberIn(arp, 'arp.opcode');
  const [sender, target] = [textIn(arp, 'arp.src.proto_ipv4'), textIn(arp, 'arp.dst.proto_ipv4')];
  const mac = textIn(arp, 'arp.src.hw_mac') ?? '';
  const asker = askerOf(scene, mac, sender ?? mac);
  if (operation === 1) {
    return sender === target ? `${asker} announces its address ${sender}` : `${asker} asks who has ${target}`;
  }
  return operation === 2
    ? `${asker} answers that ${sender} is at ${mac}`
    : `${asker} sends ARP, operation ${operation}`;
}

/** Who speaks ARP: by the MAC, which says more than the address; `the node` on a veth. */
function askerOf(scene: Scene, mac: string, address: string): string {
  if (mac === WORKLOAD_MAC) return `the node (${address})`;
  const name = scene.topology === null ? null : macMeaning(scene, mac);
  return name === null || name === 'not in the snapshot' ? address : `${name} (${address})`;
}
