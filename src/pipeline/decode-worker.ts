// The entry of a decoding thread.
import { parentPort, workerData } from 'node:worker_threads';
import { readPathFrom } from '../bytes/open-path.ts';
import { decode } from './decode-jobs.ts';
import type { DecodeOrders } from './orders.ts';
import { type RingMemory, RingWriter } from './ring.ts';
import { keepHeapSmall } from './small-heap.ts';

keepHeapSmall();

const { memory, orders } = workerData as { memory: RingMemory; orders: DecodeOrders };
for (const [path, file] of orders.elsewhere) readPathFrom(path, file);
const ring = new RingWriter(memory, (control, place, value) => {
  Atomics.wait(control, place, value);
});
// not awaited here: built into the executable, this is a script that cannot; a rejection ends the thread as an error does
void decode(orders, ring, memory.shape.piece, (message) => parentPort?.postMessage(message));
