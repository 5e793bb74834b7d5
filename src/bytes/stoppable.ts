// A byte source that an AbortSignal ends, also in the middle of waiting: how Ctrl-C gets out of a silent pipe.
import type { ByteSource, StreamFault } from './chunk.ts';

/** The fault of what nobody wants any more. */
export const STOPPED: StreamFault = { kind: 'stopped', message: 'reading was stopped' };

/** The same source; once the signal is aborted it answers 0 bytes and that fault. */
export function stoppable(source: ByteSource, signal: AbortSignal, stopped = STOPPED): ByteSource {
  let stop: (() => void) | null = null;
  const onAbort = (): void => stop?.();
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    read(target, start, end) {
      if (signal.aborted) return 0;
      const got = source.read(target, start, end);
      if (typeof got === 'number') return got;
      // Not Promise.race with one long-lived promise: that would keep something for every read.
      return new Promise((resolve) => {
        stop = () => resolve(0);
        got.then(resolve);
      });
    },
    get fault() {
      return signal.aborted ? stopped : source.fault;
    },
    close() {
      signal.removeEventListener('abort', onAbort);
      source.close();
    },
  };
}
