// The names in a packet's comments, whoever wrote them.
import type { CommentedPacket, EndName } from './commented-ends.ts';
import { netobservNames } from './netobserv-names.ts';
import { ptcpdumpNames } from './ptcpdump-names.ts';
import { rustnetNames } from './rustnet-names.ts';

const WRITERS = [ptcpdumpNames, netobservNames, rustnetNames] as const;

/** Of the first writer whose form it is. */
export function commentNames(packet: CommentedPacket): EndName[] {
  for (const names of WRITERS) {
    const found = names(packet);
    if (found.length > 0) return found;
  }
  return [];
}
