// Which flow of the trace a packet belongs to, which of its observations it counts in, and what is around it: as the table that
// counted the packet tells.

import type { Expected, Observation } from '../attribution/vocabulary.ts';
import type { LayerView } from '../decode/view/packet-view.ts';
import { isIp, type WalkedPacket } from '../packets/walked-packet.ts';
import type { PacketFlow, Trace, TracedFlow } from '../verdict/trace-types.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import type { Place } from './explanation.ts';
import { pointOf } from './packet-place.ts';

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

/**
 * The flow that the packet counts in, by the snapshot that it was sent by; null when it is of none, or was not traced.
 * @param seconds when it was seen, since the epoch
 */
export function flowOf({ index }: Trace, walked: WalkedPacket, seconds: number, place: Place): PacketFlow | null {
  if (index === undefined || walked.flow < 0) return null;
  const encapsulation = place.role === 'underlay' ? asExpected(walked.encapsulation) : null;
  return index.ofPacket(index.idOf(walked.flow), { seconds, encapsulation });
}

/** Null for a tunnel that no configuration asks for. */
function asExpected(encapsulation: WalkedPacket['encapsulation']): Expected['encapsulation'] {
  return encapsulation === 'geneve' || encapsulation === 'gre' ? null : encapsulation;
}

/** The observation of its flow that the packet counts in; null when it was not traced. */
export function observationOf(trace: Trace, flow: TracedFlow, walked: WalkedPacket): Observation | null {
  const point = pointOf(trace, walked.link);
  const { encapsulation, outerSrc, outerDst, vni, udpPort } = walked.outer;
  return (
    flow.observations.find(
      (o) =>
        o.capture === point?.capture &&
        o.point === point.local &&
        o.encapsulation === encapsulation &&
        o.outerSrc === outerSrc &&
        o.outerDst === outerDst &&
        o.vni === vni &&
        o.udpPort === udpPort,
    ) ?? null
  );
}
