// HOT: per packet. No allocation.
// The encapsulation between two bars: VXLAN and its VNI, Geneve, GRE, ERSPAN, IP-in-IP, WireGuard.
import type { Packet } from '../../decode/packet.ts';
import { ERSPAN2 } from '../../wire/erspan.ts';
import { GENEVE } from '../../wire/geneve.ts';
import { GRE, GRE_KEY } from '../../wire/gre.ts';
import { PROTOCOL, protocolsThat } from '../../wire/protocols.ts';
import { UDP } from '../../wire/udp.ts';
import { VXLAN, VXLAN_GPE_PORT, VXLAN_PORT } from '../../wire/vxlan.ts';
import { WIREGUARD } from '../../wire/wireguard.ts';
import { asBytes } from './line-buffer.ts';
import { bar, GAP, type LineContext } from './line-context.ts';

// Local names: the optimising compiler folds module-local constants, but loads imported ones anew each time.
const P = PROTOCOL;
const readDestinationPort = UDP.dstport.read;
const readVni = VXLAN.vni.read;
const readHasPolicy = VXLAN.flag_g.read;
const USUAL_PORT = VXLAN_PORT;
const GPE_PORT = VXLAN_GPE_PORT;
const VXLAN_NAME = asBytes('VXLAN ');
const GPE_NAME = asBytes('VXLAN-GPE ');
const PORT = asBytes(' port ');
const POLICY = asBytes(' policy ');

/** `VXLAN` and its VNI, with the port where it is not 4789 and the group policy where there is one. */
export function vxlan(context: LineContext, { bytes, stack }: Packet, i: number): void {
  const { out } = context;
  bar(context);
  const at = stack.start[i]!;
  const port = stack.protocol[i - 1] === P.udp ? readDestinationPort(bytes, stack.start[i - 1]!) : USUAL_PORT;
  out.put(port === GPE_PORT ? GPE_NAME : VXLAN_NAME);
  out.decimal(readVni(bytes, at));
  if (port !== USUAL_PORT && port !== GPE_PORT) {
    out.put(PORT);
    out.decimal(port);
  }
  if (port !== GPE_PORT && readHasPolicy(bytes, at) === 1) {
    out.put(POLICY);
    out.decimal(VXLAN.gbp.read(bytes, at));
  }
}

const GENEVE_NAME = asBytes('Geneve ');

export function geneve(context: LineContext, { bytes, stack }: Packet, i: number): void {
  bar(context);
  context.out.put(GENEVE_NAME);
  context.out.decimal(GENEVE.vni.read(bytes, stack.start[i]!));
}

const GRE_NAME = asBytes('GRE');
const KEY = asBytes(' key ');

/** GRE that is no tunnel (PPTP, unknown protocols) has nothing behind its bar but bytes. */
export function gre(context: LineContext, { bytes, stack }: Packet, i: number): void {
  const { out } = context;
  bar(context);
  const at = stack.start[i]!;
  out.put(GRE_NAME);
  const key = at + GRE.headerLength + (GRE['flags.checksum'].read(bytes, at) === 1 ? 4 : 0);
  if (GRE['flags.key'].read(bytes, at) === 1 && GRE['flags.version'].read(bytes, at) === 0) {
    out.put(KEY);
    out.decimal(GRE_KEY.key.read(bytes, key));
  }
}

const ERSPAN_NAME = asBytes('ERSPAN');
const SESSION = asBytes(' session ');

/** Type I has no header, so no session. */
export function erspan(context: LineContext, { bytes, stack }: Packet, i: number): void {
  const { out } = context;
  const at = stack.start[i]!;
  bar(context);
  out.put(ERSPAN_NAME);
  if (i + 1 >= stack.depth || stack.start[i + 1]! > at) {
    out.put(SESSION);
    out.decimal(ERSPAN2.spanid.read(bytes, at));
  }
}

/** By PROTOCOL number: IP; IP and its extension headers, right above which another IP header is IP-in-IP. */
const IS_IP = protocolsThat(({ place }) => place === 'network');
const CARRIES_IP = protocolsThat(({ place }) => place === 'network' || place === 'extension');

/** By the families of the outer and the inner header. */
const IP_IN_IP = [
  [asBytes('IPIP'), asBytes('IPv6-in-IPv4')],
  [asBytes('IPv4-in-IPv6'), asBytes('IPv6-in-IPv6')],
] as const;

/** The IP header at `i`, if it stands right inside another one. */
export function ipInIp(context: LineContext, { stack }: Packet, i: number): void {
  if (i === 0 || IS_IP[stack.protocol[i]!] === 0 || CARRIES_IP[stack.protocol[i - 1]!] === 0) return;
  let outer = i - 1;
  while (outer > 0 && IS_IP[stack.protocol[outer]!] === 0) outer--;
  bar(context);
  const family = stack.protocol[outer] === P.ipv6 ? 1 : 0;
  context.out.put(IP_IN_IP[family][stack.protocol[i] === P.ipv6 ? 1 : 0]);
}

const WIREGUARD_NAME = asBytes('WireGuard ');
const MESSAGES = [1, 2, 3, 4].map((type) => asBytes(WIREGUARD.type.meaning?.(type) ?? ''));
const TRANSPORT_DATA = 4;
/** Bytes of a transport message that are no data: header, authentication. */
const TRANSPORT_OVERHEAD = 32;
const LEN = asBytes(' len ');
const KEEPALIVE = asBytes(' (keepalive)');

/** Nothing inside can be read, so this is the end of the line: what kind of message, and how many encrypted bytes. */
export function wireguard(context: LineContext, { bytes, stack }: Packet, i: number): void {
  const { out } = context;
  bar(context);
  context.gap = GAP.blank;
  const type = WIREGUARD.type.read(bytes, stack.start[i]!);
  out.put(WIREGUARD_NAME);
  out.put(MESSAGES[type - 1] ?? WIREGUARD_NAME);
  if (type !== TRANSPORT_DATA) return;
  const encrypted = UDP.length.read(bytes, stack.start[i - 1]!) - UDP.headerLength - TRANSPORT_OVERHEAD;
  if (encrypted === 0) out.put(KEEPALIVE);
  else if (encrypted > 0) {
    out.put(LEN);
    out.decimal(encrypted);
  }
}
