// One line on stderr that says how far the reading is: only on a terminal, only when the work takes long, gone when it is done.
import { statSync } from 'node:fs';
import { escapeText } from '../render/text/escape.ts';
import { formatBytes, formatCompact } from '../render/text/format.ts';
import { shortenMiddle } from '../render/text/text-width.ts';
import type { TraceOptions } from '../trace.ts';
import type { Io } from './io.ts';

/** Work shorter than this shows nothing; then the line changes this often. Milliseconds. */
const PATIENCE = 1000;
const INTERVAL = 200;

export interface Progress {
  /** For the pipeline; undefined where nothing is to be shown. */
  report: TraceOptions['onProgress'];
  /** Takes the line away. */
  clear(): void;
}

export function createProgress(io: Io): Progress {
  if (!io.stderrIsTTY) return { report: undefined, clear() {} };
  let next = performance.now() + PATIENCE;
  let shown = false;
  return {
    report(progress) {
      const now = performance.now();
      if (now < next) return;
      next = now + INTERVAL;
      shown = true;
      io.stderr.write(`\r\u001b[K${progressText(progress, io.columns ?? 80)}`);
    },
    clear() {
      if (shown) io.stderr.write('\r\u001b[K');
      shown = false;
    },
  };
}

function progressText(
  { path, bytes, packets }: Parameters<NonNullable<TraceOptions['onProgress']>>[0],
  columns: number,
): string {
  const size = sizeOf(path);
  const share =
    size > 0 && bytes <= size ? `${Math.floor((100 * bytes) / size)} % of ${formatBytes(size)}` : formatBytes(bytes);
  const facts = `${share}, ${formatCompact(packets)} packets`;
  return `${shortenMiddle(escapeText(path), Math.max(8, columns - facts.length - 3))}  ${facts}`;
}

/** 0 for what has no size: pipes, stdin. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
