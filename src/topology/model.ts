// The cluster as a snapshot describes it. Addresses are canonical text here (net/address.ts); packets are not known.
// Everything carries where it was read, so that every answer can name its evidence.
import type { Profile, TunnelKind } from '../cluster/profile.ts';
import type { FelixSettings } from './agent-settings.ts';
import type { BpfRoute } from './bpf-route.ts';
import type { DeviceFeature } from './device-feature.ts';
import type { DeviceMtu } from './device-mtu.ts';
import type { Place, Placed } from './place.ts';
import type { Labels, PolicyKnowledge } from './policies/policy-model.ts';
import type { PolicyVerdict } from './policies/policy-verdict.ts';
import type { SnapshotState } from './snapshot-state.ts';
import type { Surroundings } from './surroundings.ts';
import type { Timeline } from './time/timeline.ts';
import type { NatService, Translation } from './translation.ts';

export type SourceRef = Place;
export type Sourced<T> = Placed<T>;

export type PoolMode = 'Never' | 'Always' | 'CrossSubnet';

/** A range of pods' addresses with a mode. Calico: an IPPool (calico-facts 2.1). Defaults applied: blockSize 26/122, modes Never, allowedUses Workload+Tunnel. */
export interface IPPool {
  name: string;
  cidr: string;
  blockSize: number;
  ipipMode: PoolMode;
  vxlanMode: PoolMode;
  natOutgoing: boolean;
  disabled: boolean;
  nodeSelector: string;
  allowedUses: readonly ('Workload' | 'Tunnel' | 'LoadBalancer')[];
  ref: SourceRef;
  /** Where the deciding mode (vxlanMode or ipipMode) is written; the pool's own place when it is a default. */
  modeRef: SourceRef;
  /** The mode in the words of the CNI that has no such object; absent for an IPPool, whose modes are its words. */
  stated?: string;
  /** Only tables without sizes name the pool: `blockSize` is Calico's default. */
  blockSizeAssumed?: true;
  /** Sent in a way that is not read here: nothing is expected. */
  unread?: true;
  /** Nothing tells whether nodes that share a link send plain. */
  mayBeDirect?: true;
  /** Why it is not known how packets to it are sent: what the snapshot has two of, that differ. Absent: it is known. */
  disputed?: string;
}

export interface NodeAddress {
  address: string;
  /** Prefix length written with it; null where none was (InternalIP). */
  prefixLength: number | null;
  /** The node annotation, `InternalIP`, `ExternalIP`, `spec.interfaces`, `ip addr`, `ip route`, ... */
  source: string;
  /** Other sources that state the same address, if any. */
  also?: readonly string[];
  ref: SourceRef;
}

/** One device of `ip -d link` / `ip addr`. */
export interface NodeLink {
  ifindex: number;
  /** Without `@peer`. */
  name: string;
  /** Shown as `NAME@ifN`: its other end, or what it is on, is in another network namespace. */
  endsOutside?: boolean;
  mac: string | null;
  mtu: number | null;
  /** `vxlan`, `veth`, `ipip`, `wireguard`, ... or null when `-d` was not given. */
  kind: string | null;
  up: boolean;
  /** Of a VXLAN device; null otherwise. `external` devices (eBPF) have id 0 and no local. */
  vxlan: {
    id: number | null;
    local: string | null;
    dev: string | null;
    dstport: number | null;
    external: boolean;
    learning: boolean;
  } | null;
  /** From `ip addr`. */
  addresses: readonly { address: string; prefixLength: number }[];
  /** Shown by a command that shows addresses: none means that it has none. */
  addressed?: boolean;
  ref: SourceRef;
}

export interface Route {
  /** CIDR (`10.48.0.192/26`, single addresses as /32 or /128); `0.0.0.0/0` or `::/0` for default. */
  dst: string;
  via: string | null;
  dev: string | null;
  /** `unicast`, `blackhole`, `unreachable`, `throw`, ... */
  type: string;
  /** As written: `bird`, `80`, `kernel`; null if absent. */
  protocol: string | null;
  src: string | null;
  onlink: boolean;
  mtu: number | null;
  /** Routing table as written (`table 1` of `ip route show table all`); null for the main table. */
  table: string | null;
  /** The source line, trimmed, for showing it. */
  text: string;
  ref: SourceRef;
}

export interface Neighbour {
  address: string;
  dev: string | null;
  mac: string | null;
  state: string;
  text: string;
  ref: SourceRef;
}

export interface FdbEntry {
  mac: string;
  dev: string | null;
  /** Remote VTEP; entries without one are not kept. */
  dst: string;
  text: string;
  ref: SourceRef;
}

/** A cluster node. With a `grep -B1 -i vxlan` excerpt the name is unknown: `name` is then its address and `named` false. */
export interface Node {
  index: number;
  name: string;
  named: boolean;
  ref: SourceRef;
  /** Its own addresses, strongest first (IPv4Address/IPv6Address, InternalIP, spec.interfaces, ...). Never tunnel addresses. */
  addresses: readonly NodeAddress[];
  /** The annotations IPv4Address and IPv6Address (`spec.bgp` of Calico's Node), if set. What VXLAN uses; decides CrossSubnet. */
  bgpIPv4: NodeAddress | null;
  bgpIPv6: NodeAddress | null;
  tunnels: Partial<Record<TunnelKind, Sourced<string>>>;
  /** A source that would show tunnel addresses was read: a tunnel that is absent is then not set, else it is not known. */
  annotated: boolean;
  /** VTEP MACs *written* in the snapshot: annotation, or the node's own `ip link`. */
  vtepMac: Sourced<string> | null;
  vtepMacV6: Sourced<string> | null;
  /** VTEP MAC computed from the node's name (calico-facts 4.4); identifies only. Null when the node has no name. */
  computedVtepMac: string | null;
  computedVtepMacV6: string | null;
  wireguardKey: Sourced<string> | null;
  wireguardKeyV6: Sourced<string> | null;
  podCIDRs: readonly string[];
  /** From iproute2 texts attributed to this node; empty when there were none. */
  links: readonly NodeLink[];
  routes: readonly Route[];
  neighbours: readonly Neighbour[];
  fdb: readonly FdbEntry[];
  /** What the eBPF dataplane does, where its routes were given; null otherwise. */
  bpfRoutes: readonly BpfRoute[] | null;
  /** Connections whose addresses it rewrites, where its connection tracking was given. */
  translations: readonly Translation[];
  /** Where its eBPF tables lead services' addresses. */
  natServices: readonly NatService[];
  /** What its devices leave to the card, where `ethtool -k` was given. */
  features: readonly DeviceFeature[];
  /** Which of the iproute2 texts were given, to tell "no entry" from "not given". */
  has: { link: boolean; addr: boolean; route: boolean; neigh: boolean; fdb: boolean };
}

export interface Pod {
  namespace: string;
  name: string;
  /** Name of its node as written; null when not scheduled. */
  nodeName: string | null;
  addresses: readonly string[];
  hostNetwork: boolean;
  /** Succeeded, Failed, or released its address: no longer owns `addresses`. */
  finished: boolean;
  /** Epoch seconds; null if not written. */
  created: number | null;
  /** The host veth: written in a WorkloadEndpoint, else in its node's tables, else computed (calico-facts 6.2); null where no CNI computes it. */
  hostInterface: { name: string; computed: boolean } | null;
  /** Absent where no source tells them. */
  labels?: Labels;
  ref: SourceRef;
}

export interface Service {
  namespace: string;
  name: string;
  addresses: readonly string[];
  ref: SourceRef;
}

/** An IPAM block or affinity: which node a range of addresses belongs to. */
export interface Block {
  cidr: string;
  node: string | null;
  /** `podCIDR`: the node's part of the pod network, which no other node's pod can have an address of. */
  source: 'IPAMBlock' | 'BlockAffinity' | 'podCIDR' | 'inferred';
  ref: SourceRef;
}

/** Answers "who owns this address", best evidence first (calico-facts 7.6). */
export type OwnerSource =
  | 'node-address'
  | 'pod'
  | 'tunnel-address'
  | 'borrowed-allocation'
  | 'pod-cidr'
  | 'ipam-block'
  | 'block-affinity'
  | 'route'
  | 'neighbour'
  | 'inferred-block'
  | 'service'
  | 'ip-pool';

export interface Evidence {
  /** An OwnerSource, or one that attribution adds: `outer-header`, `vtep-mac`, `nic-mac`, `computed-name`. */
  source: string;
  /** One line for people, with file and line: `pods.yaml:12 default/web runs on control1`. */
  detail: string;
}

export interface Candidate {
  namespace: string | null;
  pod: string | null;
  node: string | null;
  detail: string;
}

export interface Owner {
  address: string;
  kind: 'pod' | 'tunnel' | 'node' | 'service' | 'external' | 'unknown';
  namespace: string | null;
  pod: string | null;
  /** The node it is on; null when the snapshot cannot tell. */
  node: Node | null;
  /** What `node` rests on; null when `node` is null. */
  nodeSource: OwnerSource | null;
  tunnelKind: TunnelKind | null;
  /** The most specific IPPool that holds the address and has a mode (LoadBalancer-only pools aside); else the most specific. */
  pool: IPPool | null;
  /** Filled when several owners fit: none was chosen silently. */
  candidates: readonly Candidate[];
  evidence: readonly Evidence[];
  /**
   * `shop/db`: the Service that has the address, or one that leads to it where it is no pod's and no node's. A name alone: nothing is
   * decided by it. Absent where there is none.
   */
  service?: string;
}

/** Two sources that disagree, or a risk the snapshot shows by itself. */
export interface TopologyIssue {
  /** Kebab-case, stable: `duplicate-object`, `owner-conflict`, `crosssubnet-host-prefix`, `overlapping-pools`, ... */
  code: string;
  severity: 'conflict' | 'risk' | 'warning';
  message: string;
  refs: readonly SourceRef[];
  /** Addresses or node names it is about, to attach it to flows. */
  subjects: readonly string[];
}

export interface Topology extends PolicyKnowledge, Surroundings {
  /** The CNI that carries the pods' packets: what it promises, and its words. */
  profile: Profile;
  /** Files that were read, in order. */
  files: readonly string[];
  nodes: readonly Node[];
  pools: readonly IPPool[];
  /** True when a List proves that `pools` are all pools. */
  poolsComplete: boolean;
  pods: readonly Pod[];
  services: readonly Service[];
  blocks: readonly Block[];
  /** Records of the CNI's flow log, in the order of the files. */
  policyVerdicts: readonly PolicyVerdict[];
  issues: readonly TopologyIssue[];
  /** It and others of the same cluster, taken at other times; null where only one was given. */
  timeline: Timeline<Topology> | null;
  /** Of files that show the same things several times; empty where none does. */
  states: readonly SnapshotState[];
  /** What the CNI's agent is told on a node; null: on all nodes that nothing is said of in particular. */
  felix(nodeName: string | null): FelixSettings;
  /** What a node is told in particular. */
  ownSettings(node: Pick<Node, 'name'>): Partial<FelixSettings>;
  /** What all VXLAN devices agree on. */
  deviceVNI: Sourced<number> | null;
  devicePort: Sourced<number> | null;

  /** @param window first and last time of the captures in epoch seconds: pods created after `last` are weaker candidates. */
  lookup(address: string, window?: { first: number; last: number }): Owner;
  /** Pools that enclose the address, widest first. */
  poolsOf(address: string): readonly IPPool[];
  /** By its name; else by a hostname or first label that only it has. */
  nodeByName(name: string): Node | null;
  /** A node's own address (never a tunnel address). */
  nodeByAddress(address: string): Node | null;
  /** A VTEP MAC: written in the snapshot, found as a neighbour on the tunnel device, or computed. */
  nodeByVtepMac(mac: string): { node: Node; evidence: Evidence; written: boolean } | null;
  /** The MTUs of its devices, and what fits into what: NICs, tunnels, pods' interfaces. */
  devicesOf(node: Node): readonly DeviceMtu[];
  /** The MAC of a node's NIC: its own `ip link` (not veth/vxlan devices), or another node's neighbour entry for its address. */
  nodeByNicMac(mac: string): { node: Node; evidence: Evidence } | null;
}
