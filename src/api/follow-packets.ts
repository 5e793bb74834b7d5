// `explain` and `path` as functions of the library: both read the captures of a trace again.
import { explainPacket as explainPicked } from '../explain/explain-packet.ts';
import type { Explanation } from '../explain/explanation.ts';
import { pickPacket } from '../explain/pick.ts';
import type { PacketRequest } from '../packets/read-packets.ts';
import { walkSettings } from '../packets/walked-packet.ts';
import type { PacketRef, PathReport } from '../path/path-model.ts';
import { walkPath } from '../path/walk-path.ts';
import type { Topology } from '../topology/model.ts';
import type { Trace } from '../verdict/trace-types.ts';
import { unlessAborted } from './unless-aborted.ts';
import { type FileInput, withFiles } from './with-files.ts';

/** A trace, and what it was made of: each as it was given to `traceCaptures`, streams as what they were read into. */
export interface TracedInputs extends Pick<PacketRequest, 'reader' | 'signal' | 'onProgress'> {
  trace: Trace;
  captures: readonly FileInput[];
  topology: Topology | null;
  vxlanPorts?: readonly number[];
  vxlanVNI?: number | null;
}

export interface ExplainOptions extends TracedInputs {
  /** Index of its capture; the first one by default. */
  capture?: number;
  /** From 1, as in Wireshark; by default the first packet that belongs to a flow, or of the cause. */
  number?: number;
  /** A cause's letter. */
  cause?: string;
}

/**
 * One packet in full: layers, outer beside inner, how its sender decided, what is unusual.
 * @throws OverlensError E_USAGE where there is no such packet; `signal.reason` when aborted
 */
export function explainPacket(options: ExplainOptions): Promise<Explanation> {
  const { captures, capture = 0, number, cause = null, ...rest } = options;
  const picked =
    number === undefined
      ? pickPacket(options.trace, { number: null, cause })
      : ({ capture, number, by: 'number', text: '' } as const);
  return unlessAborted(options.signal, () =>
    withFiles(captures, (paths) => explainPicked({ ...rest, picked, paths, snapshot: [] })),
  );
}

export interface PathOptions extends TracedInputs {
  /** Packets to follow, whatever their flow. */
  packets?: readonly PacketRef[];
  /** Ids of the flows to follow; by default those that the trace's filter left. */
  flowIds?: Iterable<number>;
  /** Packets of each flow to show one by one. */
  mostShown?: number;
}

/**
 * The way of packets from place to place: seen, lost and delayed where.
 * @throws OverlensError where the captures cannot be read again; `signal.reason` when aborted
 */
export function tracePath(options: PathOptions): Promise<PathReport> {
  const {
    captures,
    topology,
    vxlanPorts = [],
    vxlanVNI = null,
    packets = [],
    flowIds,
    mostShown = 0,
    ...rest
  } = options;
  const settings = () => walkSettings(topology, { vxlanPorts, vxlanVNI }, options.trace.index?.table);
  const ids = flowIds === undefined ? null : new Set(flowIds);
  return unlessAborted(options.signal, () =>
    withFiles(captures, (paths) => walkPath({ ...rest, captures: paths, settings, packets, flowIds: ids, mostShown })),
  );
}
