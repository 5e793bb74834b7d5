// Community ID version 1 (github.com/corelight/community-id-spec): one text for both directions of a flow, by which records of Zeek,
// Suricata, Arkime and Wireshark are found again.
import type { Ip } from './ip.ts';
import { sha1 } from './sha1.ts';

/** What version 1 hashes of a flow. */
export interface CommunityTuple {
  source: Ip;
  destination: Ip;
  /** IP protocol number. */
  protocol: number;
  /** Of TCP, UDP and SCTP; of ICMP the type, and that of what answers it (else the code). Null for other protocols: they are hashed without. */
  ports: readonly [source: number, destination: number] | null;
}

/**
 * The ID with the seed 0: `1:` and 28 characters.
 * @param oneWay of ICMP: a message that nothing answers keeps its direction
 */
export function communityId({ source, destination, protocol, ports }: CommunityTuple, oneWay = false): string {
  const ends = [
    { address: bytesOf(source), port: ports?.[0] ?? 0 },
    { address: bytesOf(destination), port: ports?.[1] ?? 0 },
  ] as const;
  const [first, second] = oneWay || isInOrder(ends[0], ends[1]) ? ends : [ends[1], ends[0]];
  const tail = ports === null ? [] : [...big16(first.port), ...big16(second.port)];
  const digest = sha1(Uint8Array.from([0, 0, ...first.address, ...second.address, protocol, 0, ...tail]));
  return `1:${btoa(String.fromCharCode(...digest))}`;
}

interface End {
  address: readonly number[];
  port: number;
}

/** By address, then by port; a shorter address is the lower one. */
function isInOrder(one: End, other: End): boolean {
  for (const [i, byte] of one.address.entries()) if (byte !== other.address[i]) return byte < (other.address[i] ?? -1);
  return one.port <= other.port;
}

/** In network order. */
function bytesOf({ family, value }: Ip): number[] {
  const length = family === 4 ? 4 : 16;
  return Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 0xffn));
}

function big16(value: number): number[] {
  return [value >>> 8, value & 255];
}
