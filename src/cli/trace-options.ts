// What `trace` and `verify` ask of the pipeline: captures, snapshot, filter.
import type { Topology } from '../topology/model.ts';

/** Values of one kind are alternatives; kinds must all fit. Empty or absent: everything fits. */
export interface FlowFilter {
  /** `[NAMESPACE/]PREFIX`, at either end. */
  pod?: readonly string[];
  fromPod?: readonly string[];
  toPod?: readonly string[];
  node?: readonly string[];
  /** CIDR text. */
  ip?: readonly string[];
  port?: readonly string[];
  protocol?: readonly string[];
  encapsulation?: readonly string[];
  verdict?: readonly string[];
  finding?: readonly string[];
}

export interface TraceOptions {
  captures: readonly string[];
  topology: Topology | null;
  reader?: 'builtin' | 'pcap-parser';
  at?: readonly { file: string; node: string; interface: string | null }[];
  vxlanPorts?: readonly number[];
  vxlanVNI?: number | null;
  filter?: FlowFilter;
  since?: string | null;
  until?: string | null;
  signal?: AbortSignal;
  onProgress?: (progress: { path: string; bytes: number; packets: number }) => void;
}
