// Opener: decoding threads. The one place that knows how one is started.
import { availableParallelism } from 'node:os';
import { getAsset, isSea } from 'node:sea';
import { Worker } from 'node:worker_threads';
import type { DecodeMessage } from './messages.ts';
import type { DecodeOrders } from './orders.ts';
import type { RingMemory } from './ring.ts';

/** A decoding thread, or what stands in for one. */
export interface DecodeThread {
  stop(): Promise<void>;
}

export interface DecodeEvents {
  onMessage(message: DecodeMessage): void;
  onFailure(error: unknown): void;
}

/** Starts a thread that decodes what it is ordered to. */
export function startWorker(memory: RingMemory, orders: DecodeOrders, events: DecodeEvents): DecodeThread {
  const worker = newWorker({ memory, orders });
  worker.on('message', events.onMessage);
  worker.on('error', events.onFailure);
  worker.on('exit', (code) => {
    if (code !== 0) events.onFailure(new Error(`a decoding thread ended with ${code}`));
  });
  return {
    async stop() {
      worker.removeAllListeners();
      await worker.terminate();
    },
  };
}

const LOADER = '"tsx/esm/api"';

/** What the executable carries a thread's code as. */
export const WORKER_ASSET = 'decode-worker.cjs';

/** From the sources, as tests and scripts run them, a thread needs the loader that reads them first. */
function newWorker(workerData: object): Worker {
  if (isSea()) return new Worker(getAsset(WORKER_ASSET, 'utf8'), { eval: true, workerData });
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('../pipeline/decode-worker.js', import.meta.url), { workerData });
  const entry = JSON.stringify(new URL('./decode-worker.ts', import.meta.url).href);
  const script = `import(${LOADER}).then(({ register }) => (register(), import(${entry})))`;
  return new Worker(script, { eval: true, workerData });
}

/** Threads that can run at the same time. */
export function cores(): number {
  return availableParallelism();
}
