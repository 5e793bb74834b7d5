// Times on the command line that depend on what the captures hold: those that count from the end, and those that leave nothing.
import { boundOf, countsFromEnd, whyOutside } from '../../flow/time-range.ts';
import { formatTime } from '../../net/time.ts';
import type { TraceOptions } from '../../trace.ts';
import { usageError } from '../report-error.ts';
import { staysWhereItIs } from './spool.ts';

type Times = Pick<TraceOptions, 'since' | 'until' | 'reader'>;

/**
 * Times that count from the last packet, as the times that they are. Throws bad usage where the last packet is not known before
 * all are read.
 */
export async function absoluteTimes<T extends Times>(times: T, captures: readonly string[]): Promise<T> {
  const { since = null, until = null } = times;
  if (!countsFromEnd(since) && !countsFromEnd(until)) return times;
  if (!captures.every(staysWhereItIs))
    throw usageError(
      `--${countsFromEnd(since) ? 'since' : 'until'} ${countsFromEnd(since) ? since : until}: a pipe tells its last packet when it is too late`,
      'give a time, or a time after the first packet (+10s)',
    );
  const window = await windowOf(captures, times);
  if (window === null) return times;
  const absolute = (option: string, text: string | null): string | null =>
    countsFromEnd(text) ? formatTime(boundOf(option, text ?? '', window.first, window.last), 9) : text;
  return { ...times, since: absolute('--since', since), until: absolute('--until', until) };
}

/** Why the times asked for leave nothing, where they do. */
export async function whyNoTime(times: Times, captures: readonly string[]): Promise<string | null> {
  const { since = null, until = null } = times;
  if ((since === null && until === null) || !captures.every(staysWhereItIs)) return null;
  const window = await windowOf(captures, times);
  return window === null ? null : whyOutside(since, until, window.first, window.last);
}

async function windowOf(captures: readonly string[], { reader }: Times) {
  const { wholeWindow } = await import('../../packets/time-window.ts');
  return wholeWindow({ captures, ...(reader === undefined ? {} : { reader }) });
}
