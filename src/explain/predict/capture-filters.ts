// tcpdump lines that show one pair of pods at one place: plain, or inside a tunnel by the bytes behind the outer header.
import { parseIp } from '../../net/ip.ts';

export interface FilterInput {
  encapsulation: 'none' | 'vxlan' | 'ipip' | 'wireguard';
  from: string;
  to: string;
  outerFrom: string | null;
  outerTo: string | null;
  port: number;
}

/** Offsets of the inner addresses: behind UDP 8, VXLAN 8, Ethernet 14, and 12 bytes into the inner IPv4 header. */
const INNER_SOURCE_IN_UDP = 8 + 8 + 14 + 12;
/** Behind an outer IPv4 header without options. */
const INNER_SOURCE_IN_IP = 20 + 12;

/** A filter expression (pcap-filter(7)) for one direction. */
export function filterFor(input: FilterInput): string {
  const { encapsulation, from, to, port } = input;
  if (encapsulation === 'none') return `src host ${from} and dst host ${to}`;
  const nodes = [
    input.outerFrom === null ? null : `src host ${input.outerFrom}`,
    input.outerTo === null ? null : `dst host ${input.outerTo}`,
  ];
  const outer = nodes.filter((part) => part !== null);
  if (encapsulation === 'wireguard') return [`udp port ${port}`, ...outer].join(' and ');
  const inside = innerWords(from, to);
  // pcap-filter reads udp[..] and ip[..] of IPv4 packets only
  const isV4 = input.outerTo === null || !input.outerTo.includes(':');
  if (encapsulation === 'ipip') {
    const words = inside === null || !isV4 ? [] : wordTests('ip', INNER_SOURCE_IN_IP, inside);
    return ['ip proto 4', ...outer, ...words].join(' and ');
  }
  const words = inside === null || !isV4 ? [] : wordTests('udp', INNER_SOURCE_IN_UDP, inside);
  return [`udp dst port ${port}`, ...outer, ...words].join(' and ');
}

/** Both addresses as 32-bit words; null for IPv6. */
function innerWords(from: string, to: string): [string, string] | null {
  const [source, destination] = [parseIp(from), parseIp(to)];
  if (source?.family !== 4 || destination?.family !== 4) return null;
  const hex = (value: bigint): string => `0x${value.toString(16).padStart(8, '0')}`;
  return [hex(source.value), hex(destination.value)];
}

function wordTests(header: string, at: number, [source, destination]: [string, string]): string[] {
  return [`${header}[${at}:4] = ${source}`, `${header}[${at + 4}:4] = ${destination}`];
}

/** `control1# tcpdump -nei ens5 'FILTER'`. */
export function tcpdumpLine(node: string, device: string | null, filter: string): string {
  return `${node}# tcpdump -nei ${device ?? '<interface>'} '${filter}'`;
}
