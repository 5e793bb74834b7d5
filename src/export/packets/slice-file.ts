// Chosen packets of one or several captures as one capture: as they were, or what their tunnels carry. No I/O: bytes are taken piece by piece.
import { LINK_TYPE, linkTypeName } from '../../capture/link-type.ts';
import type { CaptureInterface } from '../../capture/source.ts';
import { type PcapProblem, PcapWriter } from '../../capture/write/pcap-writer.ts';
import { PcapngWriter } from '../../capture/write/pcapng-writer.ts';
import { sourceBlock, type WrittenPacket } from '../../capture/write/written-packet.ts';
import type { Packet } from '../../decode/packet.ts';
import { OverlensError } from '../../errors.ts';
import type { InnerPart } from '../../packets/inner-packet.ts';

export interface SliceFile {
  readonly length: number;
  readonly isFull: boolean;
  /** What was written since the last time. */
  take(): Uint8Array;
  /**
   * @param inner the part of it that is written instead of the whole
   * @throws OverlensError E_USAGE for a packet that the file's format cannot hold as it is
   */
  write(packet: Packet, inner: InnerPart | null): void;
  /** No more packets follow. */
  end(): void;
}

/** With each capture's interfaces, each packet's options and the times in the units that they had. */
export function pcapngSlice(application: string): SliceFile {
  const writer = new PcapngWriter(application);
  const innerOf = new Map<CaptureInterface, Map<number, CaptureInterface>>();
  const interfaceFor = (own: CaptureInterface, inner: InnerPart | null): CaptureInterface => {
    if (inner === null) return own;
    const known = innerOf.get(own) ?? new Map<number, CaptureInterface>();
    innerOf.set(own, known);
    const made = known.get(inner.linkType) ?? { ...own, linkType: inner.linkType };
    known.set(inner.linkType, made);
    return made;
  };
  return {
    get length() {
      return writer.length;
    },
    get isFull() {
      return writer.isFull;
    },
    take: () => writer.take(),
    write(packet, inner) {
      if (packet.interface === null) throw noInterface(packet);
      const block = sourceBlock(packet.info.format, packet);
      writer.packet(partOf(packet, inner), interfaceFor(packet.interface, inner), block);
    },
    end() {},
  };
}

/**
 * One link type; nanoseconds where the first packet's capture has them, and where several captures are written.
 * @param name of the file, for messages
 */
export function pcapSlice(name: string, isOfSeveral: boolean): SliceFile {
  let writer: PcapWriter | null = null;
  let linkType: number = LINK_TYPE.ethernet;
  const begun = (packet: Packet | null, snaplen = 0): PcapWriter => {
    const isFiner = packet?.info.interfaces.some(({ timeDigits }) => timeDigits > MICRO_DIGITS) === true;
    writer ??= new PcapWriter({ linkType, snaplen: isOfSeveral ? 0 : snaplen, nanoseconds: isOfSeveral || isFiner });
    return writer;
  };
  return {
    get length() {
      return writer?.length ?? 0;
    },
    get isFull() {
      return writer?.isFull ?? false;
    },
    take: () => writer?.take() ?? new Uint8Array(0),
    write(packet, inner) {
      const own = inner?.linkType ?? packet.interface?.linkType ?? -1;
      if (writer === null) linkType = own;
      const file = begun(packet, packet.interface?.snaplen);
      const part = partOf(packet, inner);
      const problem = file.problemOf(part, own);
      if (problem !== null) throw cannotHold(name, packet, problem, { own, linkType });
      file.packet(part);
    },
    end() {
      begun(null);
    },
  };
}

const MICRO_DIGITS = 6;

function partOf(packet: Packet, inner: InnerPart | null): WrittenPacket {
  if (inner === null) return packet;
  const { bytes, seconds, nanos } = packet;
  return { bytes, seconds, nanos, start: inner.start, captured: inner.captured, original: inner.original };
}

function cannotHold(
  name: string,
  { info, number }: Packet,
  problem: NonNullable<PcapProblem>,
  { own, linkType }: { own: number; linkType: number },
): OverlensError {
  const why = {
    'link-type': `is ${linkTypeName(own)}, and those before are ${linkTypeName(linkType)}: a pcap has one link type`,
    'no-time': 'has no time, and a pcap has one for each packet',
    'time-range': 'has a time that a pcap has no place for',
    nanoseconds: 'has nanoseconds, and the packets before had microseconds',
  }[problem];
  return new OverlensError('E_USAGE', `${name}: packet ${number} of ${info.path} ${why}`, {
    hint: 'a pcapng holds them all: give a name that ends in .pcapng',
  });
}

function noInterface({ info, number }: Packet): OverlensError {
  return new OverlensError(
    'E_CORRUPT_CAPTURE',
    `${info.path}: packet ${number} is of an interface that is not described`,
  );
}
