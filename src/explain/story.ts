// The story of a packet in plain words, from the facts of packet and snapshot; each sentence names the place it stands at.

import type { Endpoint } from '../attribution/vocabulary.ts';
import { knownName, qualifiedPodName } from '../attribution/who/end-name.ts';
import { DEFAULT_VNI, vniText } from '../cluster/calico.ts';
import { VTEP_MAC_START, vtepMacLooksComputed } from '../cluster/computed-names.ts';
import type { Node, SourceRef, Topology } from '../topology/model.ts';

import { actionOf } from './action.ts';
import type { Decision, Note, Overhead } from './explanation.ts';
import type { Scene } from './packet-facts.ts';
import { rangeWords } from './range-words.ts';
import { textIn } from './rows/field-cells.ts';

/** One or two sentences: what the packet does, and how it travels here. */
export function headlineOf(scene: Scene): string {
  return `${actionOf(scene)}. ${travelOf(scene)}`.trim();
}

/** Sentences, each of which can stand alone. */
export function storyOf(
  scene: Scene,
  { decision, overhead, notes }: { decision: Decision | null; overhead: Overhead | null; notes: readonly Note[] },
): string[] {
  const { topology, flow } = scene;
  if (topology === null) {
    return noSnapshotStory(scene, overhead);
  }
  if (flow === null) return noFlowStory(scene);
  return [
    endSentence(scene, topology, flow.src),
    endSentence(scene, topology, flow.dst),
    ...wishSentences(scene, topology),
    ...wayFacts(scene, overhead),
    ...verdictSentences(scene, decision, notes),
  ].filter((sentence) => sentence !== '');
}

/** What the bytes alone allow to say. */
function noSnapshotStory(scene: Scene, overhead: Overhead | null): string[] {
  const { outer, layers } = scene;
  const vteps = layers.some((layer) => layer.side === 'inner' && vtepMacLooksComputed(textIn(layer, 'eth.dst') ?? ''));
  const calico = [
    outer.vni === DEFAULT_VNI ? `VNI ${DEFAULT_VNI} is Calico's default` : null,
    vteps ? `inner MACs that begin with ${VTEP_MAC_START} are made by Felix` : null,
  ].filter((sign) => sign !== null);
  return [
    ...wayFacts(scene, overhead),
    ...(calico.length === 0 ? [] : [`It looks like Calico's overlay: ${calico.join(', and ')}.`]),
    ...saidEnds(scene),
    `Without a snapshot (-t) ${isNamed(scene) ? 'other addresses' : 'addresses'} have no names, and nothing says how the packet should have travelled.`,
  ];
}

/** Ends that the capture itself names: `shop/cart has 10.48.0.70, as the capture itself says.` */
function saidEnds({ flow }: Scene): string[] {
  return [flow?.src, flow?.dst].flatMap((end) => {
    const name = end === undefined ? null : qualifiedPodName(end);
    return name === null ? [] : [`${name} has ${end?.ip}, as the capture itself says.`];
  });
}

function isNamed(scene: Scene): boolean {
  return saidEnds(scene).length > 0;
}

function travelOf({ walked, outer, place, sender, receiver }: Scene): string {
  const from = outer.srcNode?.name ?? outer.src;
  const to = outer.dstNode?.name ?? outer.dst;
  if (walked.isOuterRest) return `It is the rest of a packet in which ${from} carries it to ${to}.`;
  switch (walked.encapsulation) {
    case 'vxlan':
      return `${from} carries it in VXLAN ${vniText(outer.vni)} to ${to}.`;
    case 'ipip':
      return `${from} carries it in IP-in-IP to ${to}.`;
    case 'geneve':
      return `${from} carries it in Geneve ${outer.vni} to ${to}.`;
    case 'gre':
      return `${from} carries it in GRE to ${to}.`;
    case 'wireguard':
      return 'What is inside cannot be read here.';
    case 'none':
      break;
  }
  if (place.role === 'underlay')
    return walked.layers.some((layer) => layer.protocol === 'arp') ? '' : 'It is plain: no tunnel around it.';
  const side =
    place.node === null ? '' : place.node === sender?.name ? 'before' : place.node === receiver?.name ? 'behind' : '';
  if (place.role === 'tunnel') {
    const device = place.interface ?? 'the tunnel device';
    if (side === '') return `Seen on ${device}, where packets have no outer headers.`;
    return side === 'before'
      ? `Seen on ${device}, before the outer headers are put on.`
      : `Seen on ${device}, behind the point where the outer headers are taken off.`;
  }
  if (place.role === 'workload')
    return sender === receiver
      ? "Seen on a pod's veth."
      : `Seen on a pod's veth, ${side === 'behind' ? 'behind' : 'before'} the overlay.`;
  return '';
}

function cite(scene: Scene, ref: SourceRef | null): string {
  const text = scene.refText(ref);
  return text === '' ? '' : ` (${text})`;
}

/** `default/web has 10.48.0.130 and runs on control1 (pods.yaml:12).` */
function endSentence(scene: Scene, topology: Topology, end: Endpoint): string {
  const owner = topology.lookup(end.ip);
  if (end.candidates.length > 1)
    return `${end.ip} could be any of ${end.candidates.length} pods: the snapshot does not decide.`;
  switch (end.kind) {
    case 'pod': {
      const pod = topology.pods.find((one) => one.name === end.pod && one.namespace === end.namespace);
      const name = knownName(end, 'meaning');
      const where = end.node === null ? 'on a node that is not known' : `on ${end.node}`;
      if (end.pod === null) return `${end.ip} is a pod's address ${where}${basis(end)}.`;
      if (end.evidence.some(({ source }) => source === 'capture-metadata'))
        return `${name} has ${end.ip}, as the capture itself says; it runs ${where}.`;
      return `${name} has ${end.ip} and runs ${where}${cite(scene, pod?.ref ?? null)}.`;
    }
    case 'tunnel': {
      const ref = owner.node?.tunnels[owner.tunnelKind ?? 'vxlan']?.ref ?? null;
      return `${end.ip} is ${end.node === null ? "a node's" : `${end.node}'s`} tunnel address${cite(scene, ref)}.`;
    }
    case 'node': {
      const ref = owner.node?.addresses.find((one) => one.address === end.ip)?.ref ?? null;
      return `${end.ip} is ${end.node}'s own address${cite(scene, ref)}.`;
    }
    case 'service':
      return `${end.ip} is ${end.service === undefined ? 'a service address' : `the service ${end.service}`}: the node translates it to a pod's before the packet leaves.`;
    case 'external':
      return `${end.ip} is outside the cluster: in no ${scene.settings.profile.range.short}, and no node's.${end.hostName === undefined ? '' : ` The capture calls it ${end.hostName}.`}${behindService(end)}`;
    case 'unknown':
      return `The snapshot does not say who has ${end.ip}.${behindService(end)}`;
  }
}

function behindService({ service }: Endpoint): string {
  return service === undefined ? '' : ` The service ${service} leads to it.`;
}

/** What a node without a named pod rests on. */
function basis({ evidence }: Endpoint): string {
  const told = evidence.find((one) =>
    ['pod-cidr', 'ipam-block', 'block-affinity', 'inferred-block', 'route', 'outer-header', 'nic-mac'].includes(
      one.source,
    ),
  );
  const words: Record<string, string> = {
    'ipam-block': 'its IPAM block says so',
    'block-affinity': 'its block affinity says so',
    'inferred-block': "it lies in the block of the node's tunnel address",
    'pod-cidr': "it lies in the node's part of the pod network",
    route: 'a route says so',
    'outer-header': 'the outer headers say so',
    'nic-mac': "the frames' MACs say so",
  };
  return told === undefined ? '' : `: ${words[told.source]}`;
}

/** What the configuration asks for, and why. */
function wishSentences(scene: Scene, topology: Topology): string[] {
  const { flow, sender, receiver } = scene;
  if (flow === null) return [];
  if (scene.walked.encapsulation === 'wireguard') {
    return [
      'WireGuard carries everything that the pods of two nodes say to each other; which pods, only a capture inside the tunnel tells.',
    ];
  }
  const { expected } = flow;
  const pool = topology.pools.find((one) => one.name === expected.pool) ?? null;
  const { range } = topology.profile;
  const asks =
    pool === null ? '' : `${flow.dst.ip} lies in ${rangeWords(topology.profile, pool, cite(scene, pool.modeRef))}`;
  const subnet = subnetWords(scene, sender, receiver);
  switch (expected.reason) {
    case 'pool-always':
    case 'direct-routing-unknown':
      return [
        `${asks}: whatever a node sends to a pod of it on another node must be ${encapsulationName(expected.encapsulation)}.`,
      ];
    case 'pool-never':
      return [`${asks}: it travels plain, and the underlay must know the way to pod addresses.`];
    case 'crosssubnet-same':
      return [`${asks}: ${subnet}, so it travels plain.`];
    case 'crosssubnet-different':
      return [`${asks}: ${subnet}, so it must be ${encapsulationName(expected.encapsulation)}.`];
    case 'bpf-route':
      return [
        `The configuration leaves open how it is to be sent; ${sender?.name}'s eBPF routes decide, and say ${encapsulationName(expected.encapsulation)}.`,
      ];
    case 'same-node':
      return [`Both are on ${sender?.name ?? 'one node'}: the packet never leaves it, and is never encapsulated.`];
    case 'node-address':
      return [
        `A node's own address is in no ${range.short}: what is sent to it is always plain (and its answer may not be).`,
      ];
    case 'external':
      return ['The overlay is for pods only: to the outside it leaves the node plain.'];
    case 'wireguard-keys':
      return [
        `Both nodes publish WireGuard keys: everything between their pods must be encrypted, whatever the ${range.short} says.`,
      ];
    case 'no-vtep':
      return [
        `${asks}; but ${receiver?.name ?? 'the receiving node'} has no tunnel address, so the sender has no route to it.`,
      ];
    case 'no-pool':
      return [`${flow.dst.ip} is in no ${range.short}: nothing asks for an overlay.`];
    default:
      return expected.encapsulation === null ? [openSentence(scene)] : [];
  }
}

function openSentence({ flow }: Scene): string {
  const detail = flow?.unverified?.detail;
  return detail === undefined ? '' : `What should happen to it is open: ${detail}.`;
}

function subnetWords(scene: Scene, sender: Node | null, receiver: Node | null): string {
  const isV6 = scene.flow?.dst.ip.includes(':') ?? false;
  const [own, other] = isV6 ? [sender?.bgpIPv6, receiver?.bgpIPv6] : [sender?.bgpIPv4, receiver?.bgpIPv4];
  if (own == null || other == null) return 'the subnets of the nodes decide';
  const inside = scene.flow?.expected.reason === 'crosssubnet-same';
  if (scene.settings.profile.subnetBy === 'route')
    return `${sender?.name} reaches ${other.address} ${inside ? 'without' : 'through'} a gateway`;
  return `${sender?.name}'s network ${own.address}/${own.prefixLength ?? '?'}${cite(scene, own.ref)} ${inside ? 'holds' : 'does not hold'} ${other.address}`;
}

function encapsulationName(encapsulation: string | null): string {
  const names: Record<string, string> = { vxlan: 'VXLAN', ipip: 'IP-in-IP', wireguard: 'WireGuard', none: 'plain' };
  return names[encapsulation ?? ''] ?? 'as configured';
}

/** What was put around it, and what happens next. */
function wayFacts({ walked, outer, receiver }: Scene, overhead: Overhead | null): string[] {
  if (overhead === null || outer.src === null) return [];
  const parts = overhead.parts.map(({ name, bytes }) => `${name} ${bytes}`).join(', ');
  const from = outer.srcNode?.name ?? outer.src;
  const to = outer.dstNode?.name ?? outer.dst;
  const arrives = receiver === null || outer.dstNode === receiver;
  const unpack = walked.encapsulation === 'wireguard' ? 'decrypts it' : `takes the ${overhead.bytes} bytes off again`;
  const end = arrives
    ? `${to} ${unpack} and hands the inner packet on.`
    : `${to} gets it, does not have the destination, and drops it.`;
  return [
    `${from} put ${overhead.bytes} bytes around the inner packet (${parts}): the underlay sees ${outer.src} → ${outer.dst} only. ${end}`,
  ];
}

function verdictSentences({ flow, place, walked }: Scene, decision: Decision | null, notes: readonly Note[]): string[] {
  if (flow === null) return [];
  const { expected, verdict, findings } = flow;
  const violation = findings.find((finding) => finding.severity === 'violation');
  if (violation !== undefined) {
    const wrong = decision?.steps.find((step) => step.status === 'wrong' || step.status === 'missing');
    const table = wrong === undefined ? '' : ` The ${wrong.label} is where it goes wrong.`;
    return [`This is a violation (${violation.code}): ${violation.message}.${table}`];
  }
  if (verdict === 'ok' && place.role === 'underlay' && expected.encapsulation !== 'local') {
    if (walked.encapsulation !== expected.encapsulation) return [];
    return notes.some((note) => MISADDRESSED.has(note.code))
      ? [
          'The tunnel is the one that the configuration asks for; whether the receiver takes the inner frame is another question.',
        ]
      : ['So it is as the configuration asks.'];
  }
  if (verdict === 'unverifiable' && expected.encapsulation !== null && flow.unverified !== null) {
    if (
      // a flow has packets of both sides of a change, a packet has one time
      flow.unverified.reason === 'across-mode-change' &&
      place.role === 'underlay' &&
      walked.encapsulation === expected.encapsulation
    )
      return [`So this packet is as it was asked for at its time. Of its flow: ${flow.unverified.detail}.`];
    return [`Whether it is as asked cannot be told here: ${flow.unverified.detail}.`];
  }
  return [];
}

/** Notes that say that the receiver drops the inner frame. */
const MISADDRESSED: ReadonlySet<string> = new Set(['inner-mac-of-other-node', 'inner-mac-unknown']);

function noFlowStory(scene: Scene): string[] {
  const isArp = scene.layers.some((layer) => layer.protocol === 'arp');
  if (!isArp)
    return [
      'It holds no IP packet that could be read, so it belongs to no flow and nothing about the overlay follows from it.',
    ];
  const { place } = scene;
  if (place.role === 'underlay')
    return [
      'Before a node can send to an address on its own network it must know the MAC behind it: this is how it asks. The answer becomes the outermost destination MAC of what follows.',
    ];
  return ['ARP finds the MAC behind an IP address on one link.'];
}
