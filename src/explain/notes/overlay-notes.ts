// What is unusual about the tunnel: VNI, reserved bits, outer flags and ports, MACs inside, ARP, who sends from a tunnel address
// (calico-facts 4.5, 4.7, 5).

import { EBPF_NODEPORT_VNI, POD_GATEWAY, VNI_OF_OTHERS, vniText, WORKLOAD_MAC } from '../../cluster/calico.ts';
import { vxlanDevice } from '../../cluster/profile.ts';
import type { ExplainedLayer, Note } from '../explanation.ts';
import { type Scene, type SideLayers, sideLayers } from '../packet-facts.ts';
import { numberIn, spanOf, textIn } from '../rows/field-cells.ts';
import { SOURCE_PORTS } from '../rows/transport-rows.ts';
import { note } from './frame-notes.ts';

export function overlayNotes(scene: Scene): Note[] {
  const outer = sideLayers(scene, 'outer');
  const inner = sideLayers(scene, 'inner');
  return [
    ...vniNotes(scene, outer),
    ...reservedNotes(outer.tunnel),
    ...outerNotes(scene, outer),
    ...innerMacNotes(scene, inner),
    ...arpNotes(scene),
    ...placeNotes(scene),
  ];
}

function spanIn(layer: ExplainedLayer | null, name: string): Note['span'] {
  const field = layer?.fields.find((one) => one.name === name);
  return layer === null || field === undefined ? null : spanOf(layer, field);
}

function vniNotes({ settings, sender, outer }: Scene, { tunnel }: SideLayers): Note[] {
  const span = spanIn(tunnel, 'vxlan.vni');
  if (tunnel?.protocol !== 'vxlan' || outer.vni === null) return [];
  if (outer.vni === EBPF_NODEPORT_VNI) {
    const text =
      "Calico's eBPF dataplane forwards a NodePort or external service packet in this VNI to the node of the chosen pod, whatever the pool says. The inner addresses are the client's and the pod's (or, in the answer, the service's), the inner MACs are zero, the UDP checksum is 0, and TTL, TOS and DF are copied from inside. It is not pod-to-pod overlay and is not judged by the pools.";
    return [note('ebpf-nodeport', 'notable', `VNI ${vniText(outer.vni)}: eBPF NodePort`, text, span)];
  }
  const wanted = settings.vni(sender);
  if (outer.vni === wanted.value) return [];
  if (outer.vni === 0) {
    const text = `VNI 0 instead of ${wanted.value}: Calico v3.31.0 to v3.31.3 with eBPF sent VNI 0 by mistake; nodes with the right VNI drop it.`;
    return [note('vni-zero', 'wrong', 'VNI 0', text, span)];
  }
  const source = wanted.source === 'default' ? settings.profile.defaultWords : wanted.source;
  const text = `The packet has VNI ${outer.vni}, ${source} says ${wanted.value}. The receiver's device takes its own VNI only and drops others: this is another overlay (${VNI_OF_OTHERS}), or one node is configured otherwise.`;
  return [note('vni-differs', 'notable', 'Another VNI', text, span)];
}

/** Reserved bits are ignored on receipt (RFC 7348 section 5), but nobody should set them. */
function reservedNotes(tunnel: ExplainedLayer | null): Note[] {
  if (tunnel?.protocol !== 'vxlan') return [];
  const set = tunnel.fields.filter((field) => field.reserved && field.value !== 0 && field.value !== false);
  const notes = set.map((field) =>
    note(
      'reserved-bits',
      'notable',
      'Reserved bits are set',
      `Reserved bits of the VXLAN header hold ${field.text}. They must be 0 when sent and are ignored when received (RFC 7348 §5): another implementation, or an extension that this tool does not know.`,
      spanOf(tunnel, field),
    ),
  );
  if (numberIn(tunnel, 'vxlan.flag_g') === 1) {
    const text = `The G flag says that the header carries a group policy ID (${textIn(tunnel, 'vxlan.gbp')}). Calico does not use it.`;
    notes.push(note('group-policy', 'notable', 'Group policy extension', text, spanIn(tunnel, 'vxlan.flag_g')));
  }
  return notes;
}

function outerNotes(scene: Scene, outer: SideLayers): Note[] {
  const { walked } = scene;
  const nodePort = scene.outer.vni === EBPF_NODEPORT_VNI;
  if (walked.encapsulation !== 'vxlan' || nodePort) return [];
  const notes: Note[] = [];
  const inner = sideLayers(scene, 'inner');
  if (numberIn(outer.ip, 'ip.flags.df') === 1) {
    const text =
      "Calico's VXLAN device does not set DF on the outer header, whatever the inner one says. Set, it comes from another VXLAN (or a device with df set or inherit).";
    notes.push(
      note('outer-df', 'notable', "The outer header says don't fragment", text, spanIn(outer.ip, 'ip.flags.df')),
    );
  } else if (numberIn(inner.ip, 'ip.flags.df') === 1 && numberIn(outer.ip, 'ip.flags.df') === 0) {
    const text =
      "VXLAN does not copy it to the outer header: if the underlay's MTU is too small, the outer packet is cut all the same, and the pod never hears of it.";
    notes.push(
      note('df-not-copied', 'notable', "Don't fragment is inside only", text, spanIn(outer.ip, 'ip.flags.df')),
    );
  }
  const port = numberIn(outer.upper, 'udp.srcport');
  if (port !== null && (port < SOURCE_PORTS.first || port > SOURCE_PORTS.last)) {
    const text = `Linux takes it from ${SOURCE_PORTS.first} to ${SOURCE_PORTS.last} by default. ${port} means another range (net.ipv4.ip_local_port_range), another implementation, or NAT between the nodes.`;
    notes.push(note('source-port', 'notable', 'An unusual UDP source port', text, spanIn(outer.upper, 'udp.srcport')));
  }
  return notes;
}

function innerMacNotes({ walked, outer, topology, receiver }: Scene, inner: SideLayers): Note[] {
  const mac = textIn(inner.link, 'eth.dst');
  if (mac === null || walked.encapsulation !== 'vxlan' || topology === null || outer.vni === EBPF_NODEPORT_VNI)
    return [];
  const span = spanIn(inner.link, 'eth.dst');
  const owner = topology.nodeByVtepMac(mac)?.node ?? null;
  const written = receiver?.vtepMac?.value ?? null;
  if (owner !== null && receiver !== null && owner !== receiver) {
    const text = `The inner frame is addressed to ${mac}, the VTEP of ${owner.name}, but the destination is on ${receiver.name}. Whoever gets it drops it silently: the neighbour entry of the sender is the one to look at.`;
    return [note('inner-mac-of-other-node', 'wrong', "The inner MAC is another node's", text, span)];
  }
  if (owner === null && written !== null && mac !== written) {
    const text = `The inner frame is addressed to ${mac}, but ${receiver?.name}'s VTEP is ${written}: its device drops frames that are not for its own MAC.`;
    return [note('inner-mac-unknown', 'wrong', "The inner MAC is nobody's VTEP", text, span)];
  }
  return [];
}

function arpNotes(scene: Scene): Note[] {
  const arp = scene.layers.find((layer) => layer.protocol === 'arp');
  if (arp === undefined) return [];
  const target = textIn(arp, 'arp.dst.proto_ipv4');
  const span = { offset: arp.offset, length: arp.length };
  if (target === POD_GATEWAY || textIn(arp, 'arp.src.proto_ipv4') === POD_GATEWAY) {
    const text = `Every Calico pod has ${POD_GATEWAY} as its gateway; nobody owns it. The host side of the veth answers for it (proxy ARP) with ${WORKLOAD_MAC}.`;
    return [note('pod-gateway', 'notable', "The pod's gateway", text, span)];
  }
  const onTunnel =
    scene.place.role === 'tunnel' || arp.side === 'inner' || scene.topology?.lookup(target ?? '').kind === 'tunnel';
  if (!onTunnel) return [];
  const text = `${scene.settings.profile.agent} writes a permanent neighbour entry for every other node's tunnel address, so nobody asks on ${vxlanDevice(scene.settings.profile, 4)}. A request for ${target} means that this entry is missing on the sender; it is never answered, and the packets behind it wait and are dropped.`;
  return [note('arp-on-tunnel', 'wrong', 'ARP on the overlay', text, span)];
}

/** What the place of capture does to what can be concluded. */
function placeNotes({ place, walked, flow, settings }: Scene): Note[] {
  const notes: Note[] = [];
  const wantsTunnel =
    flow?.expected.encapsulation === 'vxlan' ||
    flow?.expected.encapsulation === 'ipip' ||
    flow?.expected.encapsulation === 'wireguard';
  if (walked.encapsulation === 'none' && wantsTunnel && (place.role === 'workload' || place.role === 'tunnel')) {
    const where = place.role === 'workload' ? "a pod's veth" : 'the tunnel device';
    const text = `On ${where} every packet is plain: the outer headers are put on behind it. Only the node's NIC shows whether they were.`;
    notes.push(note('plain-by-place', 'notable', 'Plain here proves nothing', text));
  }
  if (flow?.src.kind === 'tunnel') {
    const text = `${flow.src.ip} is ${flow.src.node}'s own tunnel address: a process on the node (or a NodePort client behind its NAT) sends into the overlay with it, since the route's device is ${vxlanDevice(settings.profile, 4)}.`;
    notes.push(note('from-tunnel-address', 'notable', 'Sent by the node itself', text));
  }
  return notes;
}
