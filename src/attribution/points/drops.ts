// Packets that were not captured while capturing, dropped by the kernel (pcapng statistics, tcpdump's log) or between the pieces of a ring:
// what is not in such a file may have been on the wire.
import type { CaptureCounters } from '../../flow/capture-counters.ts';

/** Whether the silence of a capture proves nothing. Classic pcap does not say, and is believed. */
export function hasDrops({
  info,
  hasGaps = false,
}: Pick<CaptureCounters, 'info'> & Partial<Pick<CaptureCounters, 'hasGaps'>>): boolean {
  return hasGaps || info.interfaces.some(({ dropped }) => (dropped ?? 0) > 0);
}
