// ICMPv6 and neighbour discovery: eight bytes whose second half depends on the type; some types go on behind them.
import { defineHeader, flag, type HeaderInfo, ipv6, octets, reserved, uint } from './header.ts';

const FIXED = {
  type: uint(0, 8, 'Type', { meaning: icmpv6TypeName }),
  code: uint(8, 8, 'Code'),
  checksum: uint(16, 16, 'Checksum', { hex: true }),
};

/** Any message: type, code, checksum and four bytes that depend on the type. */
export const ICMPV6 = defineHeader('icmpv6', 'RFC 4443 §2.1', 8, {
  ...FIXED,
  reserved: octets(32, 4, 'Message body'),
});

export const ICMPV6_ECHO = defineHeader('icmpv6', 'RFC 4443 §4.1', 8, {
  ...FIXED,
  'echo.identifier': uint(32, 16, 'Identifier', { hex: true }),
  'echo.sequence_number': uint(48, 16, 'Sequence number'),
});

export const ICMPV6_TOO_BIG = defineHeader('icmpv6', 'RFC 4443 §3.2', 8, {
  ...FIXED,
  mtu: uint(32, 32, 'MTU of the next hop'),
});

export const ICMPV6_PARAMETER = defineHeader('icmpv6', 'RFC 4443 §3.4', 8, {
  ...FIXED,
  pointer: uint(32, 32, 'Pointer'),
});

export const ROUTER_ADVERTISEMENT = defineHeader('icmpv6', 'RFC 4861 §4.2', 16, {
  ...FIXED,
  'nd.ra.cur_hop_limit': uint(32, 8, 'Hop limit'),
  'nd.ra.flag': uint(40, 8, 'Flags', { hex: true, group: true }),
  'nd.ra.flag.m': flag(40, 'Managed addresses'),
  'nd.ra.flag.o': flag(41, 'Other configuration'),
  'nd.ra.flag.h': flag(42, 'Home agent'),
  'nd.ra.flag.prf': uint(43, 2, 'Router preference'),
  'nd.ra.flag.p': flag(45, 'Proxied'),
  'nd.ra.flag.rsv': reserved(46, 2, { named: true }),
  'nd.ra.router_lifetime': uint(48, 16, 'Router lifetime (s)'),
  'nd.ra.reachable_time': uint(64, 32, 'Reachable time (ms)'),
  'nd.ra.retrans_timer': uint(96, 32, 'Retransmission timer (ms)'),
});

export const LISTENER_REPORT = defineHeader('icmpv6', 'RFC 3810 §5.2', 8, {
  ...FIXED,
  reserved: octets(32, 2, 'Reserved'),
  'mldr.nb_mcast_records': uint(48, 16, 'Address records'),
});

export const NEIGHBOR_SOLICITATION = defineHeader('icmpv6', 'RFC 4861 §4.3', 24, {
  ...FIXED,
  reserved: octets(32, 4, 'Reserved'),
  'nd.ns.target_address': ipv6(64, 'Target address'),
});

export const NEIGHBOR_ADVERTISEMENT = defineHeader('icmpv6', 'RFC 4861 §4.4', 24, {
  ...FIXED,
  'nd.na.flag': uint(32, 32, 'Flags', { hex: true, group: true }),
  'nd.na.flag.r': flag(32, 'Router'),
  'nd.na.flag.s': flag(33, 'Solicited'),
  'nd.na.flag.o': flag(34, 'Override'),
  'nd.na.flag.rsv': reserved(35, 29, { named: true }),
  'nd.na.target_address': ipv6(64, 'Target address'),
});

export const ICMPV6_TYPE = {
  unreachable: 1,
  tooBig: 2,
  timeExceeded: 3,
  parameter: 4,
  echo: 128,
  echoReply: 129,
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighborSolicitation: 135,
  neighborAdvertisement: 136,
  listenerReport2: 143,
} as const;

/** The definition that fits a message of this type; it may be longer than the eight bytes that the walk checks. */
export function icmpv6Form(type: number): HeaderInfo {
  switch (type) {
    case ICMPV6_TYPE.echo:
    case ICMPV6_TYPE.echoReply:
      return ICMPV6_ECHO;
    case ICMPV6_TYPE.tooBig:
      return ICMPV6_TOO_BIG;
    case ICMPV6_TYPE.parameter:
      return ICMPV6_PARAMETER;
    case ICMPV6_TYPE.routerAdvertisement:
      return ROUTER_ADVERTISEMENT;
    case ICMPV6_TYPE.listenerReport2:
      return LISTENER_REPORT;
    case ICMPV6_TYPE.neighborSolicitation:
      return NEIGHBOR_SOLICITATION;
    case ICMPV6_TYPE.neighborAdvertisement:
      return NEIGHBOR_ADVERTISEMENT;
    default:
      return ICMPV6;
  }
}

/** True for errors (types 0 to 127): they quote the packet that caused them, behind the eight bytes. */
export function icmpv6Quotes(type: number): boolean {
  return type < 128;
}

export function icmpv6TypeName(type: number): string | null {
  return TYPE_NAMES.get(type) ?? null;
}

/** What type and code say together: `port unreachable`; null without a name. */
export function icmpv6CodeName(type: number, code: number): string | null {
  if (type === ICMPV6_TYPE.unreachable) return UNREACHABLE_CODES[code] ?? null;
  if (type === ICMPV6_TYPE.timeExceeded)
    return ['hop limit exceeded', 'fragment reassembly time exceeded'][code] ?? null;
  if (type === ICMPV6_TYPE.parameter)
    return ['erroneous header field', 'unknown next header', 'unknown option'][code] ?? null;
  return null;
}

const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'destination unreachable'],
  [2, 'packet too big'],
  [3, 'time exceeded'],
  [4, 'parameter problem'],
  [128, 'echo request'],
  [129, 'echo reply'],
  [130, 'multicast listener query'],
  [131, 'multicast listener report'],
  [132, 'multicast listener done'],
  [133, 'router solicitation'],
  [134, 'router advertisement'],
  [135, 'neighbor solicitation'],
  [136, 'neighbor advertisement'],
  [137, 'redirect'],
  [143, 'multicast listener report, version 2'],
]);

const UNREACHABLE_CODES: readonly string[] = [
  'no route to destination',
  'communication prohibited',
  'beyond scope of source address',
  'address unreachable',
  'port unreachable',
  'source address failed policy',
  'reject route to destination',
];
