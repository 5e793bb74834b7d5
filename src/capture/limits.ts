// What is sane in a capture: beyond these a length is taken for corruption and never buffered.

/** libpcap's own maximum snapshot length, and tcpdump's default. */
const MAX_CAPTURED = 256 * 1024;
/** A file may declare a larger snaplen (USB, D-Bus, generated captures), up to this. */
const MAX_SNAPLEN = 16 * 1024 * 1024;

/** pcapng blocks that hold no packet are skipped up to this length; libpcap stops at the same. */
export const MAX_BLOCK = 16 * 1024 * 1024;
/** Sections, interfaces and statistics are read whole. */
export const MAX_DESCRIPTION = 1024 * 1024;
/** Options behind a packet. */
export const MAX_PACKET_OPTIONS = 1024 * 1024;
/** More interfaces than any machine has; a file of nothing else would fill the memory. */
export const MAX_INTERFACES = 65536;

/** Characters kept of an interface's name or description; Windows' longest names have some sixty. */
export const MAX_NAME = 1024;
/** Bytes kept of the filter that an interface was captured with: what is longer is not cut, for that would be another filter. */
export const MAX_FILTER = 16 * 1024;
/** Names of addresses kept of one capture. */
export const MAX_HOST_NAMES = 65_536;
/** Characters of all interfaces' texts together: thousands of interfaces with a filter each. */
export const MAX_TEXTS = 4 * 1024 * 1024;

/** The longest captured length to believe in a file with this snaplen. */
export function capturedLimit(snaplen: number): number {
  return snaplen > MAX_CAPTURED && snaplen <= MAX_SNAPLEN ? snaplen : MAX_CAPTURED;
}

/** Packets of one capture are hardly further apart: a year. What is, was not found where it was looked for. */
export const MAX_SECONDS_APART = 366 * 86_400;
