// NetworkPolicies as a snapshot states them: Kubernetes' own and Calico's in one form. Selectors are Calico's expressions; those of
// Kubernetes are written as such, as Calico itself does.
import type { Place } from '../place.ts';

/** True, false, or null: the snapshot does not tell. */
export type Truth = boolean | null;

export type Labels = Readonly<Record<string, string>>;

/** The other end of the traffic, as a rule describes it: all that is set must hold. */
export interface PolicyPeer {
  nets: readonly string[];
  notNets: readonly string[];
  selector: string | null;
  notSelector: string | null;
  /** Null: pods of the policy's own namespace, or of every one if it has none. */
  namespaceSelector: string | null;
  /** Names something else that is not read: service accounts, services, domains. */
  unread: boolean;
}

/** A range of ports, or a name that stands for one. */
export interface PolicyPort {
  protocol: string | null;
  first: number;
  last: number;
  name: string | null;
}

export interface PolicyRule {
  action: 'Allow' | 'Deny' | 'Pass' | 'Log';
  protocol: string | null;
  notProtocol: string | null;
  ipVersion: number | null;
  /** One of them must match; null: everybody. */
  peers: readonly PolicyPeer[] | null;
  /** One of them must match; null: all. */
  ports: readonly PolicyPort[] | null;
  notPorts: readonly PolicyPort[];
  /** Has conditions that are not read: whether it matches cannot be told. */
  unread: boolean;
  ref: Place;
}

export type Direction = 'ingress' | 'egress';

export interface NetworkPolicy {
  kind: 'NetworkPolicy' | 'Calico NetworkPolicy' | 'GlobalNetworkPolicy';
  /** Null for global ones. */
  namespace: string | null;
  name: string;
  tier: string;
  /** Lower ones first; null: last of its tier. */
  order: number | null;
  selector: string;
  /** Of a global one: in which namespaces. */
  namespaceSelector: string | null;
  ingress: readonly PolicyRule[] | null;
  egress: readonly PolicyRule[] | null;
  /** Selects by what is not read. */
  unread: boolean;
  ref: Place;
}

export interface Tier {
  name: string;
  order: number | null;
  defaultAction: 'Deny' | 'Pass';
  ref: Place;
}

export interface Namespace {
  name: string;
  labels: Labels;
  ref: Place;
}

/** A pod, as far as policies ask. */
export interface PolicyPod {
  namespace: string;
  name: string;
  nodeName: string | null;
  hostNetwork: boolean;
  labels?: Labels;
}

/** About the packet that opens a connection: answers need no policy. */
export interface PolicyQuestion {
  pod: PolicyPod;
  direction: Direction;
  /** The address of the other end. */
  peer: string;
  /** `tcp`, `udp`, `icmp`, ... */
  protocol: string;
  /** The destination's; null where the protocol has none. */
  port: number | null;
}

/** A policy that may be why packets stop: never that it is. */
export interface PolicyCandidate {
  policy: NetworkPolicy;
  /** The snapshot tells of every selector and rule on the way; false: it may select the pod, or something may allow it. */
  certain: boolean;
  /** `shop/deny-all selects shop/db and allows no tcp 5432 from default/web`. */
  text: string;
  /** The rule that denies, else the policy. */
  ref: Place;
}

/** What a topology knows of policies. */
export interface PolicyKnowledge {
  policies: readonly NetworkPolicy[];
  tiers: readonly Tier[];
  namespaces: readonly Namespace[];
  /** Policies that select the pod and do not allow the traffic; none where something does, or the pod is not selected. */
  policiesFor(question: PolicyQuestion): readonly PolicyCandidate[];
}
