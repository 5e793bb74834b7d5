// HOT: per packet. No allocation (but for rare protocols and faults).
// One line per packet that reads outer | encapsulation | inner. docs/decode.md has the grammar.

import { FAULT, FAULTS, LIMIT_NAMES } from '../../decode/faults.ts';
import { LayerStack, OUTCOME } from '../../decode/layer-stack.ts';
import type { Packet } from '../../decode/packet.ts';
import { unsupportedText } from '../../decode/view/fault-view.ts';
import type { WalkPorts } from '../../decode/walk-ports.ts';
import { u16 } from '../../wire/bytes.ts';
import { IP_PROTOCOL, ipProtocolName } from '../../wire/ip-protocol.ts';
import { IPV4, ipv4HeaderLength } from '../../wire/ipv4.ts';
import { FRAGMENT } from '../../wire/ipv6-extensions.ts';
import { byNumber, PROTOCOL } from '../../wire/protocols.ts';
import { SLL } from '../../wire/sll.ts';
import { SLL2 } from '../../wire/sll2.ts';
import type { AddressTexts } from './address-texts.ts';
import { asBytes, type LineBuffer } from './line-buffer.ts';
import { GAP, type LineContext, separate } from './line-context.ts';
import { icmp, icmpv6 } from './line-icmp.ts';
import { arp, data, llc, macs } from './line-rare.ts';
import { mpls, pppoe, pseudowire, vlan } from './line-tag.ts';
import { ah, cutPorts, esp, igmp, length, ospf, sctp, tcp, udp } from './line-transport.ts';
import { erspan, geneve, gre, ipInIp, vxlan, wireguard } from './line-tunnel.ts';
import type { TimeColumn } from './packet-time.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const P = PROTOCOL;
const BLANK = 0x20;
const NEWLINE = 0x0a;
const NUMBER_WIDTH = 5;
const NO_NEXT_HEADER = IP_PROTOCOL.noNextHeader;
const NOTHING_FOLLOWS = asBytes('no next header');
const NOTHING = new Uint8Array(0);

/** What lines look like, and what they need to know. */
export interface LineLook {
  time: TimeColumn;
  addresses: AddressTexts;
  ports: WalkPorts;
  color: boolean;
  /** The place of a packet's capture; null where there is but one. */
  placeName: (packet: Packet) => Uint8Array | null;
  /** What the interface of a packet is called; null where the line need not say it. */
  interfaceName: (packet: Packet) => Uint8Array | null;
}

export interface LineWriter {
  /** Writes one line, newline included. */
  write(packet: Packet): void;
}

export function createLineWriter(out: LineBuffer, look: LineLook): LineWriter {
  const context: LineContext = {
    out,
    addresses: look.addresses,
    ports: look.ports,
    quoted: new LayerStack(),
    gap: GAP.none,
  };
  const dim = look.color ? asBytes('\u001b[2m') : NOTHING;
  const warn = look.color ? asBytes('\u001b[33m') : NOTHING;
  const plain = look.color ? asBytes('\u001b[0m') : NOTHING;
  return {
    write(packet) {
      out.startLine();
      out.put(dim);
      out.padded(packet.number, NUMBER_WIDTH, BLANK);
      out.byte(BLANK);
      out.byte(BLANK);
      look.time.write(out, packet);
      const place = look.placeName(packet);
      if (place !== null) {
        out.put(place);
        out.byte(BLANK);
        out.byte(BLANK);
      }
      const name = look.interfaceName(packet);
      if (name !== null) {
        out.put(name);
        out.byte(BLANK);
      }
      cookedDirection(out, packet);
      out.put(plain);
      writeChain(context, packet, dim, plain);
      if (packet.stack.fault !== FAULT.none) {
        out.put(warn);
        writeFault(out, packet.stack);
        out.put(plain);
      }
      out.byte(NEWLINE);
    },
  };
}

/** All layers, what is around the innermost tunnel dim. */
function writeChain(context: LineContext, packet: Packet, dim: Uint8Array, plain: Uint8Array): void {
  const { stack } = packet;
  context.gap = GAP.none;
  const inner = stack.tunnels === 0 ? -1 : stack.tunnel[stack.tunnels - 1]!;
  const start = innerStart(stack, inner);
  if (inner >= 0) context.out.put(dim);
  for (let i = 0; i < stack.depth; i++) {
    const protocol = stack.protocol[i]!;
    if (i > 0 && (protocol === P.ipv4 || protocol === P.ipv6)) ipInIp(context, packet, i);
    if (i === start) context.out.put(plain);
    // The usual protocols first: a call that is always the same is inlined, one through a table never.
    if (protocol === P.ethernet) macs(context, packet, i);
    else if (protocol === P.ipv4) ipv4(context, packet, i);
    else if (protocol === P.udp) udp(context, packet, i);
    else if (protocol === P.tcp) tcp(context, packet, i);
    else if (protocol === P.vxlan) vxlan(context, packet, i);
    else WRITERS[protocol]!(context, packet, i);
  }
  if (inner >= 0) context.out.put(plain);
  if (stack.transport < 0 && stack.portsAt >= 0) cutPorts(context, packet);
  if (stack.ipProtocol === NO_NEXT_HEADER && stack.protocol[stack.depth - 1] !== P.data) {
    separate(context);
    context.out.put(NOTHING_FOLLOWS);
  }
  if (stack.outcome === OUTCOME.unsupported) {
    separate(context);
    context.out.text(`${unsupportedText(stack) ?? 'protocol'} is not supported`);
  }
}

/** The layer behind the innermost tunnel's header; of IP-in-IP that header itself. */
function innerStart(stack: LayerStack, inner: number): number {
  if (inner < 0) return -1;
  const protocol = stack.protocol[inner]!;
  return protocol === P.ipv4 || protocol === P.ipv6 ? inner : inner + 1;
}

type LayerWriter = (context: LineContext, packet: Packet, i: number) => void;

const nothing: LayerWriter = () => {};

/** By PROTOCOL number; what leaves no trace in a line writes nothing. */
const WRITERS = byNumber<LayerWriter>({
  none: nothing,
  ethernet: macs,
  llc,
  vlan,
  arp,
  sll: nothing,
  sll2: nothing,
  null: nothing,
  raw: nothing,
  ipv4,
  ipv6: addressPair,
  hopByHop: nothing,
  routing: nothing,
  fragment: ipv6Fragment,
  destinationOptions: nothing,
  ah,
  icmp,
  icmpv6,
  udp,
  tcp,
  sctp,
  igmp,
  esp,
  ospf,
  vxlan,
  gre,
  geneve,
  wireguard,
  data,
  erspan,
  mpls,
  pseudowire,
  pppoe,
  ppp: nothing,
});

function ipv4(context: LineContext, packet: Packet, i: number): void {
  addressPair(context, packet, i);
  ipv4Fragment(context, packet, i);
}

function addressPair(context: LineContext, { bytes, stack }: Packet, i: number): void {
  separate(context);
  context.addresses.writePair(context.out, stack.protocol[i]!, bytes, stack.start[i]!);
}

const FRAGMENT_OF = asBytes(' [fragment ');
const AT = asBytes(' at ');
const MORE = asBytes(', more]');
const LAST = asBytes(', last]');
const MORE_BIT = 0x2000;
const OFFSET_BITS = 0x1fff;

function ipv4Fragment(context: LineContext, packet: Packet, i: number): void {
  const { out } = context;
  const { bytes, stack } = packet;
  const at = stack.start[i]!;
  const word = u16(bytes, at + 6);
  if ((word & (MORE_BIT | OFFSET_BITS)) === 0) return;
  out.put(FRAGMENT_OF);
  out.hex(u16(bytes, at + 4), 4);
  out.put(AT);
  out.decimal((word & OFFSET_BITS) * 8);
  out.put(word & MORE_BIT ? MORE : LAST);
  if ((word & OFFSET_BITS) !== 0)
    laterFragment(context, packet, i, IPV4.proto.read(bytes, at), ipv4HeaderLength(bytes, at));
}

/** What a later fragment holds is no header: the protocol's name, and how much of it. */
function laterFragment(context: LineContext, packet: Packet, i: number, protocol: number, header: number): void {
  separate(context);
  context.out.text(ipProtocolName(protocol) ?? `IP protocol ${protocol}`);
  length(context.out, packet, i, header);
}

function ipv6Fragment(context: LineContext, packet: Packet, i: number): void {
  const { out } = context;
  const { bytes, stack } = packet;
  const at = stack.start[i]!;
  out.put(FRAGMENT_OF);
  out.hex(FRAGMENT.ident.read(bytes, at), 8);
  out.put(AT);
  out.decimal(FRAGMENT.offset.read(bytes, at) * 8);
  out.put(FRAGMENT.more.read(bytes, at) === 1 ? MORE : LAST);
  if (FRAGMENT.offset.read(bytes, at) !== 0)
    laterFragment(context, packet, i, FRAGMENT.nxt.read(bytes, at), FRAGMENT.headerLength);
}

/** As tcpdump says it: where a cooked frame came from or went to. */
const DIRECTIONS = ['in', 'broadcast', 'multicast', 'other', 'out'].map((text) => asBytes(`${text.padEnd(3)} `));

function cookedDirection(out: LineBuffer, { bytes, stack }: Packet): void {
  if (stack.depth === 0) return;
  const protocol = stack.protocol[0];
  const at = stack.start[0]!;
  if (protocol === P.sll2) out.put(DIRECTIONS[SLL2.pkttype.read(bytes, at)] ?? NOTHING);
  else if (protocol === P.sll) out.put(DIRECTIONS[SLL.pkttype.read(bytes, at)] ?? NOTHING);
}

const FAULT_TEXTS = FAULTS.map((fault) => asBytes(`  ! ${fault.text}`));
const NEEDS = asBytes(': needs ');
const HAS = asBytes(' bytes, has ');
const LIMITS = LIMIT_NAMES.map((name) => asBytes(` (${name})`));

function writeFault(out: LineBuffer, stack: LayerStack): void {
  out.put(FAULT_TEXTS[stack.fault] ?? NOTHING);
  if (stack.need === 0) return;
  out.put(NEEDS);
  out.decimal(stack.need);
  out.put(HAS);
  out.decimal(stack.have);
  out.put(LIMITS[stack.limit] ?? NOTHING);
}
