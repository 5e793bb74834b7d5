// HOT: per packet. No allocation.
// Which tunnel describes a packet and which IP header is its flow's (design section 4). A tunnel of which one end is a pod is what
// that pod sends or is sent: the flow is its outer packet; so is one between strangers that has nothing of the cluster in it. Of the
// tunnels around that, the innermost one between two nodes counts; those outside it are carriers, stepped over, and so are mirrors' tunnels.

import { unreadTunnel } from '../../decode/ip-facts.ts';
import { type LayerStack, MAX_TUNNELS, makesFlow } from '../../decode/layer-stack.ts';
import { isEthernetArp } from '../../wire/arp.ts';
import { GENEVE } from '../../wire/geneve.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import { VXLAN } from '../../wire/vxlan.ts';
import { ByteView } from '../byte-view.ts';
import { type NodeAddresses, POD } from './node-addresses.ts';
import { frameIn, NO_TUNNEL, outerNetwork, type Tunnels } from './tunnels.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const P = PROTOCOL;
const NONE = NO_TUNNEL;
const { perhaps: PERHAPS, surely: SURELY } = POD;
const VXLAN_VNI = VXLAN.vni.bit >> 3;
const GENEVE_VNI = GENEVE.vni.bit >> 3;
/** First byte of every VTEP MAC that Felix makes (calico-facts 4.4). */
const VTEP_MAC_BYTE = 0x66;
/** The MAC of every veth on the host's side, as its first and its last bytes (calico-facts 6.2). */
const [VETH_HIGH, VETH_LOW] = [0xeeee, 0xeeeeeeee | 0] as const;

export class Selection {
  /** Whether the packet is of a flow. What a pods' tunnel carries need not be IP for that. */
  isFlow = false;
  /** Stack index of the flow's IP header, and of the layer above it; -1 without one. */
  network = -1;
  transport = -1;
  /** Stack index of the describing tunnel's header, -1 when there is none; and its entry in the tunnels' table. */
  tunnelLayer = -1;
  tunnel = NO_TUNNEL;
  /** Stack index of the link header that tells where the packet was seen: 0, or the frame inside the last carrier. */
  linkLayer = 0;
  /** Bytes from the outer IP header to the inner one; 0 without a tunnel, or where no inner one can be read. */
  overheadBytes = 0;
  /** Whether the packet is a later fragment of its flow's own datagram: one inside what the flow itself carries is payload. */
  isLater = false;
  /** Whether what is inside decided whose a tunnel is: the next packet of the same tunnel may be another one's. */
  hangsOnInside = false;
  /** Stack indexes of the packet's tunnels, outermost first, the last of them perhaps with nothing in it that can be read. */
  readonly #layers = new Uint8Array(MAX_TUNNELS + 1);
  readonly #view = new ByteView();
  #bytes: Uint8Array = new Uint8Array(0);
  readonly #tunnels: Tunnels;
  readonly #nodes: NodeAddresses | null;

  constructor(tunnels: Tunnels, nodes: NodeAddresses | null) {
    this.#tunnels = tunnels;
    this.#nodes = nodes;
  }

  /** Needs a walked stack. */
  select(bytes: Uint8Array, stack: LayerStack): void {
    const view = this.#view.of(bytes);
    this.#bytes = bytes;
    this.network = stack.network;
    this.transport = stack.transport;
    this.tunnelLayer = -1;
    this.tunnel = NONE;
    this.linkLayer = 0;
    this.overheadBytes = 0;
    this.hangsOnInside = false;
    const count = this.#collect(stack);
    const end = this.#nodes === null ? count : this.#firstOfPods(view, stack, this.#nodes, count);
    this.isFlow = end < count || makesFlow(stack);
    this.isLater = false;
    if (!this.isFlow) return;
    if (end < count) this.#flowAround(stack, this.#layers[end]!);
    if (end > 0) this.#describe(view, stack, end, count);
    this.isLater = stack.laterFragment >= 0 && stack.laterFragment === this.network;
  }

  /** Notes the tunnels of a packet, WireGuard and IP-in-IP whose inner header was cut off among them. Returns how many. */
  #collect(stack: LayerStack): number {
    const { tunnels } = stack;
    for (let k = 0; k < tunnels; k++) this.#layers[k] = stack.tunnel[k]!;
    const last = stack.depth - 1;
    const unread = last >= 0 && stack.protocol[last] === P.wireguard ? last : unreadTunnel(stack);
    if (unread < 0 || (tunnels > 0 && unread === stack.tunnel[tunnels - 1])) return tunnels;
    this.#layers[tunnels] = unread;
    return tunnels + 1;
  }

  /** Index of the outermost tunnel that is pods' payload; `count` when there is none. */
  #firstOfPods(view: DataView, stack: LayerStack, nodes: NodeAddresses, count: number): number {
    let isInOverlay = !nodes.areUnknown;
    for (let k = 0; k < count; k++) {
      const outer = outerNetwork(stack, this.#layers[k]!);
      if (outer < 0) continue;
      // where no node is known, one with an address in a pool may have sent it; but no node sends an overlay in an overlay
      const mayBeOverlay = !isInOverlay && looksLikeOverlay(view, stack, this.#layers[k]!);
      const enough = mayBeOverlay ? SURELY : PERHAPS;
      isInOverlay ||= mayBeOverlay;
      const protocol = stack.protocol[outer]!;
      const at = stack.start[outer]!;
      if (nodes.isPodSource(protocol, view, at) >= enough) return k;
      if (isToGateway(view, stack, nodes, this.#layers[k]!, outer)) return k;
      if (nodes.hasStrangers(protocol, view, at) && this.#isOfStrangers(view, stack, nodes, this.#layers[k]!)) return k;
      if (nodes.isPodDestination(protocol, view, at) < enough) continue;
      if (nodes.hasSource(protocol, view, at) || !this.#showsMirror(view, stack, nodes, k, count)) return k;
    }
    return count;
  }

  /**
   * Whether a tunnel between strangers is theirs: nothing in it is the cluster's. A mirror's frames of others cannot be told from it,
   * unless they are a veth's, or in ERSPAN. What cannot be read tells nothing.
   */
  #isOfStrangers(view: DataView, stack: LayerStack, nodes: NodeAddresses, layer: number): boolean {
    const frame = frameIn(stack, layer);
    if (frame > layer + 1) return false;
    if (frame >= 0 && (isVeth(view, stack.start[frame]!) || isVeth(view, stack.start[frame]! + 6))) return false;
    this.hangsOnInside = true;
    let isRead = false;
    // the header of IP-in-IP is what is inside
    for (let i = layer; i < stack.depth; i++) {
      const protocol = stack.protocol[i]!;
      const at = stack.start[i]!;
      if (protocol === P.ipv4 || protocol === P.ipv6) isRead = nodes.hasStrangers(protocol, view, at);
      else if (protocol === P.arp && isEthernetArp(this.#bytes, at)) isRead = nodes.asksAmongStrangers(view, at);
      else continue;
      if (!isRead) return false;
    }
    return isRead;
  }

  /** Whether what a tunnel from outside the cluster carries shows that it is a mirror's: its receiver is then no end of a flow. */
  #showsMirror(view: DataView, stack: LayerStack, nodes: NodeAddresses, k: number, count: number): boolean {
    const layer = this.#layers[k]!;
    if (layer + 1 < stack.depth && stack.protocol[layer + 1] === P.erspan) return true;
    return this.#innermostBetweenNodes(view, stack, nodes, count) > k;
  }

  #describe(view: DataView, stack: LayerStack, end: number, count: number): void {
    const nodes = this.#nodes;
    const isUnread = end === count && this.#layers[end - 1]! > stack.network;
    const between = nodes === null ? -1 : this.#innermostBetweenNodes(view, stack, nodes, end);
    const chosen = between >= 0 ? between : end - 1;
    // what carries a tunnel between nodes, or nobody knows what, is a carrier; without one, what looks like a mirror's
    let carriers = between >= 0 || nodes === null ? chosen : 0;
    const mirrors = isUnread ? end - 1 : end;
    if (between < 0 && nodes !== null)
      while (carriers < mirrors && this.#isMirror(view, stack, nodes, this.#layers[carriers]!, false)) carriers++;
    for (let k = 0; k < carriers; k++) this.tunnel = this.#tunnels.add(view, stack, this.#layers[k]!, this.tunnel);
    if (carriers > 0) this.#useCarriedLink(stack, this.#layers[carriers - 1]!);
    if (carriers === end) {
      this.tunnel = this.#tunnels.addPlain(this.tunnel);
      return;
    }
    for (let k = carriers; k <= chosen; k++)
      this.tunnel = this.#tunnels.add(view, stack, this.#layers[k]!, this.tunnel);
    this.tunnelLayer = this.#layers[chosen]!;
    const outer = this.#tunnels.outer;
    if (chosen < end - 1) this.#flowAround(stack, this.#layers[chosen + 1]!);
    this.overheadBytes = outer < 0 ? 0 : stack.start[this.network]! - stack.start[outer]!;
  }

  /** The flow is the one that carries the tunnel at `layer`. */
  #flowAround(stack: LayerStack, layer: number): void {
    this.network = outerNetwork(stack, layer);
    this.transport = this.network + 1 < layer ? layer - 1 : -1;
  }

  #useCarriedLink(stack: LayerStack, carrier: number): void {
    const frame = frameIn(stack, carrier);
    if (frame >= 0) this.linkLayer = frame;
  }

  /** Index among the first `count` tunnels; -1 when none of them runs between two nodes and is their own. */
  #innermostBetweenNodes(view: DataView, stack: LayerStack, nodes: NodeAddresses, count: number): number {
    for (let k = count - 1; k >= 0; k--) {
      const layer = this.#layers[k]!;
      const outer = outerNetwork(stack, layer);
      if (outer < 0 || !nodes.hasBoth(stack.protocol[outer]!, view, stack.start[outer]!)) continue;
      if (!this.#isMirror(view, stack, nodes, layer, true)) return k;
    }
    return -1;
  }

  /**
   * A tunnel of a mirror: one that carries whole frames and is not the overlay by its VNI. Between two nodes only ERSPAN and
   * frames of a veth show it, elsewhere it is enough that no VTEP is addressed.
   */
  #isMirror(view: DataView, stack: LayerStack, nodes: NodeAddresses, layer: number, isBetween: boolean): boolean {
    const frame = frameIn(stack, layer);
    if (frame < 0) return false;
    if (frame > layer + 1) return true;
    const protocol = stack.protocol[layer]!;
    const mac = stack.start[frame]!;
    if (isBetween && !isVeth(view, mac) && !isVeth(view, mac + 6)) return false;
    if (protocol === P.gre) return true;
    const at = stack.start[layer]! + (protocol === P.vxlan ? VXLAN_VNI : GENEVE_VNI);
    const vni = view.getUint32(at) >>> 8;
    if (isBetween) return !nodes.mayHaveVni(vni);
    return !nodes.hasVni(vni) && view.getUint8(mac) !== VTEP_MAC_BYTE;
  }
}

/** Between a node and what is none, in the tunnel that gateways have: a pod's, though nothing tells whose address it is. */
function isToGateway(view: DataView, stack: LayerStack, nodes: NodeAddresses, layer: number, outer: number): boolean {
  if (stack.protocol[layer] !== P.vxlan || stack.protocol[layer - 1] !== P.udp) return false;
  const port = view.getUint16(stack.start[layer - 1]! + 2);
  if (!nodes.isGatewayTunnel(port, view.getUint32(stack.start[layer]! + VXLAN_VNI) >>> 8)) return false;
  const protocol = stack.protocol[outer]!;
  const at = stack.start[outer]!;
  return nodes.hasSource(protocol, view, at) !== nodes.hasDestination(protocol, view, at);
}

/** A tunnel as nodes have them: IP-in-IP, WireGuard, VXLAN to a VTEP. */
function looksLikeOverlay(view: DataView, stack: LayerStack, layer: number): boolean {
  if (layer === stack.depth) return true;
  const protocol = stack.protocol[layer]!;
  if (protocol !== P.vxlan) return protocol === P.ipv4 || protocol === P.wireguard;
  const frame = frameIn(stack, layer);
  return frame < 0 || view.getUint8(stack.start[frame]!) === VTEP_MAC_BYTE;
}

function isVeth(view: DataView, at: number): boolean {
  return view.getUint16(at) === VETH_HIGH && view.getInt32(at + 2) === VETH_LOW;
}
