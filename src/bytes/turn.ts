// The event loop's turn, between two stretches of work.

/** Lets everything else that waits run first: signals, timers, streams, messages. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else afterMessages(resolve);
  });
}

/** What is used of a MessagePort. */
interface Port {
  onmessage: (() => void) | null;
  postMessage(value: null): void;
  close(): void;
}

/** Browsers delay a timer that timers start, 4 ms each; a message is not delayed. */
function afterMessages(resolve: () => void): void {
  const { port1, port2 } = new MessageChannel() as unknown as Record<'port1' | 'port2', Port>;
  port1.onmessage = () => {
    port1.close();
    resolve();
  };
  port2.postMessage(null);
}
