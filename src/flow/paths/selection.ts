// HOT: per packet. No allocation.
// Which tunnel describes a packet and which IP header is its flow's, when tunnels are nested (design section 4): the innermost
// tunnel between two nodes; tunnels outside it are carriers, stepped over; a tunnel inside it is the pods' own payload.
import { unreadTunnel } from '../../decode/ip-facts.ts';
import { type LayerStack, OUTCOME } from '../../decode/layer-stack.ts';
import { GENEVE } from '../../wire/geneve.ts';
import { PROTOCOL } from '../../wire/protocols.ts';
import { VXLAN } from '../../wire/vxlan.ts';
import { ByteView } from '../byte-view.ts';
import type { NodeAddresses } from './node-addresses.ts';
import { NO_TUNNEL, outerNetwork, type Tunnels } from './tunnels.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const P = PROTOCOL;
const NONE = NO_TUNNEL;
const FAULTY = OUTCOME.faulty;
const VXLAN_VNI = VXLAN.vni.bit >> 3;
const GENEVE_VNI = GENEVE.vni.bit >> 3;
/** First byte of every VTEP MAC that Felix makes (calico-facts 4.4). */
const VTEP_MAC_BYTE = 0x66;

const [UNKNOWN, OVERLAY, CARRIER] = [0, 1, 2] as const;

export class Selection {
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
  /** What `#single` found of each entry of the tunnels' table. */
  #roles = new Uint8Array(64);
  readonly #view = new ByteView();
  readonly #tunnels: Tunnels;
  readonly #nodes: NodeAddresses | null;

  constructor(tunnels: Tunnels, nodes: NodeAddresses | null) {
    this.#tunnels = tunnels;
    this.#nodes = nodes;
  }

  /** Needs a walked stack with an IP header. */
  select(bytes: Uint8Array, stack: LayerStack): void {
    const view = this.#view.of(bytes);
    this.network = stack.network;
    this.transport = stack.transport;
    this.tunnelLayer = -1;
    this.tunnel = NONE;
    this.linkLayer = 0;
    this.overheadBytes = 0;
    this.isLater = false;
    // A tunnel above the innermost IP header that can be read carries nothing that can be read.
    let usable = stack.tunnels;
    while (usable > 0 && stack.tunnel[usable - 1]! > stack.network) usable--;
    if (stack.protocol[stack.depth - 1] === P.wireguard) this.#wireguard(view, stack, usable);
    else if (stack.outcome === FAULTY && this.#isUnread(view, stack, usable)) return;
    else if (usable === 1) this.#single(view, stack);
    else if (usable > 1) this.#describe(view, stack, usable);
    this.isLater = stack.laterFragment >= 0 && stack.laterFragment === this.network;
  }

  /** The usual case. Whether the tunnel is a carrier depends on nothing but what its entry holds: asked once per entry. */
  #single(view: DataView, stack: LayerStack): void {
    const layer = stack.tunnel[0]!;
    const tunnel = this.#tunnels.add(view, stack, layer, NONE);
    const outer = this.#tunnels.outer;
    if (tunnel >= this.#roles.length) this.#roles = grown(this.#roles, tunnel);
    if (this.#roles[tunnel] === UNKNOWN)
      this.#roles[tunnel] = this.#isForeign(view, stack, layer, outer) ? CARRIER : OVERLAY;
    if (this.#roles[tunnel] === CARRIER) {
      this.tunnel = this.#tunnels.addPlain(tunnel);
      this.#useCarriedLink(stack, layer);
      return;
    }
    this.tunnel = tunnel;
    this.tunnelLayer = layer;
    this.overheadBytes = outer < 0 ? 0 : stack.start[stack.network]! - stack.start[outer]!;
  }

  #isForeign(view: DataView, stack: LayerStack, layer: number, outer: number): boolean {
    const nodes = this.#nodes;
    if (nodes === null || (outer >= 0 && nodes.hasBoth(stack.protocol[outer]!, view, stack.start[outer]!)))
      return false;
    return this.#isCarrier(view, stack, layer);
  }

  /** Nothing inside WireGuard can be read: the flow is its datagram. Between pods, inside a tunnel of nodes, it is their payload. */
  #wireguard(view: DataView, stack: LayerStack, usable: number): void {
    const nodes = this.#nodes;
    const isPayload =
      nodes !== null &&
      this.#innermostBetweenNodes(view, stack, usable) >= 0 &&
      !nodes.hasBoth(stack.protocol[stack.network]!, view, stack.start[stack.network]!);
    if (isPayload) {
      this.#describe(view, stack, usable);
      return;
    }
    this.#unread(view, stack, usable, stack.depth - 1);
  }

  /**
   * Whether nothing can be read of what a tunnel between two nodes (any, when they are not known) carried: cut off, most often. The
   * flow is the datagram around it. Others are left to be judged as what can be read of them: plain packets, the payload of pods.
   */
  #isUnread(view: DataView, stack: LayerStack, usable: number): boolean {
    const layer = unreadTunnel(stack);
    if (layer < 0) return false;
    const { network } = stack;
    if (this.#nodes?.hasBoth(stack.protocol[network]!, view, stack.start[network]!) === false) return false;
    this.#unread(view, stack, usable, layer);
    return true;
  }

  /** Described by a tunnel of which nothing inside can be read; those around it are carriers. */
  #unread(view: DataView, stack: LayerStack, usable: number, layer: number): void {
    for (let k = 0; k < usable; k++) this.tunnel = this.#tunnels.add(view, stack, stack.tunnel[k]!, this.tunnel);
    if (usable > 0) this.#useCarriedLink(stack, stack.tunnel[usable - 1]!);
    this.tunnelLayer = layer;
    this.tunnel = this.#tunnels.add(view, stack, layer, this.tunnel);
  }

  #describe(view: DataView, stack: LayerStack, usable: number): void {
    const between = this.#nodes === null ? -1 : this.#innermostBetweenNodes(view, stack, usable);
    let carriers = between >= 0 ? between : 0;
    if (between < 0 && this.#nodes !== null)
      while (carriers < usable && this.#isCarrier(view, stack, stack.tunnel[carriers]!)) carriers++;
    if (between < 0 && this.#nodes === null) carriers = usable - 1;
    const chosen = between >= 0 ? between : usable - 1;
    for (let k = 0; k < carriers; k++) this.tunnel = this.#tunnels.add(view, stack, stack.tunnel[k]!, this.tunnel);
    if (carriers > 0) this.#useCarriedLink(stack, stack.tunnel[carriers - 1]!);
    if (carriers === usable) {
      this.tunnel = this.#tunnels.addPlain(this.tunnel);
      return;
    }
    for (let k = carriers; k <= chosen; k++)
      this.tunnel = this.#tunnels.add(view, stack, stack.tunnel[k]!, this.tunnel);
    this.tunnelLayer = stack.tunnel[chosen]!;
    const outer = this.#tunnels.outer;
    if (chosen < usable - 1) this.#flowAround(stack, stack.tunnel[chosen + 1]!);
    this.overheadBytes = outer < 0 ? 0 : stack.start[this.network]! - stack.start[outer]!;
  }

  /** The flow is the one that carries the tunnel at `layer`. */
  #flowAround(stack: LayerStack, layer: number): void {
    this.network = outerNetwork(stack, layer);
    this.transport = this.network + 1 < layer ? layer - 1 : -1;
  }

  #useCarriedLink(stack: LayerStack, carrier: number): void {
    const next = carrier + 1;
    if (next < stack.depth && stack.protocol[next] === P.ethernet) this.linkLayer = next;
  }

  /** Index among the tunnels; -1 when none runs between two nodes. */
  #innermostBetweenNodes(view: DataView, stack: LayerStack, usable: number): number {
    const nodes = this.#nodes!;
    for (let k = usable - 1; k >= 0; k--) {
      const outer = outerNetwork(stack, stack.tunnel[k]!);
      if (outer < 0) continue;
      if (nodes.hasBoth(stack.protocol[outer]!, view, stack.start[outer]!)) return k;
    }
    return -1;
  }

  /** A tunnel not between two nodes that carries whole frames and has neither a VNI nor a VTEP MAC of the cluster: a mirror's. */
  #isCarrier(view: DataView, stack: LayerStack, layer: number): boolean {
    const next = layer + 1;
    if (next >= stack.depth || stack.protocol[next] !== P.ethernet) return false;
    const protocol = stack.protocol[layer]!;
    if (protocol === P.gre) return true;
    if (protocol !== P.vxlan && protocol !== P.geneve) return false;
    const at = stack.start[layer]!;
    const vni = protocol === P.vxlan ? view.getUint32(at + VXLAN_VNI) >>> 8 : view.getUint32(at + GENEVE_VNI) >>> 8;
    return !this.#nodes!.hasVni(vni) && view.getUint8(stack.start[next]!) !== VTEP_MAC_BYTE;
  }
}

/** A copy with room for `index`. */
function grown(old: Uint8Array, index: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(Math.max(old.length * 2, index + 1));
  copy.set(old);
  return copy;
}
