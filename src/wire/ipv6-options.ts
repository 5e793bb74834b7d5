// What follows the two fixed bytes of hop-by-hop and destination options, and the routing header's type-specific data.
import { defineHeader, flag, type HeaderInfo, ipv6, octets, type Part, uint, variable } from './header.ts';
import { DESTINATION_OPTIONS, extensionLength, HOP_BY_HOP, ROUTING } from './ipv6-extensions.ts';
import { layout } from './layout.ts';

const SPEC = 'RFC 8200 §4.2';
const TYPE = {
  'opt.type': uint(0, 8, 'Option', { group: true, hex: true, meaning: optionName }),
  'opt.type.action': uint(0, 2, 'If unknown', { meaning: actionName }),
  'opt.type.change': flag(2, 'May change on the way'),
  'opt.type.rest': uint(3, 5, 'Number'),
};
const HEAD = { ...TYPE, 'opt.length': uint(8, 8, 'Option length') };

/** One byte of padding: the type is all. */
export const IPV6_PAD1 = defineHeader('ipv6', SPEC, 1, TYPE);
/** Any other option; its data follows. */
export const IPV6_OPTION = defineHeader('ipv6', SPEC, 2, HEAD);
export const IPV6_ROUTER_ALERT = defineHeader('ipv6', 'RFC 2711 §2.1', 4, {
  ...HEAD,
  'opt.router_alert': uint(16, 16, 'Router alert', { meaning: routerAlertName }),
});
export const IPV6_JUMBO = defineHeader('ipv6', 'RFC 2675 §2', 6, {
  ...HEAD,
  'opt.jumbo': uint(16, 32, 'Payload length'),
});

export const SEGMENT_ROUTING = defineHeader('ipv6.routing', 'RFC 8754 §2', 4, {
  'srh.last_entry': uint(0, 8, 'Last entry'),
  'srh.flags': uint(8, 8, 'Flags', { hex: true }),
  'srh.tag': octets(16, 2, 'Tag'),
});
const SEGMENT = defineHeader('ipv6.routing', 'RFC 8754 §2', 16, { 'srh.addr': ipv6(0, 'Segment') });
const SOURCE_ROUTE = defineHeader('ipv6.routing', 'RFC 5095', 4, { 'src.reserved': octets(0, 4, 'Reserved') });
const SOURCE_HOP = defineHeader('ipv6.routing', 'RFC 5095', 16, { 'src.addr': ipv6(0, 'Address') });

const OPTION = { pad1: 0, padN: 1, routerAlert: 5, jumbo: 0xc2 } as const;

/** A hop-by-hop or destination options header (`header` says which) with its options. */
function optionsParts(header: HeaderInfo, bytes: Uint8Array, at: number, end: number): Part[] {
  const parts: Part[] = [{ header, at }];
  const stop = Math.min(at + extensionLength(bytes, at), end);
  for (let option = at + header.headerLength; option < stop; ) {
    const type = bytes[option]!;
    const length = type === OPTION.pad1 ? 1 : option + 1 < stop ? bytes[option + 1]! + 2 : stop + 1;
    if (option + length > stop) {
      parts.push({ header: variable('ipv6', SPEC, null, 'Options that cannot be read', stop - option), at: option });
      break;
    }
    const known = optionHeader(type, length);
    parts.push({ header: known, at: option });
    const rest = length - known.headerLength;
    if (rest > 0) {
      const key = type === OPTION.padN ? 'opt.padn' : 'opt.unknown';
      parts.push({ header: variable('ipv6', SPEC, key, 'Option data', rest), at: option + known.headerLength });
    }
    option += length;
  }
  return parts;
}

/** A routing header with its addresses where the type is known. */
function routingParts(bytes: Uint8Array, at: number, end: number): Part[] {
  const parts: Part[] = [{ header: ROUTING, at }];
  const stop = Math.min(at + extensionLength(bytes, at), end);
  const type = ROUTING.type.read(bytes, at);
  let place = at + ROUTING.headerLength;
  if ((type === 4 || type === 0) && place + 4 <= stop) {
    parts.push({ header: type === 4 ? SEGMENT_ROUTING : SOURCE_ROUTE, at: place });
    place += 4;
    const segments = type === 4 ? SEGMENT_ROUTING['srh.last_entry'].read(bytes, place - 4) + 1 : 255;
    for (let i = 0; i < segments && place + 16 <= stop; i++, place += 16) {
      parts.push({ header: type === 4 ? SEGMENT : SOURCE_HOP, at: place });
    }
  }
  if (place < stop)
    parts.push({ header: variable('ipv6.routing', ROUTING.spec, null, 'Data', stop - place), at: place });
  return parts;
}

function optionHeader(type: number, length: number): HeaderInfo {
  if (type === OPTION.pad1) return IPV6_PAD1;
  if (type === OPTION.routerAlert && length === 4) return IPV6_ROUTER_ALERT;
  if (type === OPTION.jumbo && length === 6) return IPV6_JUMBO;
  return IPV6_OPTION;
}

function optionName(type: number): string | null {
  switch (type) {
    case OPTION.pad1:
      return 'Pad1';
    case OPTION.padN:
      return 'PadN';
    case OPTION.routerAlert:
      return 'router alert';
    case OPTION.jumbo:
      return 'jumbo payload';
    default:
      return null;
  }
}

function actionName(value: number): string | null {
  return ['skip', 'discard', 'discard and send ICMPv6', 'discard and send ICMPv6 unless multicast'][value] ?? null;
}

function routerAlertName(value: number): string | null {
  return ['multicast listener discovery', 'RSVP', 'active networks'][value] ?? null;
}

export const HOP_BY_HOP_LAYOUT = layout(HOP_BY_HOP, (bytes, at, end) => optionsParts(HOP_BY_HOP, bytes, at, end), {
  protocol: 'ipv6.hopopts',
  title: 'IPv6 hop-by-hop options',
  announcedBy: 'next header 0',
  forms: {
    Header: HOP_BY_HOP,
    'Option of one byte (Pad1)': IPV6_PAD1,
    Option: IPV6_OPTION,
    'Router alert': IPV6_ROUTER_ALERT,
    'Jumbo payload': IPV6_JUMBO,
  },
});

export const ROUTING_LAYOUT = layout(ROUTING, routingParts, {
  protocol: 'ipv6.routing',
  title: 'IPv6 routing header',
  announcedBy: 'next header 43',
  forms: {
    Header: ROUTING,
    'Segment routing': SEGMENT_ROUTING,
  },
});

export const DESTINATION_OPTIONS_LAYOUT = layout(
  DESTINATION_OPTIONS,
  (bytes, at, end) => optionsParts(DESTINATION_OPTIONS, bytes, at, end),
  {
    protocol: 'ipv6.dstopts',
    title: 'IPv6 destination options',
    announcedBy: 'next header 60',
    forms: { Header: DESTINATION_OPTIONS },
  },
);
