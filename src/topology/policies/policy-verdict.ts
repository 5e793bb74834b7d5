// What a CNI's own log of flows says: that policies let a flow pass, or not. A record adds up the pods of a workload (their names share
// a beginning), tells neither addresses nor nodes, and holds for an interval of time.
import type { Place } from '../place.ts';

export type LoggedAction = 'allow' | 'deny' | 'pass';

/** One end as a record names it. */
export interface LoggedEnd {
  /** `network`: all addresses that are private, or public, together. `other`: host endpoints, network sets. */
  kind: 'workload' | 'network' | 'other';
  namespace: string | null;
  /** A pod's, or what the names of several begin with: `web-*`. */
  name: string;
}

/** A policy that a flow met, and what it did. */
export interface PolicyHit {
  /** As the log has it: `NetworkPolicy`, `GlobalNetworkPolicy`, `EndOfTier`, ... */
  kind: string;
  namespace: string | null;
  name: string;
  tier: string | null;
  action: LoggedAction | null;
  /** Of the end of a tier: the policy that selected the end, so that it came to this. */
  trigger: PolicyHit | null;
}

/** One record of a flow log. */
export interface PolicyVerdict {
  /** Epoch seconds. */
  start: number;
  end: number;
  action: LoggedAction;
  /** Whose policies decided: the sender's, as it left, or the receiver's, as it came in. */
  reporter: 'src' | 'dst';
  src: LoggedEnd;
  dst: LoggedEnd;
  /** The service that was asked, before its address was translated; its own port. */
  service: { namespace: string; name: string; port: number | null } | null;
  protocol: string;
  /** Null for protocols without ports. */
  port: number | null;
  /** Staged policies are not enforced, and left out. */
  enforced: readonly PolicyHit[];
  ref: Place;
}
