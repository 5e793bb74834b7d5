// Everything that the texts about one packet draw from: the packet, its flow, who is behind its addresses, and its headers
// sorted by side.
import type { Observation } from '../attribution/vocabulary.ts';
import type { PacketCopy } from '../packets/read-packet.ts';
import type { WalkedPacket } from '../packets/walked-packet.ts';
import type { Node, SourceRef, Topology } from '../topology/model.ts';
import type { Settings } from '../verdict/flow/overlay-in-use.ts';
import type { Trace, TracedFlow } from '../verdict/trace-types.ts';
import { PROTOCOLS, type ProtocolRow } from '../wire/protocols.ts';
import type { ExplainedLayer, Place, Side } from './explanation.ts';
import { outerIp } from './packet-flow.ts';

export interface Scene {
  packet: PacketCopy;
  walked: WalkedPacket;
  layers: readonly ExplainedLayer[];
  trace: Trace;
  captureIndex: number;
  topology: Topology | null;
  settings: Settings;
  place: Place;
  flow: TracedFlow | null;
  observation: Observation | null;
  /** Nodes of the flow's source and destination. */
  sender: Node | null;
  receiver: Node | null;
  /** The tunnel around it, nulls without one, and the nodes of its addresses. */
  outer: {
    src: string | null;
    dst: string | null;
    vni: number | null;
    udpPort: number | null;
    srcNode: Node | null;
    dstNode: Node | null;
  };
  /** `ippools.yaml:7`: a place in the snapshot, without the folder that all its files are in. */
  refText(ref: SourceRef | null): string;
}

/** The headers of one side, by their part; null for what it does not have. */
export interface SideLayers {
  side: Side;
  link: ExplainedLayer | null;
  vlans: readonly ExplainedLayer[];
  /** MPLS labels, outermost first. */
  labels: readonly ExplainedLayer[];
  pppoe: ExplainedLayer | null;
  /** The IP header of this side (of the flow, where a pod nests its own tunnels). */
  ip: ExplainedLayer | null;
  /** What is right above it: TCP, UDP, ICMP, a fragment header is passed over. */
  upper: ExplainedLayer | null;
  fragment: ExplainedLayer | null;
  /** ARP, or the tunnel's own header (outer side). */
  arp: ExplainedLayer | null;
  tunnel: ExplainedLayer | null;
}

const LINKS = namesOf((row) => row.place === 'link');
const EXTENSIONS = namesOf((row) => row.place === 'extension');
const TUNNELS = namesOf((row) => row.place === 'tunnel' && row.tunnel !== null);

export function sideLayers(scene: Pick<Scene, 'layers' | 'walked'>, side: Side): SideLayers {
  const own = scene.layers.filter((layer) => layer.side === side && layer.kind === 'header');
  const ip = own.find((layer) => layer.offset === ipOffset(scene.walked, side) && isIpLayer(layer)) ?? null;
  const above = ip === null ? [] : own.filter((layer) => layer.offset > ip.offset);
  const tunnel = side === 'outer' && scene.walked.encapsulation !== 'ipip' ? (own.at(-1) ?? null) : null;
  return {
    side,
    link: own.find((layer) => LINKS.has(layer.protocol)) ?? null,
    vlans: own.filter((layer) => (layer.protocol === 'vlan' || layer.protocol === 'ieee8021ad') && isBelow(layer, ip)),
    labels: own.filter((layer) => layer.protocol === 'mpls' && isBelow(layer, ip)),
    pppoe: own.find((layer) => layer.protocol === 'pppoes' && isBelow(layer, ip)) ?? null,
    ip,
    upper: above.find((layer) => !EXTENSIONS.has(layer.protocol)) ?? null,
    fragment: above.find((layer) => layer.protocol === 'ipv6.fraghdr') ?? null,
    arp: own.find((layer) => layer.protocol === 'arp') ?? null,
    tunnel: tunnel !== null && TUNNELS.has(tunnel.protocol) ? tunnel : null,
  };
}

/** What `ExplainedLayer.protocol` is for the protocols whose row says so. */
function namesOf(has: (row: ProtocolRow) => boolean): ReadonlySet<string> {
  return new Set(
    Object.values<ProtocolRow>(PROTOCOLS)
      .filter(has)
      .map((row) => row.name),
  );
}

function isBelow(layer: ExplainedLayer, ip: ExplainedLayer | null): boolean {
  return ip === null || layer.offset < ip.offset;
}

function isIpLayer(layer: ExplainedLayer): boolean {
  return layer.protocol === 'ip' || layer.protocol === 'ipv6';
}

function ipOffset(walked: WalkedPacket, side: Side): number {
  if (side === 'outer') return outerIp(walked)?.offset ?? -1;
  return walked.layers[walked.network]?.offset ?? -1;
}

/** Sides that get a column: outer and inner, outer alone where the inside cannot be read, or the packet alone. */
export function shownSides({ walked, layers }: Pick<Scene, 'walked' | 'layers'>): Side[] {
  if (walked.tunnel < 0) return ['only'];
  return layers.some((layer) => layer.side === 'inner' && layer.kind === 'header') ? ['outer', 'inner'] : ['outer'];
}

export function outerOf(walked: WalkedPacket, topology: Topology | null): Scene['outer'] {
  const { outerSrc: src, outerDst: dst, vni, udpPort } = walked.outer;
  const nodeOf = (address: string | null): Node | null =>
    address === null ? null : (topology?.nodeByAddress(address) ?? null);
  return { src, dst, vni, udpPort, srcNode: nodeOf(src), dstNode: nodeOf(dst) };
}

/** A place in the snapshot without the folder that all files share. */
export function refFormatter(files: readonly string[]): { root: string; text: Scene['refText'] } {
  const folders = files.map((file) => file.slice(0, file.lastIndexOf('/') + 1));
  let root = folders[0] ?? '';
  while (root !== '' && !folders.every((folder) => folder.startsWith(root)))
    root = root.slice(0, root.lastIndexOf('/', root.length - 2) + 1);
  return {
    root,
    text(ref) {
      if (ref === null) return '';
      const file = ref.file.startsWith(root) ? ref.file.slice(root.length) : ref.file;
      return ref.line === null ? file : `${file}:${ref.line}`;
    },
  };
}
