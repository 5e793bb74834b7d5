// What a tunnel carries, as a packet by itself: the frame in VXLAN, Geneve or GRE, the IP packet in IP-in-IP or GRE. The tunnel is the one that
// `trace` describes the packet by.
import { LINK_TYPE } from '../capture/link-type.ts';
import type { Packet } from '../decode/packet.ts';
import { PacketLocator } from '../flow/packet-locator.ts';
import type { NodeAddresses } from '../flow/paths/node-addresses.ts';
import { frameIn } from '../flow/paths/tunnels.ts';
import type { PacketTest } from './read-packets.ts';
import { isIp } from './walked-packet.ts';

export interface InnerPart {
  start: number;
  captured: number;
  original: number;
  linkType: number;
}

/** Told of every packet, since which tunnel counts may hang on packets before. */
export class InnerPackets implements PacketTest {
  readonly #locator: PacketLocator;

  /** @param nodes the cluster's addresses: with them, its own tunnels are told from a pod's and from a mirror's */
  constructor(nodes: NodeAddresses | null) {
    this.#locator = new PacketLocator(nodes);
  }

  /** Always: it only looks. */
  fits({ bytes, stack, capture, interface: device }: Packet): boolean {
    this.#locator.locate(bytes, stack, capture, device?.index ?? -1);
    return true;
  }

  /**
   * Of the packet looked at last; null for one that is in no tunnel, whose content is encrypted or cut off, and for fragments of the
   * packet around the tunnel: no one of them has it all.
   */
  inner({ stack, start, captured, original }: Packet): InnerPart | null {
    const layer = this.#locator.tunnelLayer;
    if (layer < 0 || layer >= stack.depth || this.#locator.isOuterRest) return null;
    if (stack.firstFragment >= 0 && stack.firstFragment < layer) return null;
    const frame = frameIn(stack, layer);
    const inside = frame >= 0 ? frame : ipIn(stack.protocol, layer, stack.depth);
    if (inside < 0) return null;
    const [from, to] = [stack.start[inside]!, stack.end[inside]!];
    const end = start + captured;
    // what the capture cut off was behind the end: the frame is longer by as much
    const missing = to >= end ? original - captured : 0;
    return {
      start: from,
      captured: to - from,
      original: to - from + Math.max(0, missing),
      linkType: frame >= 0 ? LINK_TYPE.ethernet : LINK_TYPE.raw,
    };
  }
}

/** Stack index of the IP header that a tunnel without a frame carries: its own layer (IP-in-IP), or the next one; -1. */
function ipIn(protocols: Uint8Array, layer: number, depth: number): number {
  if (isIp(protocols[layer]!)) return layer;
  return layer + 1 < depth && isIp(protocols[layer + 1]!) ? layer + 1 : -1;
}
