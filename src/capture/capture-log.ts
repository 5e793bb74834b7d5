// What the logs of tcpdump beside captures tell of them: a file itself says nothing of drops, of its filter or of its device. One log may be
// of several pieces of one capture: its counts are then those of all of them together.

import { addUnder } from '../net/multi-map.ts';
import type { CaptureInfo, CaptureLog } from './source.ts';

/** A capture that was read. */
export interface LoggedCapture {
  readonly info: CaptureInfo;
  /** When its last packet was seen; null where it has none with a time. */
  readonly last: { seconds: number; nanos: number } | null;
}

/**
 * Adds what the logs tell and the files do not: a file's own word counts. Ask when all were read.
 * @param logs by the paths of the captures
 */
export function noteLogs(captures: readonly LoggedCapture[], logs: ReadonlyMap<string, CaptureLog> | undefined): void {
  const sets = new Map<string, LoggedCapture[]>();
  for (const capture of captures) {
    const { info } = capture;
    const log = info.format === null ? undefined : logs?.get(info.path);
    if (log === undefined || info.log !== undefined) continue;
    info.log = log;
    noteSettings(info, log);
    addUnder(sets, log.file, capture);
  }
  for (const set of sets.values()) noteEnd(set);
}

function noteSettings(info: CaptureInfo, { device, expression }: CaptureLog): void {
  const [only, ...others] = info.interfaces;
  if (only !== undefined && others.length === 0) only.name ??= device;
  if (expression !== null && expression !== '') for (const one of info.interfaces) one.filter ??= expression;
}

/** What tcpdump never wrote is missing behind the last packet of the set. */
function noteEnd(set: readonly LoggedCapture[]): void {
  const info = lastOf(set)?.info;
  const { captured = null, received = null, dropped = null, isCounted = true, file } = info?.log ?? {};
  if (info === undefined || captured === null || received === null || isCounted) return;
  if (captured >= received || received - captured - (dropped ?? 0) <= 0) return;
  info.complete = false;
  const message = `its end is missing: tcpdump captured ${captured} of the ${received} packets that were received by its filter (${file})`;
  info.warnings.push({ code: 'end-missing', message });
}

/** Pieces without a packet come before all others; of several that end at once, the one that was given last. */
function lastOf(set: readonly LoggedCapture[]): LoggedCapture | undefined {
  return set
    .toSorted(
      ({ last: a }, { last: b }) => (a?.seconds ?? -1) - (b?.seconds ?? -1) || (a?.nanos ?? -1) - (b?.nanos ?? -1),
    )
    .at(-1);
}
