// How V8 runs a process that calls much code a few times each: of the tests, and of the fuzzer's inputs.

/** Node 20's V8; later ones have Maglev, other thresholds, and no such flag. */
const HAS_INTERRUPT_BUDGET = process.versions.v8.startsWith('11.');

/**
 * Flags for such a process. Room for young objects, as most of them die with their test; collections by the thread that asks for them, since
 * helpers wait for each other where every core is busy; of what is old seldom, as little of it is garbage; code is optimized later, as most of
 * it is not called often enough to pay for that. Together a third less CPU for both (measured in turns, with Node 20).
 */
export const ENGINE_FLAGS: readonly string[] = [
  '--min-semi-space-size=32',
  '--max-semi-space-size=32',
  '--single-threaded-gc',
  '--heap-growing-percent=400',
  '--initial-old-space-size=512',
  ...(HAS_INTERRUPT_BUDGET ? ['--interrupt-budget=600000'] : []),
];
