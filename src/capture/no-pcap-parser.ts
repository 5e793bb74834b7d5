// In place of pcap-parser.ts where that package does not run (package.json, `browser`).
import { OverlensError } from '../errors.ts';

/** Throws E_USAGE, always. */
export function openWithPcapParser(): never {
  throw new OverlensError('E_USAGE', 'the reader pcap-parser needs Node', { hint: 'leave it out: builtin reads more' });
}
