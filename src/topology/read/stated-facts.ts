// What the files of a snapshot state, before anything is merged or resolved: one record per object or command output, each
// field with its place. Null means "not stated here", so that several sources of one object can complete each other.
import type { OtherCni } from '../../cluster/other-cnis.ts';
import type { CniName, StatedNetwork, TunnelKind } from '../../cluster/profile.ts';
import type { FelixFact, FelixSettings } from '../agent-settings.ts';
import type { BpfRoute } from '../bpf-route.ts';
import type { DeviceFeature } from '../device-feature.ts';
import type { IssueCode } from '../issue-codes.ts';
import type {
  FdbEntry,
  Neighbour,
  NodeAddress,
  NodeLink,
  Pod,
  PoolMode,
  Route,
  Service,
  Sourced,
  SourceRef,
  TopologyIssue,
} from '../model.ts';
import type { Labels, Namespace, NetworkPolicy, Tier } from '../policies/policy-model.ts';
import type { PolicyVerdict } from '../policies/policy-verdict.ts';
import type { SnapshotState } from '../snapshot-state.ts';
import type { CaptureFile } from '../surroundings.ts';
import type { Stamp } from '../time/taken.ts';
import type { NatService, Translation } from '../translation.ts';

export interface PoolFact {
  /** Null when not written (operator Installation). */
  name: string | null;
  cidr: Sourced<string>;
  blockSize: Sourced<number> | null;
  ipipMode: Sourced<PoolMode> | null;
  vxlanMode: Sourced<PoolMode> | null;
  natOutgoing: boolean | null;
  disabled: boolean | null;
  nodeSelector: string | null;
  allowedUses: readonly ('Workload' | 'Tunnel' | 'LoadBalancer')[] | null;
  /** `object` states every field (an absent one is the default), `table` only its columns, `installation` what is asked for. */
  source: 'object' | 'table' | 'installation';
  /** Why its mode is not known for sure. */
  disputed?: string;
  ref: SourceRef;
}

/** What one CNI's annotations, or its own Node object, state of a node. */
export interface CniStatement {
  bgpIPv4: NodeAddress | null;
  bgpIPv6: NodeAddress | null;
  tunnels: Partial<Record<TunnelKind, Sourced<string>>>;
  vtepMac: Sourced<string> | null;
  vtepMacV6: Sourced<string> | null;
  wireguardKey: Sourced<string> | null;
  wireguardKeyV6: Sourced<string> | null;
  /** How the node sends, and with which VNI: of CNIs whose nodes state it. */
  backend: Sourced<string> | null;
  vni: Sourced<number> | null;
}

export interface NodeFact {
  /** Null in an excerpt without names. */
  name: string | null;
  /** Other names it goes by: `kubernetes.io/hostname`, the Hostname address. */
  aliases: readonly string[];
  addresses: readonly NodeAddress[];
  /** A node may carry the annotations of several CNIs: which of them counts is decided for the whole snapshot. */
  stated: Partial<Record<CniName, CniStatement>>;
  podCIDRs: readonly Sourced<string>[];
  /** Null where the source has none to tell. */
  labels: Labels | null;
  /** `object` states every field, `excerpt` the tunnel addresses, `table` its columns; `mention` is a name in another object. */
  source: 'object' | 'excerpt' | 'table' | 'mention';
  ref: SourceRef;
}

/** One assigned address of an IPAMBlock (calico-facts 7.2). */
export interface AllocationFact {
  address: string;
  /** `secondary.node`, else the node of a tunnel address's handle; null if neither is written. */
  node: string | null;
  namespace: string | null;
  pod: string | null;
  tunnelKind: TunnelKind | null;
  /** The block's CIDR, and the node it is affine to. */
  block: string;
  affinity: string | null;
  ref: SourceRef;
}

export interface BlockFact {
  cidr: string;
  node: string | null;
  source: 'IPAMBlock' | 'BlockAffinity';
  /** Everything that must agree when the same block is given twice. */
  content: string;
  ref: SourceRef;
}

/** The pod network of a CNI, as a ConfigMap states it; `place` names the ConfigMap. */
export interface NetworkFact extends StatedNetwork {
  cni: CniName;
  ref: SourceRef;
}

/** Of what was listed without its namespace, where no command says which: no namespace has such a name. */
export const UNKNOWN_NAMESPACE = '?';

/** A pod as one source has it; `hostIP` is its node's address. Only a Pod object knows phase, age and hostNetwork. */
export interface PodFact extends Pod {
  source: 'Pod' | 'pod table' | 'WorkloadEndpoint' | 'endpoint' | 'IPAMBlock';
  hostIP: string | null;
}

/** The iproute2 outputs of one section of a file; all of one node. */
export interface TextFact {
  ref: SourceRef;
  /** Names from prompts and headings above the section, best first; then those of the path. */
  hints: readonly TextHint[];
  /** As typed; null where it is not written. */
  command: string | null;
  links: NodeLink[];
  routes: Route[];
  neighbours: Neighbour[];
  fdb: FdbEntry[];
  /** Forwarding entries of tunnel devices that name no remote VTEP (`nhid`, a bridge's): they lead somewhere all the same. */
  unclear: Omit<FdbEntry, 'dst'>[];
  /** Tables that were shown as a whole: what is not in them is not there. Excerpts have entries only. */
  has: { link: boolean; addr: boolean; route: boolean; neigh: boolean; fdb: boolean };
  /** The node's own key, from `wg show`. */
  wireguard?: { kind: 'wireguard' | 'wireguard-v6'; key: Sourced<string> };
  /** The eBPF dataplane's routes; null where they were not shown. */
  bpfRoutes: BpfRoute[] | null;
  /** Connections whose addresses are rewritten; null where no list of connections was shown. */
  translations: Translation[] | null;
  natServices: NatService[];
  /** Features of devices, from `ethtool -k`. */
  features: DeviceFeature[];
  /** The agent's configuration file on that machine; null where it was not shown. */
  agentFile: { values: FelixSettings; ref: SourceRef } | null;
  /** Taken in the network namespace of something else than the node. */
  isInside?: true;
}

export interface TextHint {
  name: string;
  /**
   * `label` is a word that somebody wrote above the text, `container` what a container runtime ran the command in: they mean nodes
   * only where such a node is known. `pod` is what kubectl ran it in (without a name: some pod). `end of name`: the node's name
   * is at the end of it.
   */
  from:
    | 'caller'
    | 'end of name'
    | 'prompt'
    | 'heading'
    | 'label'
    | 'pod'
    | 'container'
    | 'file name'
    | 'folder'
    | 'parent folder';
}

/** An input error: all are reported at once. */
export interface Problem {
  ref: SourceRef;
  /** What is wrong, what was expected. */
  message: string;
}

/** Everything read so far. The readers only add to it. */
export interface Facts {
  /** Files that gave something. */
  used: string[];
  pools: PoolFact[];
  /** Some List of IPPools was whole. */
  poolsComplete: boolean;
  /** The same of Nodes. */
  nodesComplete: boolean;
  networks: NetworkFact[];
  /** CNIs that are there and not read. */
  otherCnis: (OtherCni & { ref: SourceRef })[];
  /** Captures that an object says the node of. */
  captureFiles: CaptureFile[];
  nodes: NodeFact[];
  pods: PodFact[];
  services: Service[];
  /** Addresses that Services lead to and that are no pods'. */
  serviceEndpoints: Service[];
  policyVerdicts: PolicyVerdict[];
  blocks: BlockFact[];
  allocations: AllocationFact[];
  felix: FelixFact[];
  policies: NetworkPolicy[];
  tiers: Tier[];
  namespaces: Namespace[];
  texts: TextFact[];
  /** Of files that show one thing several times. */
  states: SnapshotState[];
  /** The newest time that objects of a text have; one a text. */
  stamps: Stamp[];
  issues: TopologyIssue[];
  problems: Problem[];
}

/** No facts. */
export function emptyFacts(): Facts {
  return {
    used: [],
    pools: [],
    poolsComplete: false,
    nodesComplete: false,
    networks: [],
    otherCnis: [],
    captureFiles: [],
    nodes: [],
    pods: [],
    services: [],
    serviceEndpoints: [],
    policyVerdicts: [],
    blocks: [],
    allocations: [],
    felix: [],
    policies: [],
    tiers: [],
    namespaces: [],
    texts: [],
    states: [],
    stamps: [],
    issues: [],
    problems: [],
  };
}

/** Adds all facts to others. */
export function moveFacts(from: Facts, into: Facts): void {
  // Not by spreading: a list may be longer than the stack is deep.
  for (const key of Object.keys(from) as (keyof Facts)[]) {
    const list = from[key];
    if (Array.isArray(list)) for (const entry of list) (into[key] as unknown[]).push(entry);
  }
  into.poolsComplete ||= from.poolsComplete;
  into.nodesComplete ||= from.nodesComplete;
}

/** A node fact that states nothing but its name; fields are filled by the reader. */
export function emptyNodeFact(name: string | null, source: NodeFact['source'], ref: SourceRef): NodeFact {
  return {
    name,
    aliases: [],
    addresses: [],
    stated: {},
    podCIDRs: [],
    labels: null,
    source,
    ref,
  };
}

/** What a CNI states of a node; nothing so far. */
export function emptyStatement(): CniStatement {
  return {
    bgpIPv4: null,
    bgpIPv6: null,
    tunnels: {},
    vtepMac: null,
    vtepMacV6: null,
    wireguardKey: null,
    wireguardKeyV6: null,
    backend: null,
    vni: null,
  };
}

/** The statement of a CNI in a fact, to be filled. */
export function statementOf(fact: NodeFact, cni: CniName): CniStatement {
  fact.stated[cni] ??= emptyStatement();
  return fact.stated[cni];
}

/** Notes something odd that does not stop the work. */
export function addIssue(
  facts: Pick<Facts, 'issues'>,
  code: IssueCode,
  severity: TopologyIssue['severity'],
  message: string,
  about: { refs: readonly SourceRef[]; subjects?: readonly string[] },
): void {
  facts.issues.push({ code, severity, message, refs: about.refs, subjects: about.subjects ?? [] });
}
