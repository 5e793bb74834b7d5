// Captures that grow while they are read: what they hold so far can be had at any time, and the answer at the end is that of a run on what
// they hold by then.

import type { Follow } from './bytes/open-growing.ts';
import { openCaptures } from './capture/open.ts';
import { CaptureCounters } from './flow/capture-counters.ts';
import { OwnDecoder } from './pipeline/own-blocks.ts';
import { beginReading, countBlocks, openOptions, type TraceOptions, traceCaptures, traceSoFar } from './trace.ts';
import type { Trace } from './verdict/trace-types.ts';

/**
 * As `traceCaptures`. `options.onBegin` gets what answers for the time until then. Several captures are counted side by side for that,
 * and read once more for the answer, which hangs on their order. The files are closed when it is over.
 * @throws OverlensError as `traceCaptures`; E_USAGE for a compressed file
 */
export async function followCaptures(options: TraceOptions, follow: Follow): Promise<Trace> {
  try {
    const following = { ...options, follow };
    if (options.captures.length === 1) return await traceCaptures(following);
    await countTogether(following);
    const { onBegin: _begun, ...rest } = following;
    return await traceCaptures(rest);
  } finally {
    follow.close();
  }
}

async function countTogether(options: TraceOptions): Promise<void> {
  const read = beginReading(options);
  const readers = await openCaptures(options.captures, openOptions(options));
  const all = readers.map(({ info }) => new CaptureCounters(info));
  options.onBegin?.(() => traceSoFar(all, read));
  await Promise.all(
    readers.map((reader, i) => {
      const blocks = new OwnDecoder(read.ports).blocks(reader.batches(), i, reader.info, reader.position);
      return countBlocks(blocks, i, all[i] as CaptureCounters, read);
    }),
  );
}
