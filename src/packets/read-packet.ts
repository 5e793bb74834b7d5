// One packet of a capture, copied out of the reused batch so that it may stay.

import { packetComments } from '../capture/pcapng/packet-comments.ts';
import type { CaptureInterface } from '../capture/source.ts';
import type { IsWanted, Stretch } from '../capture/stretches.ts';
import type { Packet } from '../decode/packet.ts';
import { OverlensError } from '../errors.ts';
import type { Moment } from '../net/time.ts';

import { type PacketRequest, readPackets } from './read-packets.ts';

export interface PacketCopy {
  path: string;
  /** From 1. */
  number: number;
  bytes: Uint8Array;
  /** Bytes it had on the wire. */
  original: number;
  /** Null where the capture has no time. */
  moment: Moment | null;
  interface: CaptureInterface;
  /** Its comments (pcapng), raw. */
  comments: readonly string[];
}

/** How captures are read. */
export type Reading = Pick<PacketRequest, 'ports' | 'reader' | 'trueTimes' | 'signal' | 'onProgress'>;

/**
 * Reads packet `number` of a capture.
 * @param stretches where its packets stand, if that is known
 * @throws OverlensError E_USAGE when there is no such packet, the capture's own error when it is corrupt before it
 */
export async function readPacket(
  path: string,
  number: number,
  reading: Reading,
  stretches: readonly Stretch[] = [],
): Promise<PacketCopy> {
  const isWanted: IsWanted = ({ packet }, end) => packet <= number && number < end;
  const found: PacketCopy[] = [];
  const request = {
    ...reading,
    captures: [path],
    numbers: [{ from: number, to: number }],
    partly: () => ({ stretches, isWanted }),
  };
  const read = await readPackets(request, {
    packet(packet) {
      found.push(copyPacket(packet));
      return false;
    },
  });
  const [copy] = found;
  if (copy !== undefined) return copy;
  const error = read.infos[0]?.error ?? null;
  if (error !== null) throw error;
  const has = read.packets === 1 ? '1 packet' : `${read.packets} packets`;
  throw new OverlensError('E_USAGE', `${path}: there is no packet ${number}: it has ${has}`, {
    hint: 'packets are numbered from 1, as in Wireshark',
  });
}

/** The packet as it is now, with bytes of its own. */
function copyPacket(packet: Packet): PacketCopy {
  const { info, number, bytes, start, captured, original, seconds, nanos } = packet;
  return {
    path: info.path,
    number,
    bytes: bytes.slice(start, start + captured),
    original,
    moment: Number.isFinite(seconds) ? { seconds, nanos } : null,
    interface: { ...(packet.interface ?? UNKNOWN_INTERFACE) },
    comments: info.format === 'pcapng' ? packetComments(packet) : [],
  };
}

/** Of a packet whose interface the file does not describe. */
const UNKNOWN_INTERFACE: CaptureInterface = {
  index: 0,
  name: null,
  description: null,
  linkType: -1,
  snaplen: 0,
  filter: null,
  timeDigits: 6,
  dropped: null,
};
