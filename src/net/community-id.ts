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
  const [from, to] = ports ?? NO_PORTS;
  const isKept = oneWay || isInOrder(source, from, destination, to);
  let at = putAddress(isKept ? source : destination, 2);
  at = putAddress(isKept ? destination : source, at);
  MESSAGE[at++] = protocol;
  MESSAGE[at++] = 0;
  if (ports !== null) {
    at = put16(isKept ? from : to, at);
    at = put16(isKept ? to : from, at);
  }
  const digest = sha1(MESSAGE.subarray(0, at));
  return `1:${btoa(Reflect.apply(String.fromCharCode, null, digest))}`;
}

const NO_PORTS = [0, 0] as const;

/** What is hashed, made anew for each flow: the seed, addresses and ports in network order. */
const MESSAGE = new Uint8Array(2 + 16 + 16 + 2 + 4);

/** By address, then by port; a shorter address is the lower one. */
function isInOrder(one: Ip, port: number, other: Ip, otherPort: number): boolean {
  if (one.family !== other.family) return one.family < other.family;
  return one.value === other.value ? port <= otherPort : one.value < other.value;
}

/** Returns the place behind it. */
function putAddress({ family, value }: Ip, at: number): number {
  if (family === 4) return put32(Number(value), at);
  for (const shift of [96n, 64n, 32n, 0n])
    put32(Number(BigInt.asUintN(32, value >> shift)), at + 12 - Number(shift) / 8);
  return at + 16;
}

function put32(value: number, at: number): number {
  return put16(value & 0xffff, put16(value >>> 16, at));
}

function put16(value: number, at: number): number {
  MESSAGE[at] = value >>> 8;
  MESSAGE[at + 1] = value;
  return at + 2;
}
