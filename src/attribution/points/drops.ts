// Packets that the kernel dropped while capturing (pcapng statistics): what is not in such a file may have been on the wire.
import type { CaptureCounters } from '../../flow/capture-counters.ts';

/** Whether the silence of a capture proves nothing. Classic pcap does not say, and is believed. */
export function hasDrops({ info }: Pick<CaptureCounters, 'info'>): boolean {
  return info.interfaces.some(({ dropped }) => (dropped ?? 0) > 0);
}
