// The file header of classic pcap. draft-ietf-opsawg-pcap section 4; the modified format is A. Kuznetzov's for Linux 2.x.

import { isPcapMagic, PCAP_MODIFIED, PCAP_NANO, swapped } from '../../bytes/sniff.ts';
import { linkTypeOf } from '../link-type.ts';

export const PCAP_HEADER_LENGTH = 24;

export interface PcapHeader {
  /** Byte order of the header and of all record headers. */
  littleEndian: boolean;
  /** Fractions are nanoseconds, not microseconds. */
  nanoseconds: boolean;
  /** Record headers have 24 bytes: interface index, protocol and packet type follow the lengths. */
  modified: boolean;
  major: number;
  minor: number;
  /** 0 = no limit. */
  snaplen: number;
  linkType: number;
}

/** Reads the 24 bytes at `at`; the caller has checked that they are there. */
export function readPcapHeader(view: DataView, at: number): PcapHeader {
  const little = !isPcapMagic(view.getUint32(at));
  const magic = little ? swapped(view.getUint32(at)) : view.getUint32(at);
  return {
    littleEndian: little,
    nanoseconds: magic === PCAP_NANO,
    modified: magic === PCAP_MODIFIED,
    major: view.getUint16(at + 4, little),
    minor: view.getUint16(at + 6, little),
    snaplen: view.getUint32(at + 16, little),
    linkType: linkTypeOf(view.getUint32(at + 20, little)),
  };
}

/** Whether the 16 bytes at `at` begin another file header: what files joined with cat look like. */
export function isPcapHeader(view: DataView, at: number): boolean {
  const magic = view.getUint32(at);
  if (!isPcapMagic(magic) && !isPcapMagic(swapped(magic))) return false;
  const little = !isPcapMagic(magic);
  return view.getUint16(at + 4, little) === 2 && view.getUint16(at + 6, little) === 4;
}

/** Whether the 16 bytes at `at` are zero: no packet, but a file whose space was reserved and never written. */
export function isZeroRecord(view: DataView, at: number): boolean {
  for (let word = 0; word < 16; word += 4) if (view.getUint32(at + word) !== 0) return false;
  return true;
}

/** Null for the versions whose records are laid out as today (2.3, 2.4); else what to say. Older ones swap the lengths. */
export function pcapVersionProblem(header: PcapHeader): string | null {
  if (header.major === 2 && (header.minor === 3 || header.minor === 4)) return null;
  return `pcap version ${header.major}.${header.minor} is not known (2.4 is what tools write)`;
}
