// ICMP: eight bytes whose second half depends on the type, so one definition for each form.
// The packet that an error quotes is looked up by those who need it, never counted as traffic.
import { defineHeader, type HeaderInfo, ipv4, octets, uint } from './header.ts';
import { layout, oneOf } from './layout.ts';

const FIXED = {
  type: uint(0, 8, 'Type', { meaning: icmpTypeName }),
  code: uint(8, 8, 'Code'),
  checksum: uint(16, 16, 'Checksum', { hex: true }),
};

/** Any message: type, code, checksum and four bytes that depend on the type. */
export const ICMP = defineHeader('icmp', 'RFC 792', 8, {
  ...FIXED,
  rest: uint(32, 32, 'Rest of header', { hex: true, named: false }),
});

export const ICMP_ECHO = defineHeader('icmp', 'RFC 792, echo', 8, {
  ...FIXED,
  ident: uint(32, 16, 'Identifier'),
  seq: uint(48, 16, 'Sequence number'),
});

/** Destination unreachable, source quench and time exceeded. */
export const ICMP_UNUSED = defineHeader('icmp', 'RFC 792, destination unreachable', 8, {
  ...FIXED,
  unused: octets(32, 4, 'Unused'),
});

/** Destination unreachable with code 4, fragmentation needed. */
export const ICMP_TOO_BIG = defineHeader('icmp', 'RFC 1191 §4', 8, {
  ...FIXED,
  unused: octets(32, 2, 'Unused'),
  mtu: uint(48, 16, 'MTU of the next hop'),
});

export const ICMP_PARAMETER = defineHeader('icmp', 'RFC 792, parameter problem', 8, {
  ...FIXED,
  pointer: uint(32, 8, 'Pointer'),
  unused: octets(40, 3, 'Unused'),
});

export const ICMP_TIMESTAMP = defineHeader('icmp', 'RFC 792, timestamp', 20, {
  ...FIXED,
  ident: uint(32, 16, 'Identifier'),
  seq: uint(48, 16, 'Sequence number'),
  originate_timestamp: uint(64, 32, 'Originate timestamp (ms)'),
  receive_timestamp: uint(96, 32, 'Receive timestamp (ms)'),
  transmit_timestamp: uint(128, 32, 'Transmit timestamp (ms)'),
});

export const ICMP_REDIRECT = defineHeader('icmp', 'RFC 792, redirect', 8, {
  ...FIXED,
  redir_gw: ipv4(32, 'Gateway address'),
});

export const ICMP_TYPE = {
  echoReply: 0,
  unreachable: 3,
  sourceQuench: 4,
  redirect: 5,
  echo: 8,
  timeExceeded: 11,
  parameter: 12,
  timestamp: 13,
  timestampReply: 14,
} as const;
/** Code of unreachable: the packet is larger than the next hop's MTU and must not be fragmented. */
export const ICMP_FRAGMENTATION_NEEDED = 4;

/** The definition that fits a message of this type and code of which `have` bytes are there. */
function icmpForm(type: number, code: number, have: number): HeaderInfo {
  switch (type) {
    case ICMP_TYPE.echo:
    case ICMP_TYPE.echoReply:
      return ICMP_ECHO;
    case ICMP_TYPE.unreachable:
      return code === ICMP_FRAGMENTATION_NEEDED ? ICMP_TOO_BIG : ICMP_UNUSED;
    case ICMP_TYPE.sourceQuench:
    case ICMP_TYPE.timeExceeded:
      return ICMP_UNUSED;
    case ICMP_TYPE.redirect:
      return ICMP_REDIRECT;
    case ICMP_TYPE.parameter:
      return ICMP_PARAMETER;
    case ICMP_TYPE.timestamp:
    case ICMP_TYPE.timestampReply:
      return have >= ICMP_TIMESTAMP.headerLength ? ICMP_TIMESTAMP : ICMP;
    default:
      return ICMP;
  }
}

/** True for errors: they quote the packet that caused them, behind the eight bytes. */
export function icmpQuotes(type: number): boolean {
  return (type >= 3 && type <= 5) || type === 11 || type === 12;
}

export function icmpTypeName(type: number): string | null {
  return TYPE_NAMES.get(type) ?? null;
}

/** What type and code say together: `port unreachable`; null without a name. */
export function icmpCodeName(type: number, code: number): string | null {
  if (type === ICMP_TYPE.unreachable) return UNREACHABLE_CODES[code] ?? null;
  if (type === ICMP_TYPE.redirect) return ['for network', 'for host'][code] ?? null;
  if (type === ICMP_TYPE.timeExceeded)
    return ['TTL exceeded in transit', 'fragment reassembly time exceeded'][code] ?? null;
  return null;
}

const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'echo reply'],
  [3, 'destination unreachable'],
  [4, 'source quench'],
  [5, 'redirect'],
  [8, 'echo request'],
  [9, 'router advertisement'],
  [10, 'router solicitation'],
  [11, 'time exceeded'],
  [12, 'parameter problem'],
  [13, 'timestamp request'],
  [14, 'timestamp reply'],
]);

const UNREACHABLE_CODES: readonly string[] = [
  'network unreachable',
  'host unreachable',
  'protocol unreachable',
  'port unreachable',
  'fragmentation needed',
  'source route failed',
  'network unknown',
  'host unknown',
  'source host isolated',
  'network prohibited',
  'host prohibited',
  'network unreachable for this service',
  'host unreachable for this service',
  'communication prohibited',
  'host precedence violation',
  'precedence cutoff',
];

export const ICMP_LAYOUT = layout(
  ICMP,
  oneOf((bytes, at, end) => icmpForm(ICMP.type.read(bytes, at), ICMP.code.read(bytes, at), end - at)),
  {
    protocol: 'icmp',
    title: 'ICMP',
    announcedBy: 'IP protocol 1',
    forms: {
      'Any message': ICMP,
      Echo: ICMP_ECHO,
      'Destination unreachable, time exceeded': ICMP_UNUSED,
      'Fragmentation needed': ICMP_TOO_BIG,
      Redirect: ICMP_REDIRECT,
      'Parameter problem': ICMP_PARAMETER,
      Timestamp: ICMP_TIMESTAMP,
    },
  },
);
