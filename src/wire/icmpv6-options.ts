// Options of neighbour discovery messages: type, length in units of 8 bytes, data.
import { defineHeader, type HeaderInfo, mac, type Part, reserved, uint, variable } from './header.ts';
import {
  ICMPV6,
  ICMPV6_ECHO,
  ICMPV6_PARAMETER,
  ICMPV6_TOO_BIG,
  ICMPV6_TYPE,
  icmpv6Form,
  LISTENER_REPORT,
  NEIGHBOR_ADVERTISEMENT,
  NEIGHBOR_SOLICITATION,
  ROUTER_ADVERTISEMENT,
} from './icmpv6.ts';
import { layout } from './layout.ts';

const SPEC = 'RFC 4861 §4.6';
const HEAD = {
  'opt.type': uint(0, 8, 'Option', { meaning: optionName }),
  'opt.length': uint(8, 8, 'Option length (8 bytes)'),
};

/** Any option; its data follows. */
export const ND_OPTION = defineHeader('icmpv6', SPEC, 2, HEAD);
/** Source or target link-layer address of Ethernet. */
export const ND_LINK_ADDRESS = defineHeader('icmpv6', 'RFC 4861 §4.6.1', 8, {
  ...HEAD,
  'opt.linkaddr': mac(16, 'Link-layer address'),
});
export const ND_MTU = defineHeader('icmpv6', 'RFC 4861 §4.6.4', 8, {
  ...HEAD,
  reserved1: reserved(16, 16),
  'opt.mtu': uint(32, 32, 'MTU'),
});

/** The message and, for router and neighbour discovery, its options; what is cut off is left out. */
function icmpv6Parts(bytes: Uint8Array, at: number, end: number): Part[] {
  const type = ICMPV6.type.read(bytes, at);
  const form = icmpv6Form(type);
  if (at + form.headerLength > end) return [{ header: ICMPV6, at }];
  const parts: Part[] = [{ header: form, at }];
  if (type < ICMPV6_TYPE.routerSolicitation || type > ICMPV6_TYPE.neighborAdvertisement) return parts;
  for (let option = at + form.headerLength; option + 8 <= end; ) {
    const length = ND_OPTION['opt.length'].read(bytes, option) << 3;
    if (length === 0 || option + length > end) break;
    const header = optionHeader(bytes[option]!, length);
    parts.push({ header, at: option });
    const rest = length - header.headerLength;
    if (rest > 0)
      parts.push({ header: variable('icmpv6', SPEC, null, 'Option data', rest), at: option + header.headerLength });
    option += length;
  }
  return parts;
}

function optionHeader(type: number, length: number): HeaderInfo {
  if ((type === 1 || type === 2) && length === 8) return ND_LINK_ADDRESS;
  return type === 5 && length === 8 ? ND_MTU : ND_OPTION;
}

function optionName(type: number): string | null {
  return (
    ['source link-layer address', 'target link-layer address', 'prefix information', 'redirected header', 'MTU'][
      type - 1
    ] ?? null
  );
}

export const ICMPV6_LAYOUT = layout(ICMPV6, icmpv6Parts, {
  protocol: 'icmpv6',
  title: 'ICMPv6',
  announcedBy: 'next header 58',
  forms: {
    'Any message': ICMPV6,
    Echo: ICMPV6_ECHO,
    'Packet too big': ICMPV6_TOO_BIG,
    'Parameter problem': ICMPV6_PARAMETER,
    'Router advertisement': ROUTER_ADVERTISEMENT,
    'Neighbor solicitation': NEIGHBOR_SOLICITATION,
    'Neighbor advertisement': NEIGHBOR_ADVERTISEMENT,
    'Multicast listener report': LISTENER_REPORT,
    Option: ND_OPTION,
    'Link-layer address': ND_LINK_ADDRESS,
    MTU: ND_MTU,
  },
});
