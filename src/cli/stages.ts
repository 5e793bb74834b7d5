// The stages a command runs, loaded when the first one is called: `--help` and bad usage cost no loading. Tests put their own in.
import type { Follow } from '../bytes/open-growing.ts';
import type { SnapshotScript } from '../cluster/snapshot-script.ts';
import type { LoadOptions } from '../input/load-topology.ts';
import type { Topology } from '../topology/model.ts';
import type { SnapshotDocument } from '../topology/read/read-documents.ts';
import type { TraceOptions } from '../trace.ts';
import type { Trace } from '../verdict/trace-types.ts';

export interface Stages {
  traceCaptures(options: TraceOptions): Promise<Trace>;
  /** The same of captures that grow. */
  followCaptures(options: TraceOptions, follow: Follow): Promise<Trace>;
  /** Files, folders and bundles of a snapshot, and documents that were read already, at one of its states. Throws E_INVALID_SNAPSHOT with every problem found. */
  loadTopology(paths: readonly string[], more?: readonly SnapshotDocument[], options?: LoadOptions): Promise<Topology>;
  /** The commands that make a snapshot, as text to paste; of named nodes a script. */
  snapshotCommands(script: SnapshotScript | null): Promise<string>;
}

/** The real ones. */
export const defaultStages: Stages = {
  traceCaptures: async (options) => (await import('../trace.ts')).traceCaptures(options),
  followCaptures: async (...given) => (await import('../follow-trace.ts')).followCaptures(...given),
  loadTopology: async (...given) => (await import('../input/load-topology.ts')).loadTopology(...given),
  async snapshotCommands(script) {
    if (script !== null) return (await import('../cluster/snapshot-script.ts')).snapshotScript(script);
    return (await import('../cluster/snapshot-commands.ts')).snapshotCommands();
  },
};
