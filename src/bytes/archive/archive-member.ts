// One file of an archive, and the rules for its name: names are outside text, and never a path on this machine's disk.

import type { StreamFault } from '../chunk.ts';
import type { ByteChunks } from '../iterable-source.ts';

/** A file as it stands in an archive. Its bytes must be read, or left, before the next member is asked for. */
export interface ArchiveMember {
  /** Path in the archive, `/` between its parts, neither absolute nor climbing. */
  name: string;
  /** When it was last changed, in milliseconds since the epoch; null where the archive does not say. */
  modified: number | null;
  chunks: ByteChunks;
}

/** Members in order; ends with the reason when the archive is cut off or damaged. Links and devices are left out. */
export type ArchiveMembers = AsyncGenerator<ArchiveMember, StreamFault | null, void>;

/** A longer name is an attack, not a path. */
const LONGEST_NAME = 1024;

/** The name without what climbs, repeats or is absolute; null for a folder, an empty or an absurdly long name. */
export function memberName(raw: string): string | null {
  if (raw.length > LONGEST_NAME || raw.endsWith('/')) return null;
  const parts = raw.split(/[\\/]/).filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.length === 0 ? null : parts.join('/');
}

/** Why members were left out. */
export function encryptedMembers([name, ...more]: readonly string[]): StreamFault {
  return {
    kind: 'unsupported',
    message: `${name}${more.length === 0 ? ' in the zip archive is' : ` and ${more.length} more in the zip archive are`} encrypted`,
    hint: 'unpack it with its password first: unzip FILE',
  };
}
