// Which definitions describe a layer that the walk found: those of its protocol's layout, in the form that fits.
import { ETHER_TYPE } from '../../wire/ether-type.ts';
import type { Part } from '../../wire/header.ts';
import { PROTOCOL, protocolRow } from '../../wire/protocols.ts';
import { UDP } from '../../wire/udp.ts';
import { SERVICE_VLAN } from '../../wire/vlan.ts';
import { VXLAN_GPE } from '../../wire/vxlan.ts';
import type { LayerStack } from '../layer-stack.ts';
import { PORT_KIND, type WalkPorts } from '../walk-ports.ts';

/** Definitions and absolute places of the headers of layer `index`, in order; none for `raw` and `data`. */
export function layerParts(bytes: Uint8Array, stack: LayerStack, index: number, ports: WalkPorts): readonly Part[] {
  const at = stack.start[index]!;
  const protocol = stack.protocol[index]!;
  // The forms that only a layer below or above tells.
  if (protocol === PROTOCOL.vlan && isServiceTag(bytes, stack, index)) return [{ header: SERVICE_VLAN, at }];
  if (protocol === PROTOCOL.vxlan && isGpe(bytes, stack, index, ports)) return [{ header: VXLAN_GPE, at }];
  if (protocol === PROTOCOL.erspan && isTypeOne(stack, index)) return [];
  return protocolRow(protocol).layout.parts(bytes, at, stack.end[index]!);
}

function isGpe(bytes: Uint8Array, stack: LayerStack, index: number, ports: WalkPorts): boolean {
  return ports.kind[UDP.dstport.read(bytes, stack.start[index - 1]!)] === PORT_KIND.vxlanGpe;
}

/** ERSPAN type I: the mirrored frame starts where its header would. */
function isTypeOne(stack: LayerStack, index: number): boolean {
  return index + 1 < stack.depth && stack.start[index + 1] === stack.start[index];
}

/** 802.1ad's outer tag: the type field right before it says so. */
export function isServiceTag(bytes: Uint8Array, stack: LayerStack, index: number): boolean {
  const at = stack.start[index]!;
  const inCooked2 = index > 0 && stack.protocol[index - 1] === PROTOCOL.sll2;
  const typeAt = inCooked2 ? stack.start[index - 1]! : at - 2;
  return index > 0 && ((bytes[typeAt]! << 8) | bytes[typeAt + 1]!) === ETHER_TYPE.serviceVlan;
}
