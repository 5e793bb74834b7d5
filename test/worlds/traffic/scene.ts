// A world while it happens: the cluster, what is wrong with it, and every packet at every place where it can be seen.
import type { Cluster, WorldNode, WorldPool } from '../cluster/cluster-model.ts';
import type { DeliveryFault, Fates } from '../delivery/fates.ts';
import type { FeatureSet } from '../features.ts';
import type { IpPacket } from '../frames.ts';
import type { Random } from '../random.ts';

/** What the sending node does wrong. Codes are those of the findings that name it. */
export type FaultCode =
  | 'overlay-bypassed'
  | 'unexpected-overlay'
  | 'wrong-encapsulation'
  | 'wrong-destination-vtep'
  | 'wrong-source-vtep'
  | 'wrong-vni'
  | 'wrong-udp-port'
  | 'wrong-tunnel-mac'
  | 'local-traffic-on-underlay'
  | 'unencrypted';

export interface Fault {
  code: FaultCode;
  from: number;
  /** Only packets to this node; null: to all. */
  to: number | null;
  /** Only packets to this pool; null: to all. */
  pool: string | null;
  /** A third node, where the fault needs one. */
  other: number;
  /** A bypass that leaves through the second NIC. */
  secondNic: boolean;
  /** A bypass that leaves as an eBPF node's raw answer: the pod's own frame, to ee:ee:ee:ee:ee:ee. */
  podFrame: boolean;
}

export type StaleKind = 'pool-before' | 'pool-during' | 'pod-moved' | 'pod-born';

export interface Stale {
  kind: StaleKind;
  pools: WorldPool[];
  /** Of the change, seconds after the start. */
  at: number;
  /** Address whose owner the snapshot has wrong, and the node it names. */
  ip: string | null;
  claimed: number | null;
}

export type Carried = 'none' | 'vxlan' | 'ipip' | 'wireguard' | 'copy';

/** One packet at one place. */
export interface Sighting {
  time: number;
  node: number;
  device: string;
  ifindex: number;
  role: 'nic' | 'nic2' | 'tunnel' | 'veth';
  outgoing: boolean;
  /** cooked packet type */
  packetType: 0 | 1 | 3 | 4;
  frame: Buffer;
  /** Devices without a link header (IPIP, WireGuard). */
  raw: boolean;
  /** Identity of the innermost flow; null for frames of no flow. */
  flow: string | null;
  carried: Carried;
  /** The node whose frame it is a copy of, and the role of the device there. */
  copied?: Pick<Sighting, 'node' | 'role'>;
  /** Number of the inner packet: copies and places share it. */
  packet: number;
  /** On the underlay, otherwise than the snapshot's configuration asks for. */
  faulty: boolean;
  /** Bytes of the frame that name the flow; beyond them a snaplen may cut. */
  needed: number;
}

export interface FlowTruth {
  key: string;
  src: string;
  dst: string;
  protocol: number;
  srcNode: number | null;
  dstNode: number | null;
  /** What the snapshot's pools ask for, and what the live ones do. */
  asked: string;
  live: string;
  packets: number;
  /** Packets that differ from what was asked. */
  faulty: number;
  faultCode: FaultCode | 'stale' | null;
  /** A question (SYN, echo, DNS) or its answer: not a one-way datagram. */
  asks: boolean;
  answered: boolean;
  /** Whether what it asked itself was answered: both sides may ask, echo requests by one flow; null where only the other one asks. */
  replied: boolean | null;
  /** It may be listed or not, and is not judged (a mirror's or WireGuard's own outer packets). */
  optional: boolean;
  /** What is special about it, for whoever reads a failure. */
  kind: string;
}

/** Where copies of frames go, and in what. */
export interface Mirror {
  collector: string;
  kind: 'gretap' | 'erspan' | 'vxlan';
}

export interface Scene {
  random: Random;
  has: FeatureSet;
  cluster: Cluster;
  fault: Fault | null;
  /** What the network or a node does to packets, beside how they are encapsulated. */
  delivery: DeliveryFault | null;
  fates: Fates;
  stale: Stale | null;
  /** As they were when the snapshot's texts were collected. */
  routedPools: WorldPool[];
  /** As the snapshot has them; one that it lacks is among them unless another one then has its addresses. */
  askedPools: WorldPool[];
  sightings: Sighting[];
  flows: Map<string, FlowTruth>;
  packets: number;
  /** IP ids of the nodes' own packets. */
  ids: number[];
  mirror: (Mirror & { pod: string }) | null;
  /** Of a node's NIC. */
  nicMirror: (Mirror & { node: number }) | null;
}

export function nodeAt(scene: Scene, index: number): WorldNode {
  const node = scene.cluster.nodes[index];
  if (node === undefined) throw new RangeError(`no node ${index}`);
  return node;
}

/** Pools as they really were at a time. */
export function livePools(scene: Scene, time: number): readonly WorldPool[] {
  const { stale, cluster } = scene;
  if (stale?.kind !== 'pool-during') return cluster.pools;
  return time < stale.at ? cluster.pools : stale.pools;
}

const NAMES: Record<number, string> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 47: 'gre', 58: 'icmpv6' };

export function protocolText(protocol: number): string {
  return NAMES[protocol] ?? String(protocol);
}

export function flowKey({ src, dst, protocol, body }: IpPacket): string {
  const hasPorts = protocol === 6 || protocol === 17;
  const ports = hasPorts ? `${body.readUInt16BE(0)} ${body.readUInt16BE(2)}` : '0 0';
  return `${protocolText(protocol)} ${src} ${dst} ${ports}`;
}
