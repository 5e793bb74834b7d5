// What TCP flags ask for, in words.
import { TCP_FLAG } from '../../wire/tcp.ts';

/** What such a segment is for. */
export function tcpAction(flags: number): string {
  if (flags & TCP_FLAG.rst)
    return flags & TCP_FLAG.ack ? 'refuses or ends the connection' : 'ends the connection at once';
  if (flags & TCP_FLAG.syn) return flags & TCP_FLAG.ack ? 'accepts the connection' : 'asks for a connection';
  if (flags & TCP_FLAG.fin) return 'has nothing more to send';
  if (flags & TCP_FLAG.psh) return 'data: give it to the application now';
  return 'part of an open connection';
}
