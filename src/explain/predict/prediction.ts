// What `explain --from --to` foretells from a snapshot alone: the contract between the stages and the renderers.
import type { Expected } from '../../attribution/vocabulary.ts';
import type { Owner } from '../../topology/model.ts';
import type { Decision, Look, Side } from '../explanation.ts';

/** Who sends or receives. */
export interface PredictedEnd {
  /** `yaobank/web`, `control1`, or the address. */
  name: string;
  owner: Owner;
}

export interface PredictedField {
  label: string;
  /** Wireshark's name; null for what is no field. */
  field: string | null;
  /** Null where the snapshot cannot tell; `meaning` then says why. */
  value: string | null;
  meaning: string | null;
}

export interface PredictedHeader {
  /** `Ethernet`, `IPv4`, `UDP`, `VXLAN`. */
  title: string;
  protocol: string;
  side: Side;
  length: number;
  fields: readonly PredictedField[];
}

/** One place where the packet can be captured, in the order it passes them. */
export interface Hop {
  role: 'workload' | 'tunnel' | 'underlay';
  /** `leaving` the sender or `arriving` at the receiver. */
  side: 'leaving' | 'arriving';
  node: string;
  /** Null when the snapshot does not name it. */
  device: string | null;
  mtu: number | null;
  headers: readonly PredictedHeader[];
  /** Length of the outermost IP packet here, for the example. */
  ipLength: number;
  /** Its tcpdump line; `<...>` for what is to be filled in. */
  command: string;
}

export interface Doubt {
  look: Look;
  text: string;
}

/** One direction. */
export interface Way {
  from: PredictedEnd;
  to: PredictedEnd;
  expected: Expected;
  headline: string;
  story: readonly string[];
  decision: Decision | null;
  hops: readonly Hop[];
  /** The largest inner IP packet that needs no cutting, and the MSS that TCP should announce; null when not known. */
  largest: { ip: number; mss: number; limit: string } | null;
  overhead: number;
  /** Where the tables of the snapshot disagree with what is asked for, and what the snapshot cannot tell. */
  doubts: readonly Doubt[];
}

export interface Prediction {
  from: PredictedEnd;
  to: PredictedEnd;
  /** What the example packet is: `a ping of 84 bytes`. */
  example: string;
  there: Way;
  back: Way;
  /** The answer takes another way than the request. */
  differs: boolean;
  nodeNames: readonly string[];
  snapshotRoot: string;
}
