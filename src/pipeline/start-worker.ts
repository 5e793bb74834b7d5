// Opener: decoding threads. The one place that knows how one is started.
import { availableParallelism } from 'node:os';
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
  // sources run in tests, where the thread needs the loader that reads them
  const isSource = import.meta.url.endsWith('.ts');
  const entry = isSource ? './decode-worker.ts' : './decode-worker.js';
  const worker = new Worker(new URL(entry, import.meta.url), {
    workerData: { memory, orders },
    ...(isSource ? { execArgv: ['--import', 'tsx'] } : {}),
  });
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

/** Threads that can run at the same time. */
export function cores(): number {
  return availableParallelism();
}
