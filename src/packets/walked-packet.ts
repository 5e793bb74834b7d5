// One packet walked as `trace` walks it: its layers, which tunnel describes it and which IP header is its flow's, by the same
// code, so that `explain` and `trace` cannot disagree.

import { overlayAddresses, overlayPorts } from '../attribution/overlay-settings.ts';
import { LayerStack } from '../decode/layer-stack.ts';
import { type LayerView, viewPacket } from '../decode/view/packet-view.ts';
import { walk } from '../decode/walk.ts';
import type { WalkPorts } from '../decode/walk-ports.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { TunnelRecord } from '../flow/frame-records.ts';
import { PacketLocator } from '../flow/packet-locator.ts';
import type { Topology } from '../topology/model.ts';
import { PROTOCOL } from '../wire/protocols.ts';

/** What the walk depends on besides the packet: ports that mean a tunnel, and who tells flow and tunnel of packets. */
export interface WalkSettings {
  ports: WalkPorts;
  locator: PacketLocator;
}

/** Where a packet was captured: the capture's number, and the interface's in it. */
export interface CapturedAt {
  capture: number;
  interface: number;
}

export interface WalkedPacket extends Pick<TunnelRecord, 'encapsulation'> {
  bytes: Uint8Array;
  original: number;
  stack: LayerStack;
  ports: WalkPorts;
  layers: readonly LayerView[];
  /** Index of the flow's IP layer, and of the layer above it; -1 without one. */
  network: number;
  transport: number;
  /**
   * Index of the describing tunnel's header layer (of the inner IP layer for IP-in-IP); -1 without a tunnel. One beyond the layers
   * where it is not in this packet: cut off, or in the first fragment.
   */
  tunnel: number;
  /** Index of the first layer that is no carrier's: 0 without carriers. */
  first: number;
  /** A later fragment of the datagram around the tunnel, which its first fragment shows. */
  isOuterRest: boolean;
  /** Numbers of its flow and link in the table that counted it; -1 where it did not. */
  flow: number;
  link: number;
  /** The describing tunnel as the table has it. */
  outer: TunnelRecord;
}

/** As the pipeline sets it up: ports and VNIs that the snapshot or the user names, besides the defaults. */
export function walkSettings(
  topology: Topology | null,
  named: { vxlanPorts?: readonly number[]; vxlanVNI?: number | null } = {},
  table: FlowTable | null = null,
): WalkSettings {
  const nodes = topology === null ? null : overlayAddresses(topology, named.vxlanVNI ?? null);
  return { ports: overlayPorts(topology, named.vxlanPorts ?? []), locator: new PacketLocator(nodes, table) };
}

/** Walks a packet whose bytes begin at offset 0. */
export function walkPacket(
  bytes: Uint8Array,
  original: number,
  linkType: number,
  { ports, locator }: WalkSettings,
  at: CapturedAt = { capture: 0, interface: 0 },
): WalkedPacket {
  const stack = new LayerStack();
  walk(bytes, 0, bytes.length, original, linkType, stack, ports);
  locator.locate(bytes, stack, at.capture, at.interface);
  const { network, transport, flow, link, isOuterRest, encapsulation, tunnelRecord: outer } = locator;
  const layers = viewPacket(bytes, 0, stack, ports);
  const tunnel = isOuterRest ? layers.length : locator.tunnelLayer;
  const first = firstLayer(stack, tunnel, locator.linkLayer);
  const located = { network, transport, tunnel, first, isOuterRest, encapsulation, flow, link, outer };
  return { bytes, original, stack, ports, layers, ...located };
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
  return protocol === PROTOCOL.ipv4 || protocol === PROTOCOL.ipv6;
}
