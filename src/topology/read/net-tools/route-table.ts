// What `route -n` and `netstat -rn` print (net-tools' route(8)): the kernel's main table, with masks and flags, without where routes
// come from. Names instead of numbers, as without -n, tell no address.
import { canonicalNetwork } from '../../../net/cidr.ts';
import { canonicalIp } from '../../../net/ip.ts';
import type { Route, SourceRef } from '../../model.ts';
import type { TextFact } from '../stated-facts.ts';

export interface LineReader {
  /** True when the line belongs to such an output. */
  read(line: string, ref: SourceRef): boolean;
}

const HEADER = /^Destination\s{1,40}Gateway\s{1,40}Genmask\s{1,40}Flags\s[A-Za-z\s]{1,80}Iface\s*$/;
const HEADER_V6 = /^Destination\s{1,60}Next Hop\s{1,60}Flags?\s[A-Za-z\s]{1,80}If(?:ace)?\s*$/;

/** Reads such tables into the text's routes. */
export function createRouteTableReader(text: TextFact): LineReader {
  let columns: 'v4' | 'v6' | null = null;
  let isWhole = true;
  return {
    read(line, ref) {
      if (/^Kernel IP(?:v6)? routing table\s*$/.test(line)) return true;
      if (HEADER.test(line) || HEADER_V6.test(line)) {
        columns = HEADER.test(line) ? 'v4' : 'v6';
        text.has.route ||= columns === 'v4' && isWhole;
        return true;
      }
      const words = columns === null ? [] : line.trim().split(/\s+/);
      const route =
        columns === 'v4' ? ofRow(words, line, ref) : columns === 'v6' ? ofRowV6(words, line, ref) : undefined;
      if (route === undefined) {
        if (line.trim() !== '') columns = null;
        return false;
      }
      if (route === 'named') {
        isWhole = false;
        text.has.route = false;
      } else if (route !== null) text.routes.push(route);
      return true;
    },
  };
}

type Row = Route | 'named' | null | undefined;

/** Destination, gateway, mask, flags, three numbers, device. Undefined: no row; `named`: it does not say its addresses. */
function ofRow(words: readonly string[], line: string, ref: SourceRef): Row {
  const [written = '', gateway = '', mask = '', flags = ''] = words;
  if (words.length !== 8 || !/^[A-Z!]{1,10}$/.test(flags)) return undefined;
  const length = prefixOfMask(mask);
  if (length === null) return undefined;
  const dst = canonicalNetwork(`${written === 'default' ? '0.0.0.0' : written}/${length}`);
  return routeOf(dst, /^(?:0\.0\.0\.0|\*|-)$/.test(gateway) ? null : gateway, {
    flags,
    dev: words[7] ?? '',
    line,
    ref,
  });
}

/** Destination, next hop, flags, three numbers, device. Those of the machine itself are in another table. */
function ofRowV6(words: readonly string[], line: string, ref: SourceRef): Row {
  const [written = '', gateway = '', flags = ''] = words;
  if (words.length !== 7 || !/^[A-Za-z!]{1,10}$/.test(flags) || !written.includes(':')) return undefined;
  const dev = words[6] ?? '';
  if (dev === 'lo' || /[!n]/.test(flags)) return null;
  const bare = (text: string): string => text.replace(/^\[([^\]]{0,60})\]/, '$1');
  const dst = canonicalNetwork(bare(written));
  return routeOf(dst, bare(gateway) === '::' ? null : bare(gateway), { flags, dev, line, ref });
}

function routeOf(
  dst: string | null,
  gateway: string | null,
  { flags, dev, line, ref }: { flags: string; dev: string; line: string; ref: SourceRef },
): Row {
  const via = gateway === null ? null : canonicalIp(gateway);
  if (dst === null || (gateway !== null && via === null)) return 'named';
  const isRejected = flags.includes('!');
  return {
    ...{ dst, via, dev: isRejected ? null : dev, type: isRejected ? 'unreachable' : 'unicast', protocol: null },
    ...{ src: null, onlink: false, mtu: null, table: null, text: line.trim(), ref },
  };
}

/** `255.255.255.192` -> 26; null where the ones do not stand in front. */
export function prefixOfMask(mask: string): number | null {
  const parts = mask.split('.').map(Number);
  if (parts.length !== 4 || !parts.every((part) => Number.isInteger(part) && part >= 0 && part < 256)) return null;
  const bits = parts.map((part) => part.toString(2).padStart(8, '0')).join('');
  const length = bits.indexOf('0') < 0 ? 32 : bits.indexOf('0');
  return bits.includes('1', length) ? null : length;
}
