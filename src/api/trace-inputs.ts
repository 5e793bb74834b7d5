// `trace` as a function of the library.
import { turn } from '../bytes/turn.ts';
import { type TraceOptions as PathOptions, traceCaptures as tracePaths } from '../trace.ts';
import type { Trace, TracedFlow } from '../verdict/trace-types.ts';
import { unlessAborted } from './unless-aborted.ts';
import { type FileInput, withFiles } from './with-files.ts';

/** What is traced, and how. */
export interface TraceOptions
  extends Pick<PathOptions, 'at' | 'hints' | 'logs' | 'unfiltered' | 'vxlanPorts' | 'vxlanVNI' | 'filter'>,
    Pick<PathOptions, 'since' | 'until' | 'reader' | 'workers' | 'signal' | 'onProgress'> {
  /** Several captures are one analysis. Results name them by path or name; `-` is stdin (Node). */
  captures: readonly FileInput[];
  /** Null: flows without names and verdicts. */
  topology: PathOptions['topology'];
}

/**
 * Reads the captures and attributes and judges every flow in them. When aborted it answers with what it has read: `complete` is false
 * of every capture that was not read to its end.
 * @throws OverlensError when no capture can be read. Where some can, what is wrong with the others is in `captures[].error`. `signal.reason`
 * when it was aborted before anything was read.
 */
export function traceCaptures(options: TraceOptions): Promise<Trace> {
  const trace = (): Promise<Trace> => withFiles(options.captures, (captures) => tracePaths({ ...options, captures }));
  return unlessAborted(options.signal, trace, true);
}

/** Work after which everything else gets its turn, in milliseconds: half a frame of a screen. */
const WORK = 8;

/**
 * The flows of a trace, one after the other, as `trace.flows()` gives them, with turns for everything else in between: for pages and
 * servers that answer while they read results.
 * @throws `signal.reason` when aborted
 */
export async function* eachFlow(
  trace: Pick<Trace, 'flows'>,
  { signal }: { signal?: AbortSignal } = {},
): AsyncGenerator<TracedFlow, void, void> {
  let began = performance.now();
  for (const flow of trace.flows()) {
    if (performance.now() - began > WORK) {
      await turn();
      began = performance.now();
    }
    signal?.throwIfAborted();
    yield flow;
  }
}
