// IPv4 options: one byte (end, no-operation), or type, length and data. Seen for router alert and, rarely, routes.
import { defineHeader, flag, type HeaderInfo, ipv4, type Part, uint, variable } from './header.ts';
import { IPV4, ipv4HeaderLength } from './ipv4.ts';
import { layout } from './layout.ts';

const SPEC = 'RFC 791 §3.1';

const TYPE = {
  'opt.type': uint(0, 8, 'Option', { group: true, meaning: optionName }),
  'opt.type.copy': flag(0, 'Copied into fragments'),
  'opt.type.class': uint(1, 2, 'Class'),
  'opt.type.number': uint(3, 5, 'Number'),
};
const LENGTH = { 'opt.len': uint(8, 8, 'Option length') };
const POINTER = { 'opt.ptr': uint(16, 8, 'Pointer') };

/** End of options list, no-operation: the type is all. */
export const IPV4_OPTION_BYTE = defineHeader('ip', SPEC, 1, TYPE);
/** Any other option; its data follows. */
export const IPV4_OPTION = defineHeader('ip', SPEC, 2, { ...TYPE, ...LENGTH });
export const IPV4_ROUTER_ALERT = defineHeader('ip', 'RFC 2113 §2.1', 4, {
  ...TYPE,
  ...LENGTH,
  'opt.ra': uint(16, 16, 'Router alert', { meaning: (value) => (value === 0 ? 'examine packet' : null) }),
});
/** Record route and source routes; addresses follow. */
export const IPV4_ROUTE = defineHeader('ip', SPEC, 3, { ...TYPE, ...LENGTH, ...POINTER });
export const IPV4_TIMESTAMP = defineHeader('ip', SPEC, 4, {
  ...TYPE,
  ...LENGTH,
  ...POINTER,
  'opt.overflow': uint(24, 4, 'Overflow'),
  'opt.flag': uint(28, 4, 'Flag', { hex: true }),
});

const RECORDED = defineHeader('ip', SPEC, 4, { rec_rt: ipv4(0, 'Recorded route') });
const EMPTY = defineHeader('ip', SPEC, 4, { empty_rt: ipv4(0, 'Empty route') });
const TIME = defineHeader('ip', SPEC, 4, { 'opt.time_stamp': uint(0, 32, 'Time stamp (ms)') });

const OPTION = {
  end: 0,
  nop: 1,
  recordRoute: 7,
  timestamp: 68,
  looseRoute: 131,
  strictRoute: 137,
  routerAlert: 148,
} as const;

/** The fixed header and its options; those that do not fit before `end` are left out. */
function ipv4Parts(bytes: Uint8Array, at: number, end: number): Part[] {
  const parts: Part[] = [{ header: IPV4, at }];
  const stop = Math.min(at + ipv4HeaderLength(bytes, at), end);
  for (let option = at + IPV4.headerLength; option < stop; ) {
    const type = bytes[option]!;
    const length = type <= OPTION.nop ? 1 : option + 1 < stop ? bytes[option + 1]! : 0;
    if (length === 0 || (type > OPTION.nop && length < 2) || option + length > stop) {
      parts.push({ header: variable('ip', SPEC, null, 'Options that cannot be read', stop - option), at: option });
      break;
    }
    parts.push(...optionParts(bytes, option, type, length));
    option += length;
    if (type === OPTION.end && option < stop) {
      parts.push({ header: variable('ip', SPEC, 'opt.padding', 'Padding', stop - option), at: option });
      break;
    }
  }
  return parts;
}

/** True when a loose or strict source route is among the options: the destination field is then not the final one. */
export function hasSourceRoute(bytes: Uint8Array, at: number, end: number): boolean {
  return ipv4Parts(bytes, at, end).some((part) => part.header === IPV4_ROUTE && bytes[part.at] !== OPTION.recordRoute);
}

function optionParts(bytes: Uint8Array, at: number, type: number, length: number): Part[] {
  const header = optionHeader(type, length);
  const parts: Part[] = [{ header, at }];
  const rest = length - header.headerLength;
  const item =
    header === IPV4_ROUTE && type === OPTION.recordRoute ? RECORDED : timesFollow(bytes, at, header) ? TIME : null;
  if (item === null || rest % 4 !== 0) {
    if (rest > 0) parts.push({ header: variable('ip', SPEC, null, 'Data', rest), at: at + header.headerLength });
    return parts;
  }
  // The pointer counts from 1 and says where the next router would write.
  const used = at + bytes[at + 2]! - 1;
  for (let place = at + header.headerLength; place < at + length; place += 4) {
    parts.push({ header: item === RECORDED && place >= used ? EMPTY : item, at: place });
  }
  return parts;
}

function timesFollow(bytes: Uint8Array, at: number, header: HeaderInfo): boolean {
  return header === IPV4_TIMESTAMP && IPV4_TIMESTAMP['opt.flag'].read(bytes, at) === 0;
}

function optionHeader(type: number, length: number): HeaderInfo {
  if (type === OPTION.end || type === OPTION.nop) return IPV4_OPTION_BYTE;
  if (type === OPTION.routerAlert && length === 4) return IPV4_ROUTER_ALERT;
  if (type === OPTION.timestamp && length >= 4) return IPV4_TIMESTAMP;
  const isRoute = type === OPTION.recordRoute || type === OPTION.looseRoute || type === OPTION.strictRoute;
  return isRoute && length >= 3 ? IPV4_ROUTE : IPV4_OPTION;
}

function optionName(type: number): string | null {
  switch (type) {
    case OPTION.end:
      return 'end of options';
    case OPTION.nop:
      return 'no operation';
    case OPTION.recordRoute:
      return 'record route';
    case OPTION.timestamp:
      return 'time stamp';
    case OPTION.looseRoute:
      return 'loose source route';
    case OPTION.strictRoute:
      return 'strict source route';
    case OPTION.routerAlert:
      return 'router alert';
    default:
      return null;
  }
}

export const IPV4_LAYOUT = layout(IPV4, ipv4Parts, {
  protocol: 'ip',
  title: 'IPv4',
  announcedBy: 'EtherType 0x0800, IP protocol 4',
  forms: {
    IPv4: IPV4,
    'Option of one byte': IPV4_OPTION_BYTE,
    Option: IPV4_OPTION,
    'Router alert': IPV4_ROUTER_ALERT,
    'Record route, source routes': IPV4_ROUTE,
    'Time stamp': IPV4_TIMESTAMP,
  },
});
