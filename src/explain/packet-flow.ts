// Which flow of the trace a packet belongs to, by the inner five-tuple, and which of its observations.
import type { Observation } from '../attribution/vocabulary.ts';
import { OUTCOME } from '../decode/layer-stack.ts';
import type { LayerView } from '../decode/view/packet-view.ts';
import { protocolName } from '../net/protocol-name.ts';
import { isIp, type WalkedPacket } from '../packets/walked-packet.ts';
import type { Trace, TracedFlow } from '../verdict/trace-types.ts';
import { IPV4 } from '../wire/ipv4.ts';
import { PROTOCOL } from '../wire/protocols.ts';

/** The inner five-tuple of a packet as `trace` names it; ports null when cut off or in another fragment. */
export interface FiveTuple {
  protocol: string;
  src: string;
  dst: string;
  srcPort: number | null;
  dstPort: number | null;
}

/** The tunnel around it; nulls without one. */
export interface OuterFacts {
  src: string | null;
  dst: string | null;
  vni: number | null;
  udpPort: number | null;
}

/** Null when the packet has no IP header that makes a flow. */
export function fiveTupleOf(walked: WalkedPacket): FiveTuple | null {
  const ip = walked.layers[walked.network];
  const { outcome } = walked.stack;
  if (ip === undefined || outcome === OUTCOME.notFlow || outcome === OUTCOME.unsupported) return null;
  const [src, dst] = addressesOf(ip);
  const ports = portsOf(walked);
  return { protocol: protocolName(upperProtocolOf(walked)), src, dst, srcPort: ports[0], dstPort: ports[1] };
}

/** Source and destination of an IP layer, as text. */
export function addressesOf(ip: LayerView): [string, string] {
  const prefix = ip.number === PROTOCOL.ipv6 ? 'ipv6' : 'ip';
  return [textOf(ip, `${prefix}.src`) ?? '', textOf(ip, `${prefix}.dst`) ?? ''];
}

/** Text of a field; null when the layer does not have it. */
export function textOf(layer: Pick<LayerView, 'fields'>, name: string): string | null {
  return layer.fields.find((field) => field.name === name)?.text ?? null;
}

/** Number of a field, 1 and 0 for flags; null when the layer does not have it. */
export function numberOf(layer: Pick<LayerView, 'fields'>, name: string): number | null {
  const value = layer.fields.find((field) => field.name === name)?.value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' ? value : null;
}

/** The IP layer of the describing tunnel's outer header; null without a tunnel. */
export function outerIp(walked: WalkedPacket): LayerView | null {
  if (walked.tunnel < 0) return null;
  for (let i = walked.tunnel - 1; i >= walked.first; i--) {
    const layer = walked.layers[i];
    if (layer !== undefined && isIp(layer.number)) return layer;
  }
  return null;
}

export function outerFactsOf(walked: WalkedPacket): OuterFacts {
  const ip = outerIp(walked);
  if (ip === null) return { src: null, dst: null, vni: null, udpPort: null };
  const [src, dst] = addressesOf(ip);
  const tunnel = walked.layers[walked.tunnel];
  const udp = walked.layers[walked.tunnel - 1];
  const vni = tunnel === undefined ? null : (numberOf(tunnel, 'vxlan.vni') ?? numberOf(tunnel, 'geneve.vni'));
  return { src, dst, vni, udpPort: udp === undefined ? null : numberOf(udp, 'udp.dstport') };
}

/** The flow of the trace; ports that are not known match any. Stops at the first. */
export function findFlow(trace: Trace, tuple: FiveTuple): TracedFlow | null {
  for (const flow of trace.flows()) if (fits(flow, tuple)) return flow;
  return null;
}

function fits(flow: TracedFlow, { protocol, src, dst, srcPort, dstPort }: FiveTuple): boolean {
  if (flow.src.ip !== src || flow.dst.ip !== dst || flow.protocol !== protocol) return false;
  const hasPorts = flow.src.port !== null && flow.src.port + (flow.dst.port ?? 0) > 0;
  return !hasPorts || srcPort === null || (flow.src.port === srcPort && flow.dst.port === dstPort);
}

/** The observations of the flow that such a packet counts in: one, or several where the point cannot be told from it. */
export function observationsFor(
  flow: TracedFlow,
  capture: number,
  number: number,
  walked: WalkedPacket,
): readonly Observation[] {
  const outer = outerFactsOf(walked);
  return flow.observations.filter(
    (o) =>
      o.capture === capture &&
      o.encapsulation === walked.encapsulation &&
      o.outerSrc === outer.src &&
      o.outerDst === outer.dst &&
      o.vni === outer.vni &&
      o.firstPacket <= number &&
      o.lastPacket >= number,
  );
}

function upperProtocolOf(walked: WalkedPacket): number {
  if (walked.network === walked.stack.network) return walked.stack.ipProtocol;
  const ip = walked.layers[walked.network];
  return ip === undefined ? -1 : (numberOf(ip, 'ip.proto') ?? numberOf(ip, 'ipv6.nxt') ?? -1);
}

function portsOf(walked: WalkedPacket): [number | null, number | null] {
  const transport = walked.layers[walked.transport];
  const hasPorts = [6, 17, 132].includes(upperProtocolOf(walked));
  if (!hasPorts) return [0, 0];
  if (transport === undefined) return cutPorts(walked);
  const prefix = { [PROTOCOL.tcp]: 'tcp', [PROTOCOL.udp]: 'udp', [PROTOCOL.sctp]: 'sctp' }[transport.number] ?? 'udp';
  return [numberOf(transport, `${prefix}.srcport`), numberOf(transport, `${prefix}.dstport`)];
}

/** A transport header that is cut off may still have its ports. */
function cutPorts({ stack, bytes }: WalkedPacket): [number | null, number | null] {
  const at = stack.portsAt;
  if (at < 0 || at + 4 > bytes.length) return [null, null];
  return [(bytes[at]! << 8) | bytes[at + 1]!, (bytes[at + 2]! << 8) | bytes[at + 3]!];
}

/** True for a later fragment of the flow's own packet (not of the outer one). */
export function isLaterFragment(walked: WalkedPacket): boolean {
  return walked.stack.laterFragment >= 0;
}

/** Identification of an IPv4 layer. */
export function identificationOf(ip: LayerView, bytes: Uint8Array): number {
  return IPV4.id.read(bytes, ip.offset);
}
