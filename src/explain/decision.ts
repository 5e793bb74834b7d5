// How the sending node decided, step by step, beside the bytes that each line of its tables became in this very packet. The steps
// are attribution's chain; added here: the subnet question of CrossSubnet, keys, and the next hop on the underlay.
import { chainOf } from '../attribution/sender/chain.ts';
import { findRoute } from '../attribution/sender/find-route.ts';
import type { ChainStep, Expected } from '../attribution/vocabulary.ts';
import type { Profile } from '../cluster/profile.ts';
import { sharesSubnet } from '../topology/ask/subnet.ts';
import type { Neighbour, Node, Topology } from '../topology/model.ts';
import { becameOf } from './decision-bytes.ts';
import type { Became, Decision, DecisionStep } from './explanation.ts';
import { type Scene, sideLayers } from './packet-facts.ts';
import { textIn } from './rows/field-cells.ts';

const LABELS: Record<ChainStep['table'], string> = {
  pool: 'pool',
  route: 'route',
  neighbour: 'neighbour',
  fdb: 'FDB',
  device: 'device',
};

function labelOf({ range }: Profile, table: ChainStep['table'], by?: ChainStep['by']): string {
  if (by !== undefined) return `${by} ${LABELS[table]}`;
  return table === 'pool' ? range.label : LABELS[table];
}

/** Null when nobody of the cluster decided (no snapshot, no flow, a sender outside). */
export function decisionOf(scene: Scene): Decision | null {
  const { flow, topology, sender } = scene;
  if (flow === null || topology === null) return null;
  if (flow.expected.encapsulation === null && sender === null) return null;
  if (scene.walked.encapsulation === 'wireguard') return null;
  const steps = [...poolSteps(scene, topology), ...hopSteps(scene)];
  if (steps.length === 0) return null;
  return { node: sender?.name ?? null, steps, when: whenOf(scene), comment: commentOf(scene, steps) };
}

function poolSteps(scene: Scene, topology: Topology): DecisionStep[] {
  const { flow, sender, receiver, outer } = scene;
  if (flow === null) return [];
  const link = sideLayers(scene, 'inner').link ?? (scene.walked.tunnel < 0 ? sideLayers(scene, 'only').link : null);
  const chain = chainOf({
    topology,
    from: sender,
    to: receiver,
    destination: flow.dst.ip,
    pool: topology.lookup(flow.dst.ip).pool,
    expected: flow.expected,
    seen: { outerDst: outer.dst, innerDstMac: outer.dst === null ? null : textIn(link, 'eth.dst'), vni: outer.vni },
  });
  return chain.flatMap((step) => {
    const own = fromChain(scene, step);
    if (step.table === 'pool')
      return step.text === null
        ? []
        : [own, ...modeSteps(topology, { expected: flow.expected, destination: flow.dst.ip, sender, receiver })];
    return own.status === 'unknown' && own.became.length === 0 ? [] : [own];
  });
}

function fromChain(scene: Scene, { table, text, ref, status, note, by, field }: ChainStep): DecisionStep {
  // eBPF writes the next hop of its route as outer destination itself
  const became = by !== 'eBPF' ? becameOf(scene, table) : field === 'ip.dst' ? becameOf(scene, outerTable(scene)) : [];
  const base = { step: table, label: labelOf(scene.settings.profile, table, by), text, ref, became };
  if (status === 'unknown' && became[0] !== undefined) {
    return { ...base, status, note: `the packet has ${became.map(({ value }) => value).join(', ')}` };
  }
  const differs = status === 'ok' ? differenceOf(table, text, became) : null;
  return differs === null ? { ...base, status, note } : { ...base, status: 'differs', note: differs };
}

/** The table that the outer destination is from, where the kernel decides. */
function outerTable({ walked }: Scene): ChainStep['table'] {
  return walked.encapsulation === 'ipip' ? 'route' : 'fdb';
}

/** A table that is right by itself, but is not what the packet has: it changed, or something else sent the packet. */
function differenceOf(table: ChainStep['table'], text: string | null, became: readonly Became[]): string | null {
  const [first] = became;
  if (text === null || first === undefined || table === 'device' || table === 'pool') return null;
  return text.toLowerCase().includes(first.value.toLowerCase()) ? null : `the packet has ${first.value}`;
}

/** Whose packet to whom, and what the configuration asks for. */
export interface Question {
  expected: Expected;
  destination: string;
  sender: Node | null;
  receiver: Node | null;
}

/** What CrossSubnet asks, and that keys overrule the pool. */
export function modeSteps({ profile }: Topology, question: Question): DecisionStep[] {
  const { expected, destination, sender, receiver } = question;
  const base = { became: [], note: null, status: 'ok' } as const;
  if (expected.reason === 'wireguard-keys') {
    const keys = [sender?.wireguardKey, receiver?.wireguardKey];
    const ref = keys.find((key) => key != null)?.ref ?? null;
    const text = `both nodes publish a WireGuard key: it overrules the ${profile.range.short}`;
    return [{ ...base, step: 'keys', label: 'keys', text, ref }];
  }
  if (!expected.reason.startsWith('crosssubnet') || sender === null || receiver === null) return [];
  const isV6 = destination.includes(':');
  const [own, other] = isV6 ? [sender.bgpIPv6, receiver.bgpIPv6] : [sender.bgpIPv4, receiver.bgpIPv4];
  if (own === null || other === null) return [];
  const byTables = sharesSubnet(profile, { node: sender, own }, other.address);
  const isInside = byTables ?? expected.reason === 'crosssubnet-same';
  const inside = isInside ? 'inside: the same subnet' : 'outside: another subnet';
  const route = profile.subnetBy === 'route' ? findRoute({ from: sender, destination: other.address }) : null;
  if (route !== null) {
    const text = `${other.address} by "${route.text}": ${route.via === null ? 'on the same link' : 'behind a gateway'}`;
    return [{ ...base, step: 'subnet', label: 'subnet', text, ref: route.ref }];
  }
  if (byTables === null) {
    const text = `${other.address}, by the ARP of the captures: ${isInside ? 'on the same link' : 'behind a gateway'}`;
    return [{ ...base, step: 'subnet', label: 'subnet', text, ref: null }];
  }
  const text = `${own.address}/${own.prefixLength ?? (isV6 ? 128 : 32)} of the sender; ${other.address} is ${inside}`;
  return [{ ...base, step: 'subnet', label: 'subnet', text, ref: own.ref }];
}

/** The steps for a packet that nobody has seen: what the tables say, and whether it is what was asked for. */
export function plannedSteps(topology: Topology, question: Question): DecisionStep[] {
  const { expected, destination, sender, receiver } = question;
  const chain = chainOf({
    topology,
    from: sender,
    to: receiver,
    destination,
    pool: topology.lookup(destination).pool,
    expected,
    seen: { outerDst: null, innerDstMac: null, vni: null },
  });
  return chain.flatMap(({ table, text, ref, status, note, by }) => {
    const step: DecisionStep = {
      step: table,
      label: labelOf(topology.profile, table, by),
      text,
      ref,
      status,
      note,
      became: [],
    };
    if (table === 'pool') return text === null ? [] : [step, ...modeSteps(topology, question)];
    return status === 'unknown' ? [] : [step];
  });
}

/** The last hop: whose MAC the frame on the wire is addressed to. */
function hopSteps(scene: Scene): DecisionStep[] {
  const { sender, walked, flow, outer } = scene;
  const node = outer.srcNode ?? sender;
  const kind = flow?.expected.encapsulation;
  const towards =
    walked.tunnel >= 0
      ? outer.dst
      : kind === 'vxlan' || kind === 'ipip' || kind === 'wireguard'
        ? null
        : (flow?.dst.ip ?? null);
  if (node === null || towards === null || !node.has.neigh) return [];
  const entry = nextHop(node, towards);
  if (entry === null) return [];
  const became = becameOf(scene, 'next-hop');
  const [mac] = became;
  const differs = mac !== undefined && entry.mac !== null && mac.value !== entry.mac;
  const via = entry.address === towards ? null : `${towards} is reached through ${entry.address}`;
  return [
    {
      step: 'next-hop',
      label: 'next hop',
      text: entry.text,
      ref: entry.ref,
      status: differs ? 'differs' : 'ok',
      note: differs ? `the packet has ${mac.value}` : via,
      became,
    },
  ];
}

/** The neighbour entry of the gateway of the route to an address, or of the address itself. */
export function nextHop(node: Node, address: string): Neighbour | null {
  const route = findRoute({ from: node, destination: address });
  if (route === null) return null;
  const gateway = route.via ?? address;
  return (
    node.neighbours.find((n) => n.address === gateway && n.mac !== null && (n.dev === null || n.dev === route.dev)) ??
    null
  );
}

function whenOf({ place, walked, sender, receiver }: Scene): Decision['when'] {
  if (place.role === 'workload' && walked.tunnel < 0 && sender !== receiver) {
    return place.node !== null && place.node === receiver?.name ? 'past' : 'upcoming';
  }
  return 'decided';
}

function commentOf({ sender, flow, place }: Scene, steps: readonly DecisionStep[]): string | null {
  if (sender === null)
    return `the snapshot does not say which node sends for ${flow?.src.ip}, so its tables cannot be read`;
  const isEbpf = sender.bpfRoutes !== null;
  const missing = [
    sender.has.route || isEbpf ? null : 'ip route',
    sender.has.neigh ? null : 'ip neigh',
    sender.has.fdb || isEbpf || flow?.expected.encapsulation !== 'vxlan' ? null : 'bridge fdb',
  ].filter((name) => name !== null);
  if (missing.length > 0)
    return `the snapshot has no ${missing.join(', ')} of ${sender.name}: overlens snapshot prints what to add`;
  const open = steps.some(({ became }) => became.length > 0) ? null : 'nothing of it is in this packet yet';
  return place.role === 'workload' ? open : null;
}
