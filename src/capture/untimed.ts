// Captures whose times are not those of their packets: NetObserv CLI writes whole seconds, of all nodes on one interface; Inspektor Gadget
// the time at which its program got to the packet. Such a capture gives names and flows, and nothing about order, loss or delay: whoever
// asks for these reads its packets as if they had no time.
import { isNetobserv } from './names/netobserv-names.ts';
import { packetComments } from './pcapng/packet-comments.ts';
import type { CaptureInfo, PacketBatch } from './source.ts';

/** The same batches, without the times that are none; of what was taken away `info.untimed` says whose it was. Only pcapng tells. */
export function withoutFalseTimes(batches: AsyncIterable<PacketBatch>, info: CaptureInfo): AsyncIterable<PacketBatch> {
  return info.format === 'pcapng' ? trueTimed(batches, info) : batches;
}

async function* trueTimed(
  batches: AsyncIterable<PacketBatch>,
  info: CaptureInfo,
): AsyncGenerator<PacketBatch, void, void> {
  const { interfaces } = info;
  let [known, isOfGadget] = [0, false];
  for await (const batch of batches) {
    for (; known < interfaces.length; known++) isOfGadget ||= interfaces[known]?.gadget !== undefined;
    if (isOfGadget)
      takeTimes(batch, info, 'Inspektor Gadget', (i) => interfaces[batch.interface[i] ?? -1]?.gadget !== undefined);
    if (batch.hasComments === true) takeTimes(batch, info, 'NetObserv', (i) => isOfNetobserv(batch, i));
    yield batch;
  }
}

function takeTimes(batch: PacketBatch, info: CaptureInfo, writer: string, isFalse: (i: number) => boolean): void {
  for (let i = 0; i < batch.count; i++) {
    if (!isFalse(i)) continue;
    info.untimed = writer;
    batch.seconds[i] = Number.NaN;
    batch.nanos[i] = 0;
  }
}

/** A fraction of a second would be one that somebody measured. */
function isOfNetobserv({ bytes, start, captured, original, nanos }: PacketBatch, i: number): boolean {
  if (nanos[i] !== 0) return false;
  const packet = { bytes, start: start[i] ?? 0, captured: captured[i] ?? 0, original: original[i] ?? 0 };
  return isNetobserv(packetComments(packet));
}
