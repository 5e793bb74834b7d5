// The Community ID of a flow: what its packets would have in Zeek, Suricata or Wireshark.
import { communityId } from '../net/community-id.ts';
import { type Ip, parseIp } from '../net/ip.ts';
import { protocolNumber } from '../net/protocol-name.ts';

/** What of a flow its ID hangs on. */
export interface FlowTuple {
  protocol: string;
  src: { ip: string; port: number | null };
  dst: { ip: string; port: number | null };
  /** Echo messages among its packets; null of what is not ICMP. */
  echo: { requests: number; replies: number } | null;
}

/** Types of the question and of its answer (RFC 792, RFC 4443). */
const ECHO: Readonly<Record<string, readonly [request: number, reply: number]>> = { icmp: [8, 0], icmpv6: [128, 129] };

/** Types of a flow of echo requests, or of replies: its own, and that of what answers or asked. Null of ICMP that is not one of both alone. */
export function echoTypes({ protocol, echo }: Pick<FlowTuple, 'protocol' | 'echo'>): readonly [number, number] | null {
  const types = ECHO[protocol];
  if (types === undefined || echo === null || echo.requests > 0 === echo.replies > 0) return null;
  return echo.requests > 0 ? types : [types[1], types[0]];
}

const WITH_PORTS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp']);

/**
 * The inner flow's ID, the same for its answers. Null where the capture does not tell: ports that the snaplen cut off, ICMP that is not
 * echo requests or replies alone (each message has an ID of its own).
 */
export function communityIdOf({ protocol, src, dst, echo }: FlowTuple): string | null {
  const [source, destination] = [addressOf(src.ip), addressOf(dst.ip)];
  if (source === null || destination === null) return null;
  const number = protocolNumber(protocol);
  if (ECHO[protocol] !== undefined) {
    const ports = echoTypes({ protocol, echo });
    return ports === null ? null : communityId({ source, destination, protocol: number, ports });
  }
  if (!WITH_PORTS.has(protocol)) return communityId({ source, destination, protocol: number, ports: null });
  if (src.port === null || dst.port === null) return null;
  return communityId({ source, destination, protocol: number, ports: [src.port, dst.port] });
}

/** A few thousand addresses have all the flows. */
const addresses = new Map<string, Ip | null>();
const MOST_ADDRESSES = 1 << 13;

function addressOf(text: string): Ip | null {
  let address = addresses.get(text);
  if (address === undefined) {
    address = parseIp(text);
    if (addresses.size >= MOST_ADDRESSES) addresses.clear();
    addresses.set(text, address);
  }
  return address;
}
