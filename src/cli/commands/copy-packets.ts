// Packets from captures to where they go, as they are read: what `decode` does with them, whether it shows or writes them.
import { setImmediate } from 'node:timers/promises';
import type { PacketNumbers } from '../../packets/packet-numbers.ts';
import { type PacketsRead, readPackets } from '../../packets/read-packets.ts';
import type { LineBuffer } from '../../render/packets/line-buffer.ts';
import type { PacketWriter } from '../../render/packets/packet-writer.ts';
import { staysWhereItIs } from '../inputs/spool.ts';
import type { Io } from '../io.ts';
import { createProgress } from '../progress/progress.ts';
import type { PacketSelection } from '../select-packets.ts';

export interface Shown {
  read: PacketsRead;
  /** Nothing was passed over unread. */
  isWhole: boolean;
  packets: number;
  /** The reader of stdout went away: stop quietly. */
  closed: boolean;
}

export interface Copying {
  numbers: PacketNumbers | null;
  most: number;
  writer: PacketWriter;
  /** What the writer fills. */
  out: Pick<LineBuffer, 'length' | 'isFull' | 'take'>;
  /** Where that goes; false when nobody reads it any more. */
  write(bytes: Uint8Array): Promise<boolean>;
  io: Io;
  merged: boolean;
}

/** Writes packets as they are read: in large pieces, or at once where somebody may be watching. */
export async function copyPackets(
  selection: PacketSelection,
  { numbers, most, writer, out, write, io, merged }: Copying,
): Promise<Shown> {
  const isStream = !selection.request.captures.every(staysWhereItIs);
  if (isStream) io.live?.();
  const live = io.stdoutIsTTY || isStream;
  let packets = 0;
  let closed = false;
  const progress = createProgress(io);
  const flush = async (): Promise<boolean> => {
    if (out.length > 0) {
      progress.clear();
      // somebody may be reading along, on the same terminal: from now on packets tell how far it is
      if (io.stdoutIsFile !== true) progress.end();
      if (!(await write(out.take()))) closed = true;
    }
    // Writes to pipes and files are synchronous: signals need a turn of the event loop to be heard.
    await setImmediate();
    return !closed && !io.signal.aborted;
  };
  const read = await readPackets(
    {
      ...selection.request,
      numbers,
      merged,
      ...(progress.report === undefined ? {} : { onProgress: progress.report }),
    },
    {
      packet(packet) {
        writer.write(packet);
        return ++packets < most;
      },
      pause: () => (live || out.isFull ? flush() : Promise.resolve(true)),
    },
  );
  await flush();
  progress.end();
  return { read, packets, closed, isWhole: selection.request.partly === undefined };
}
