// What a bundle may be: beyond these it is taken for an attack (a bomb), and read no further.
import type { ByteSource, ChunkBuffer, StreamFault } from '../chunk.ts';

/** `sos collect` holds a tar of each node, which holds logs that are compressed: four is one more than any tool makes. */
const DEEPEST = 4;
/** A must-gather of a thousand nodes has tens of thousands. */
const MOST_MEMBERS = 200_000;
/** Uncompressed bytes that a bundle may grow to, where it grows more than `MOST_GROWTH` times. */
const HARMLESS = 1024 * 1024 * 1024;
const MOST_GROWTH = 200;
/** A zip within another archive has its directory at its end: it is held whole. */
export const LARGEST_ZIP_IN_MEMORY = 256 * 1024 * 1024;

/** What is left of the limits while one argument is read. */
export interface MemberBudget {
  allows(depth: number): boolean;
  takeMember(path: string): StreamFault | null;
  /** @param compressed bytes, read so far, of what they were made from */
  takeBytes(count: number, compressed: number): StreamFault | null;
}

/** The limits as they are; tests have smaller ones. */
export interface MemberLimits {
  deepest: number;
  members: number;
  harmless: number;
  growth: number;
}

export const MEMBER_LIMITS: MemberLimits = {
  deepest: DEEPEST,
  members: MOST_MEMBERS,
  harmless: HARMLESS,
  growth: MOST_GROWTH,
};

/** A new budget. */
export function memberBudget(limits: MemberLimits = MEMBER_LIMITS): MemberBudget {
  let members = 0;
  let bytes = 0;
  return {
    allows: (depth) => depth < limits.deepest,
    takeMember(path) {
      members++;
      if (members <= limits.members) return null;
      const message = `holds more than ${limits.members} files, the last one read is ${path}`;
      return { kind: 'unsupported', message, hint: 'unpack it and give the parts that matter' };
    },
    takeBytes(count, compressed) {
      bytes += count;
      const most = Math.max(limits.harmless, compressed * limits.growth);
      if (bytes <= most) return null;
      const message = `grows to more than ${limits.growth} times its size: taken for a decompression bomb`;
      return { kind: 'unsupported', message, hint: 'if it is meant so, decompress it first' };
    },
  };
}

/** The bytes of `content`, counted against the budget; ends with a fault where it is spent. */
export function meter(content: ChunkBuffer, compressed: () => number, budget: MemberBudget): ByteSource {
  let fault: StreamFault | null = null;
  return {
    async read(target, start, end) {
      if (fault !== null) return 0;
      if (content.available === 0 && (await content.fill(1)) === 0) return 0;
      const count = Math.min(end - start, content.available);
      fault = budget.takeBytes(count, compressed());
      if (fault !== null) return 0;
      target.set(content.bytes.subarray(content.at, content.at + count), start);
      content.at += count;
      return count;
    },
    get fault() {
      return fault ?? content.fault;
    },
    close: () => content.close(),
  };
}
