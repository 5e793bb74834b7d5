// `decode -o json`: one object a line (docs/decode.md). Protocols as in tshark's frame.protocols, fields by Wireshark's
// display filter names; names of a snapshot and judged checksums stand beside them.

import { OUTCOME_NAMES } from '../../decode/layer-stack.ts';
import type { Packet } from '../../decode/packet.ts';
import { judgeChecksum } from '../../decode/view/checksums.ts';
import { viewCutLayer } from '../../decode/view/cut-view.ts';
import { unsupportedText, viewFault } from '../../decode/view/fault-view.ts';
import { type LayerView, namedFields, viewPacket } from '../../decode/view/packet-view.ts';
import type { WalkPorts } from '../../decode/walk-ports.ts';
import { stringifyJson } from '../text/escape.ts';
import type { AddressNames } from './address-texts.ts';

export interface JsonLook {
  ports: WalkPorts;
  names: AddressNames | null;
  /** RFC 3339, or null for a packet without a time. */
  timeText: (packet: Packet) => string | null;
  /** The bytes too, as hexadecimal digits. */
  hex: boolean;
}

/** One packet as one line, newline included. */
export function packetJson(packet: Packet, look: JsonLook): string {
  const { bytes, start, captured, stack } = packet;
  const layers = viewPacket(bytes, start, stack, look.ports);
  const cut = viewCutLayer(bytes, start, stack);
  const fault = viewFault(stack, start);
  const value = {
    capture: packet.capture,
    number: packet.number,
    time: look.timeText(packet),
    captured,
    original: packet.original,
    outcome: OUTCOME_NAMES[stack.outcome],
    layers: [
      ...layers.map((layer) => layerJson(packet, layer, look.names)),
      ...(cut === null ? [] : [cutLayerJson(cut, look.names)]),
    ],
    faults: fault === null ? [] : [fault],
    unsupported: unsupportedText(stack),
    path: packet.info.path,
    interface: packet.interface?.name ?? null,
    ...(look.hex ? { bytes: hexText(bytes, start, captured) } : {}),
  };
  return `${stringifyJson(value)}\n`;
}

function layerJson({ bytes, stack }: Packet, layer: LayerView, names: AddressNames | null): object {
  const fields = namedFields(layer);
  const checksum = judgeChecksum(bytes, stack, layer.index);
  return {
    protocol: layer.protocol,
    offset: layer.offset,
    length: layer.length,
    fields,
    ...(checksum === null ? {} : { checksum: checksum.state }),
    ...(names === null ? {} : namesOf(fields, names)),
  };
}

/** What there is of a header that is cut off. */
function cutLayerJson(layer: LayerView, names: AddressNames | null): object {
  const { protocol, offset, length } = layer;
  const fields = namedFields(layer);
  return { protocol, offset, length, fields, cut: true, ...(names === null ? {} : namesOf(fields, names)) };
}

const ADDRESS_FIELDS = ['ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst', 'arp.src.proto_ipv4', 'arp.dst.proto_ipv4'];

/** What the snapshot calls the layer's addresses; nothing where it names none. */
function namesOf(fields: Record<string, unknown>, names: AddressNames): { names?: Record<string, string> } {
  const named: Record<string, string> = {};
  for (const field of ADDRESS_FIELDS) {
    const address = fields[field];
    const name = typeof address === 'string' ? names(address) : null;
    if (name !== null) named[field] = name;
  }
  return Object.keys(named).length === 0 ? {} : { names: named };
}

function hexText(bytes: Uint8Array, start: number, length: number): string {
  let text = '';
  for (let i = start; i < start + length; i++) text += (bytes[i]! < 16 ? '0' : '') + bytes[i]!.toString(16);
  return text;
}
