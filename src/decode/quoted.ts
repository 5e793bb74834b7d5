// The packet that an ICMP error quotes: walked on its own when somebody wants to see it. It is no traffic.
import { ICMP, icmpQuotes } from '../wire/icmp.ts';
import { icmpv6Quotes } from '../wire/icmpv6.ts';
import { type LayerStack, PROTOCOL } from './layer-stack.ts';
import { walk } from './walk.ts';
import type { WalkPorts } from './walk-ports.ts';

const RAW_IP = 101;

/**
 * Fills `quoted` with the layers of the packet quoted by the ICMP error that `stack` ends with, and tells whether there is
 * one. Its first layer is `raw`. What routers leave out counts as cut by the capture: quotes are short by design.
 */
export function walkQuoted(bytes: Uint8Array, stack: LayerStack, quoted: LayerStack, ports: WalkPorts): boolean {
  const last = stack.depth - 1;
  const protocol = stack.protocol[last];
  if (last < 0 || (protocol !== PROTOCOL.icmp && protocol !== PROTOCOL.icmpv6)) return false;
  const at = stack.start[last]!;
  const type = ICMP.type.read(bytes, at);
  if (!(protocol === PROTOCOL.icmp ? icmpQuotes(type) : icmpv6Quotes(type))) return false;
  const start = at + ICMP.headerLength;
  const captured = stack.end[last]! - start;
  if (captured <= 0) return false;
  walk(bytes, start, captured, captured + 1, RAW_IP, quoted, ports);
  return quoted.network >= 0;
}
