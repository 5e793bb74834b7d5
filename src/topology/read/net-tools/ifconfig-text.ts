// What ifconfig(8) prints, in the words of today's net-tools and of those before 2.0: a device's first line, then indented lines about
// it. The BSDs' (one blank before `mtu`, masks in hexadecimal) is of no node.
import { parseCidrOrIp } from '../../../net/cidr.ts';
import { formatIp } from '../../../net/ip.ts';
import { canonicalMac } from '../../../net/mac.ts';
import { emptyLink, type OpenLink } from '../iproute2/link-text.ts';
import type { Command } from '../paste/command-line.ts';
import type { TextFact } from '../stated-facts.ts';
import { type LineReader, prefixOfMask } from './route-table.ts';

const HEADER = /^([A-Za-z][\w.@-]{0,40})(?::\d{1,4})?: flags=[0-9a-f]{1,8}<([A-Z0-9_,]{0,300})> {2,8}mtu (\d{1,9})/;
const OLD_HEADER = /^([A-Za-z][\w.@-]{0,40})(?::\d{1,4})?\s{1,20}Link encap:(\S.{0,200})$/;
/** The old form shows so many characters of a device's name. */
const OLD_NAME = 9;

/** Reads such devices into the text's links. */
export function createIfconfigReader(text: TextFact, command: Command | null): LineReader {
  const isAll =
    command?.runs.some(({ words }) => words[0] === 'ifconfig' && words[1] === '-a' && words.length === 2) === true;
  let link: OpenLink | null = null;
  return {
    read(line, ref) {
      const match = HEADER.exec(line);
      const old = match === null ? OLD_HEADER.exec(line) : null;
      if (match !== null) {
        link = emptyLink(0, match[1] ?? '', (match[2] ?? '').split(',').includes('UP'), ref);
        link.mtu = Number(match[3]);
      } else if (old !== null) {
        link = emptyLink(0, old[1] ?? '', false, ref);
        link.mac = canonicalMac((/HWaddr (\S{1,40})/.exec(old[2] ?? '')?.[1] ?? '').toLowerCase());
      } else if (link !== null && /^\s+\S/.test(line)) {
        readDetail(line.trim(), link);
        return true;
      } else {
        link = null;
        return false;
      }
      // names of the old form may be cut: then they are another device's
      if (old === null || (old[1] ?? '').length !== OLD_NAME) text.links.push(link);
      text.has.link ||= isAll;
      text.has.addr ||= isAll;
      return true;
    },
  };
}

function readDetail(line: string, link: OpenLink): void {
  const words = line.split(/\s+/);
  const [first = '', second = ''] = words;
  const after = (name: string): string => words[words.indexOf(name) + 1] ?? '';
  if (first === 'ether') link.mac = canonicalMac(second);
  else if (first === 'inet' && second.startsWith('addr:'))
    add(link, second.slice(5), prefixOfMask(/Mask:(\S{1,20})/.exec(line)?.[1] ?? ''));
  else if (first === 'inet6' && second === 'addr:') add(link, words[2] ?? '', null);
  else if (first === 'inet') add(link, second, words.includes('netmask') ? prefixOfMask(after('netmask')) : null);
  else if (first === 'inet6') add(link, second, words.includes('prefixlen') ? Number(after('prefixlen')) : null);
  else if (first === 'tunnel' && line.includes('(IPIP Tunnel)')) link.kind = 'ipip';
  else if (/^(?:UP|[A-Z]{2,}) .*MTU:/.test(line)) {
    link.up = words.includes('UP');
    link.mtu = Number(/MTU:(\d{1,9})/.exec(line)?.[1] ?? Number.NaN) || null;
  }
}

/** @param prefixLength null where it is written behind the address, or not at all */
function add(link: OpenLink, written: string, prefixLength: number | null): void {
  const cidr = parseCidrOrIp(written.split('%')[0] ?? '');
  link.addressed = true;
  if (cidr === null) return;
  const address = { address: formatIp(cidr), prefixLength: prefixLength ?? cidr.prefixLength };
  if (!link.addresses.some((one) => one.address === address.address)) link.addresses = [...link.addresses, address];
}
