// One packet walked as `trace` walks it: its layers, which tunnel describes it and which IP header is its flow's, by the same
// code, so that `explain` and `trace` cannot disagree.

import { overlayAddresses, overlayPorts } from '../attribution/overlay-settings.ts';
import { LayerStack } from '../decode/layer-stack.ts';
import { type LayerView, viewPacket } from '../decode/view/packet-view.ts';
import { walk } from '../decode/walk.ts';
import type { WalkPorts } from '../decode/walk-ports.ts';
import { AddressWords } from '../flow/address-words.ts';
import type { NodeAddresses } from '../flow/node-addresses.ts';
import type { FrameEncapsulation } from '../flow/record.ts';
import { Selection } from '../flow/selection.ts';
import { Tunnels } from '../flow/tunnels.ts';
import type { Topology } from '../topology/model.ts';
import { protocolRow } from '../wire/protocols.ts';

/** What the walk depends on besides the packet: ports that mean a tunnel, and what tells an overlay from a mirror. */
export interface WalkSettings {
  ports: WalkPorts;
  nodes: NodeAddresses | null;
}

export interface WalkedPacket {
  bytes: Uint8Array;
  original: number;
  stack: LayerStack;
  ports: WalkPorts;
  layers: readonly LayerView[];
  /** Index of the flow's IP layer, and of the layer above it; -1 without one. */
  network: number;
  transport: number;
  /** Index of the describing tunnel's header layer (of the inner IP layer for IP-in-IP); -1 without a tunnel. */
  tunnel: number;
  /** Index of the first layer that is no carrier's: 0 without carriers. */
  first: number;
  encapsulation: FrameEncapsulation;
}

/** As the pipeline sets it up: ports and VNIs that the snapshot or the user names, besides the defaults. */
export function walkSettings(
  topology: Topology | null,
  named: { vxlanPorts?: readonly number[]; vxlanVNI?: number | null } = {},
): WalkSettings {
  return {
    ports: overlayPorts(topology, named.vxlanPorts ?? []),
    nodes: topology === null ? null : overlayAddresses(topology, named.vxlanVNI ?? null),
  };
}

/** Walks a packet whose bytes begin at offset 0. */
export function walkPacket(
  bytes: Uint8Array,
  original: number,
  linkType: number,
  { ports, nodes }: WalkSettings,
): WalkedPacket {
  const stack = new LayerStack();
  walk(bytes, 0, bytes.length, original, linkType, stack, ports);
  const selection = new Selection(new Tunnels(new AddressWords()), nodes);
  if (stack.network >= 0) selection.select(bytes, stack);
  const tunnel = selection.tunnelLayer >= 0 && stack.network >= 0 ? selection.tunnelLayer : unreadTunnel(stack);
  return {
    bytes,
    original,
    stack,
    ports,
    layers: viewPacket(bytes, 0, stack, ports),
    network: stack.network < 0 ? -1 : selection.network,
    transport: stack.network < 0 ? -1 : selection.transport,
    tunnel,
    first: firstLayer(stack, tunnel, stack.network < 0 ? 0 : selection.linkLayer),
    encapsulation: tunnel < 0 ? 'none' : (protocolRow(stack.protocol[tunnel]!).tunnel ?? 'none'),
  };
}

/**
 * A later fragment of an outer packet shows no tunnel; its first fragment does: the same packet, told as the rest of that one.
 * Unchanged when the inner packet was cut, not the outer one.
 */
export function asRestOf(rest: WalkedPacket, first: WalkedPacket): WalkedPacket {
  const cut = first.stack.firstFragment;
  if (cut < 0 || first.tunnel <= cut || rest.tunnel >= 0) return rest;
  return { ...rest, tunnel: rest.layers.length, encapsulation: first.encapsulation };
}

/** A tunnel that carries no IP packet (ARP, something cut off) describes the packet too, though no flow. */
function unreadTunnel(stack: LayerStack): number {
  const last = stack.tunnels - 1;
  return last >= 0 && stack.tunnel[last]! > stack.network ? stack.tunnel[last]! : -1;
}

/** Layers before the describing tunnel's own outer header belong to carriers. */
function firstLayer(stack: LayerStack, tunnel: number, linkLayer: number): number {
  if (linkLayer > 0 || tunnel < 0) return linkLayer;
  let before = -1;
  for (let k = 0; k < stack.tunnels; k++) if (stack.tunnel[k]! < tunnel) before = stack.tunnel[k]!;
  if (before < 0) return 0;
  return isIp(stack.protocol[before]!) ? before : before + 1;
}

export function isIp(protocol: number): boolean {
  return protocolRow(protocol).place === 'network';
}
