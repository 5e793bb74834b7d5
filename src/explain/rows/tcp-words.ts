// TCP flags in words.
import { TCP_FLAG } from '../../wire/tcp.ts';

/** `SYN, ACK`, in the usual order. */
export function flagNames(flags: number): string {
  const names: [string, number][] = [
    ['SYN', TCP_FLAG.syn],
    ['FIN', TCP_FLAG.fin],
    ['RST', TCP_FLAG.rst],
    ['PSH', TCP_FLAG.psh],
    ['ACK', TCP_FLAG.ack],
    ['URG', TCP_FLAG.urg],
    ['ECE', TCP_FLAG.ece],
    ['CWR', TCP_FLAG.cwr],
    ['AE', TCP_FLAG.ae],
  ];
  return names
    .filter(([, bit]) => (flags & bit) !== 0)
    .map(([name]) => name)
    .join(', ');
}

/** What such a segment is for. */
export function tcpAction(flags: number): string {
  if (flags & TCP_FLAG.rst)
    return flags & TCP_FLAG.ack ? 'refuses or ends the connection' : 'ends the connection at once';
  if (flags & TCP_FLAG.syn) return flags & TCP_FLAG.ack ? 'accepts the connection' : 'asks for a connection';
  if (flags & TCP_FLAG.fin) return 'has nothing more to send';
  if (flags & TCP_FLAG.psh) return 'data: give it to the application now';
  return 'part of an open connection';
}
