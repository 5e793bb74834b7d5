// Decoding threads that run in the test's own: the same ring, messages and order of things, in turns on one thread.
import { decode } from '../../src/pipeline/decode-jobs.ts';
import { RingWriter, waitAsync } from '../../src/pipeline/ring.ts';
import type { startWorker } from '../../src/pipeline/start-worker.ts';

/** Stands in for `startWorker`. */
export const startHere: typeof startWorker = (memory, orders, events) => {
  let isStopped = false;
  const ring = new RingWriter(memory, async (control, place, value) => {
    await waitAsync(control, place, value);
    if (isStopped) throw new Stopped();
  });
  const post: Parameters<typeof decode>[3] = (message) => {
    const copy = structuredClone(message);
    setImmediate(() => {
      if (!isStopped) events.onMessage(copy);
    });
  };
  const done = decode(structuredClone(orders), ring, memory.shape.piece, post).catch((error: unknown) => {
    if (!(error instanceof Stopped)) events.onFailure(error);
  });
  return {
    async stop() {
      isStopped = true;
      await done;
    },
  };
};

class Stopped extends Error {}
