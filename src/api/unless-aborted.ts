// One rule for what was aborted: who asked gets the signal's reason, whatever the work had come to.

/** @param isPartUseful what was made of a part is an answer too, and is given */
export async function unlessAborted<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  isPartUseful = false,
): Promise<T> {
  signal?.throwIfAborted();
  try {
    const result = await work();
    if (!isPartUseful) signal?.throwIfAborted();
    return result;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
