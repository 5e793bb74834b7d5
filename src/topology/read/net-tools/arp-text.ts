// What `arp -an`, `arp -n` and /proc/net/arp show (net-tools' arp(8), proc(5)): neighbours of IPv4.
import { canonicalIp } from '../../../net/ip.ts';
import { canonicalMac } from '../../../net/mac.ts';
import type { SourceRef } from '../../model.ts';
import type { TextFact } from '../stated-facts.ts';
import type { LineReader } from './route-table.ts';

const HEADER = /^Address\s{1,60}HWtype\s{1,40}HWaddress\s{1,60}Flags Mask\s{1,40}Iface\s*$/;
const HEADER_PROC = /^IP address\s{1,40}HW type\s{1,40}Flags\s{1,40}HW address\s{1,60}Mask\s{1,40}Device\s*$/;
/** `? (10.0.1.1) at 02:79:d5:90:06:01 [ether] PERM on ens5`. */
const ENTRY = /^\S{1,255} \(([0-9.]{7,15})\) at (\S{1,40}) (?:\[\w{1,20}\] )?((?:[A-Z]{1,10} ){0,4})on (\S{1,60})/;

/** Bits of the kernel's flags (linux/if_arp.h). */
const COMPLETE = 2;
const PERMANENT = 4;

/** Reads such entries into the text's neighbours. IPv6 has its neighbours elsewhere: what is not shown may be there. */
export function createArpReader(text: TextFact): LineReader {
  let columns: 'arp' | 'proc' | null = null;
  const add = (
    written: string,
    entry: { mac: string | null; dev: string; isPermanent: boolean; line: string; ref: SourceRef },
  ): boolean => {
    const { mac, dev, isPermanent, line, ref } = entry;
    const address = canonicalIp(written);
    const state = mac === null ? 'INCOMPLETE' : isPermanent ? 'PERMANENT' : '';
    if (address !== null) text.neighbours.push({ address, dev, mac, state, text: line.trim(), ref });
    return true;
  };
  return {
    read(line, ref) {
      if (HEADER.test(line) || HEADER_PROC.test(line)) {
        columns = HEADER.test(line) ? 'arp' : 'proc';
        return true;
      }
      const [, address = '', mac = '', flags = '', dev = ''] = ENTRY.exec(line) ?? [];
      if (address !== '') return add(address, { mac: macIn(mac), dev, isPermanent: flags.includes('PERM'), line, ref });
      const words = columns === null ? [] : line.trim().split(/\s+/);
      const last = words.at(-1) ?? '';
      if (columns === 'arp' && words.length === 3 && words[1] === '(incomplete)')
        return add(words[0] ?? '', { mac: null, dev: last, isPermanent: false, line, ref });
      if (columns === 'arp' && words.length >= 5 && macIn(words[2] ?? '') !== null)
        return add(words[0] ?? '', {
          mac: macIn(words[2] ?? ''),
          dev: last,
          isPermanent: /M/.test(words[3] ?? ''),
          line,
          ref,
        });
      if (columns === 'proc' && words.length === 6 && /^0x[0-9a-f]{1,4}$/.test(words[2] ?? '')) {
        const bits = Number(words[2]);
        const known = (bits & COMPLETE) === 0 ? null : macIn(words[3] ?? '');
        return add(words[0] ?? '', { mac: known, dev: last, isPermanent: (bits & PERMANENT) !== 0, line, ref });
      }
      if (line.trim() !== '') columns = null;
      return false;
    },
  };
}

/** Some leave leading zeros out: `0:11:32:aa:b:cc`. */
function macIn(written: string): string | null {
  const parts = written.split(':');
  return parts.length === 6 ? canonicalMac(parts.map((part) => part.padStart(2, '0')).join(':')) : null;
}
