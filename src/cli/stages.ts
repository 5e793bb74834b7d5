// The stages a command runs, loaded when the first one is called: `--help` and bad usage cost no loading. Tests put their own in.
import type { Topology } from '../topology/model.ts';
import type { TraceOptions } from '../trace.ts';
import type { Trace } from '../verdict/trace-types.ts';

export interface Stages {
  traceCaptures(options: TraceOptions): Promise<Trace>;
  /** Files and directories of a snapshot, at one of its states. Throws E_INVALID_SNAPSHOT with every problem found. */
  loadTopology(paths: readonly string[], options?: { step?: number }): Promise<Topology>;
  /** The commands that make a snapshot, as text to paste. */
  snapshotCommands(): Promise<string>;
}

/** The real ones. */
export const defaultStages: Stages = {
  traceCaptures: async (options) => (await import('../trace.ts')).traceCaptures(options),
  loadTopology: async (paths, options) => (await import('../topology/load.ts')).loadTopology(paths, options),
  snapshotCommands: async () => (await import('../cluster/snapshot-commands.ts')).snapshotCommands(),
};
