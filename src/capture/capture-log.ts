// What the log of tcpdump beside a capture tells of it: the file itself says nothing of drops, of its filter or of its device.
import type { CaptureInfo, CaptureLog } from './source.ts';

/** Adds what the log tells and the file does not: the file's own word counts. Ask when reading has ended. */
export function noteLog(info: CaptureInfo, log: CaptureLog): void {
  if (info.log !== undefined) return;
  info.log = log;
  const { device, expression, captured, received, dropped } = log;
  const [only, ...others] = info.interfaces;
  if (only !== undefined && others.length === 0) {
    only.name ??= device;
    only.dropped ??= dropped;
  }
  if (expression !== null && expression !== '') for (const one of info.interfaces) one.filter ??= expression;
  if (captured === null || received === null || log.isCounted) return;
  const missing = received - captured - (dropped ?? 0);
  if (captured >= received || missing <= 0) return;
  info.complete = false;
  const message = `its end is missing: tcpdump captured ${captured} of the ${received} packets that were received by its filter (${log.file})`;
  info.warnings.push({ code: 'end-missing', message });
}
