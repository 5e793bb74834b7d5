// In place of start-worker.ts where no thread of ours can be started (package.json, `browser`): a page runs all of it in a worker of its own.

export function startWorker(): never {
  throw new Error('decoding threads are started in Node only');
}

/** One core: no thread pays. */
export function cores(): number {
  return 1;
}
