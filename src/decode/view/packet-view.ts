// layers -> objects: one packet as `decode -o json` and `explain` show it, from the stack that the walk filled, so that
// they cannot disagree with `trace`. Protocols as in tshark's frame.protocols, fields by Wireshark's names.
import type { Part } from '../../wire/header.ts';
import { ICMP, icmpCodeName } from '../../wire/icmp.ts';
import { icmpv6CodeName } from '../../wire/icmpv6.ts';
import { PROTOCOL, protocolRow } from '../../wire/protocols.ts';
import { SERVICE_VLAN } from '../../wire/vlan.ts';
import type { LayerStack } from '../layer-stack.ts';
import type { WalkPorts } from '../walk-ports.ts';
import { appendFields, type FieldView } from './field-view.ts';
import { isServiceTag, layerParts } from './layer-parts.ts';

export interface LayerView {
  /** Index in the stack. */
  index: number;
  /** PROTOCOL value. */
  number: number;
  /** As in tshark's frame.protocols: `eth`, `ieee8021ad`, `sll` (both versions), `ip`, `vxlan`, ... */
  protocol: string;
  /** Of the first header byte, from the start of the frame. */
  offset: number;
  /** Bytes of the header with its options; for `data` all its bytes. 0 for `raw`. */
  length: number;
  /** Exclusive end of header and payload, from the start of the frame. */
  end: number;
  fields: FieldView[];
  /** The definitions the fields come from, with absolute places: for bit diagrams. */
  parts: readonly Part[];
}

/** The layers of the packet that was walked last; `start` is where it begins in `bytes`. Never throws. */
export function viewPacket(bytes: Uint8Array, start: number, stack: LayerStack, ports: WalkPorts): LayerView[] {
  const layers: LayerView[] = [];
  for (let index = 0; index < stack.depth; index++) layers.push(viewLayer(bytes, start, stack, index, ports));
  return layers;
}

/**
 * Fields by name, as `decode -o json` writes them: a number, boolean or text each, an array where a name occurs more than
 * once (options). What Wireshark has no name for is left out.
 */
export function namedFields(layer: LayerView): Record<string, FieldView['value'] | FieldView['value'][]> {
  const named: Record<string, FieldView['value'] | FieldView['value'][]> = {};
  for (const { name, value } of layer.fields) {
    if (name === null) continue;
    const present = named[name];
    if (present === undefined) named[name] = value;
    else if (Array.isArray(present)) present.push(value);
    else named[name] = [present, value];
  }
  return named;
}

function viewLayer(bytes: Uint8Array, start: number, stack: LayerStack, index: number, ports: WalkPorts): LayerView {
  const at = stack.start[index]!;
  const end = stack.end[index]!;
  const number = stack.protocol[index]!;
  const parts = layerParts(bytes, stack, index, ports);
  const last = parts.at(-1);
  const isData = number === PROTOCOL.data;
  const fields: FieldView[] = isData ? [dataLength(end - at)] : [];
  for (const part of parts) appendFields(fields, part.header, bytes, part.at, at);
  nameCode(fields, number, bytes, at);
  return {
    index,
    number,
    protocol: protocolName(bytes, stack, index),
    offset: at - start,
    length: isData ? end - at : last === undefined ? 0 : last.at + last.header.headerLength - at,
    end: end - start,
    fields,
    parts,
  };
}

/** What an ICMP code means depends on the type. */
function nameCode(fields: FieldView[], protocol: number, bytes: Uint8Array, at: number): void {
  if (protocol !== PROTOCOL.icmp && protocol !== PROTOCOL.icmpv6) return;
  const code = fields.find((field) => field.bit === ICMP.code.bit && !field.group);
  if (code === undefined) return;
  const name = protocol === PROTOCOL.icmp ? icmpCodeName : icmpv6CodeName;
  code.meaning = name(ICMP.type.read(bytes, at), ICMP.code.read(bytes, at));
}

function protocolName(bytes: Uint8Array, stack: LayerStack, index: number): string {
  const number = stack.protocol[index]!;
  if (number === PROTOCOL.vlan && isServiceTag(bytes, stack, index)) return SERVICE_VLAN.headerName;
  return protocolRow(number).name;
}

function dataLength(length: number): FieldView {
  return {
    name: 'data.len',
    label: 'Length',
    bit: 0,
    width: length * 8,
    value: length,
    text: String(length),
    meaning: null,
    reserved: false,
    group: false,
  };
}
