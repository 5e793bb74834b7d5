// The file header of classic pcap. draft-ietf-opsawg-pcap section 4; the modified format is A. Kuznetzov's for Linux 2.x.
// What other writers made of the header, and what older versions meant, is taken as Wireshark's wiretap and libpcap read it.

import {
  isPcapMagic,
  PCAP_IXIA_HARDWARE,
  PCAP_IXIA_SOFTWARE,
  PCAP_MODIFIED,
  PCAP_NANO,
  swapped,
} from '../../bytes/sniff.ts';
import { linkTypeOf } from '../link-type.ts';

/** Bytes of the header; IXIA's has four more, the length of all records, which nobody needs. */
export const PCAP_HEADER_LENGTH = 24;
const IXIA_HEADER_LENGTH = 28;

/** Which of a record's two lengths stands first; `by-size` is the smaller one, for nobody captures more than there was. */
export type LengthOrder = 'captured-first' | 'original-first' | 'by-size';

export interface PcapHeader {
  /** Bytes before the first record. */
  headerLength: number;
  /** Byte order of the header and of all record headers. */
  littleEndian: boolean;
  /** Fractions are nanoseconds, not microseconds. */
  nanoseconds: boolean;
  /** Record headers have 24 bytes: interface index, protocol and packet type follow the lengths. */
  modified: boolean;
  lengthOrder: LengthOrder;
  major: number;
  minor: number;
  /** 0 = no limit. */
  snaplen: number;
  linkType: number;
}

/** Bytes that `readPcapHeader` needs; the magic number is there. */
export function pcapHeaderLength(view: DataView, at: number): number {
  const { magic } = magicOf(view, at);
  return magic === PCAP_IXIA_HARDWARE || magic === PCAP_IXIA_SOFTWARE ? IXIA_HEADER_LENGTH : PCAP_HEADER_LENGTH;
}

/** Reads the header at `at`; the caller has checked that its bytes are there. */
export function readPcapHeader(view: DataView, at: number): PcapHeader {
  const { magic, little } = magicOf(view, at);
  const [major, minor] = [view.getUint16(at + 4, little), view.getUint16(at + 6, little)];
  const linkType = linkTypeOf(view.getUint32(at + 20, little));
  const aix = major === 2 && minor === 2 ? AIX_LINK_TYPES[linkType] : undefined;
  return {
    headerLength: pcapHeaderLength(view, at),
    littleEndian: little,
    nanoseconds: magic === PCAP_NANO || aix !== undefined,
    modified: magic === PCAP_MODIFIED,
    lengthOrder: lengthOrderOf(major, minor),
    major,
    minor,
    snaplen: view.getUint32(at + 16, little),
    linkType: aix ?? linkType,
  };
}

/** AIX writes version 2.2 with the interface types of SNMP (RFC 1573): Ethernet, Token Ring, FDDI; and nanoseconds. */
const AIX_LINK_TYPES: Readonly<Record<number, number>> = { 6: 1, 9: 6, 15: 10 };

/** DG/UX writes 543.0, which is laid out like 2.2. */
const DG_UX_MAJOR = 543;

/** Version 2.3 put the captured length first; some files say 2.3 and have it second. */
function lengthOrderOf(major: number, minor: number): LengthOrder {
  if (major === DG_UX_MAJOR || (major === 2 && minor < 3)) return 'original-first';
  return major === 2 && minor === 3 ? 'by-size' : 'captured-first';
}

function magicOf(view: DataView, at: number): { magic: number; little: boolean } {
  const word = view.getUint32(at);
  return isPcapMagic(word) ? { magic: word, little: false } : { magic: swapped(word), little: true };
}

/** Whether the 16 bytes at `at` begin another file header: what files joined with cat look like. */
export function isPcapHeader(view: DataView, at: number): boolean {
  const { magic, little } = magicOf(view, at);
  return isPcapMagic(magic) && view.getUint16(at + 4, little) === 2 && view.getUint16(at + 6, little) <= 4;
}

/** Whether the 16 bytes at `at` are zero: no packet, but a file whose space was reserved and never written. */
export function isZeroRecord(view: DataView, at: number): boolean {
  for (let word = 0; word < 16; word += 4) if (view.getUint32(at + word) !== 0) return false;
  return true;
}

/** Null for the versions that libpcap reads, 2.0 to 2.4 and DG/UX's 543.0; else what to say. */
export function pcapVersionProblem({ major, minor }: PcapHeader): string | null {
  if ((major === 2 && minor <= 4) || (major === DG_UX_MAJOR && minor === 0)) return null;
  return `pcap version ${major}.${minor} is not known (2.4 is what tools write)`;
}
