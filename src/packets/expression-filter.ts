// Packets that an expression of tcpdump fits: asked of the inner headers, by the code that tells flows from packets; behind `outer` of the
// outermost ones.
import { upperProtocol } from '../decode/ip-facts.ts';
import type { LayerStack } from '../decode/layer-stack.ts';
import type { Packet } from '../decode/packet.ts';
import { PacketLocator } from '../flow/packet-locator.ts';
import type { NodeAddresses } from '../flow/paths/node-addresses.ts';
import type { CaptureExpression, ExpressionFrame } from '../net/capture-expression.ts';
import { formatIPv6, type Ip, parseIp } from '../net/ip.ts';
import { understoodExpression } from '../verdict/filter/flow-expression.ts';
import { ARP, isEthernetArp } from '../wire/arp.ts';
import { u16, u32 } from '../wire/bytes.ts';
import { PROTOCOL } from '../wire/protocols.ts';
import type { PacketTest } from './read-packets.ts';

const P = PROTOCOL;
const WITH_PORTS: ReadonlySet<number> = new Set([P.tcp, P.udp, P.sctp]);
const EXTENSIONS: ReadonlySet<number> = new Set([P.hopByHop, P.routing, P.fragment, P.destinationOptions, P.ah]);
const NOT_IP = {
  source: null,
  destination: null,
  version: null,
  protocol: -1,
  sourcePort: null,
  destinationPort: null,
};

export class ExpressionFilter implements PacketTest {
  readonly #fits: CaptureExpression;
  readonly #asksOuter: boolean;
  readonly #locator: PacketLocator;

  /** @throws OverlensError E_USAGE where some word is not understood */
  constructor(text: string, nodes: NodeAddresses | null) {
    const { fits, asksOuter } = understoodExpression(text);
    this.#fits = fits;
    this.#asksOuter = asksOuter;
    this.#locator = new PacketLocator(nodes);
  }

  /** Whether the packet certainly fits. Call it for every packet: later fragments fit when their first one did. */
  fits({ bytes, stack, capture, interface: device }: Packet): boolean {
    const locator = this.#locator;
    locator.locate(bytes, stack, capture, device?.index ?? -1);
    if (locator.isFlow && locator.first >= 0) return locator.first === 1;
    const last = stack.depth - 1;
    const isArp = last >= 0 && stack.protocol[last] === P.arp;
    const inner = isArp ? arpFrame(bytes, stack, last) : frameAt(bytes, stack, locator.network);
    const outermost = this.#asksOuter ? outermostFrame(bytes, stack) : null;
    const fits = this.#fits(outermost === null ? inner : { ...inner, outermost }) === true;
    if (locator.isFlow && stack.firstFragment >= 0) locator.remember(bytes, stack, capture, fits ? 1 : 0);
    return fits;
  }
}

function outermostFrame(bytes: Uint8Array, stack: LayerStack): ExpressionFrame {
  for (let layer = 0; layer < stack.depth; layer++) {
    const protocol = stack.protocol[layer] ?? P.none;
    if (protocol === P.arp) return arpFrame(bytes, stack, layer);
    if (protocol === P.ipv4 || protocol === P.ipv6) return frameAt(bytes, stack, layer);
  }
  return NOT_IP;
}

/** `host` and `net` mean the addresses that ARP speaks of too. */
function arpFrame(bytes: Uint8Array, stack: LayerStack, layer: number): ExpressionFrame {
  const at = stack.start[layer] ?? 0;
  if ((stack.end[layer] ?? 0) - at < ARP.headerLength || !isEthernetArp(bytes, at)) return { ...NOT_IP, isArp: true };
  const source = addressAt(bytes, at + (ARP['src.proto_ipv4'].bit >> 3), 4);
  return { ...NOT_IP, isArp: true, source, destination: addressAt(bytes, at + (ARP['dst.proto_ipv4'].bit >> 3), 4) };
}

/** The IP header at stack index `network`; -1: there is none. */
function frameAt(bytes: Uint8Array, stack: LayerStack, network: number): ExpressionFrame {
  if (network < 0) return NOT_IP;
  const at = stack.start[network] ?? 0;
  const version = stack.protocol[network] === P.ipv6 ? 6 : 4;
  const ports = portsAt(stack, network);
  return {
    source: addressAt(bytes, version === 6 ? at + 8 : at + 12, version),
    destination: addressAt(bytes, version === 6 ? at + 24 : at + 16, version),
    version,
    protocol: network === stack.network ? stack.ipProtocol : upperProtocol(stack, network),
    sourcePort: ports < 0 ? null : u16(bytes, ports),
    destinationPort: ports < 0 ? null : u16(bytes, ports + 2),
  };
}

/** Where the ports above an IP header are; -1 where they are not in the packet. */
function portsAt(stack: LayerStack, network: number): number {
  if (network === stack.network) return stack.portsAt;
  let layer = network + 1;
  while (layer < stack.depth && EXTENSIONS.has(stack.protocol[layer] ?? P.none)) layer++;
  return layer < stack.depth && WITH_PORTS.has(stack.protocol[layer] ?? P.none) ? (stack.start[layer] ?? -1) : -1;
}

function addressAt(bytes: Uint8Array, at: number, version: 4 | 6): Ip | null {
  return version === 4 ? { family: 4, value: BigInt(u32(bytes, at)) } : parseIp(formatIPv6(bytes, at));
}
