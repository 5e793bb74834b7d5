// Captures that grow while they are read: what they hold so far can be had at any time, and the answer at the end is that of a run on what
// they hold by then.

import type { Follow } from './bytes/open-growing.ts';
import { captureName } from './capture/capture-errors.ts';
import { openCapture } from './capture/open.ts';
import type { CaptureInfo, CaptureReader } from './capture/source.ts';
import { OverlensError } from './errors.ts';
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

/** Each as soon as its beginning is there: none waits for another one. */
async function countTogether(options: TraceOptions): Promise<void> {
  const read = beginReading(options);
  const { captures: paths } = options;
  const all = paths.map((path) => new CaptureCounters(notYet(path)));
  options.onBegin?.(() => traceSoFar(all, read));
  await Promise.all(
    paths.map(async (path, i) => {
      const reader = await openUnlessBad(path, options);
      if (reader === null) return;
      const counters = new CaptureCounters(reader.info);
      all[i] = counters;
      const blocks = new OwnDecoder(read.ports).blocks(reader.batches(), i, reader.info, reader.position);
      await countBlocks(blocks, i, counters, read);
    }),
  );
}

/** Null for what is no capture, which is told with the answer. Throws bad usage at once. */
async function openUnlessBad(path: string, options: TraceOptions): Promise<CaptureReader | null> {
  try {
    return await openCapture(path, openOptions(options));
  } catch (error) {
    if (error instanceof OverlensError && error.code !== 'E_USAGE') return null;
    throw error;
  }
}

function notYet(path: string): CaptureInfo {
  const error = new OverlensError('E_NOT_A_CAPTURE', `${captureName(path)}: nothing that can be read has come yet`);
  return { path, format: null, compression: 'none', interfaces: [], complete: false, warnings: [], error };
}
